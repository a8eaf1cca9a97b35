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
    const auto top = int32_t(std::lround(side.top * float(extent.height)));
    const auto bottom = int32_t(std::lround(side.bottom * float(extent.height)));
    view.rectangle = {{left, top}, {uint32_t(std::max(0, right - left)), uint32_t(std::max(0, bottom - top))}};
    for (const SideView& earlier : views)
      if (earlier.side->to == side.to && earlier.side->from == side.from) view.shadowIndex = earlier.shadowIndex;
    if (view.shadowIndex >= kMaxShadowSides) view.shadowIndex = 0;
    views.push_back(view);
  }
  return views;
}

std::vector<SideView> sidesAt(std::span<const SideView> sides, VkExtent2D was, VkExtent2D is) {
  std::vector<SideView> views(sides.begin(), sides.end());
  const auto at = [](int64_t place, uint32_t size, uint32_t of) {
    return int32_t(std::lround(double(place) * size / std::max(1u, of)));
  };
  for (SideView& side : views) {
    VkRect2D& r = side.rectangle;
    const int32_t left = at(r.offset.x, is.width, was.width), top = at(r.offset.y, is.height, was.height);
    const int32_t right = at(int64_t(r.offset.x) + r.extent.width, is.width, was.width),
                  bottom = at(int64_t(r.offset.y) + r.extent.height, is.height, was.height);
    r = {{left, top}, {uint32_t(right - left), uint32_t(bottom - top)}};
  }
  return views;
}

glm::vec3 circleOf(const Lens& lens, VkExtent2D extent) {
  return {lens.centre * glm::vec2(extent.width, extent.height), lens.radius * float(extent.height)};
}

bool seenAt(const Side& side, const Lens& lens, VkExtent2D extent, glm::vec2 pixel) {
  if (lens.on()) {
    const glm::vec3 circle = circleOf(lens, extent);
    return (glm::distance(pixel, glm::vec2(circle)) <= circle.z) == side.inLens;
  }
  const float x = pixel.x / float(extent.width);
  return x >= side.left && (x < side.right || side.right >= 1);
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
  hash.add(scene.lens.centre).add(scene.lens.radius);
  for (const SideView& each : sides) {
    const Side& side = *each.side;
    hash.add(side.inLens);
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
