#include "frame/post.h"

#include <array>
#include <utility>

namespace cm::frame {

PostPass::PostPass(gpu::Device& device, const SceneLayouts& layouts) : objects_(device), colour_(layouts.colour) {
  set_ = objects_.sampledLayout(2);
  layout_ = objects_.layout({&set_, 1}, sizeof(shared::PostPush));
  linear_ = objects_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  nearest_ = objects_.sampler(VK_FILTER_NEAREST, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  set(Edges::Shaded, false);
}

void PostPass::set(Edges edges, bool bloom) {
  Variant& variant = variants_[size_t(edges)][bloom];
  variant_ = &variant;
  if (std::exchange(variant.made, true)) return;
  const auto make = [&](const char* fragment, VkFormat onto, uint32_t enlarged = 0) {
    const std::array<uint32_t, 3> constants{enlarged, uint32_t(edges), uint32_t(bloom)};
    return objects_.make(
        {.vertex = "screen.vert", .fragment = fragment, .layout = layout_, .constants = constants, .colours = {onto}},
        fragment);
  };
  variant.moving = make("moving.frag", colour_);
  variant.edges = make("moving.frag", kMeanFormat, 1);
  variant.enlarge = make("enlarge.frag", colour_);
  variant.show = make("show.frag", colour_);
  for (uint32_t across = 1; across <= kMostAcross; ++across) {
    const std::array<uint32_t, 2> constants{across, uint32_t(edges)};
    variant.accumulate[across - 1] = objects_.make({.vertex = "screen.vert",
                                                    .fragment = "accumulate.frag",
                                                    .layout = layout_,
                                                    .constants = constants,
                                                    .colours = {kMeanFormat},
                                                    .blend = gpu::Blend::Constant},
                                                   "accumulate");
  }
}

void PostPass::draw(PassContext& pass, VkPipeline pipeline, VkImageView picture, VkImageView depth,
                    const shared::PostPush& push) {
  const std::array<Binding, 2> bindings{
      {{.binding = 0, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = picture, .sampler = linear_},
       {.binding = 1, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = depth, .sampler = nearest_}}};
  const VkDescriptorSet set = pass.arena.descriptors(set_, bindings);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &set, 0, nullptr);
  vkCmdPushConstants(pass.commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(push),
                     &push);
  vkCmdDraw(pass.commands, 3, 1, 0, 0);
}

void PostPass::accumulate(PassContext& pass, VkImageView picture, VkImageView depth, unsigned across,
                          const shared::PostPush& push, float share) {
  const std::array<float, 4> constants{share, share, share, share};
  const VkPipeline pipeline = variant_->accumulate[across - 1];
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
  vkCmdSetBlendConstants(pass.commands, constants.data());
  draw(pass, pipeline, picture, depth, push);
}

void PostPass::show(PassContext& pass, VkImageView mean, VkImageView depth, const shared::PostPush& push) {
  draw(pass, variant_->show, mean, depth, push);
}

void PostPass::moving(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push) {
  draw(pass, variant_->moving, picture, depth, push);
}

void PostPass::edges(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push) {
  draw(pass, variant_->edges, picture, depth, push);
}

void PostPass::enlarge(PassContext& pass, VkImageView mean, VkImageView depth, const shared::PostPush& push) {
  draw(pass, variant_->enlarge, mean, depth, push);
}

PostPass::Edges edgesOf(city::Look look) {
  if (look == city::Look::Tech) return PostPass::Edges::Luminous;
  return look == city::Look::Plan ? PostPass::Edges::Ink : PostPass::Edges::Shaded;
}

// Lines where the massing bends make white clay readable. By day facades, roofs and trees do that.
float edgeStrength(city::Look look) { return look == city::Look::Day ? 0.30f : 0.85f; }

}  // namespace cm::frame
