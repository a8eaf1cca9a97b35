#include "residency/records.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace cm::residency {

Records::Records(gpu::Device& device) : device_(device) {
  // The address space is large and free; the buffer behind it grows with what is used.
  const VmaVirtualBlockCreateInfo info{.size = VkDeviceSize{1} << 28};
  CM_CHECK(vmaCreateVirtualBlock(&info, &block_) == VK_SUCCESS, "virtual block");
}

Records::~Records() {
  vmaClearVirtualBlock(block_);
  vmaDestroyVirtualBlock(block_);
}

RecordRange Records::allocate(uint32_t count) {
  RecordRange range{.count = count};
  if (count == 0) return range;
  const VmaVirtualAllocationCreateInfo info{.size = count};
  VkDeviceSize first = 0;
  CM_CHECK(vmaVirtualAllocate(block_, &info, &range.allocation, &first) == VK_SUCCESS, "{} feature records", count);
  range.first = uint32_t(first);
  if (records_.size() < first + count) records_.resize(std::max<size_t>(first + count, records_.size() * 3 / 2));
  std::fill_n(records_.begin() + ptrdiff_t(first), count, shared::FeatureRecord{kVisibleEverywhere, 0, 0, 0});
  changed(range);
  return range;
}

void Records::free(const RecordRange& range) {
  if (range.count) vmaVirtualFree(block_, range.allocation);
}

bool Records::stale() {
  const VkDeviceSize need = std::max<VkDeviceSize>(records_.size(), 1024) * sizeof(shared::FeatureRecord);
  if (buffer_.size() < need) {
    buffer_ =
        gpu::Buffer(device_, std::max(need, buffer_.size() * 2),
                    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT, false, "feature records");
    CM_CHECK(bool(buffer_), "no memory for {} bytes of feature records", need);
    dirty_.assign(1, {0, uint32_t(records_.size())});
  }
  return !dirty_.empty();
}

void Records::flush(VkCommandBuffer commands, const Residency::Stage& stage) {
  std::sort(dirty_.begin(), dirty_.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> merged;
  for (const Span& span : dirty_) {
    if (!merged.empty() && span.from <= merged.back().to)
      merged.back().to = std::max(merged.back().to, span.to);
    else
      merged.push_back(span);
  }
  dirty_.clear();
  for (const Span& span : merged) {
    const VkDeviceSize bytes = VkDeviceSize(span.to - span.from) * sizeof(shared::FeatureRecord);
    if (bytes == 0) continue;
    VkBuffer source = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
    std::memcpy(stage(bytes, source, offset), records_.data() + span.from, bytes);
    const VkBufferCopy copy{offset, span.from * sizeof(shared::FeatureRecord), bytes};
    vkCmdCopyBuffer(commands, source, buffer_.handle(), 1, &copy);
  }
}

}  // namespace cm::residency
