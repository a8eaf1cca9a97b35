//! Inside of selection: what a view will need that the camera is still on its way to. Pure.
#pragma once

#include <span>
#include <vector>

#include "tiles/selection.h"

namespace cm::tiles {

//! Appends to `want` what is missing for drawing `view` at full detail, and to `useful` what is resident of it.
void wantAhead(const TileTree& tree, std::span<const TileState> ready, const SelectionView& view, const SelectionOptions& options,
               std::vector<WantedTile>& want, std::vector<WantedTile>& useful);

}  // namespace cm::tiles
