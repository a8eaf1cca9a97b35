#include "tiles/growth.h"

#include <algorithm>

namespace cm::tiles {

TileId graft(TileTree& tree, const source::Tileset& tileset, TilesetId id, TileId parent) {
  if (tileset.tiles.empty()) return kNoTile;
  std::vector<TileId> idOf(tileset.tiles.size(), kNoTile);
  std::vector<TileId> parentOf(tileset.tiles.size(), kNoTile);
  parentOf[0] = parent;
  uint32_t enclosing = parent == kNoTile ? 0 : tree.tiles[parent].enclosing;
  if (!tileset.facts.empty()) {
    std::vector<source::Fact> facts = tileset.facts;
    facts.insert(facts.end(), tree.enclosing[enclosing].begin(), tree.enclosing[enclosing].end());
    enclosing = static_cast<uint32_t>(tree.enclosing.size());
    tree.enclosing.push_back(std::move(facts));
  }
  for (size_t i = 0; i < tileset.tiles.size(); ++i) {  // parents stand before their children
    if (i > 0 && parentOf[i] == kNoTile) continue;
    const source::TileDescription& from = tileset.tiles[i];
    TileId above = parentOf[i];
    int depth = above == kNoTile ? 0 : tree.tiles[above].depth + 1;
    if (depth > kMaxDepth) continue;
    idOf[i] = static_cast<TileId>(tree.tiles.size());
    Tile tile;
    tile.bounds = std::holds_alternative<geo::Region>(from.bounds) ? geo::asBox(from.bounds) : from.bounds;
    tile.ecefFromTile = from.ecefFromTile;
    tile.geometricError = from.geometricError;
    tile.parent = above;
    tile.refine = from.refine;
    if (from.requestVolume)
      tile.requestVolume = std::holds_alternative<geo::Region>(*from.requestVolume) ? geo::asBox(*from.requestVolume)
                                                                                    : *from.requestVolume;
    tile.contentUris = from.contentUris;
    tile.subtree = from.subtree;
    tile.terrain = from.terrain;
    tile.facts = from.facts;
    for (const auto& facts : from.contentFacts) tile.facts.insert(tile.facts.end(), facts.begin(), facts.end());
    tile.enclosing = enclosing;
    tile.tileset = id;
    tile.depth = static_cast<uint16_t>(depth);
    tree.tiles.push_back(std::move(tile));
    if (above != kNoTile) tree.tiles[above].children.push_back(idOf[i]);
    for (uint32_t child : from.children)
      if (child > i && child < parentOf.size()) parentOf[child] = idOf[i];
  }
  return idOf[0];
}

bool refersToItself(const TileTree& tree, TileId tile, const std::string& uri) {
  if (tree.tilesets[tree.tiles[tile].tileset].uri == uri) return true;
  for (TileId at = tree.tiles[tile].parent; at != kNoTile; at = tree.tiles[at].parent) {
    const Tile& above = tree.tiles[at];
    if (above.external && std::find(above.contentUris.begin(), above.contentUris.end(), uri) != above.contentUris.end())
      return true;
  }
  return false;
}

}  // namespace cm::tiles
