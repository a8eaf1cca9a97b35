//! Polygons with holes to triangles, through GEOS constrained Delaunay. Broken rings are repaired first. Any thread.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

#include "base/result.h"

namespace cm::source {

struct Triangulation {
  std::vector<glm::dvec2> points;
  std::vector<uint32_t> triangles;   // three a triangle, counter-clockwise
};

//! First ring outer, the rest holes; not closed. Fails where nothing with an area is left.
Result<Triangulation> triangulate(const std::vector<std::vector<glm::dvec2>>& rings);

}  // namespace cm::source
