#include "geo/ellipsoid.h"

#include <cmath>

namespace cm::geo {
namespace {
constexpr double kFirstEccentricitySquared = kFlattening * (2.0 - kFlattening);
constexpr double kSecondEccentricitySquared = kFirstEccentricitySquared / (1.0 - kFirstEccentricitySquared);
}  // namespace

glm::dvec3 upAt(const Geodetic& place) {
  double lon = place.lonDegrees * kDegree, lat = place.latDegrees * kDegree;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

glm::dvec3 ecefFromGeodetic(const Geodetic& place) {
  glm::dvec3 up = upAt(place);
  double primeVertical = kSemiMajorMetres / std::sqrt(1.0 - kFirstEccentricitySquared * up.z * up.z);
  double level = primeVertical + place.heightMetres;
  return {level * up.x, level * up.y, (primeVertical * (1.0 - kFirstEccentricitySquared) + place.heightMetres) * up.z};
}

Geodetic geodeticFromEcef(const glm::dvec3& ecef) {
  double p = std::hypot(ecef.x, ecef.y);
  double r = std::hypot(p, ecef.z);
  if (r < 1.0) return {0, 0, -kSemiMajorMetres};  // at the Earth's centre every latitude is right
  // B. R. Bowring, "Transformation from spatial to geographical coordinates", Survey Review 181 (1976), with the start value
  // of his 1985 paper. Three steps hold the round trip below 1e-6 m from -10 km to 10,000 km (tested).
  double beta = std::atan2(ecef.z * kSemiMinorMetres * (1.0 + kSecondEccentricitySquared * kSemiMinorMetres / r),
                           p * kSemiMajorMetres);
  double lat = 0;
  for (int step = 0; step < 3; ++step) {
    double s = std::sin(beta), c = std::cos(beta);
    lat = std::atan2(ecef.z + kSecondEccentricitySquared * kSemiMinorMetres * s * s * s,
                     p - kFirstEccentricitySquared * kSemiMajorMetres * c * c * c);
    beta = std::atan2(kSemiMinorMetres * std::sin(lat), kSemiMajorMetres * std::cos(lat));
  }
  // Valid at the poles and the equator alike, unlike p / cos(lat) - N.
  double s = std::sin(lat), c = std::cos(lat);
  double height = p * c + ecef.z * s - kSemiMajorMetres * std::sqrt(1.0 - kFirstEccentricitySquared * s * s);
  return {std::atan2(ecef.y, ecef.x) / kDegree, lat / kDegree, height};
}

EnuFrame enuFrameAt(const Geodetic& origin) {
  double lon = origin.lonDegrees * kDegree;
  glm::dvec3 up = upAt(origin);
  glm::dvec3 east{-std::sin(lon), std::cos(lon), 0};
  glm::dvec3 north = glm::cross(up, east);
  glm::dvec3 at = ecefFromGeodetic(origin);
  EnuFrame frame;
  frame.origin = origin;
  frame.ecefFromEnu = glm::dmat4(glm::dvec4(east, 0), glm::dvec4(north, 0), glm::dvec4(up, 0), glm::dvec4(at, 1));
  glm::dmat3 turned = glm::transpose(glm::dmat3(east, north, up));
  frame.enuFromEcef = glm::dmat4(turned);
  frame.enuFromEcef[3] = glm::dvec4(-(turned * at), 1);
  return frame;
}

}  // namespace cm::geo
