//! Room for tiles' vertices and indices in a few large buffers, so that many tiles are drawn by one indirect call. Chunks are
//! made on demand and given back when empty; what is freed is used again once the GPU is past it. Loop's thread.
#pragma once

#include <vk_mem_alloc.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "gpu/device.h"

namespace cm::residency {

struct ArenaRange {
  uint32_t chunk = 0;
  VkDeviceSize offset = 0;
  VkDeviceSize size = 0;
  VmaVirtualAllocation allocation = VK_NULL_HANDLE;
};

class Arena {
 public:
  //! `budgetBytes`: what all chunks together may take. `mapped`: the host writes into the chunks itself.
  Arena(gpu::Device& device, VkDeviceSize budgetBytes, bool mapped);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  //! Nothing where the budget or the device's memory is used up.
  std::optional<ArenaRange> allocate(VkDeviceSize size);
  //! The range is used again when the device's timeline has passed what is submitted now.
  void free(const ArenaRange& range);
  //! Takes back what the GPU is done with; call once a frame.
  void collect();
  VkBuffer buffer(uint32_t chunk) const { return chunks_[chunk].buffer.handle(); }
  //! What the host writes through; null unless the arena is mapped.
  std::byte* mapped(uint32_t chunk) const { return chunks_[chunk].buffer.mapped(); }
  size_t chunks() const { return chunks_.size(); }
  VkDeviceSize usedBytes() const { return used_; }

 private:
  struct Chunk {
    gpu::Buffer buffer;
    VmaVirtualBlock block = VK_NULL_HANDLE;
    VkDeviceSize used = 0;
  };
  struct Freed {
    uint64_t value = 0;
    ArenaRange range;
  };
  gpu::Device& device_;
  VkDeviceSize budget_, chunkBytes_;
  bool mapped_;
  VkDeviceSize used_ = 0, reserved_ = 0;
  std::vector<Chunk> chunks_;
  std::deque<Freed> freed_;
};

}  // namespace cm::residency
