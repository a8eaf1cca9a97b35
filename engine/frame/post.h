//! Passes over the whole picture: the running mean of samples, edges, smoothing, and what is shown. Loop's thread.
#pragma once

#include <array>

#include "frame/pass_context.h"
#include "shared/post.h"

namespace cm::frame {

// In halves the mean of two hundred samples is too dark by six steps of 255: each addition rounds down.
inline constexpr VkFormat kMeanFormat = VK_FORMAT_R32G32B32A32_SFLOAT;

class PostPass {
 public:
  static constexpr unsigned kMostAcross = 2;   // samples a side of a pixel that may be drawn at once

  //! How edges are drawn: shaders/shared/edges.glsl.
  enum class Edges : uint32_t { Shaded, Luminous, Ink };

  PostPass(gpu::Device& device, const SceneLayouts& layouts);

  //! Of what follows. Pipelines are made when first asked for. `bloom`: what is lit shines, at night.
  void set(Edges edges, bool bloom);

  //! Mixes the picture, `across` times as wide and high, into the mean with weight `share`; inside a rendering on the mean.
  void accumulate(PassContext& pass, VkImageView picture, VkImageView depth, unsigned across, const shared::PostPush& push,
                  float share);
  //! The mean, onto the target.
  void show(PassContext& pass, VkImageView mean, VkImageView depth, const shared::PostPush& push);
  //! One sample, as large as the target and smoothed, onto it.
  void moving(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push);
  //! One sample of a smaller picture with its edges into the mean, and that enlarged onto the target.
  void edges(PassContext& pass, VkImageView picture, VkImageView depth, const shared::PostPush& push);
  void enlarge(PassContext& pass, VkImageView mean, VkImageView depth, const shared::PostPush& push);

 private:
  void draw(PassContext& pass, VkPipeline pipeline, VkImageView picture, VkImageView depth, const shared::PostPush& push);

  gpu::Pipelines objects_;
  VkDescriptorSetLayout set_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  struct Variant {
    bool made = false;
    gpu::Pipeline show;
    gpu::Pipeline accumulate[kMostAcross];   // [samples a side of a pixel - 1]
    gpu::Pipeline moving, edges, enlarge;
  };
  VkFormat colour_;
  std::array<std::array<Variant, 2>, 3> variants_;   // [edges][bloom]
  const Variant* variant_ = nullptr;
  VkSampler nearest_ = VK_NULL_HANDLE, linear_ = VK_NULL_HANDLE;
};

//! How a look draws the edges of its massing, and how strongly.
PostPass::Edges edgesOf(city::Look look);
float edgeStrength(city::Look look);

}  // namespace cm::frame
