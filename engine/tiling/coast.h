//! Coastlines to sea: OSM's natural=coastline ways have the sea on their right-hand side. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "tiling/plane.h"

namespace cm::tiling {

struct Coast {
  std::vector<Rings> sea;              // polygons, first ring outer, then islands
  std::vector<std::string> problems;
};

//! `ways` in lon/lat degrees, in their given direction; they are joined where ends coincide. The sea is cut to the box `lo`..`hi`.
//! Open ends inside the box go straight on, away from its middle, to the border. Without any way there is no sea.
Coast seaFromCoastlines(const std::vector<Ring>& ways, const glm::dvec2& lo, const glm::dvec2& hi);

}  // namespace cm::tiling
