//! How far a regular grid over a square of the city is from the ground it stands for. Pure once made; any thread.
#pragma once

#include <vector>

#include "tiling/geometry.h"
#include "tiling/quadtree.h"

namespace cm::tiling {

//! The ground's heights on a fine lattice, to compare coarser grids with.
class TerrainSamples {
 public:
  //! Samples at most 8 m apart in squares of up to 4 km, 1/512 of the side in larger ones.
  TerrainSamples(const Square& square, const HeightFunction& terrainZ);

  //! The greatest distance, along z, between the lattice and a grid of `cells` a side (a power of two, at most 64), whichever
  //! diagonals it takes; with a margin for what lies between the lattice's points.
  double errorOf(unsigned cells) const;
  //! The least power of two from `least` to `most` whose error is at most `metres`; `most` where none is.
  unsigned cellsWithin(double metres, unsigned least, unsigned most) const;

 private:
  double at(unsigned column, unsigned row) const { return z_[size_t(row) * (intervals_ + 1) + column]; }

  unsigned intervals_;
  std::vector<double> z_;
};

}  // namespace cm::tiling
