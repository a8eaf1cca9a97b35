//! How long the passes of a frame took on the GPU, by timestamps. Read when the frame comes round again. Loop's thread.
#pragma once

#include <string>
#include <vector>

#include "frame/frame.h"

namespace cm::frame {

class Timings {
 public:
  explicit Timings(gpu::Device& device);
  ~Timings();
  Timings(const Timings&) = delete;
  Timings& operator=(const Timings&) = delete;

  void begin(VkCommandBuffer commands);
  //! What was recorded since the last mark is called `pass`; marks of one name add up.
  void mark(const char* pass);
  //! The GPU is done with the frame: its passes into `statistics`.
  void read(Statistics& statistics);

 private:
  static constexpr uint32_t kMarks = 128;
  gpu::Device& device_;
  VkQueryPool pool_ = VK_NULL_HANDLE;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  std::vector<const char*> names_;
};

}  // namespace cm::frame
