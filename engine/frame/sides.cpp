#include "frame/sides.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "frame/shadow.h"

namespace cm::frame {

std::vector<SideView> sideViewsOf(std::span<const Side> sides, VkExtent2D extent) {
  std::vector<SideView> views;
  for (const Side& side : sides) {
    SideView view{
        .index = unsigned(views.size()), .slot = side.slot, .shadowIndex = unsigned(views.size()), .side = &side};
    const auto left = int32_t(std::lround(side.left * float(extent.width)));
    const auto right = int32_t(std::lround(side.right * float(extent.width)));
    view.rectangle = {{left, 0}, {uint32_t(std::max(0, right - left)), extent.height}};
    for (const SideView& earlier : views)
      if (earlier.side->to == side.to && earlier.side->from == side.from) view.shadowIndex = earlier.shadowIndex;
    if (view.shadowIndex >= kMaxShadowSides) view.shadowIndex = 0;
    views.push_back(view);
  }
  return views;
}

void addPicture(Hash& hash, const View& view, const Scene& scene, std::span<const SideView> sides) {
  hash.add(view.eyeEnu)
      .add(view.forward)
      .add(view.up)
      .add(view.fovYRadians)
      .add(view.extent.width)
      .add(view.extent.height)
      .add(view.part.offset.y);
  hash.add(scene.sunDirectionEcef).add(scene.moon.directionEcef).add(scene.hourOfDay).add(scene.weather);
  hash.add(scene.language).add(scene.look);
  const city::Layers& layers = scene.layers;
  for (const bool on : {layers.labels, layers.projectAreas, layers.greenways, layers.metro, layers.shadows,
                        layers.buildings, layers.life, layers.underground})
    hash.add(on);
  for (const std::string& item : layers.hiddenItems) hash.add(std::hash<std::string>{}(item));
  hash.add(scene.selection.kind).add(std::hash<std::string>{}(scene.selection.id));
  for (const SideView& each : sides) {
    const Side& side = *each.side;
    hash.add(side.slot)
        .add(side.left)
        .add(side.right)
        .add(side.transition)
        .add(side.date.year)
        .add(side.date.month)
        .add(side.date.day);
    for (const tiles::TileId tile : side.draw) hash.add(tile);
  }
}

}  // namespace cm::frame
