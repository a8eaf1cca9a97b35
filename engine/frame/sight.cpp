#include "frame/sight.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "frame/view.h"

namespace cm::frame {
namespace {

constexpr std::array<double, 3> kTapMetres{2, 8,
                                           16};  // above the ground: over cars and hedges, over trees, over low houses
constexpr size_t kMostPlaces = 512;
constexpr float kSlack = 0.97f, kSlackMetres = 4;  // coarse levels of the ground lie this much off

}  // namespace

bool inSightAt(float depth, float metres) {
  return depth <= 0 || kNearMetres / depth >= metres * kSlack - kSlackMetres;
}

void Sight::ask(PassContext& pass, const View& drawn, const gpu::Image& depth, std::span<const Place> places,
                uint64_t state) {
  places = places.first(std::min(places.size(), kMostPlaces));
  Waiting waiting{.state = state};
  std::vector<VkBufferImageCopy> regions;
  for (const Place& place : places) {
    std::array<float, kTaps> metres{};
    for (size_t i = 0; i < kTaps; ++i) {
      const glm::vec3 at = drawn.project(drawn.relativeEnu(place.position + glm::dvec3(0, 0, kTapMetres[i])));
      const auto pixel = [](float v, int32_t from, uint32_t count) {
        return int32_t(std::clamp(std::floor(v) - float(from), 0.0f, float(count) - 1));
      };
      metres[i] = at.z;
      regions.push_back({.bufferOffset = regions.size() * sizeof(float),
                         .imageSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, 0, 1},
                         .imageOffset = {pixel(at.x, drawn.part.offset.x, drawn.part.extent.width),
                                         pixel(at.y, drawn.part.offset.y, drawn.part.extent.height), 0},
                         .imageExtent = {1, 1, 1}});
    }
    waiting.keys.push_back(place.key);
    waiting.metres.push_back(metres);
  }
  if (!regions.empty()) {
    if (!spare_.empty()) {
      waiting.depths = std::move(spare_.back());
      spare_.pop_back();
    } else {
      waiting.depths = gpu::Buffer(device_, kMostPlaces * kTaps * sizeof(float), VK_BUFFER_USAGE_TRANSFER_DST_BIT, true,
                                   "depths of places");
    }
    if (!waiting.depths) return;
    pass.passes.made(Resource::SightBytes, waiting.depths.handle());
    pass.passes.begin(pass.commands, Pass::Sight);
    vkCmdCopyImageToBuffer(pass.commands, depth.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, waiting.depths.handle(),
                           uint32_t(regions.size()), regions.data());
    pass.passes.begin(pass.commands, Pass::SightRead);
  }
  waiting_.push_back(std::move(waiting));
}

void Sight::submitted(uint64_t value) {
  for (Waiting& waiting : waiting_)
    if (waiting.value == 0) waiting.value = value;
}

void Sight::take() {
  while (!waiting_.empty() && waiting_.front().value != 0 && waiting_.front().value <= device_.completed()) {
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    seen_.clear();
    state_ = waiting.state;
    std::vector<float> depths(waiting.keys.size() * kTaps);
    if (waiting.depths) std::memcpy(depths.data(), waiting.depths.mapped(), depths.size() * sizeof(float));
    for (size_t i = 0; i < waiting.keys.size(); ++i) {
      bool any = false;
      for (size_t tap = 0; tap < kTaps; ++tap) any = any || inSightAt(depths[i * kTaps + tap], waiting.metres[i][tap]);
      seen_[waiting.keys[i]] = any;
    }
    if (waiting.depths) spare_.push_back(std::move(waiting.depths));
  }
}

std::optional<bool> Sight::seen(uint64_t key) const {
  const auto found = seen_.find(key);
  return found == seen_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace cm::frame
