#include "frame/look_fade.h"

#include <algorithm>
#include <array>
#include <utility>

#include "frame/post.h"
#include "frame/targets.h"
#include "shared/fade_push.h"

namespace cm::frame {
namespace {

constexpr double kLongestStepSeconds = 0.1;

}  // namespace

void LookFade::follow(Passes& passes, const Scene& scene, VkCommandBuffer commands, FrameArena& arena,
                      gpu::Image& picture, gpu::Image& mean) {
  if (scene.aside) return;
  const bool plain = scene.look == city::Look::Plain || look_ == city::Look::Plain;
  const bool changed = look_ && *look_ != scene.look;
  look_ = scene.look;
  if (scene.lookFadeSeconds <= 0 || plain) {
    from_ = {};
    shown_.reset();
    return;
  }
  if (changed && shown_) {
    gpu::Image& last = shown_->mean ? mean : picture;
    if (from_ && last && left_ > 0) {  // on the way: what is on the screen is a mixture
      passes.begin(commands, shown_->mean ? Pass::FadeMean : Pass::FadePicture);
      const VkImageView view = last.view();
      beginColour(commands, view, shown_->drawn, VK_ATTACHMENT_LOAD_OP_LOAD);
      blend(commands, arena, shown_->mean ? kMeanFormat : colour_, shown_->drawn);
      vkCmdEndRendering(commands);
    }
    passes.move(shown_->mean ? Resource::Mean : Resource::Picture, Resource::Fading);
    from_ = std::move(last);
    last = {};
    fromDrawn_ = shown_->drawn;
    progress_ = 0;
    shown_.reset();
  } else if (from_) {
    // A look's first picture may take long (its pipelines are made then): time passes by at most so much a frame.
    progress_ += float(std::clamp(scene.nowSeconds - lastSeconds_, 0.0, kLongestStepSeconds)) / scene.lookFadeSeconds;
  }
  lastSeconds_ = scene.nowSeconds;
  if (!from_) return;
  const float t = std::min(progress_, 1.0f);
  left_ = 1 - t * t * (3 - 2 * t);
  if (t >= 1) from_ = {};
}

void LookFade::blend(VkCommandBuffer commands, FrameArena& arena, VkFormat onto, VkExtent2D target) {
  if (!layout_) {
    set_ = objects_.sampledLayout(1);
    layout_ = objects_.layout({&set_, 1}, sizeof(shared::FadePush));
    sampler_ = objects_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  }
  VkPipeline& pipeline = onto == colour_ ? overTarget_ : overMean_;
  if (!pipeline)
    pipeline = objects_.make({.vertex = "screen.vert",
                              .fragment = "fade.frag",
                              .layout = layout_,
                              .colours = {onto},
                              .blend = gpu::Blend::Constant},
                             "fade between looks");
  const Binding binding{.type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = from_.view(), .sampler = sampler_};
  const VkDescriptorSet set = arena.descriptors(set_, {&binding, 1});
  const VkExtent3D whole{from_.description().extent.width, from_.description().extent.height, 1};
  const shared::FadePush push{.scale = {float(fromDrawn_.width) / float(whole.width) / float(target.width),
                                        float(fromDrawn_.height) / float(whole.height) / float(target.height), 0, 0}};
  const std::array<float, 4> share{left_, left_, left_, left_};
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
  vkCmdSetBlendConstants(commands, share.data());
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &set, 0, nullptr);
  vkCmdPushConstants(commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                     &push);
  vkCmdDraw(commands, 3, 1, 0, 0);
}

void LookFade::draw(PassContext& pass, VkExtent2D target) {
  if (from_) blend(pass.commands, pass.arena, colour_, target);
}

}  // namespace cm::frame
