//! Heights of the ground that is resident, coarse, for the camera: so that it never goes below ground and knows what it
//! turns about. Fed with what is uploaded; belongs to the loop's thread.
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <optional>
#include <unordered_map>

#include "geo/ellipsoid.h"
#include "source/content.h"
#include "tiles/tree.h"

namespace cm::app {

class GroundHeights {
 public:
  explicit GroundHeights(const geo::EnuFrame& axes) : axes_(axes) {}
  void add(tiles::TileId tile, const source::MeshContent& content);
  void remove(tiles::TileId tile) { patches_.erase(tile); }
  void clear() { patches_.clear(); }
  //! Up coordinate in the city's axes of the highest ground near (east, north), by the smallest patch that holds the place.
  std::optional<double> at(glm::dvec2 eastNorth) const;

 private:
  static constexpr int kCells = 24;
  struct Patch {
    glm::vec2 lo{0}, hi{0};
    std::array<float, kCells * kCells> up;     // the highest vertex in each cell; NaN where there is none
  };
  geo::EnuFrame axes_;
  std::unordered_map<tiles::TileId, Patch> patches_;
};

}  // namespace cm::app
