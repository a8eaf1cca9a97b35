//! Whether places of the city are seen or hidden behind it: depths at their pixels are copied out of a drawn picture, and read when the
//! frame is done, a frame or two later. Loop's thread; must not outlive the device.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "frame/pass_context.h"

namespace cm::frame {

class Sight {
 public:
  explicit Sight(gpu::Device& device) : device_(device) {}

  struct Place {
    uint64_t key = 0;
    glm::dvec3 position{0};          // axes of the document's origin; on the ground
  };
  //! Outside any rendering, after the scene was drawn into `depth` as `drawn` says. `state`: stands for all the answers depend on.
  void ask(PassContext& pass, const View& drawn, const gpu::Image& depth, std::span<const Place> places, uint64_t state);
  //! The frame that asked has this timeline value.
  void submitted(uint64_t value);
  //! Reads what has arrived.
  void take();

  //! Of the last answer; nothing where the place was not asked about.
  std::optional<bool> seen(uint64_t key) const;
  //! What that answer was about, 0: there is none.
  uint64_t state() const { return state_; }

 private:
  static constexpr size_t kTaps = 3;
  struct Waiting {
    uint64_t value = 0, state = 0;
    std::vector<uint64_t> keys;
    std::vector<std::array<float, kTaps>> metres;   // along the view, of each place's taps
    gpu::Buffer depths;
  };
  gpu::Device& device_;
  std::deque<Waiting> waiting_;
  std::vector<gpu::Buffer> spare_;
  std::unordered_map<uint64_t, bool> seen_;
  uint64_t state_ = 0;
};

//! Whether something that far away is seen where the picture's depth (reversed, kNearMetres at the eye) is this.
bool inSightAt(float depth, float metres);

}  // namespace cm::frame
