//! Inside of selection: what stands outside the views and throws shadows into them. Pure.
#pragma once

#include <span>

#include "tiles/selection.h"

namespace cm::tiles {

//! Fills `result.cast` and appends to `result.want` and `result.useful`. `result` holds what is drawn and refined already.
//! Outside a view a tile is refined where its error exceeds kCasterCoarseness times the limit: a shadow shows less than a wall.
//! What a tile shades: its volume swept away from the sun over the length of the shadow of something as high as the tile.
void selectCasters(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
                   const SelectionOptions& options, Selection& result);

inline constexpr double kCasterCoarseness = 4;

}  // namespace cm::tiles
