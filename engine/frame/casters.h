//! Which tiles throw shadows into a region: those that are drawn, and resident ones outside the view that stand in the light's way.
//! Pure.
#pragma once

#include <span>
#include <vector>

#include "frame/draws.h"
#include "frame/shadow.h"
#include "tiles/tree.h"

namespace cm::frame {

//! `tree` may be null: then only what is drawn throws shadows.
std::vector<const PlacedTile*> castersOf(const residency::Residency& residency, const tiles::TileTree* tree, PlacedTiles& placed,
                                         const geo::EnuFrame& axes, std::span<const tiles::TileId> drawn, const ShadowRegion& region);

}  // namespace cm::frame
