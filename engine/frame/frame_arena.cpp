#include <algorithm>
#include <array>

#include "base/check.h"
#include "frame/pass_context.h"

namespace cm::frame {
namespace {

constexpr VkDeviceSize kBlockBytes = VkDeviceSize{1} << 20;
constexpr uint32_t kSetsPerPool = 64;

VkDescriptorPool makePool(const gpu::Device& device) {
  const std::array<VkDescriptorPoolSize, 4> sizes{{{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, kSetsPerPool * 2},
                                                   {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kSetsPerPool * 2},
                                                   {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kSetsPerPool * 4},
                                                   {VK_DESCRIPTOR_TYPE_STORAGE_IMAGE, kSetsPerPool}}};
  const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                        .maxSets = kSetsPerPool,
                                        .poolSizeCount = uint32_t(sizes.size()),
                                        .pPoolSizes = sizes.data()};
  VkDescriptorPool pool = VK_NULL_HANDLE;
  CM_CHECK(vkCreateDescriptorPool(device.handle(), &info, nullptr, &pool) == VK_SUCCESS, "frame descriptor pool");
  return pool;
}

}  // namespace

FrameArena::FrameArena(gpu::Device& device) : device_(device) {}

FrameArena::~FrameArena() {
  for (VkDescriptorPool pool : pools_) vkDestroyDescriptorPool(device_.handle(), pool, nullptr);
}

Slice FrameArena::allocate(VkDeviceSize size, VkDeviceSize alignment) {
  for (;; ++current_) {
    if (current_ == blocks_.size()) {
      const VkDeviceSize bytes = std::max(kBlockBytes, size + alignment);
      blocks_.push_back({gpu::Buffer(device_, bytes,
                                     VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                         VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT |
                                         VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                                     true, "frame memory"),
                         0});
      CM_CHECK(bool(blocks_.back().buffer), "no memory for {} bytes of one frame", bytes);
    }
    Block& block = blocks_[current_];
    const VkDeviceSize offset = (block.used + alignment - 1) / alignment * alignment;
    if (offset + size > block.buffer.size()) continue;
    block.used = offset + size;
    return {block.buffer.handle(), offset, size, block.buffer.mapped() + offset};
  }
}

VkDescriptorSet FrameArena::descriptors(VkDescriptorSetLayout layout, std::span<const Binding> bindings) {
  VkDescriptorSet set = VK_NULL_HANDLE;
  for (; !set; ++pool_) {
    if (pool_ == pools_.size()) pools_.push_back(makePool(device_));
    const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                           .descriptorPool = pools_[pool_],
                                           .descriptorSetCount = 1,
                                           .pSetLayouts = &layout};
    if (vkAllocateDescriptorSets(device_.handle(), &info, &set) == VK_SUCCESS) break;
    set = VK_NULL_HANDLE;
  }
  std::vector<VkDescriptorBufferInfo> buffers(bindings.size());
  std::vector<VkDescriptorImageInfo> images(bindings.size());
  std::vector<VkWriteDescriptorSet> writes;
  for (size_t i = 0; i < bindings.size(); ++i) {
    const Binding& binding = bindings[i];
    buffers[i] = {binding.slice.buffer, binding.slice.offset, binding.slice.size};
    images[i] = {binding.sampler, binding.view, binding.layout};
    writes.push_back({.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                      .dstSet = set,
                      .dstBinding = binding.binding,
                      .descriptorCount = 1,
                      .descriptorType = binding.type,
                      .pImageInfo = &images[i],
                      .pBufferInfo = &buffers[i]});
  }
  vkUpdateDescriptorSets(device_.handle(), uint32_t(writes.size()), writes.data(), 0, nullptr);
  return set;
}

void FrameArena::reset() {
  for (Block& block : blocks_) block.used = 0;
  current_ = 0;
  for (size_t i = 0; i < std::min(pool_ + 1, pools_.size()); ++i) vkResetDescriptorPool(device_.handle(), pools_[i], 0);
  pool_ = 0;
}

}  // namespace cm::frame
