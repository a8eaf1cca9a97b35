#include "frame/casters.h"

#include <cmath>

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

std::vector<const PlacedTile*> castersOf(const residency::Residency& residency, PlacedTiles& placed, const geo::EnuFrame& axes,
                                         const Side& side, const ShadowRegion& region) {
  std::vector<const PlacedTile*> casters;
  for (const std::span<const tiles::TileId> tiles : {side.draw, side.cast})
    for (const tiles::TileId id : tiles) {
      const PlacedTile* tile = placed.place(residency, axes, id);
      if (tile && reaches(*tile, region)) casters.push_back(tile);
    }
  return casters;
}

}  // namespace cm::frame
