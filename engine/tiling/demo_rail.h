//! Metro and railway lines of the built-in city as pieces of one structure each, ready to be written. Pure; any thread.
#pragma once

#include <glm/glm.hpp>
#include <string>
#include <vector>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {

//! A run of one line that is built in one way; the next one begins where it ends.
struct RailPiece {
  std::string structure;               // elevated, ground, underground
  bool water = false;                  // under the sea
  std::vector<glm::dvec2> lonLat;      // about every 120 m
};

//! A smooth line through the line's points, cut where its structure changes or the shore is crossed.
std::vector<RailPiece> railPieces(const MetroLine& line, const Facts& facts, const Land& land);
//! What runs above ground, and `ramp` metres of what is underground next to it.
std::vector<std::vector<glm::dvec2>> aboveGround(const std::vector<RailPiece>& pieces, double ramp);
double lengthMetres(const std::vector<RailPiece>& pieces);

}  // namespace cm::tiling::demo
