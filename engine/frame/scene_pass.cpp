#include "frame/scene_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "frame/themes.h"

namespace cm::frame {
namespace {

constexpr VkShaderStageFlags kBothStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

// The plane beyond: rings growing from the first radius to the horizon.
constexpr int kRings = 26;
constexpr int kSegments = 48;
constexpr double kEarthRadius = 6371000.0;
constexpr uint32_t kSunDisc = 0, kMoonDisc = 1;  // SidePush::flags of shaders/shared/disc.glsl

bool flat(residency::DrawClass kind) {
  return kind == residency::DrawClass::Ground || kind == residency::DrawClass::Water;
}

//! How much of it one sees where the ground is glass: a pipeline of that variant follows.
void setGlass(VkCommandBuffer commands, residency::DrawClass kind) {
  const float opacity = flat(kind) ? 0.46f : 0.20f;
  const std::array<float, 4> constants{opacity, opacity, opacity, opacity};
  vkCmdSetBlendConstants(commands, constants.data());
}

}  // namespace

float eased(float transition) {
  const float t = std::clamp(transition, 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

shared::SidePush pushOf(const SideView& side, bool) {
  return {.slot = side.slot,
          .grow = eased(side.side->transition),
          .sideIndex = side.shadowIndex,
          .flags = 0,
          .extra = glm::vec4(0)};
}

ScenePass::ScenePass(gpu::Device& device, const SceneLayouts& layouts, VkDescriptorSetLayout textures)
    : objects_(device), colour_(layouts.colour), depth_(layouts.depth) {
  const VkDescriptorSetLayoutBinding binding{.binding = 0,
                                             .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                             .descriptorCount = 1,
                                             .stageFlags = VK_SHADER_STAGE_VERTEX_BIT};
  records_ = objects_.setLayout({&binding, 1});
  const std::array sets{layouts.globals, records_, textures};
  layout_ = objects_.layout(sets, sizeof(shared::SidePush));
}

std::unique_ptr<ScenePass::Variant>& ScenePass::variantOf(city::Look look, bool night, bool fading,
                                                          city::Weather weather, bool glass) {
  std::unique_ptr<Variant>& variant = variants_[size_t(look)][size_t(weather)][night][fading][glass];
  if (!variant) {
    variant = std::make_unique<Variant>(Variant{look, night, fading, glass, weather});
    makeVariant(*variant);
  }
  return variant;
}

void ScenePass::setVariant(city::Look look, bool moving, bool night, city::Weather weather, bool glass, bool ahead) {
  variant_ = variantOf(look, night, false, weather, glass).get();
  moving_ = moving;
  if (ahead && !std::exchange(variant_->compiled, true)) compile(*variant_);
}

ScenePass::Shaders ScenePass::shadersOf(const Variant& variant, Kind kind) {
  const city::Look look = variant.look;
  if (variant.glass && tiled(kind)) return {"glass.vert", "glass.frag"};
  // Tech and plan are drawings: they share what is authored and have their own of the city.
  if (themed(look)) {
    if (kind == Solid) return {"themed_solid.vert", "themed_solid.frag"};
    if (kind == Ground || kind == GroundDraped) return {"themed_ground.vert", "themed_ground.frag"};
    if (kind == Water) return {"themed_water.vert", "themed_water.frag"};
  }
  const bool day = look == city::Look::Day;
  switch (kind) {
    case Plain: return {"plain.vert", "plain.frag"};
    case Solid: return day ? Shaders{"day_solid.vert", "day_solid.frag"} : Shaders{"solid.vert", "solid.frag"};
    case Ground:
    case GroundDraped:
      return day ? Shaders{"day_ground.vert", "day_ground.frag"} : Shaders{"ground.vert", "ground.frag"};
    case Water: return day ? Shaders{"day_water.vert", "day_water.frag"} : Shaders{"water.vert", "water.frag"};
    case Textured:
    case TexturedBlended: return {"textured.vert", "textured.frag"};
    case Points: return {"marks.vert", "points.frag"};
    case Lines: return {"marks.vert", "plain.frag"};
    case Blended:
    case kKinds: break;
  }
  return {"blended.vert", "blended.frag"};
}

gpu::Pipeline ScenePass::makeTiles(const Variant& variant, Kind kind, uint32_t records, uint32_t moving,
                                   bool depthOnly) {
  const Shaders shaders = shadersOf(variant, kind);
  const bool day = variant.look == city::Look::Day;
  const bool ofGlass = variant.glass && tiled(kind);
  std::vector<uint32_t> locations = kind == Water && !ofGlass ? std::vector<uint32_t>{0, 1, 5, 6, 7, 9}
                                    : ofGlass || kind == Plain || kind == Points || kind == Lines
                                        ? std::vector<uint32_t>{0, 1, 2, 4, 5, 6, 7, 8, 9}
                                        : std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  if (kind == Textured || kind == TexturedBlended) locations.push_back(10);
  const bool ground = kind == Water || kind == Ground || kind == GroundDraped;
  if (day && kind == Solid && !ofGlass) locations.push_back(11);
  if ((day || themed(variant.look)) && ground && !ofGlass) locations.push_back(11);
  const TileVertexInput input = tileVertexInput(locations);
  const bool blends = kind == Blended || kind == TexturedBlended;
  const std::array<uint32_t, 7> constants{records,
                                          moving ? 1u : 2u,
                                          kind == GroundDraped || kind == TexturedBlended,
                                          variant.night,
                                          variant.fading,
                                          uint32_t(variant.look),
                                          uint32_t(variant.weather)};
  return objects_.make({.vertex = shaders.vertex,
                        .fragment = shaders.fragment,
                        .layout = layout_,
                        .bindings = input.bindings,
                        .attributes = input.attributes,
                        .constants = constants,
                        .colours = {colour_},
                        .depth = depth_,
                        .topology = topologyOf(kind == Points  ? residency::DrawClass::Points
                                               : kind == Lines ? residency::DrawClass::Lines
                                                               : residency::DrawClass::Solid),
                        .dynamicCull = true,
                        .depthTest = true,
                        .depthWrite = !blends,
                        .blend = blends                        ? gpu::Blend::Premultiplied
                                 : variant.glass && !depthOnly ? gpu::Blend::Constant
                                                               : gpu::Blend::Opaque,
                        // With the same shaders, so that both come to the very same depths.
                        .writeMask = depthOnly ? 0u : 0xfu},
                       shaders.vertex);
}

void ScenePass::makeVariant(Variant& made) {
  const city::Look look = made.look;
  if (made.fading) return;
  // What every city has; the rest by tilesOf.
  const auto kinds = look == city::Look::Plain ? std::vector{Plain} : std::vector{Solid, Ground, GroundDraped, Water};
  for (const Kind kind : kinds)
    for (uint32_t records = 0; records < 2; ++records)
      for (uint32_t moving = 0; moving < 2; ++moving)
        made.tiles[kind][records][moving] = makeTiles(made, kind, records, moving, false);
  if (look == city::Look::Plain) return;
  for (uint32_t moving = 0; moving < 2 && !made.glass; ++moving) {
    const std::array<uint32_t, 7> constants{
        0, moving ? 1u : 2u, 0, made.night, 0, uint32_t(look), uint32_t(made.weather)};
    made.beyond[moving] = objects_.make({.vertex = "beyond.vert",
                                         .fragment = themed(look)              ? "themed_beyond.frag"
                                                     : look == city::Look::Day ? "day_beyond.frag"
                                                                               : "beyond.frag",
                                         .layout = layout_,
                                         .constants = constants,
                                         .colours = {colour_},
                                         .depth = depth_,
                                         .depthTest = true,
                                         .depthWrite = true},
                                        "beyond");
  }
  makeSky(made);
}

void ScenePass::compile(Variant& variant) {
  for (auto& kind : variant.tiles)
    for (auto& records : kind)
      for (const gpu::Pipeline& tiles : records) static_cast<VkPipeline>(tiles);
  for (const gpu::Pipeline* other : {&variant.beyond[0], &variant.beyond[1], &variant.sky, &variant.discs})
    static_cast<VkPipeline>(*other);
}

void ScenePass::makeSky(Variant& variant) {
  const std::array<uint32_t, 7> constants{0, 0, 0, variant.night, 0, uint32_t(variant.look), uint32_t(variant.weather)};
  if (themed(variant.look) || variant.glass) {
    variant.sky = objects_.make({.vertex = "screen.vert",
                                 .fragment = variant.glass ? "glass_sky.frag" : "themed_sky.frag",
                                 .layout = layout_,
                                 .constants = constants,
                                 .colours = {colour_},
                                 .depth = depth_,
                                 .depthTest = true,
                                 .compare = VK_COMPARE_OP_EQUAL},
                                "themed sky");
    return;
  }
  constexpr VkVertexInputBindingDescription kDome{0, sizeof(SkyVertex), VK_VERTEX_INPUT_RATE_VERTEX};
  constexpr std::array<VkVertexInputAttributeDescription, 2> kDomeAttributes{
      {{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(SkyVertex, direction)},
       {1, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(SkyVertex, colour)}}};
  gpu::GraphicsPipeline description{.vertex = "sky.vert",
                                    .fragment = "sky.frag",
                                    .layout = layout_,
                                    .bindings = {&kDome, 1},
                                    .attributes = kDomeAttributes,
                                    .constants = constants,
                                    .colours = {colour_},
                                    .depth = depth_,
                                    .depthTest = true,
                                    .compare = VK_COMPARE_OP_EQUAL};
  variant.sky = objects_.make(description, "sky");
  description.vertex = "disc.vert";
  description.fragment = "disc.frag";
  description.bindings = {};
  description.attributes = {};
  description.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
  description.blend = gpu::Blend::Premultiplied;
  variant.discs = objects_.make(description, "discs");
}

gpu::Pipeline ScenePass::tilesOf(Kind kind, bool records, bool depthOnly) {
  gpu::Pipeline& pipeline = (depthOnly ? variant_->depth : variant_->tiles)[kind][records][moving_];
  if (!pipeline) pipeline = makeTiles(*variant_, kind, records, moving_, depthOnly);
  return pipeline;
}

gpu::Pipeline ScenePass::pipelineFor(const DrawGroup& group, bool plain, bool draped, bool depthOnly) {
  using residency::DrawClass;
  const Kind kind = group.kind == DrawClass::Points    ? Points
                    : group.kind == DrawClass::Lines   ? Lines
                    : group.kind == DrawClass::Blended ? Blended
                    : plain                            ? Plain
                    : group.kind == DrawClass::Ground  ? (draped ? GroundDraped : Ground)
                    : group.kind == DrawClass::Water   ? Water
                                                       : Solid;
  return tilesOf(kind, group.records, depthOnly);
}

void ScenePass::bindSide(PassContext& pass, const SideView& side, VkDescriptorSet records, glm::vec4 extra) const {
  const std::array sets{pass.globals, records};
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, uint32_t(sets.size()),
                          sets.data(), 0, nullptr);
  shared::SidePush push = pushOf(side);
  push.extra = extra;
  vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
}

void ScenePass::drawBlended(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records) {
  bool begun = false;
  for (const DrawGroup& group : list.groups) {
    if (group.kind != residency::DrawClass::Blended) continue;
    if (!std::exchange(begun, true)) bindSide(pass, side, records);
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelineFor(group, false, false));
    vkCmdSetCullMode(pass.commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(pass.commands, pass.residency, list, group);
  }
  if (list.texturedBlended.empty()) return;
  if (!begun) bindSide(pass, side, records);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, tilesOf(TexturedBlended, true, false));
  for (auto item = list.texturedBlended.rbegin(); item != list.texturedBlended.rend(); ++item)
    drawTextured(pass, list, *item);
}

void ScenePass::drawTiles(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records,
                          bool draped) {
  bindSide(pass, side, records);
  if (variant_->glass)
    drawGlass(pass, list, draped);
  else
    drawList(pass, list, draped, false);
}

void ScenePass::drawFading(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records,
                           bool draped, float share, bool goes) {
  Variant* const usual = std::exchange(
      variant_, variantOf(variant_->look, variant_->night, true, variant_->weather, variant_->glass).get());
  bindSide(pass, side, records, {share, goes, 0.618034f * float(pass.sample), 0});
  if (variant_->glass)
    drawGlass(pass, list, draped);
  else
    drawList(pass, list, draped, false);
  variant_ = usual;
}

void ScenePass::drawGlass(PassContext& pass, const DrawList& list, bool draped) {
  for (const Part part : {Part::Flat, Part::Standing})
    for (const bool depthOnly : {true, false}) drawList(pass, list, draped, depthOnly, part);
}

void ScenePass::drawList(PassContext& pass, const DrawList& list, bool draped, bool depthOnly, Part part) {
  const bool plain = pass.scene.look == city::Look::Plain, glass = variant_->glass && !depthOnly;
  for (const DrawGroup& group : list.groups) {
    if (group.kind == residency::DrawClass::Blended || (part != Part::All && flat(group.kind) != (part == Part::Flat)))
      continue;
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelineFor(group, plain, draped, depthOnly));
    if (glass) setGlass(pass.commands, group.kind);
    vkCmdSetCullMode(pass.commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(pass.commands, pass.residency, list, group);
  }
  if (list.textured.empty() || part == Part::Flat) return;
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, tilesOf(Textured, true, depthOnly));
  if (glass) setGlass(pass.commands, residency::DrawClass::Solid);
  for (const TexturedDraw& item : list.textured) drawTextured(pass, list, item);
}

void ScenePass::drawTextured(PassContext& pass, const DrawList& list, const TexturedDraw& item) const {
  const VkBuffer mesh = pass.residency.chunk(item.tile->chunk);
  const std::array<VkBuffer, 3> buffers{mesh, list.instances.buffer, mesh};
  const std::array<VkDeviceSize, 3> offsets{VkDeviceSize(item.tile->vertexOffset) * sizeof(source::Vertex),
                                            list.instances.offset, item.tile->uvOffset};
  vkCmdBindVertexBuffers(pass.commands, 0, uint32_t(buffers.size()), buffers.data(), offsets.data());
  vkCmdBindIndexBuffer(pass.commands, mesh, 0, item.tile->indexType);
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 2, 1, &item.draw->texture, 0,
                          nullptr);
  vkCmdSetCullMode(pass.commands, item.draw->doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
  vkCmdDrawIndexed(pass.commands, item.draw->indexCount, 1, item.draw->firstIndex, 0, item.instance);
}

void ScenePass::drawBeyond(PassContext& pass, const SideView& side, const Light& light, bool unshaded) {
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &pass.globals, 0, nullptr);
  shared::SidePush push = pushOf(side);
  if (unshaded) push.flags = shared::kUnshaded;
  const double height = std::max(2.0, pass.view.seaBelowMetres);
  const double first = std::clamp(height * 0.2, 5.0, 2000.0);
  const double horizon = std::sqrt(2 * kEarthRadius * height) * 1.1 + 20000.0;
  push.extra = {float(first), float(std::pow(horizon / first, 1.0 / (kRings - 1))), float(kSegments), 0.25f};
  vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
  if (pass.view.seaBelowMetres > 1.5 && !variant_->glass) {  // under glass the sky draws it
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->beyond[moving_]);
    vkCmdDraw(pass.commands, uint32_t(kRings * kSegments * 6), 1, 0, 0);
  }
  drawSky(pass, side, light);
}

//! With the globals bound.
void ScenePass::drawSky(PassContext& pass, const SideView& side, const Light& light) const {
  if (themed(variant_->look) || variant_->glass) {
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->sky);
    vkCmdDraw(pass.commands, 3, 1, 0, 0);
    return;
  }
  if (light.dome().empty()) return;
  const Slice vertices = pass.arena.copy(std::span(light.dome()), 16);
  const Slice indices = pass.arena.copy(std::span(Light::domeIndices()), 4);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->sky);
  vkCmdBindVertexBuffers(pass.commands, 0, 1, &vertices.buffer, &vertices.offset);
  vkCmdBindIndexBuffer(pass.commands, indices.buffer, indices.offset, VK_INDEX_TYPE_UINT32);
  vkCmdDrawIndexed(pass.commands, uint32_t(Light::domeIndices().size()), 1, 0, 0, 0);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->discs);
  shared::SidePush push = pushOf(side);
  for (push.flags = kSunDisc; push.flags <= kMoonDisc; ++push.flags) {
    vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
    vkCmdDraw(pass.commands, 4, 1, 0, 0);
  }
}

}  // namespace cm::frame
