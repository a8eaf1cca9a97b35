//! Cells of the S2 geometry (s2geometry.io, "S2 cells"), as 3DTILES_bounding_volume_S2 uses them: a cube around the globe, each face
//! a quadtree. Latitude and longitude of the sphere are taken as geodetic. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "geo/bounds.h"

namespace cm::geo {

struct S2Cell {
  int face = 0;         // 0..5
  int level = 0;        // 0..30
  uint64_t i = 0, j = 0;  // column and row on the face, below 2^level
};

//! "89c6c7": the cell's id in hexadecimal without trailing zeros. Nothing where it is no cell.
std::optional<S2Cell> s2CellFromToken(std::string_view token);

//! `levels` further down, column x and row y of that quadtree.
S2Cell s2Descendant(const S2Cell& cell, int levels, uint64_t x, uint64_t y);

Geodetic s2CentreOf(const S2Cell& cell);
OrientedBox boxOf(const S2Cell& cell, double minHeight, double maxHeight);

}  // namespace cm::geo
