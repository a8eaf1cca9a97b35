#include "frame/draws.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace cm::frame {

PlacedTile placed(const residency::ResidentTile& tile, const geo::EnuFrame& axes) {
  PlacedTile placed;
  placed.tile = &tile;
  placed.enuFromContent = axes.enuFromEcef * tile.ecefFromContent;
  const glm::dvec3 centre = (glm::dvec3(tile.lo) + glm::dvec3(tile.hi)) * 0.5,
                   half = (glm::dvec3(tile.hi) - glm::dvec3(tile.lo)) * 0.5;
  const glm::dvec3 middle(placed.enuFromContent * glm::dvec4(centre, 1));
  const glm::dmat3 turn(placed.enuFromContent);
  const glm::dvec3 reach = glm::abs(turn[0]) * half.x + glm::abs(turn[1]) * half.y + glm::abs(turn[2]) * half.z;
  placed.loEnu = middle - reach;
  placed.hiEnu = middle + reach;
  return placed;
}

const PlacedTile* PlacedTiles::place(const residency::Residency& residency, const geo::EnuFrame& axes,
                                     tiles::TileId id) {
  const residency::ResidentTile* tile = residency.tile(id);
  if (!tile) return nullptr;
  PlacedTile& kept = tiles_[id];
  if (kept.tile == tile && kept.generation == residency.generation()) return &kept;
  const bool same = kept.tile == tile && kept.enuFromContent == axes.enuFromEcef * tile->ecefFromContent;
  if (!same) kept = placed(*tile, axes);
  kept.generation = residency.generation();
  return &kept;
}

shared::DrawInstance instanceOf(const View& view, const PlacedTile& placed) {
  const glm::dmat4& m = placed.enuFromContent;
  const auto row = [&](int i) { return glm::vec4(glm::dvec4(m[0][i], m[1][i], m[2][i], m[3][i] - view.eyeEnu[i])); };
  shared::DrawInstance instance{};
  instance.row0 = row(0);
  instance.row1 = row(1);
  instance.row2 = row(2);
  instance.firstRecord = placed.tile->firstRecord;
  return instance;
}

namespace {

struct Pending {
  uint32_t key = 0;
  VkDrawIndexedIndirectCommand command{};
};

uint32_t keyOf(const residency::ResidentTile& tile, const residency::TileDraw& draw, bool records) {
  return uint32_t(draw.kind) << 28 | uint32_t(records) << 27 | uint32_t(draw.doubleSided) << 26 |
         uint32_t(tile.indexType == VK_INDEX_TYPE_UINT32) << 25 | tile.chunk;
}

}  // namespace

DrawList buildDraws(FrameArena& arena, const View& view, std::span<const PlacedTile* const> tiles,
                    const Visibility& visibility, unsigned slot, bool changing, DrawSet set, bool buildings) {
  using residency::DrawClass;
  DrawList list;
  std::vector<shared::DrawInstance> instances;
  std::vector<Pending> pending, blended;
  for (const PlacedTile* placed : tiles) {
    const residency::ResidentTile& tile = *placed->tile;
    const Shown shown = visibility.shown(tile.tile, slot, changing);
    if (shown == Shown::None) continue;
    list.tiles.push_back(tile.tile);
    shared::DrawInstance instance = instanceOf(view, *placed);
    instance.id = uint32_t(list.tiles.size());
    for (const residency::TileDraw& draw : tile.draws) {
      const bool ground = draw.kind == DrawClass::Ground || draw.kind == DrawClass::Water;
      const bool marks = draw.kind == DrawClass::Points || draw.kind == DrawClass::Lines;
      const bool blends = draw.alphaCutoff == source::Material::kBlends;
      if (set == DrawSet::Casters && (ground || marks || blends)) continue;
      if (!buildings && draw.kind == DrawClass::Solid) continue;
      instance.baseColour = draw.baseColour;
      instance.flags = draw.unlit ? shared::kDrawUnlit : 0;
      instance.alphaCutoff = draw.alphaCutoff;
      const auto index = uint32_t(instances.size());
      if (instances.empty() || instances.back().id != instance.id ||
          instances.back().baseColour != instance.baseColour || instances.back().flags != instance.flags ||
          instances.back().alphaCutoff != instance.alphaCutoff)
        instances.push_back(instance);
      const uint32_t first = index == instances.size() ? index - 1 : index;
      if (!marks) list.triangles += draw.indexCount / 3;
      ++list.draws;
      if (draw.kind == DrawClass::Textured && set == DrawSet::Picture) {
        (blends ? list.texturedBlended : list.textured).push_back({&tile, &draw, first});
        continue;
      }
      auto& to = draw.kind == DrawClass::Blended ? blended : pending;
      to.push_back(
          {keyOf(tile, draw, shown == Shown::Some), {draw.indexCount, 1, draw.firstIndex, tile.vertexOffset, first}});
    }
  }
  // Nearest first within each group, as the tiles came; what is seen through farthest first.
  pending.insert(pending.end(), blended.rbegin(), blended.rend());
  std::stable_sort(pending.begin(), pending.end(), [](const Pending& a, const Pending& b) { return a.key < b.key; });
  std::vector<VkDrawIndexedIndirectCommand> commands;
  commands.reserve(pending.size());
  for (size_t i = 0; i < pending.size(); ++i) {
    const uint32_t key = pending[i].key;
    if (i == 0 || key != pending[i - 1].key)
      list.groups.push_back({.kind = DrawClass(key >> 28),
                             .records = bool(key >> 27 & 1),
                             .doubleSided = bool(key >> 26 & 1),
                             .indexType = key >> 25 & 1 ? VK_INDEX_TYPE_UINT32 : VK_INDEX_TYPE_UINT16,
                             .chunk = key & 0x1ffffff,
                             .firstCommand = i * sizeof(VkDrawIndexedIndirectCommand)});
    ++list.groups.back().count;
    commands.push_back(pending[i].command);
  }
  list.instances = arena.copy(std::span<const shared::DrawInstance>(instances));
  list.commands = arena.copy(std::span<const VkDrawIndexedIndirectCommand>(commands));
  return list;
}

TileVertexInput tileVertexInput(const std::vector<uint32_t>& locations) {
  using shared::DrawInstance;
  using source::Vertex;
  TileVertexInput input;
  input.bindings = {{0, sizeof(Vertex), VK_VERTEX_INPUT_RATE_VERTEX},
                    {1, sizeof(DrawInstance), VK_VERTEX_INPUT_RATE_INSTANCE}};
  input.attributes = {{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(Vertex, position)},
                      {1, 0, VK_FORMAT_R32_UINT, offsetof(Vertex, featureAndSurface)},
                      {2, 0, VK_FORMAT_R8G8B8A8_SNORM, offsetof(Vertex, normal)},
                      {3, 0, VK_FORMAT_R8_UNORM, offsetof(Vertex, sky)},
                      {4, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Vertex, colour)},
                      {5, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(DrawInstance, row0)},
                      {6, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(DrawInstance, row1)},
                      {7, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(DrawInstance, row2)},
                      {8, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(DrawInstance, baseColour)},
                      {9, 1, VK_FORMAT_R32G32B32A32_UINT, offsetof(DrawInstance, firstRecord)},
                      {10, 2, VK_FORMAT_R32G32_SFLOAT, 0},
                      {11, 0, VK_FORMAT_R8G8B8A8_UINT, offsetof(Vertex, matter)}};
  const auto reads = [&](uint32_t location) {
    return std::find(locations.begin(), locations.end(), location) != locations.end();
  };
  if (reads(10)) input.bindings.push_back({2, sizeof(glm::vec2), VK_VERTEX_INPUT_RATE_VERTEX});
  std::erase_if(input.attributes, [&](const auto& attribute) { return !reads(attribute.location); });
  return input;
}

VkPrimitiveTopology topologyOf(residency::DrawClass kind) {
  return kind == residency::DrawClass::Points  ? VK_PRIMITIVE_TOPOLOGY_POINT_LIST
         : kind == residency::DrawClass::Lines ? VK_PRIMITIVE_TOPOLOGY_LINE_LIST
                                               : VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
}

void drawGroup(VkCommandBuffer commands, const residency::Residency& residency, const DrawList& list,
               const DrawGroup& group) {
  const VkBuffer mesh = residency.chunk(group.chunk);
  const std::array<VkBuffer, 2> buffers{mesh, list.instances.buffer};
  const std::array<VkDeviceSize, 2> offsets{0, list.instances.offset};
  vkCmdBindVertexBuffers(commands, 0, 2, buffers.data(), offsets.data());
  vkCmdBindIndexBuffer(commands, mesh, 0, group.indexType);
  vkCmdDrawIndexedIndirect(commands, list.commands.buffer, list.commands.offset + group.firstCommand, group.count,
                           sizeof(VkDrawIndexedIndirectCommand));
}

}  // namespace cm::frame
