//! One cell of the ground's grid as exact integer geometry: segments are cut where they cross, and a constrained Delaunay
//! triangulation of the cell keeps them as edges. Whole numbers make every predicate exact, so a cell is always covered exactly
//! once. Pure; one thread per object (they are reused for their memory).
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <utility>
#include <vector>

namespace cm::tiling {

inline constexpr int kCellUnits = 8192;  // a cell's side; one of a leaf, at most 137 m, then has units of 1.7 cm

using Point = glm::ivec2;

struct CellSegment {
  Point a, b;
  int owner = 0;  // whose outline this is
};

//! Cuts segments at all crossings and touchings, rounding to whole units and cutting again until nothing crosses.
void nodeSegments(std::vector<CellSegment>& segments);

//! Delaunay triangulation of points in the square [0, kCellUnits]^2 with constrained edges.
class CellTriangulation {
 public:
  struct Triangle {
    std::array<int, 3> vertex{};     // counter-clockwise
    std::array<int, 3> neighbour{};  // across the side opposite vertex i; -1: the cell's border
    std::array<bool, 3> fixed{};
  };

  //! Begins again with the four corners.
  void reset();
  //! The point's index. Points must lie in the square.
  int insert(Point p);
  //! Makes a -> b edges of the triangulation. Call after all points are in; segments must not cross (nodeSegments).
  void constrain(int a, int b);

  const std::vector<Point>& points() const { return points_; }
  const std::vector<Triangle>& triangles() const { return triangles_; }

 private:
  int locate(Point p) const;
  void split(int triangle, int vertex);
  void splitEdge(int triangle, int side, int vertex);
  void legalise(int triangle, int vertex);
  bool flip(int triangle, int side);
  void replaceNeighbour(int triangle, int from, int to);
  void remember(int triangle);
  std::pair<int, int> sideFrom(int p, int q) const;

  std::vector<Point> points_;
  std::vector<Triangle> triangles_;
  std::vector<int> triangleOf_;  // any triangle at a vertex
  std::vector<std::array<int, 2>> crossed_;
  mutable int last_ = 0;
};

}  // namespace cm::tiling
