//! What covers the ground of a tile, as outlines on a grid of whole units, and which of them touch or cover each cell. The highest
//! shape at a point decides what the ground is there. Pure; one thread per object, reading by any number.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tiling/geometry.h"
#include "tiling/ground_cell.h"

namespace cm::tiling {

struct GroundShape {
  GroundClass kind = GroundClass::Land;
  uint32_t feature = source::kNoFeature;
  double level = 0;                         // Water: see LocalGround::levelZOffset
  bool lines = false;                       // made of centre lines: features by nearest line
  std::vector<std::array<Point, 2>> edges;  // even-odd; each with its lesser point first
  bool looksLike(const GroundShape& other) const;
};

//! A shape that has edges in a cell.
struct LocalShape {
  int shape = 0;
  bool corner = false;         // covers the cell's south-west corner
  std::span<const int> edges;  // those that touch the cell
};

class GroundShapes {
 public:
  //! On `cells` x `cells` cells.
  GroundShapes(const GroundTile& ground, std::span<const LocalGround> features, int cells);

  //! Ascending: later ones lie above earlier ones.
  const std::vector<GroundShape>& shapes() const { return shapes_; }
  //! The highest shape that covers the whole cell, -1 where none does.
  int base(int column, int row) const { return base_[cellOf(column, row)]; }
  //! The shapes above it that have edges here, ascending.
  void locals(int column, int row, std::vector<LocalShape>& out) const;
  //! Whether `local` covers a point (in units) of the cell it is local to.
  bool covers(const LocalShape& local, int column, int row, glm::dvec2 p) const;
  //! The feature of a triangle of `shape` with this middle (in units).
  uint32_t featureAt(int shape, int column, int row, glm::dvec2 p) const;
  double unitMetres() const { return unit_; }
  size_t geosFailures() const { return failures_; }

 private:
  struct Entry {
    uint32_t cell;
    int shape, edge;  // edge < 0: -1 corner outside, -2 inside
  };
  struct NamedLine {
    glm::dvec2 a, b;
    double halfWidth;
    uint32_t feature;
    GroundClass kind;
  };
  size_t cellOf(int column, int row) const { return size_t(row) * size_t(cells_) + size_t(column); }
  Point snap(glm::dvec2 p) const;
  void addRings(GroundShape& shape, const Rings& rings, double simplifyMetres) const;
  void addAreas(std::span<const LocalGround> features);
  void addMerged(GroundClass kind, const std::vector<const LocalGround*>& small);
  void addLines(std::span<const LocalGround> features);
  void nameLines(std::span<const LocalGround> features);
  void spread(int shape);

  const GroundTile& ground_;
  int cells_;
  double unit_;
  size_t failures_ = 0;
  std::vector<GroundShape> shapes_;
  std::vector<int> base_;
  std::vector<int> touched_;
  std::vector<Entry> entries_;
  std::vector<int> edgesOfEntries_;  // the entries' edges alone, sorted by cell
  std::vector<uint32_t> firstOfCell_;
  std::vector<NamedLine> named_;
  std::vector<std::vector<uint32_t>> namedOfCell_;
  std::vector<std::vector<double>> crossings_;
};

}  // namespace cm::tiling
