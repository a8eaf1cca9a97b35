//! What covers the built-in city outside its quarters: on hills, by slope, woods, and bare granite where it is too steep for them;
//! on the plain fields; and the sea stack 石老人. Deterministic; one thread.
#pragma once

#include "tiling/demo_town.h"

namespace cm::tiling::demo {

void coverHills(const Facts& facts, const Land& land, const AddGround& ground);
//! Fields and groves on the plain where no quarter of the facts is: by rule, like the town's blocks.
void coverPlain(const Facts& facts, const Land& land, const AddGround& ground);
//! The Old Man Stone off its beach: 17 m of rock in the sea.
void standStones(const AddBuilding& building);

}  // namespace cm::tiling::demo
