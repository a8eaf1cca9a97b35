//! One look gives way to another: the last picture of the old one is kept and lies over the new one, less and less
//! (Scene::lookFadeSeconds). A look chosen on the way fades from what is on the screen then. Nothing is kept or drawn otherwise.
//! Belongs to the loop's thread; must not outlive the device.
#pragma once

#include <optional>

#include "frame/pass_context.h"
#include "gpu/pipeline.h"

namespace cm::frame {

class LookFade {
 public:
  LookFade(gpu::Device& device, const SceneLayouts& layouts) : objects_(device), colour_(layouts.colour) {}

  //! Before a frame's images are prepared: where the look is another one than that of the last picture, takes the image that was
  //! shown (`picture` or `mean`, which is then empty) to fade from.
  void follow(Passes& passes, const Scene& scene, VkCommandBuffer commands, FrameArena& arena, gpu::Image& picture,
              gpu::Image& mean);
  //! After a picture: which image was shown, and how many of its pixels were drawn.
  void shown(bool mean, VkExtent2D drawn) { shown_ = Shown{mean, drawn}; }
  //! Inside the rendering on the target, over the new picture.
  void draw(PassContext& pass, VkExtent2D target);
  bool running() const { return bool(from_); }

 private:
  struct Shown {
    bool mean = false;
    VkExtent2D drawn{};
  };
  void blend(VkCommandBuffer commands, FrameArena& arena, VkFormat onto, VkExtent2D target);

  gpu::Pipelines objects_;
  VkFormat colour_;
  VkDescriptorSetLayout set_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline overTarget_ = VK_NULL_HANDLE, overMean_ = VK_NULL_HANDLE;
  VkSampler sampler_ = VK_NULL_HANDLE;
  std::optional<city::Look> look_;
  std::optional<Shown> shown_;
  gpu::Image from_;
  VkExtent2D fromDrawn_{};
  double lastSeconds_ = 0;
  float progress_ = 0;   // 0..1
  float left_ = 0;   // of the old picture, now
};

}  // namespace cm::frame
