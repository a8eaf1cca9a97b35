#include "frame/timings.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace cm::frame {

Timings::Timings(gpu::Device& device) : device_(device) {
  if (device.timestampNanoseconds() == 0) return;
  const VkQueryPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                   .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                   .queryCount = kMarks};
  CM_CHECK(vkCreateQueryPool(device.handle(), &info, nullptr, &pool_) == VK_SUCCESS, "timestamps");
}

Timings::~Timings() {
  if (pool_) vkDestroyQueryPool(device_.handle(), pool_, nullptr);
}

void Timings::begin(VkCommandBuffer commands) {
  commands_ = commands;
  names_.clear();
  if (!pool_) return;
  vkCmdResetQueryPool(commands, pool_, 0, kMarks);
  mark("");
}

void Timings::mark(const char* pass) {
  if (!pool_ || names_.size() == kMarks) return;
  vkCmdWriteTimestamp2(commands_, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, pool_, uint32_t(names_.size()));
  names_.push_back(pass);
}

void Timings::read(Statistics& statistics) {
  if (!pool_ || names_.size() < 2) return;
  std::vector<uint64_t> ticks(names_.size());
  const VkResult result = vkGetQueryPoolResults(device_.handle(), pool_, 0, uint32_t(ticks.size()), ticks.size() * sizeof(uint64_t),
                                                ticks.data(), sizeof(uint64_t), VK_QUERY_RESULT_64_BIT);
  if (result != VK_SUCCESS) return;
  const double unit = double(device_.timestampNanoseconds()) * 1e-6;
  statistics.passes.clear();
  statistics.gpuMilliseconds = double(ticks.back() - ticks.front()) * unit;
  for (size_t i = 1; i < ticks.size(); ++i) {
    const double milliseconds = double(ticks[i] - ticks[i - 1]) * unit;
    auto found = std::find_if(statistics.passes.begin(), statistics.passes.end(), [&](const auto& pass) { return pass.first == names_[i]; });
    if (found == statistics.passes.end()) statistics.passes.emplace_back(names_[i], milliseconds);
    else found->second += milliseconds;
  }
}

}  // namespace cm::frame
