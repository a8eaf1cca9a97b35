//! Which tiles throw shadows into a region: those that are drawn, and those outside the view that selection found in the light's
//! way (tiles/casters.h). Pure.
#pragma once

#include <span>
#include <vector>

#include "frame/draws.h"
#include "frame/shadow.h"

namespace cm::frame {

std::vector<const PlacedTile*> castersOf(const residency::Residency& residency, PlacedTiles& placed, const geo::EnuFrame& axes,
                                         const Side& side, const ShadowRegion& region);

}  // namespace cm::frame
