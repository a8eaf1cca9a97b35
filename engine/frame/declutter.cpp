#include "frame/declutter.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace cm::frame {
namespace {

//! Boxes in cells of 96 pixels, about the size of a label.
class Occupied {
 public:
  bool free(const Box& box) const {
    bool isFree = true;
    cells(box, [&](uint64_t cell) {
      auto found = cells_.find(cell);
      if (found != cells_.end())
        for (const Box& other : found->second) isFree = isFree && !overlap(box, other);
    });
    return isFree;
  }
  void add(const Box& box) {
    cells(box, [&](uint64_t cell) { cells_[cell].push_back(box); });
  }

 private:
  template <class F>
  static void cells(const Box& box, F&& visit) {
    constexpr float kCell = 96;
    const auto index = [](float v) { return static_cast<int32_t>(std::floor(std::clamp(v, -1e6f, 1e6f) / kCell)); };
    for (int32_t y = index(box.lo.y); y <= index(box.hi.y); ++y)
      for (int32_t x = index(box.lo.x); x <= index(box.hi.x); ++x)
        visit(uint64_t(uint32_t(y)) << 32 | uint32_t(x));
  }
  std::unordered_map<uint64_t, std::vector<Box>> cells_;
};

}  // namespace

std::vector<int> declutter(std::span<const Candidate> candidates, float marginPixels, float loyalty) {
  std::vector<size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), size_t(0));
  auto worth = [&](const Candidate& c) { return c.priority - (c.previous >= 0 ? loyalty : 0.0f); };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(worth(candidates[a]), candidates[a].key) < std::pair(worth(candidates[b]), candidates[b].key);
  });
  std::vector<int> chosen(candidates.size(), -1);
  Occupied occupied;
  for (size_t index : order) {
    const Candidate& candidate = candidates[index];
    const int count = static_cast<int>(candidate.placements.size());
    auto tryAt = [&](int placement) {
      if (placement < 0 || placement >= count || chosen[index] >= 0) return;
      const Box box = candidate.placements[static_cast<size_t>(placement)];
      if (box.hi.x < box.lo.x) return;
      if (!occupied.free({box.lo - marginPixels, box.hi + marginPixels})) return;
      occupied.add(box);
      chosen[index] = placement;
    };
    tryAt(candidate.previous);
    for (int i = 0; i < count; ++i) tryAt((candidate.preferred + i) % count);
  }
  return chosen;
}

}  // namespace cm::frame
