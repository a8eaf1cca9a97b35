//! Keeps the frame rate while the camera moves on a machine that cannot draw everything in time: gives up effects, pixels and
//! detail in a fixed order and takes it all back at rest. On one with time to spare each frame has four samples a pixel. Plain
//! values, no clock of its own; the loop's thread.
#pragma once

#include <vector>

namespace cm::app {

//! What is given up, or given in addition.
struct Quality {
  unsigned samplesAcross = 1;   // a side of every pixel that are drawn at once (frame::Scene)
  float resolution = 1;         // of the scene's width and height; the picture is enlarged
  double coarseness = 1;        // factor on the screen-space error tiles are chosen by
  unsigned shadowPatience = 8;  // frames until a change of level reaches the shadows
  float trees = 1;              // share of the most that are drawn, the nearest
  bool bloom = true;            // at night
  bool operator==(const Quality&) const = default;
  //! Nothing is given up.
  bool whole() const {
    Quality all;
    all.samplesAcross = samplesAcross;
    return *this == all;
  }
};

class Pace {
 public:
  static constexpr float kLeastResolution = 0.5f;
  static constexpr double kMostCoarseness = 4;

  //! From the best to the least, each step what one sees less of than of the next: samples beyond the first, rarer shadows, fewer
  //! trees far away, pixels, bloom, more pixels, most trees, detail of the tiles, and on the slowest machines pixels once more.
  static const std::vector<Quality>& steps();

  //! At the start: what the GPU took for one of the first whole pictures. Three of them choose the step that motion begins with,
  //! and whether four samples are ever drawn at once; later ones are not looked at.
  void measured(double milliseconds);
  //! `tookSeconds`: the last frame, from its start to this one's. `moving`: the camera moved in it.
  Quality next(double nowSeconds, double tookSeconds, bool moving);
  //! Where in `steps` a motion is, or would begin.
  unsigned step() const { return step_; }

 private:
  static constexpr double kSlowSeconds = 0.062;   // a longer frame costs detail: a margin to 12 frames a second
  static constexpr double kQuickSeconds = 0.040;  // shorter ones give it back
  static constexpr double kSpareSeconds = 0.008;  // the GPU draws four samples in this: 60 frames a second have as much again
  static constexpr double kUnevenSeconds = 0.030; // several longer frames with four samples, and it is one for good
  static constexpr double kRestSeconds = 0.35;    // after this long without motion all of it comes back
  static constexpr double kStallSeconds =
      0.4;  // the window was away, or the machine: says nothing of what drawing costs

  unsigned best_ = 1;   // step: 0 where several samples are drawn at once
  unsigned step_ = 1;
  std::vector<double> first_;  // milliseconds
  double lastMotion_ = -10;
  int quick_ = 0, uneven_ = 0;
};

}  // namespace cm::app
