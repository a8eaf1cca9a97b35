//! Textures of authored tiles: one sampled image and one descriptor set each. Loop's thread.
#pragma once

#include <deque>
#include <vector>

#include "gpu/device.h"
#include "gpu/pipeline.h"
#include "source/content.h"

namespace cm::residency {

struct Texture {
  gpu::Image image;
  VkDescriptorSet set = VK_NULL_HANDLE;
  VkDescriptorPool pool = VK_NULL_HANDLE;
};

//! All mip levels of an image one after another, box-filtered, and where each begins.
struct MipChain {
  std::vector<VkDeviceSize> offsets;
  VkDeviceSize bytes = 0;
};
MipChain mipChainOf(uint32_t width, uint32_t height);
void writeMips(const source::Image& image, const MipChain& chain, std::byte* out);

//! An image whose mips `commands` copy from `buffer`, left to be sampled; empty where there is no memory. `sampledHere`: by later
//! commands of the same queue.
gpu::Image mippedImage(gpu::Device& device, const source::Image& image, const MipChain& chain, VkFormat format,
                       const char* name, VkCommandBuffer commands, VkBuffer buffer, VkDeviceSize offset, bool sampledHere);

class Textures {
 public:
  explicit Textures(gpu::Device& device);
  ~Textures();
  Textures(const Textures&) = delete;
  Textures& operator=(const Textures&) = delete;

  //! An image of that size whose mips are copied from `buffer` by `commands`, and left to be sampled.
  Texture make(const source::Image& image, const MipChain& chain, VkCommandBuffer commands, VkBuffer buffer,
               VkDeviceSize offset);
  void free(Texture texture);
  void collect();
  VkDescriptorSetLayout layout() const { return layout_; }

 private:
  struct Freed {
    uint64_t value = 0;
    VkDescriptorSet set = VK_NULL_HANDLE;
    VkDescriptorPool pool = VK_NULL_HANDLE;
  };
  void describe(Texture& texture);

  gpu::Device& device_;
  gpu::Pipelines objects_;
  VkDescriptorSetLayout layout_ = VK_NULL_HANDLE;
  VkSampler sampler_ = VK_NULL_HANDLE;
  std::vector<VkDescriptorPool> pools_;
  std::deque<Freed> freed_;
};

}  // namespace cm::residency
