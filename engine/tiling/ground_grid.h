//! The ground's heights, slopes and shade at the nodes of a tile's grid, and where few of its cells are enough: what is straight
//! between two nodes needs none in between. Places are in cells of the grid from the tile's south-west corner. Pure once made;
//! any thread.
#pragma once

#include <span>
#include <vector>

#include "tiling/geometry.h"

namespace cm::tiling {

class GroundGrid {
 public:
  explicit GroundGrid(const GroundTile& ground);

  //! Of the ground at a place.
  glm::vec3 normalAt(glm::dvec2 place) const;
  //! Whether height and shade between two places are those of the straight line from one to the other.
  bool straight(glm::dvec2 a, glm::dvec2 b) const;
  //! Whether the square of `side` cells is as good as all its cells; `wet`: nothing but flat water, whose bed nobody sees.
  bool plain(int column, int row, int side, bool wet) const;

  //! Whether the corners of a lattice of (side + 1)^2 numbers, row by row `stride` apart, give all of them but for `allowed`,
  //! whichever diagonal is taken.
  static bool cornersSuffice(const double* numbers, int side, int stride, double allowed);

 private:
  double at(const std::vector<double>& numbers, glm::dvec2 place) const;

  int cells_;
  double allowedMetres_;
  double leastShade_;   // what is shorter, in cells, is not halved for its shade
  std::vector<glm::dvec2> slopes_;
  std::vector<double> z_, shade_;   // shade_: as SurfaceMesh::sky; empty where nothing stands
};

}  // namespace cm::tiling
