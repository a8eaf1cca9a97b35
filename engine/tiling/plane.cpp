#include "tiling/plane.h"

#include <algorithm>

namespace cm::tiling {

bool holds(const Rings& rings, const glm::dvec2& point) {
  bool inside = false;
  for (const auto& ring : rings)
    for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
      if ((ring[i].y > point.y) != (ring[j].y > point.y) &&
          point.x < (ring[j].x - ring[i].x) * (point.y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x)
        inside = !inside;
  return inside;
}

glm::dvec2 pointInside(const Rings& rings) {
  glm::dvec2 centre = centroidOf(rings.front());
  if (holds(rings, centre)) return centre;
  std::vector<double> crossings;
  for (const auto& ring : rings)
    for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
      if ((ring[i].y > centre.y) != (ring[j].y > centre.y))
        crossings.push_back((ring[j].x - ring[i].x) * (centre.y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x);
  std::sort(crossings.begin(), crossings.end());
  double widest = 0;
  glm::dvec2 best = centre;
  for (size_t i = 0; i + 1 < crossings.size(); i += 2)
    if (crossings[i + 1] - crossings[i] > widest) {
      widest = crossings[i + 1] - crossings[i];
      best.x = (crossings[i] + crossings[i + 1]) / 2;
    }
  return best;
}

}  // namespace cm::tiling
