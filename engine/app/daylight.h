//! The hour of the light on its way to another: the sun sweeps, the short way round the clock, and where another hour is chosen on the
//! way it goes on from where it is. Plain values; the loop's thread.
#pragma once

#include <algorithm>
#include <cmath>

namespace cm::app {

class Daylight {
 public:
  //! The hour to go to; the first one is there at once, and so is every one where `sweeps` is false.
  void follow(double hour, double nowSeconds, bool sweeps) {
    if (hour == to_) return;
    const double here = at(nowSeconds);
    const bool first = to_ < 0;
    to_ = hour;
    way_ = first || !sweeps ? 0 : std::remainder(hour - here, 24.0);
    sinceSeconds_ = nowSeconds;
    // An hour's step is a moment; from day to night one sees the sun go down.
    seconds_ = way_ == 0 ? 0 : std::clamp(0.5 + 0.16 * std::abs(way_), 0.6, 2.2);
  }
  //! 0..24.
  double at(double nowSeconds) const {
    const double t = seconds_ > 0 ? std::clamp((nowSeconds - sinceSeconds_) / seconds_, 0.0, 1.0) : 1;
    const double hour = to_ - way_ * (1 - t * t * (3 - 2 * t));
    return t >= 1 ? to_ : hour - 24 * std::floor(hour / 24);
  }
  bool moving(double nowSeconds) const { return nowSeconds < sinceSeconds_ + seconds_; }

 private:
  double to_ = -1;   // below 0: none yet
  double way_ = 0;   // from where it began, hours
  double sinceSeconds_ = 0, seconds_ = 0;
};

}  // namespace cm::app
