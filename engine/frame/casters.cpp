#include "frame/casters.h"

#include <unordered_set>

namespace cm::frame {
namespace {

bool reaches(const PlacedTile& tile, const ShadowRegion& region) {
  const glm::dvec3 centre = (tile.loEnu + tile.hiEnu) * 0.5, half = (tile.hiEnu - tile.loEnu) * 0.5;
  for (int axis = 0; axis < 2; ++axis) {
    const glm::dvec3& direction = region.axes[axis];
    const double at = glm::dot(direction, centre), reach = glm::dot(glm::abs(direction), half);
    if (std::abs(at - region.centre[axis]) > reach + region.half) return false;
  }
  return true;
}

}  // namespace

std::vector<const PlacedTile*> castersOf(const residency::Residency& residency, const tiles::TileTree* tree, PlacedTiles& placed,
                                         const geo::EnuFrame& axes, std::span<const tiles::TileId> drawn, const ShadowRegion& region) {
  std::vector<const PlacedTile*> casters;
  std::unordered_set<tiles::TileId> isDrawn(drawn.begin(), drawn.end()), aboveDrawn;
  const auto add = [&](tiles::TileId id) {
    const PlacedTile* tile = placed.place(residency, axes, id);
    if (tile && reaches(*tile, region)) casters.push_back(tile);
  };
  for (const tiles::TileId id : drawn) add(id);
  if (!tree) return casters;
  std::unordered_set<tiles::TilesetId> tilesets;
  for (const tiles::TileId id : drawn) {
    if (id >= tree->tiles.size()) continue;
    tilesets.insert(tree->tiles[id].tileset);
    for (tiles::TileId up = tree->tiles[id].parent; up != tiles::kNoTile && aboveDrawn.insert(up).second; up = tree->tiles[up].parent) {}
  }
  // Outside the view the coarsest resident tile will do, and nothing below a drawn tile is taken twice.
  std::vector<tiles::TileId> open;
  for (const tiles::TilesetId tileset : tilesets)
    if (tree->tilesets[tileset].root != tiles::kNoTile) open.push_back(tree->tilesets[tileset].root);
  while (!open.empty()) {
    const tiles::TileId id = open.back();
    open.pop_back();
    const tiles::Tile& tile = tree->tiles[id];
    const bool above = aboveDrawn.contains(id);
    if (isDrawn.contains(id)) {
      if (tile.refine == source::Refine::Replace) continue;
    } else if (!above && residency.tile(id)) {
      add(id);
      continue;
    }
    open.insert(open.end(), tile.children.begin(), tile.children.end());
  }
  return casters;
}

}  // namespace cm::frame
