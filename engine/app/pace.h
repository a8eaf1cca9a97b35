//! Keeps the frame rate while the camera moves on a machine that cannot draw everything in time: gives up detail in a fixed
//! order and takes it all back at rest. Plain values, no clock of its own; the loop's thread.
#pragma once

namespace cm::app {

//! What is given up: pixels first (the picture is drawn smaller and enlarged), then detail of the tiles.
struct Quality {
  float resolution = 1;   // of the scene's width and height, kLeastResolution..1
  double coarseness = 1;  // factor on the screen-space error tiles are chosen by, 1..kMostCoarseness
  bool operator==(const Quality&) const = default;
};

class Pace {
 public:
  static constexpr float kLeastResolution = 0.6f;
  static constexpr double kMostCoarseness = 4;

  //! `tookSeconds`: the last frame, from its start to this one's. `moving`: the camera moved in it.
  Quality next(double nowSeconds, double tookSeconds, bool moving);

 private:
  static constexpr double kSlowSeconds = 0.062;   // a longer frame costs detail: a margin to 12 frames a second
  static constexpr double kQuickSeconds = 0.040;  // shorter ones give it back
  static constexpr double kRestSeconds = 0.35;    // after this long without motion all of it comes back
  static constexpr double kStallSeconds =
      0.4;  // the window was away, or the machine: says nothing of what drawing costs

  Quality quality_;
  double lastMotion_ = -10;
  int quick_ = 0;
};

}  // namespace cm::app
