//! The streets of the built-in city, joined up, and the strips nobody builds on. Deterministic; pure once made, any thread.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {

inline constexpr double kReach = 1500;   // metres from a zone's middle to where its streets end at the latest

//! What a quarter is made of: block and street sizes in metres, and how far from the shore it keeps.
struct Grain {
  double blockWidth, blockDepth, street, shore;
};
Grain grainOf(Quarter quarter);

//! The two nearest zones: index of the nearest, and how far a place (plane) is from the border between them.
std::pair<size_t, double> zoneAt(const Facts& facts, glm::dvec2 place);

struct Street {
  std::string id;
  GroundClass kind = GroundClass::RoadMinor;
  double width = 0;
  glm::dvec2 from{0}, to{0};   // plane
};

//! The grids of the zones and the avenues between them. Both ends of each lie on another one, or on a main road of the facts; none
//! runs beside a wider one.
std::vector<Street> layOutStreets(const Facts& facts, const Land& land);

//! Strips of the plane, for what must not stand on them.
class Corridors {
 public:
  void add(glm::dvec2 a, glm::dvec2 b, double halfWidth);
  void add(const std::vector<glm::dvec2>& degrees, double halfWidth);
  //! Whether a ring (plane, simple) comes nearer than `margin` metres to one.
  bool touch(std::span<const glm::dvec2> ring, double margin) const;

 private:
  struct Strip {
    glm::dvec2 a, b;
    double halfWidth;
  };
  std::vector<Strip> strips_;
  std::unordered_map<uint64_t, std::vector<uint32_t>> cells_;
};

//! All there is: main roads, streets, railways above ground, greenways (planned ones, too: they are drawn).
Corridors corridorsOf(const Facts& facts, const Land& land, std::span<const Street> streets);

}  // namespace cm::tiling::demo
