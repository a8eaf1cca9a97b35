//! Towers of the built-in city: a plan, a foot, setbacks and a top, drawn by lot. Pure; any thread.
#pragma once

#include <vector>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {

//! One prism of a tower. Pieces stand on one another; none juts out over what carries it.
struct TowerPiece {
  std::vector<glm::dvec2> ring;   // metres about the tower's middle, x along its width; counter-clockwise
  double from = 0, to = 0;        // metres above the ground
  bool podium = false;            // shops, a building of its own
  RoofShape roof = RoofShape::Flat;
  double roofHeight = 0;
};

//! Housing is slabs, bows, angles and crosses, most of them plain above; offices and hotels have podiums, chamfers, setbacks, crowns.
//! From the ground up.
std::vector<TowerPiece> towerOf(Dice& dice, BuildingClass kind, double width, double depth, double height);

}  // namespace cm::tiling::demo
