#include "source/content_frame.h"

#include <cmath>

#include "geo/ellipsoid.h"

namespace cm::source {

bool isOnEarth(const glm::dvec3& ecef) {
  const double distance = glm::length(ecef);
  return distance > 0.8 * geo::kSemiMinorMetres && distance < 1.5 * geo::kSemiMajorMetres;
}

ContentFrame contentFrameOf(const glm::dvec3& lo, const glm::dvec3& hi, const glm::dmat4& ecefFromTile) {
  const glm::dvec3 centre = (lo + hi) * 0.5;
  if (isOnEarth(centre)) {
    const geo::EnuFrame frame = geo::enuFrameAt(geo::geodeticFromEcef(centre));
    return {frame.ecefFromEnu, frame.enuFromEcef};
  }
  const glm::dmat3 axes(ecefFromTile);
  const glm::dvec3 z = glm::normalize(axes[2]), x = glm::normalize(axes[0] - z * glm::dot(axes[0], z));
  glm::dmat3 turn(x, glm::cross(z, x), z);
  for (int k = 0; k < 9; ++k)
    if (!std::isfinite(turn[k / 3][k % 3])) turn = glm::dmat3(1.0);
  ContentFrame frame;
  frame.ecefFromContent = glm::dmat4(turn);
  frame.ecefFromContent[3] = glm::dvec4(centre, 1);
  frame.contentFromEcef = glm::dmat4(glm::transpose(turn));
  frame.contentFromEcef[3] = glm::dvec4(-(glm::transpose(turn) * centre), 1);
  return frame;
}

}  // namespace cm::source
