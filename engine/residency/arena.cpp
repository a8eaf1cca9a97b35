#include "residency/arena.h"

#include <algorithm>

#include "base/check.h"

namespace cm::residency {

Arena::Arena(gpu::Device& device, VkDeviceSize budgetBytes, bool mapped)
    : device_(device),
      budget_(budgetBytes),
      // Small budgets get small chunks, or the last one would waste much of them.
      chunkBytes_(std::clamp<VkDeviceSize>(budgetBytes / 8, VkDeviceSize{1} << 20, VkDeviceSize{32} << 20)),
      mapped_(mapped) {}

Arena::~Arena() {
  for (Chunk& chunk : chunks_) {
    if (!chunk.block) continue;
    vmaClearVirtualBlock(chunk.block);
    vmaDestroyVirtualBlock(chunk.block);
  }
}

std::optional<ArenaRange> Arena::allocate(VkDeviceSize size) {
  ArenaRange range{.size = size};
  const VmaVirtualAllocationCreateInfo info{
      .size = size, .alignment = 16, .flags = VMA_VIRTUAL_ALLOCATION_CREATE_STRATEGY_MIN_OFFSET_BIT};
  for (uint32_t i = 0; i < chunks_.size(); ++i) {
    Chunk& chunk = chunks_[i];
    if (!chunk.block) continue;
    if (vmaVirtualAllocate(chunk.block, &info, &range.allocation, &range.offset) != VK_SUCCESS) continue;
    range.chunk = i;
    chunk.used += size;
    used_ += size;
    return range;
  }
  const VkDeviceSize bytes = std::max(chunkBytes_, size);
  if (reserved_ + bytes > std::max(budget_, bytes)) return std::nullopt;
  gpu::Buffer buffer(
      device_, bytes,
      VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT, mapped_,
      "mesh chunk");
  if (!buffer) return std::nullopt;
  auto slot = std::find_if(chunks_.begin(), chunks_.end(), [](const Chunk& chunk) { return !chunk.block; });
  if (slot == chunks_.end()) slot = chunks_.insert(chunks_.end(), Chunk{});
  slot->buffer = std::move(buffer);
  slot->used = size;
  const VmaVirtualBlockCreateInfo block{.size = bytes};
  CM_CHECK(vmaCreateVirtualBlock(&block, &slot->block) == VK_SUCCESS, "virtual block");
  CM_CHECK(vmaVirtualAllocate(slot->block, &info, &range.allocation, &range.offset) == VK_SUCCESS, "first of a chunk");
  range.chunk = uint32_t(slot - chunks_.begin());
  reserved_ += bytes;
  used_ += size;
  return range;
}

void Arena::free(const ArenaRange& range) {
  used_ -= range.size;
  freed_.push_back({device_.submitted(), range});
}

void Arena::collect() {
  const uint64_t done = device_.completed();
  while (!freed_.empty() && freed_.front().value <= done) {
    const ArenaRange range = freed_.front().range;
    freed_.pop_front();
    Chunk& chunk = chunks_[range.chunk];
    vmaVirtualFree(chunk.block, range.allocation);
    chunk.used -= range.size;
    if (chunk.used > 0) continue;
    vmaDestroyVirtualBlock(chunk.block);
    chunk.block = VK_NULL_HANDLE;
    reserved_ -= chunk.buffer.size();
    chunk.buffer = {};
  }
}

}  // namespace cm::residency
