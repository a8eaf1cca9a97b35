//! What the look "day" paints the ground by, three bytes a vertex (glTF attribute `_GROUND`, behind the sky's visibility):
//!   0  the class: 1 + GroundClass, or of roads kFirstRoad + 40 * (0 path, 1 minor, 2 major, 3 motorway, 4 runway) + half the
//!      width in steps of 0.6 m; 0: nothing is known (banks)
//!   1  of a leaf's roads how far across: 128 + 100 * metres from the centre line, to the left of its direction, / half the width;
//!      0: not known. Of water metres to the nearest shore, 255 at kShoreMetres and beyond
//!   2  of a leaf's roads how far the next junction's mouth is along the road: 2 * (metres + 16); inside junctions below 32; kOnBridge on bridges
//! Pure; one thread per object, reading by any number.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tiling/geometry.h"

namespace cm::tiling {

using GroundMatter = std::array<uint8_t, 3>;

inline constexpr int kFirstRoad = 32;
inline constexpr uint8_t kOnBridge = 255;
inline constexpr double kShoreMetres = 40;

bool isRoad(GroundClass kind);
uint8_t matterKind(GroundClass kind, double halfWidthMetres);

//! The centre lines of a tile's roads and where they meet.
class RoadLines {
 public:
  RoadLines(glm::dvec2 lo, glm::dvec2 hi, std::span<const LocalGround> features);

  //! The line of this class that a place belongs to, -1 where there is none.
  int nearest(GroundClass kind, glm::dvec2 place) const;
  GroundMatter at(int line, glm::dvec2 place) const;

 private:
  struct Junction {
    double along = 0, reach = 0;   // metres from the line's start; to its mouth
  };
  struct Line {
    GroundClass kind = GroundClass::RoadMinor;
    double halfWidth = 3, length = 0;
    std::vector<Junction> junctions;
  };
  struct Segment {
    glm::dvec2 a, b;
    double along = 0;
    int line = 0;
  };
  template <class Use>
  void near(glm::dvec2 lo, glm::dvec2 hi, Use use) const;
  void findShared(std::span<const LocalGround> features);
  void findCrossings();

  glm::dvec2 lo_;
  int columns_, rows_;
  std::vector<Line> lines_;
  std::vector<Segment> segments_;
  std::vector<std::vector<uint32_t>> cells_;
  std::vector<std::vector<uint32_t>> ofLine_;   // segments by line
};

//! Distances to the shore of a tile's waters.
class Shores {
 public:
  Shores(glm::dvec2 lo, glm::dvec2 hi);
  void add(glm::dvec2 a, glm::dvec2 b);
  //! Byte 1 of the matter of water.
  uint8_t at(glm::dvec2 place) const;

 private:
  glm::dvec2 lo_;
  int columns_, rows_;
  std::vector<std::vector<std::array<glm::dvec2, 2>>> cells_;
};

}  // namespace cm::tiling
