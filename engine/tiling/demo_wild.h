//! What covers the hills of the built-in city, by slope: woods, and bare granite where it is too steep for them; and the sea stack
//! 石老人. Deterministic; one thread.
#pragma once

#include "tiling/demo_town.h"

namespace cm::tiling::demo {

void coverHills(const Facts& facts, const Land& land, const AddGround& ground);
//! The Old Man Stone off its beach: 17 m of rock in the sea.
void standStones(const AddBuilding& building);

}  // namespace cm::tiling::demo
