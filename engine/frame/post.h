//! Passes over the whole picture: the running mean of samples, edges, smoothing, and what is shown. Loop's thread.
#pragma once

#include "frame/pass_context.h"
#include "shared/post.h"

namespace cm::frame {

inline constexpr VkFormat kMeanFormat = VK_FORMAT_R16G16B16A16_SFLOAT;

class PostPass {
 public:
  PostPass(gpu::Device& device, const SceneLayouts& layouts);

  //! Mixes the picture into the mean with weight `share`; inside a rendering on the mean.
  void accumulate(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push, float share);
  //! The mean, onto the target.
  void show(PassContext& pass, VkImageView mean, VkImageView depth);
  //! One sample, smoothed or enlarged, onto the target.
  void moving(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push);

 private:
  void draw(PassContext& pass, VkPipeline pipeline, VkImageView picture, VkImageView depth, const shared::PostPush& push);

  gpu::Pipelines objects_;
  VkDescriptorSetLayout set_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline accumulate_ = VK_NULL_HANDLE, show_ = VK_NULL_HANDLE;
  VkPipeline moving_[2]{};   // [1]: of a picture smaller than the target
  VkSampler nearest_ = VK_NULL_HANDLE, linear_ = VK_NULL_HANDLE;
};

}  // namespace cm::frame
