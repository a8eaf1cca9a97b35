#include "frame/scene_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace cm::frame {
namespace {

constexpr VkShaderStageFlags kBothStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

// The plane beyond: rings growing from the first radius to the horizon.
constexpr int kRings = 26;
constexpr int kSegments = 48;
constexpr double kEarthRadius = 6371000.0;

//! How much of it one sees where the ground is glass: a pipeline of that variant follows.
void setGlass(VkCommandBuffer commands, residency::DrawClass kind) {
  const bool flat = kind == residency::DrawClass::Ground || kind == residency::DrawClass::Water;
  const float opacity = flat ? 0.42f : 0.36f;
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

  setVariant(city::Look::Clay, true, false);
}

void ScenePass::setVariant(city::Look look, bool moving, bool night, bool glass) {
  // The plain look has one set of its own shaders in every variant.
  const size_t index = look == city::Look::Plain ? size_t(city::Look::Clay) : size_t(look);
  std::unique_ptr<Variant>& variant = variants_[index][night][glass];
  if (!variant) variant = makeVariant(city::Look(index), night, glass);
  variant_ = variant.get();
  moving_ = moving;
  glass_ = glass;
}

std::unique_ptr<ScenePass::Variant> ScenePass::makeVariant(city::Look look, bool night, bool glass) {
  auto made = std::make_unique<Variant>();
  constexpr std::array<std::pair<const char*, const char*>, kKinds> kShaders{{{"plain.vert", "plain.frag"},
                                                                              {"solid.vert", "solid.frag"},
                                                                              {"ground.vert", "ground.frag"},
                                                                              {"ground.vert", "ground.frag"},
                                                                              {"water.vert", "water.frag"},
                                                                              {"textured.vert", "textured.frag"},
                                                                              {"textured.vert", "textured.frag"},
                                                                              {"marks.vert", "points.frag"},
                                                                              {"marks.vert", "plain.frag"},
                                                                              {"blended.vert", "blended.frag"}}};
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    const TileVertexInput input =
        kind == Plain || kind == Points || kind == Lines ? tileVertexInput({0, 1, 2, 4, 5, 6, 7, 8, 9})
        : kind == Water                                  ? tileVertexInput({0, 1, 5, 6, 7, 9})
        : kind == Textured || kind == TexturedBlended    ? tileVertexInput({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
                                                         : tileVertexInput({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    const VkPrimitiveTopology topology = topologyOf(kind == Points  ? residency::DrawClass::Points
                                                    : kind == Lines ? residency::DrawClass::Lines
                                                                    : residency::DrawClass::Solid);
    const bool blends = kind == Blended || kind == TexturedBlended;
    for (uint32_t records = 0; records < 2; ++records) {
      for (uint32_t moving = 0; moving < 2; ++moving) {
        const std::array<uint32_t, 5> constants{records, moving ? 1u : 4u,
                                                kind == GroundDraped || kind == TexturedBlended, night, uint32_t(look)};
        gpu::GraphicsPipeline pipeline{.vertex = kShaders[kind].first,
                                       .fragment = kShaders[kind].second,
                                       .layout = layout_,
                                       .bindings = input.bindings,
                                       .attributes = input.attributes,
                                       .constants = constants,
                                       .colours = {colour_},
                                       .depth = depth_,
                                       .topology = topology,
                                       .dynamicCull = true,
                                       .depthTest = true,
                                       .depthWrite = !blends,
                                       .blend = blends  ? gpu::Blend::Premultiplied
                                                : glass ? gpu::Blend::Constant
                                                        : gpu::Blend::Opaque};
        made->tiles[kind][records][moving] = objects_.make(pipeline, kShaders[kind].first);
        if (!glass || blends) continue;
        // With the same shaders, so that both come to the very same depths.
        pipeline.blend = gpu::Blend::Opaque;
        pipeline.writeMask = 0;
        made->depth[kind][records][moving] = objects_.make(pipeline, kShaders[kind].first);
      }
    }
  }
  for (uint32_t moving = 0; moving < 2; ++moving) {
    const std::array<uint32_t, 5> constants{0, moving ? 1u : 4u, 0, night, uint32_t(look)};
    made->beyond[moving] = objects_.make({.vertex = "beyond.vert",
                                          .fragment = "beyond.frag",
                                          .layout = layout_,
                                          .constants = constants,
                                          .colours = {colour_},
                                          .depth = depth_,
                                          .depthTest = true,
                                          .depthWrite = true},
                                         "beyond");
  }
  const std::array<uint32_t, 5> constants{0, 0, 0, night, uint32_t(look)};
  made->sky = objects_.make({.vertex = "screen.vert",
                             .fragment = "sky.frag",
                             .layout = layout_,
                             .constants = constants,
                             .colours = {colour_},
                             .depth = depth_,
                             .depthTest = true,
                             .compare = VK_COMPARE_OP_EQUAL},
                            "sky");
  return made;
}

VkPipeline ScenePass::pipelineFor(const Pipelines& pipelines, const DrawGroup& group, bool plain, bool draped) const {
  using residency::DrawClass;
  const Kind kind = group.kind == DrawClass::Points    ? Points
                    : group.kind == DrawClass::Lines   ? Lines
                    : group.kind == DrawClass::Blended ? Blended
                    : plain                            ? Plain
                    : group.kind == DrawClass::Ground  ? (draped ? GroundDraped : Ground)
                    : group.kind == DrawClass::Water   ? Water
                                                       : Solid;
  return pipelines[kind][group.records][moving_];
}

void ScenePass::bindSide(PassContext& pass, const SideView& side, VkDescriptorSet records) const {
  const std::array sets{pass.globals, records};
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, uint32_t(sets.size()),
                          sets.data(), 0, nullptr);
  const shared::SidePush push = pushOf(side);
  vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
}

void ScenePass::drawBlended(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records) {
  bool begun = false;
  for (const DrawGroup& group : list.groups) {
    if (group.kind != residency::DrawClass::Blended) continue;
    if (!std::exchange(begun, true)) bindSide(pass, side, records);
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS,
                      pipelineFor(variant_->tiles, group, false, false));
    vkCmdSetCullMode(pass.commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(pass.commands, pass.residency, list, group);
  }
  if (list.texturedBlended.empty()) return;
  if (!begun) bindSide(pass, side, records);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->tiles[TexturedBlended][1][moving_]);
  for (auto item = list.texturedBlended.rbegin(); item != list.texturedBlended.rend(); ++item)
    drawTextured(pass, list, *item);
}

void ScenePass::drawTiles(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records,
                          bool draped) {
  bindSide(pass, side, records);
  if (glass_) drawSurfaces(pass, list, draped, variant_->depth);
  drawSurfaces(pass, list, draped, variant_->tiles);
}

void ScenePass::drawSurfaces(PassContext& pass, const DrawList& list, bool draped, const Pipelines& pipelines) const {
  const bool plain = pass.scene.look == city::Look::Plain, glass = glass_ && &pipelines == &variant_->tiles;
  for (const DrawGroup& group : list.groups) {
    if (group.kind == residency::DrawClass::Blended) continue;
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelineFor(pipelines, group, plain, draped));
    if (glass) setGlass(pass.commands, group.kind);
    vkCmdSetCullMode(pass.commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(pass.commands, pass.residency, list, group);
  }
  if (list.textured.empty()) return;
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines[Textured][1][moving_]);
  if (glass) setGlass(pass.commands, residency::DrawClass::Solid);
  for (const TexturedDraw& item : list.textured) drawTextured(pass, list, item);
}

void ScenePass::drawTextured(PassContext& pass, const DrawList& list, const TexturedDraw& item) const {
  const VkBuffer mesh = pass.residency.chunk(item.tile->chunk);
  const std::array<VkBuffer, 3> buffers{mesh, list.instances.buffer, mesh};
  const std::array<VkDeviceSize, 3> offsets{VkDeviceSize(item.tile->vertexOffset) * sizeof(source::Vertex),
                                            list.instances.offset, item.tile->uvOffset};
  vkCmdBindVertexBuffers(pass.commands, 0, uint32_t(buffers.size()), buffers.data(), offsets.data());
  vkCmdBindIndexBuffer(pass.commands, mesh, 0, VK_INDEX_TYPE_UINT32);
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 2, 1, &item.draw->texture, 0,
                          nullptr);
  vkCmdSetCullMode(pass.commands, item.draw->doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
  vkCmdDrawIndexed(pass.commands, item.draw->indexCount, 1, item.draw->firstIndex, 0, item.instance);
}

void ScenePass::drawBeyond(PassContext& pass, const SideView& side, bool unshaded) {
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &pass.globals, 0, nullptr);
  shared::SidePush push = pushOf(side);
  if (unshaded) push.flags = shared::kUnshaded;
  const double height = std::max(2.0, pass.view.seaBelowMetres);
  const double first = std::clamp(height * 0.2, 5.0, 2000.0);
  const double horizon = std::sqrt(2 * kEarthRadius * height) * 1.1 + 20000.0;
  push.extra = {float(first), float(std::pow(horizon / first, 1.0 / (kRings - 1))), float(kSegments), 0.25f};
  vkCmdPushConstants(pass.commands, layout_, kBothStages, 0, sizeof(push), &push);
  if (pass.view.seaBelowMetres > 1.5) {
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->beyond[moving_]);
    vkCmdDraw(pass.commands, uint32_t(kRings * kSegments * 6), 1, 0, 0);
  }
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, variant_->sky);
  vkCmdDraw(pass.commands, 3, 1, 0, 0);
}

}  // namespace cm::frame
