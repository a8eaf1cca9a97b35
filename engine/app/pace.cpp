#include "app/pace.h"

#include <algorithm>

namespace cm::app {

Quality Pace::next(double nowSeconds, double tookSeconds, bool moving) {
  const bool rested = nowSeconds - lastMotion_ > kRestSeconds;
  if (moving)
    lastMotion_ = nowSeconds;
  else if (rested)
    return {};
  // The first frame of a motion ended a refining one: what it took is not what a moving frame takes.
  if (rested || tookSeconds > kStallSeconds) return quality_;
  if (tookSeconds > kSlowSeconds) {
    quick_ = 0;
    if (quality_.resolution > kLeastResolution)
      quality_.resolution = std::max(kLeastResolution, quality_.resolution - 0.1f);
    else
      quality_.coarseness = std::min(quality_.coarseness * 1.3, kMostCoarseness);
  } else if (tookSeconds < kQuickSeconds && ++quick_ >= 6) {  // some in a row, or it would swing to and fro
    quick_ = 0;
    if (quality_.coarseness > 1)
      quality_.coarseness = std::max(quality_.coarseness / 1.2, 1.0);
    else
      quality_.resolution = std::min(quality_.resolution + 0.1f, 1.0f);
  }
  return quality_;
}

}  // namespace cm::app
