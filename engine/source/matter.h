//! What the look "day" paints surfaces by, in four bytes a vertex (Vertex::matter). Of walls, worked out here when content comes:
//!   0, 1  how far along its wall, in bays (about kBayMetres, a whole number of them a wall), 64ths, lowest byte first
//!   3     a number of the wall's direction
//! Of the ground, as the tiler wrote it (attribute `_GROUND`, tiling/ground_matter.h); all zero where it did not.
//! Pure; any thread.
#pragma once

#include "source/content.h"

namespace cm::source {

inline constexpr float kBayMetres = 3;

//! Fills in Vertex::matter of all walls of buildings: a wall is what hangs together by common vertices.
void measureWalls(MeshContent& content);

}  // namespace cm::source
