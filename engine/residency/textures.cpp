#include "residency/textures.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "gpu/access.h"

namespace cm::residency {
namespace {

constexpr uint32_t kSetsPerPool = 256;

uint32_t levelsOf(uint32_t width, uint32_t height) { return uint32_t(std::bit_width(std::max(width, height))); }

}  // namespace

MipChain mipChainOf(uint32_t width, uint32_t height) {
  MipChain chain;
  for (uint32_t level = 0; level < levelsOf(width, height); ++level) {
    chain.offsets.push_back(chain.bytes);
    chain.bytes += VkDeviceSize(std::max(1u, width >> level)) * std::max(1u, height >> level) * 4;
  }
  return chain;
}

void writeMips(const source::Image& image, const MipChain& chain, std::byte* out) {
  std::memcpy(out, image.rgba.data(), std::min<size_t>(image.rgba.size(), size_t(image.width) * image.height * 4));
  auto* bytes = reinterpret_cast<uint8_t*>(out);
  for (size_t level = 1; level < chain.offsets.size(); ++level) {
    const uint32_t w0 = std::max(1u, image.width >> (level - 1)), h0 = std::max(1u, image.height >> (level - 1));
    const uint32_t w1 = std::max(1u, image.width >> level), h1 = std::max(1u, image.height >> level);
    const uint8_t* from = bytes + chain.offsets[level - 1];
    uint8_t* to = bytes + chain.offsets[level];
    for (uint32_t y = 0; y < h1; ++y) {
      const uint8_t* row0 = from + size_t(std::min(2 * y, h0 - 1)) * w0 * 4;
      const uint8_t* row1 = from + size_t(std::min(2 * y + 1, h0 - 1)) * w0 * 4;
      for (uint32_t x = 0; x < w1; ++x) {
        const size_t a = size_t(std::min(2 * x, w0 - 1)) * 4, b = size_t(std::min(2 * x + 1, w0 - 1)) * 4;
        for (size_t c = 0; c < 4; ++c)
          *to++ = uint8_t((row0[a + c] + row0[b + c] + row1[a + c] + row1[b + c] + 2) >> 2);
      }
    }
  }
}

gpu::Image mippedImage(gpu::Device& device, const source::Image& image, const MipChain& chain, VkFormat format,
                       const char* name, VkCommandBuffer commands, VkBuffer buffer, VkDeviceSize offset,
                       bool sampledHere) {
  gpu::Image made(device,
                  {.extent = {image.width, image.height},
                   .format = format,
                   .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                   .mipLevels = uint32_t(chain.offsets.size())},
                  name);
  if (!made) return made;
  gpu::AccessState state;
  gpu::use(commands, made.handle(), state, gpu::Access::CopyTo);
  std::vector<VkBufferImageCopy> copies;
  for (uint32_t level = 0; level < chain.offsets.size(); ++level)
    copies.push_back({.bufferOffset = offset + chain.offsets[level],
                      .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, 0, 1},
                      .imageExtent = {std::max(1u, image.width >> level), std::max(1u, image.height >> level), 1}});
  vkCmdCopyBufferToImage(commands, buffer, made.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, uint32_t(copies.size()),
                         copies.data());
  auto sampled = gpu::derive(state, gpu::Access::Sampled);
  if (!sampledHere) sampled->toStages = sampled->toAccess = 0;  // a queue for copies has no fragments
  gpu::record(commands, *sampled, made.handle(), VK_IMAGE_ASPECT_COLOR_BIT);
  return made;
}

Textures::Textures(gpu::Device& device) : device_(device), objects_(device) {
  layout_ = objects_.sampledLayout(1);
  // Anisotropy is what makes streets readable on a GPU; on a processor it costs more than all else in the picture.
  sampler_ =
      objects_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_REPEAT, false, device.isSoftware() ? 0.0f : 8.0f);
}

Textures::~Textures() {
  for (VkDescriptorPool pool : pools_) vkDestroyDescriptorPool(device_.handle(), pool, nullptr);
}

Texture Textures::make(const source::Image& image, const MipChain& chain, VkCommandBuffer commands, VkBuffer buffer,
                       VkDeviceSize offset) {
  Texture texture;
  // With a queue of its own for copies the semaphore makes them visible.
  texture.image = mippedImage(device_, image, chain, VK_FORMAT_R8G8B8A8_SRGB, "tile texture", commands, buffer, offset,
                              !device_.hasTransferQueue());
  describe(texture);
  return texture;
}

void Textures::describe(Texture& texture) {
  for (int attempt = 0; attempt < 2 && !texture.set; ++attempt) {
    for (auto pool = pools_.rbegin(); pool != pools_.rend() && !texture.set; ++pool) {
      const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                             .descriptorPool = *pool,
                                             .descriptorSetCount = 1,
                                             .pSetLayouts = &layout_};
      if (vkAllocateDescriptorSets(device_.handle(), &info, &texture.set) == VK_SUCCESS)
        texture.pool = *pool;
      else
        texture.set = VK_NULL_HANDLE;
    }
    if (texture.set) break;
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kSetsPerPool};
    const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                          .flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
                                          .maxSets = kSetsPerPool,
                                          .poolSizeCount = 1,
                                          .pPoolSizes = &size};
    CM_CHECK(vkCreateDescriptorPool(device_.handle(), &info, nullptr, &pools_.emplace_back()) == VK_SUCCESS,
             "texture pool");
  }
  CM_CHECK(texture.set, "no descriptor set for a texture");
  const VkDescriptorImageInfo image{sampler_, texture.image.view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
  const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                   .dstSet = texture.set,
                                   .descriptorCount = 1,
                                   .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                   .pImageInfo = &image};
  vkUpdateDescriptorSets(device_.handle(), 1, &write, 0, nullptr);
}

void Textures::free(Texture texture) {
  freed_.push_back({device_.submitted(), texture.set, texture.pool});
  texture.image = {};
}

void Textures::collect() {
  const uint64_t done = device_.completed();
  while (!freed_.empty() && freed_.front().value <= done) {
    vkFreeDescriptorSets(device_.handle(), freed_.front().pool, 1, &freed_.front().set);
    freed_.pop_front();
  }
}

}  // namespace cm::residency
