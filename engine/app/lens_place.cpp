#include "app/lens_place.h"

#include <algorithm>
#include <cmath>

#include "geo/ellipsoid.h"

namespace cm::app {
namespace {

constexpr double kEdge = 0.05;  // of the picture: what is nearer to its rim is not looked at

glm::dvec2 middleOf(const std::vector<glm::dvec2>& ring) {
  glm::dvec2 lo(1e9), hi(-1e9);
  for (const glm::dvec2& p : ring) lo = glm::min(lo, p), hi = glm::max(hi, p);
  return (lo + hi) * 0.5;
}

}  // namespace

std::optional<city::LensPlace> lensOnChange(const city::Document& document,
                                            const std::vector<city::ProjectState>& before,
                                            const std::vector<city::ProjectState>& after, const geo::Eye& eye,
                                            double aspect, const city::LensPlace& lens) {
  const glm::dvec3 right = glm::normalize(glm::cross(eye.direction, eye.up)), up = glm::cross(right, eye.direction);
  const double tangent = std::tan(eye.fovYRadians / 2);
  std::optional<city::LensPlace> found;
  double nearest = 1e18;
  for (size_t p = 0; p < document.projects.size() && p < before.size() && p < after.size(); ++p) {
    const auto& boundary = document.projects[p].boundary;
    if (before[p] == after[p] || boundary.empty() || boundary[0].empty() || boundary[0][0].empty()) continue;
    const glm::dvec2 middle = middleOf(boundary[0][0]);
    const glm::dvec3 to = geo::ecefFromGeodetic({middle.x, middle.y, document.origin.heightMetres}) - eye.position;
    const double metres = glm::dot(to, eye.direction);
    if (metres < 1) continue;
    const double x = 0.5 + glm::dot(to, right) / (2 * metres * tangent * aspect),
                 y = 0.5 - glm::dot(to, up) / (2 * metres * tangent);
    if (std::hypot((x - lens.x) * aspect, y - lens.y) < lens.radius) return std::nullopt;
    if (x < kEdge || x > 1 - kEdge || y < kEdge || y > 1 - kEdge || metres >= nearest) continue;
    nearest = metres;
    // All of it stays in the picture.
    const double wide = std::min(lens.radius / aspect, 0.5), high = std::min(lens.radius, 0.5);
    found = city::LensPlace{std::clamp(x, wide, 1 - wide), std::clamp(y, high, 1 - high), lens.radius};
  }
  return found;
}

}  // namespace cm::app
