#include "frame/lens.h"

#include <array>

#include "frame/sides.h"
#include "frame/targets.h"
#include "shared/lens.h"

namespace cm::frame {

void LensPass::begin(PassContext& pass, VkExtent2D extent, const glm::vec4* clear) {
  const VkExtent2D made =
      colour_ ? VkExtent2D{colour_.description().extent.width, colour_.description().extent.height} : VkExtent2D{};
  if (made.width != extent.width || made.height != extent.height) {
    colour_ = gpu::Image(device_,
                         {.extent = extent,
                          .format = layouts_.colour,
                          .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT},
                         "lens");
    depth_ = gpu::Image(device_,
                        {.extent = extent,
                         .format = layouts_.depth,
                         .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT},
                        "lens depth");
    pass.passes.made(Resource::Lens, colour_.handle());
    pass.passes.made(Resource::LensDepth, depth_.handle());
  }
  if (!pipeline_) {
    set_ = objects_.sampledLayout(2);
    layout_ = objects_.layout({&set_, 1}, sizeof(shared::LensPush));
    pipeline_ = objects_.make({.vertex = "screen.vert",
                               .fragment = "lens.frag",
                               .layout = layout_,
                               .colours = {layouts_.colour},
                               .depth = layouts_.depth,
                               .depthTest = true,
                               .depthWrite = true,
                               .compare = VK_COMPARE_OP_ALWAYS},
                              "lens");
    sampler_ = objects_.sampler(VK_FILTER_NEAREST, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  }
  pass.passes.begin(pass.commands, Pass::Lens);
  beginScene(pass.commands, colour_.view(), depth_, pass.view, clear);
}

void LensPass::end(PassContext& pass) {
  vkCmdEndRendering(pass.commands);
  pass.passes.begin(pass.commands, Pass::LensLaid);
}

void LensPass::lay(PassContext& pass, glm::vec2 offset) {
  const std::array<Binding, 2> bindings{
      {{.binding = 0, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = colour_.view(), .sampler = sampler_},
       {.binding = 1, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = depth_.view(), .sampler = sampler_}}};
  const VkDescriptorSet set = pass.arena.descriptors(set_, bindings);
  const glm::vec3 circle = circleOf(pass.scene.lens, pass.view.extent);
  const glm::vec2 part(pass.view.part.offset.x, pass.view.part.offset.y);
  const shared::LensPush push{.circle = glm::vec4(glm::vec2(circle) - part + offset, circle.z, 0)};
  for (const SideView& side : pass.sides)
    if (side.side->inLens) setScissor(pass.commands, pass.view, side.rectangle);
  setWholeViewport(pass.commands, pass.view);
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_);
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &set, 0, nullptr);
  vkCmdPushConstants(pass.commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                     &push);
  vkCmdDraw(pass.commands, 3, 1, 0, 0);
}

void LensPass::forget() {
  colour_ = {};
  depth_ = {};
}

}  // namespace cm::frame
