#include "app/pace.h"

#include <algorithm>
#include <cmath>

namespace cm::app {
namespace {

constexpr size_t kMeasured = 3;
// Frames, before something is given back or the additional samples go: else it would swing to and fro.
constexpr int kInARow = 6;
// What a picture at rest takes against one in motion: it is drawn with shadow maps of its own and more taps in them.
constexpr double kRestAgainstMotion = 1.6;
// Of what a frame takes, about this much goes with its pixels (lavapipe and integrated GPUs; the rest with triangles).
constexpr double kShareOfPixels = 0.6;

//! What a step costs, of the best: only to choose where to begin.
double costOf(const Quality& quality) {
  const double side = double(quality.resolution) * quality.samplesAcross, pixels = kShareOfPixels * side * side;
  const double effects = quality.trees < 1 ? 0.93 : 1, triangles = (1 - kShareOfPixels) / std::sqrt(quality.coarseness);
  return (pixels + triangles) * effects;
}

std::vector<Quality> makeSteps() {
  std::vector<Quality> steps{{.samplesAcross = 2}, {}};
  const auto add = [&](auto&& change) {
    Quality next = steps.back();
    change(next);
    steps.push_back(next);
  };
  add([](Quality& q) { q.shadowPatience = 24; });
  add([](Quality& q) { q.trees = 0.5f; });
  add([](Quality& q) { q.resolution = 0.9f; });
  add([](Quality& q) { q.resolution = 0.8f; });
  add([](Quality& q) { q.bloom = false; });
  add([](Quality& q) { q.resolution = 0.7f; });
  add([](Quality& q) { q.resolution = 0.6f; });
  add([](Quality& q) { q.trees = 0.2f; });
  while (steps.back().coarseness < Pace::kMostCoarseness)
    add([](Quality& q) { q.coarseness = std::min(q.coarseness * 1.3, Pace::kMostCoarseness); });
  add([](Quality& q) { q.resolution = Pace::kLeastResolution; });
  return steps;
}

}  // namespace

const std::vector<Quality>& Pace::steps() {
  static const std::vector<Quality> made = makeSteps();
  return made;
}

void Pace::measured(double milliseconds) {
  if (first_.size() == kMeasured || milliseconds <= 0) return;
  first_.push_back(milliseconds);
  if (first_.size() < kMeasured) return;
  std::vector<double> sorted = first_;
  std::sort(sorted.begin(), sorted.end());
  const double seconds = sorted[kMeasured / 2] / 1000 / kRestAgainstMotion;
  if (seconds * costOf(steps().front()) < kSpareSeconds) best_ = step_ = 0;
  while (step_ + 1 < steps().size() && seconds * costOf(steps()[step_]) > kSlowSeconds) ++step_;
}

Quality Pace::next(double nowSeconds, double tookSeconds, bool moving) {
  const bool rested = nowSeconds - lastMotion_ > kRestSeconds;
  if (moving)
    lastMotion_ = nowSeconds;
  else if (rested)
    return steps()[best_];
  // The first frame of a motion ended a refining one: what it took is not what a moving frame takes.
  if (rested || tookSeconds > kStallSeconds) return steps()[step_];
  if (step_ == 0) {  // what is given in addition goes for good, or images would grow and shrink to and fro
    uneven_ = tookSeconds > kUnevenSeconds ? uneven_ + 1 : 0;
    if (uneven_ == kInARow) best_ = step_ = 1;
  } else if (tookSeconds > kSlowSeconds) {
    quick_ = 0;
    step_ = std::min(step_ + 1, unsigned(steps().size()) - 1);
  } else if (tookSeconds < kQuickSeconds && ++quick_ >= kInARow) {
    quick_ = 0;
    step_ -= step_ > best_;
  }
  return steps()[step_];
}

}  // namespace cm::app
