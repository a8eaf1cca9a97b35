//! The renewal schemes of the built-in city: what each removes, what it adds. Deterministic; one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {

//! One polygon of a scheme's ground, for the drape.
struct SchemeGround {
  std::string kind;              // land, green, path, plaza, water, road
  city::Polygon rings;           // degrees
};

//! What one phase takes away and puts up.
struct SchemePhase {
  std::vector<city::Polygon> removed;
  std::vector<Building> buildings;
  std::vector<SchemeGround> ground;
};

struct Massing {
  std::vector<city::Polygon> boundary;
  std::array<SchemePhase, 2> phases;
};

Massing massingOf(const Scheme& scheme);

}  // namespace cm::tiling::demo
