//! Appends what a tileset.json describes to the tile tree. The loop's thread.
#pragma once

#include "source/tileset.h"
#include "tiles/tree.h"

namespace cm::tiles {

//! Deeper than any real city; a tileset that (through others) refers to itself ends here.
inline constexpr uint16_t kMaxDepth = 400;

//! The id of the tileset's root, now below `parent` (kNoTile: it becomes a root). Regions are kept as boxes. Tiles below
//! kMaxDepth are left out.
TileId graft(TileTree& tree, const source::Tileset& tileset, TilesetId id, TileId parent);

//! The external tileset `uri` is `tile` or stands above it: grafting it would never end.
bool refersToItself(const TileTree& tree, TileId tile, const std::string& uri);

}  // namespace cm::tiles
