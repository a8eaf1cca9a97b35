//! What is in the air: fog, the city in wet ground and by night in open water, lights that glow through it, and drops and flakes
//! that fall. Its pipelines and images are made when they are first asked for. Loop's thread.
#pragma once

#include "frame/pass_context.h"
#include "gpu/pipeline.h"

namespace cm::frame {

class WeatherPass {
 public:
  WeatherPass(gpu::Device& device, const SceneLayouts& layouts) : device_(device), layouts_(layouts), objects_(device) {}

  //! The picture with the air in it; `picture` itself where there is nothing to add. Outside any rendering.
  VkImageView apply(PassContext& pass, const gpu::Image& picture, const gpu::Image& depth);

  //! Whether anything falls, so that a picture at rest lives.
  static bool falls(const Scene& scene) { return scene.weather.rain > 0 || scene.weather.snow > 0; }
  //! Drops and flakes of one side, inside a rendering of colour and depth.
  void drawFalling(PassContext& pass, const SideView& side);

 private:
  void prepare(Passes& passes, VkExtent2D extent);
  void makeGlow(PassContext& pass, const gpu::Image& picture, VkExtent2D used);
  struct Air {
    bool glows, fog, mirrors;   // lights shine through it; it is foggy; something mirrors the city
  };
  VkPipeline airPipeline(city::Weather weather, const Air& air);
  VkPipeline fallingPipeline(bool snow);

  gpu::Device& device_;
  const SceneLayouts& layouts_;
  gpu::Pipelines objects_;
  VkDescriptorSetLayout sampled_ = VK_NULL_HANDLE, source_ = VK_NULL_HANDLE;
  VkPipelineLayout airLayout_ = VK_NULL_HANDLE, glowLayout_ = VK_NULL_HANDLE, fallingLayout_ = VK_NULL_HANDLE;
  VkSampler linear_ = VK_NULL_HANDLE, nearest_ = VK_NULL_HANDLE;
  VkPipeline air_[city::kWeathers.size()][2][2][2]{};   // [weather][glows][fog][mirrors]
  VkPipeline falling_[2]{};                          // [snow]
  VkPipeline glow_[2]{};                             // [first]
  gpu::Image mixed_, levels_[2];                     // levels_: of the glow
};

}  // namespace cm::frame
