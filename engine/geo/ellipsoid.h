//! The WGS84 ellipsoid: geodetic and Earth-centred, Earth-fixed (ECEF) coordinates. All double, all metres and radians
//! unless the name says degrees. Pure functions; any thread.
#pragma once

#include <glm/glm.hpp>

namespace cm::geo {

inline constexpr double kSemiMajorMetres = 6378137.0;       // NIMA TR8350.2, table 3.1
inline constexpr double kFlattening = 1.0 / 298.257223563;  // NIMA TR8350.2, table 3.1
inline constexpr double kSemiMinorMetres = kSemiMajorMetres * (1.0 - kFlattening);
inline constexpr double kDegree = 0.017453292519943295769;  // radians

//! A place on WGS84; height in metres above the ellipsoid.
struct Geodetic {
  double lonDegrees = 0;
  double latDegrees = 0;
  double heightMetres = 0;
  bool operator==(const Geodetic&) const = default;
};

glm::dvec3 ecefFromGeodetic(const Geodetic& place);

//! Sub-millimetre for heights from -10 km to 10,000 km (Bowring 1976 with one more step).
Geodetic geodeticFromEcef(const glm::dvec3& ecef);

//! The unit normal of the ellipsoid at a geodetic place: "up".
glm::dvec3 upAt(const Geodetic& place);

//! A local tangent frame: x east, y north, z up, origin at `origin`.
struct EnuFrame {
  Geodetic origin;
  glm::dmat4 ecefFromEnu{1.0};
  glm::dmat4 enuFromEcef{1.0};

  glm::dvec3 toEcef(const glm::dvec3& enu) const { return glm::dvec3(ecefFromEnu * glm::dvec4(enu, 1.0)); }
  glm::dvec3 toEnu(const glm::dvec3& ecef) const { return glm::dvec3(enuFromEcef * glm::dvec4(ecef, 1.0)); }
};

EnuFrame enuFrameAt(const Geodetic& origin);

}  // namespace cm::geo
