//! A round glass over the picture that shows the other scenario (Scene::lens): that side is drawn into images of its own, and what lies
//! within the circle is laid into the picture with its depth, so that edges, trains and all that comes after know nothing of it.
//! Images and pipeline are made when a lens is first shown, and go when it does. Belongs to the loop's thread; must not outlive the device.
#pragma once

#include "frame/pass_context.h"
#include "gpu/pipeline.h"

namespace cm::frame {

class LensPass {
 public:
  LensPass(gpu::Device& device, const SceneLayouts& layouts) : device_(device), objects_(device), layouts_(layouts) {}

  //! Begins the rendering of what is inside, into images of the size that `view` draws; `end` ends it.
  void begin(PassContext& pass, VkExtent2D extent, const glm::vec4* clear);
  void end(PassContext& pass);
  //! Inside the rendering of the picture, when all around the lens is drawn. `offset`: of this sample, pixels.
  void lay(PassContext& pass, glm::vec2 offset);
  //! No lens is shown: nothing is kept.
  void forget();

 private:
  gpu::Device& device_;
  gpu::Pipelines objects_;
  const SceneLayouts layouts_;
  gpu::Image colour_, depth_;
  VkDescriptorSetLayout set_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  VkSampler sampler_ = VK_NULL_HANDLE;
};

}  // namespace cm::frame
