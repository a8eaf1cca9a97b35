//! The feature records of all resident tiles in one storage buffer: kept on the CPU, changed ranges copied at the start of a
//! frame. Loop's thread.
#pragma once

#include <vk_mem_alloc.h>

#include <span>
#include <vector>

#include "gpu/device.h"
#include "residency/residency.h"
#include "shared/feature.h"

namespace cm::residency {

struct RecordRange {
  uint32_t first = 0, count = 0;
  VmaVirtualAllocation allocation = VK_NULL_HANDLE;
};

class Records {
 public:
  explicit Records(gpu::Device& device);
  ~Records();
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  //! Room for `count` records, visible everywhere.
  RecordRange allocate(uint32_t count);
  //! The room may be written again at once: copies are ordered behind what the GPU still reads.
  void free(const RecordRange& range);
  std::span<shared::FeatureRecord> at(const RecordRange& range) { return {records_.data() + range.first, range.count}; }
  void changed(const RecordRange& range) { dirty_.push_back({range.first, range.first + range.count}); }
  //! True where something is to be flushed, to a buffer that is large enough from here on.
  bool stale();
  void flush(VkCommandBuffer commands, const Residency::Stage& stage);
  VkBuffer buffer() const { return buffer_.handle(); }

 private:
  struct Span {
    uint32_t from, to;
  };
  gpu::Device& device_;
  VmaVirtualBlock block_ = VK_NULL_HANDLE;
  std::vector<shared::FeatureRecord> records_;
  std::vector<Span> dirty_;
  gpu::Buffer buffer_;
};

}  // namespace cm::residency
