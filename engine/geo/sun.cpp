#include "geo/sun.h"

#include <algorithm>
#include <cmath>

namespace cm::geo {

glm::dvec3 sunDirectionEcef(const Geodetic& place, int dayOfYear, double solarHour) {
  double g = 2.0 * 3.141592653589793 * (dayOfYear - 1 + (solarHour - 12.0) / 24.0) / 365.0;
  double declination = 0.006918 - 0.399912 * std::cos(g) + 0.070257 * std::sin(g) - 0.006758 * std::cos(2 * g) +
                       0.000907 * std::sin(2 * g) - 0.002697 * std::cos(3 * g) + 0.00148 * std::sin(3 * g);
  double hourAngle = (solarHour - 12.0) * 15.0 * kDegree, latitude = place.latDegrees * kDegree;
  glm::dvec3 enu{-std::cos(declination) * std::sin(hourAngle),
                 std::sin(declination) * std::cos(latitude) - std::cos(declination) * std::cos(hourAngle) * std::sin(latitude),
                 std::sin(declination) * std::sin(latitude) + std::cos(declination) * std::cos(hourAngle) * std::cos(latitude)};
  return glm::normalize(glm::dmat3(enuFrameAt(place).ecefFromEnu) * enu);
}

double elevationDegrees(const Geodetic& place, const glm::dvec3& directionEcef) {
  return std::asin(std::clamp(glm::dot(upAt(place), directionEcef), -1.0, 1.0)) / kDegree;
}

}  // namespace cm::geo
