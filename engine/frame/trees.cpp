#include "frame/trees.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "frame/scene_pass.h"

namespace cm::frame {
namespace {

using namespace shared;

constexpr VkShaderStageFlags kBothStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
constexpr double kTrunkMetres = 300, kStillTrunkMetres = 1400;  // farther trees are crowns alone

//! Crown: tip 0, upper ring 1.., lower ring, lower tip. Trunk: three points at the foot, three above. Counter-clockwise from outside.
constexpr std::array<uint16_t, kTreeIndices> treeIndices() {
  std::array<uint16_t, kTreeIndices> out{};
  size_t n = 0;
  const auto triangle = [&](int a, int b, int c) {
    out[n++] = uint16_t(a);
    out[n++] = uint16_t(b);
    out[n++] = uint16_t(c);
  };
  for (int i = 0; i < kTreeRing; ++i) {
    const int next = (i + 1) % kTreeRing, up = 1, low = 1 + kTreeRing;
    triangle(0, up + i, up + next);
    triangle(up + i, low + i, up + next);
    triangle(up + next, low + i, low + next);
    triangle(2 * kTreeRing + 1, low + next, low + i);
  }
  constexpr int kTrunk = 2 * kTreeRing + 2;
  for (int i = 0; i < 3; ++i) {
    const int next = (i + 1) % 3;
    triangle(kTrunk + i, kTrunk + next, kTrunk + 3 + i);
    triangle(kTrunk + 3 + i, kTrunk + next, kTrunk + 3 + next);
  }
  return out;
}
constexpr auto kIndices = treeIndices();

constexpr std::array<VkVertexInputBindingDescription, 1> kBindings{
    {{0, sizeof(source::Tree), VK_VERTEX_INPUT_RATE_INSTANCE}}};
constexpr std::array<VkVertexInputAttributeDescription, 2> kAttributes{
    {{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(source::Tree, position)},
     {1, 0, VK_FORMAT_R32_UINT, offsetof(source::Tree, look)}}};

double distanceTo(const View& view, const PlacedTile& tile) {
  const glm::dvec3 nearest = glm::clamp(view.eyeEnu, tile.loEnu, tile.hiEnu);
  return glm::length(view.eyeEnu - nearest);
}

glm::uvec4 laidOf(const PlanSites& sites, const SideView& side) {
  const uint64_t before = sites.laid(side.side->from), after = sites.laid(side.side->to);
  return {uint32_t(before), uint32_t(before >> 32), uint32_t(after), uint32_t(after >> 32)};
}

uint32_t treesWithin(const PlacedTile& tile, float root) {
  const auto& order = tile.tile->treeOrder;
  return uint32_t(std::upper_bound(order.begin(), order.end(), uint8_t(std::min(root * 1.08f * 255, 255.0f))) -
                  order.begin());
}

}  // namespace

float treeRootAt(double distanceMetres) {
  return float(std::pow(std::min(double(kAllTreesMetres) / std::max(distanceMetres, 1.0), 1.0), 0.75));
}

TreePass::TreePass(gpu::Device& device, const SceneLayouts& layouts)
    : objects_(device), colour_(layouts.colour), depth_(layouts.depth) {
  const std::array sets{layouts.globals};
  layout_ = objects_.layout(sets, sizeof(TreePush));
  shadowLayout_ = objects_.layout({}, sizeof(TreeShadowPush));
}

Slice TreePass::indices(PassContext& pass) const { return pass.arena.copy(std::span<const uint16_t>(kIndices)); }

uint32_t TreePass::draw(PassContext& pass, const SideView& side, std::span<const PlacedTile* const> tiles,
                        const PlanSites& sites, bool moving) {
  const bool any =
      std::any_of(tiles.begin(), tiles.end(), [](const PlacedTile* tile) { return !tile->tile->treeOrder.empty(); });
  if (!any) return 0;
  const bool night = pass.view.night > 0;
  const city::Weather weather = pipelinesOf(pass.scene.weather);
  const auto pipelineOf = [&](bool leafy) {
    VkPipeline& pipeline = pipelines_[size_t(weather)][night][moving][leafy];
    if (pipeline) return pipeline;
    const std::array<uint32_t, 7> constants{
        0, moving ? 1u : 2u, leafy, night, 0, uint32_t(city::Look::Day), uint32_t(weather)};
    return pipeline = objects_.make({.vertex = "tree.vert",
                                     .fragment = "tree.frag",
                                     .layout = layout_,
                                     .bindings = kBindings,
                                     .attributes = kAttributes,
                                     .constants = constants,
                                     .colours = {colour_},
                                     .depth = depth_,
                                     .cull = VK_CULL_MODE_BACK_BIT,
                                     .depthTest = true,
                                     .depthWrite = true},
                                    "trees");
  };
  const Slice joined = indices(pass);
  VkPipeline bound = VK_NULL_HANDLE;
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &pass.globals, 0, nullptr);
  vkCmdBindIndexBuffer(pass.commands, joined.buffer, joined.offset, VK_INDEX_TYPE_UINT16);
  TreePush push{.side = pushOf(side)};
  push.laid = laidOf(sites, side);
  push.side.extra.x = kAllTreesMetres;
  push.side.extra.z = float(std::fmod(0.618034 * pass.sample, 1.0));
  const auto most = uint32_t(float(kMostTreesDrawn) * (moving ? pass.scene.trees : 1.0f));
  uint32_t drawn = 0;
  for (const PlacedTile* tile : tiles) {
    const double distance = distanceTo(pass.view, *tile);
    const uint32_t count = treesWithin(*tile, treeRootAt(distance));
    if (count == 0) continue;
    if (drawn + count > most) break;
    if (VkPipeline pipeline = pipelineOf(distance < kLeafyMetres); pipeline != bound)
      vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, bound = pipeline);
    const DrawInstance place = instanceOf(pass.view, *tile);
    push.row0 = place.row0;
    push.row1 = place.row1;
    push.row2 = place.row2;
    vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
    const VkBuffer chunk = pass.residency.chunk(tile->tile->chunk);
    vkCmdBindVertexBuffers(pass.commands, 0, 1, &chunk, &tile->tile->treeOffset);
    vkCmdDrawIndexed(pass.commands,
                     distance < (moving ? kTrunkMetres : kStillTrunkMetres) ? kTreeIndices : kTreeCrownIndices, count,
                     0, 0, 0);
    drawn += count;
  }
  return drawn;
}

void TreePass::drawShadows(PassContext& pass, const SideView& side, std::span<const PlacedTile* const> tiles,
                           const PlanSites& sites, const glm::mat4& clipFromWorld, VkFormat depth) {
  if (!shadow_)
    shadow_ = objects_.make({.vertex = "tree_shadow.vert",
                             .layout = shadowLayout_,
                             .bindings = kBindings,
                             .attributes = kAttributes,
                             .depth = depth,
                             .cull = VK_CULL_MODE_BACK_BIT,
                             .depthTest = true,
                             .depthWrite = true,
                             .depthBiasConstant = -2.0f,
                             .depthBiasSlope = -1.8f},
                            "tree shadows");
  const Slice joined = indices(pass);
  const glm::uvec4 laid = laidOf(sites, side);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, shadow_);
  vkCmdBindIndexBuffer(pass.commands, joined.buffer, joined.offset, VK_INDEX_TYPE_UINT16);
  for (const PlacedTile* tile : tiles) {
    const double distance = distanceTo(pass.view, *tile);
    const uint32_t count = treesWithin(*tile, treeRootAt(distance));
    if (count == 0 || distance > kTreeShadowMetres) continue;
    const DrawInstance place = instanceOf(pass.view, *tile);
    const glm::mat4 worldFromContent =
        glm::transpose(glm::mat4(place.row0, place.row1, place.row2, glm::vec4(0, 0, 0, 1)));
    TreeShadowPush push{.side = pushOf(side), .clipFromContent = clipFromWorld * worldFromContent, .laid = laid};
    push.side.extra = glm::vec4(glm::vec3(glm::inverse(worldFromContent)[3]), kAllTreesMetres);
    vkCmdPushConstants(pass.commands, shadowLayout_, kBothStages, 0, sizeof(push), &push);
    const VkBuffer chunk = pass.residency.chunk(tile->tile->chunk);
    vkCmdBindVertexBuffers(pass.commands, 0, 1, &chunk, &tile->tile->treeOffset);
    vkCmdDrawIndexed(pass.commands, kTreeCrownIndices, count, 0, 0, 0);
  }
}

}  // namespace cm::frame
