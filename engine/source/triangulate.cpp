#include "source/triangulate.h"

#include <cmath>
#include <map>

#include "source/geos.h"

namespace cm::source {

Result<Triangulation> triangulate(const std::vector<std::vector<glm::dvec2>>& rings) {
  for (size_t r = 0; r < rings.size(); ++r)
    for (size_t i = 0; i < rings[r].size(); ++i)
      if (!std::isfinite(rings[r][i].x) || !std::isfinite(rings[r][i].y))
        return makeError("ring {}, point {}: not a finite number", r, i);
  geos::Geometry polygon = geos::polygonFrom(rings);
  if (!polygon) return makeError("outer ring has {} points, expected at least 3", rings.empty() ? 0 : rings[0].size());
  // GEOS returns nothing for a bow-tie unless it was made valid first.
  if (GEOSisValid_r(geos::context(), polygon.get()) != 1)
    polygon.reset(GEOSMakeValid_r(geos::context(), polygon.get()));
  if (!polygon) return makeError("polygon could not be repaired: {}", geos::lastMessage());

  Triangulation out;
  std::map<std::pair<double, double>, uint32_t> known;
  auto indexOf = [&](glm::dvec2 p) {
    auto [entry, isNew] = known.try_emplace({p.x, p.y}, static_cast<uint32_t>(out.points.size()));
    if (isNew) out.points.push_back(p);
    return entry->second;
  };
  // The triangulation takes polygons only; a repaired one may hold stray lines and points beside them.
  for (const geos::Rings& part : geos::polygonsOf(polygon.get())) {
    geos::Geometry area = geos::polygonFrom(part);
    if (!area) continue;
    geos::Geometry triangles(GEOSConstrainedDelaunayTriangulation_r(geos::context(), area.get()));
    if (!triangles) return makeError("triangulation failed: {}", geos::lastMessage());
    for (const geos::Rings& triangle : geos::polygonsOf(triangles.get())) {
      if (triangle[0].size() != 3) continue;
      glm::dvec2 a = triangle[0][0], b = triangle[0][1], c = triangle[0][2];
      if ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0) std::swap(b, c);
      for (glm::dvec2 p : {a, b, c}) out.triangles.push_back(indexOf(p));
    }
  }
  if (out.triangles.empty()) return makeError("no area: {} points enclose nothing", rings[0].size());
  return out;
}

}  // namespace cm::source
