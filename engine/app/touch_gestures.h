//! What fingers mean. On a card the finger is the control layer's pointer; on the city one finger drags it, two zoom, turn, shift
//! and tilt it, and a short one is a tap. Where a finger came down decides whose it is until it leaves, so a hand that rests on
//! the city keeps nobody from the cards. The loop's thread, between Dear ImGui's frames.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "app/camera_control.h"
#include "app/touch.h"

namespace cm::app {

class TouchGestures {
 public:
  struct Outcome {
    bool moved = false;                          // the camera
    bool landed = false;                         // a first finger came down on the city
    bool lens = false;                           // the lens, moved or made larger
    std::vector<glm::dvec2> taps;                // on the city, window units
  };
  //! Follows `touches`, in order, however many lie between two frames. `covered` says whether the control layer has something
  //! at a place. `size` of the window and places are in window units. A hand whose first finger comes down inside `lens` has that and
  //! not the camera, until it leaves.
  Outcome follow(std::span<const Touch> touches, const std::function<bool(glm::dvec2)>& covered, CameraControl& control, glm::dvec2 size,
                 double nowSeconds, city::LensPlace* lens = nullptr);
  //! Fingers that have the city now.
  size_t count() const { return fingers_.size(); }

 private:
  struct Finger {
    uint32_t id = 0;
    glm::dvec2 at{0}, last{0};                   // now, and where the camera has followed it to
  };
  void point(const Touch& touch);
  void move(CameraControl& control, glm::dvec2 size, city::LensPlace* lens, Outcome& outcome);
  bool moveLens(city::LensPlace& lens, glm::dvec2 size);
  bool pinch(CameraControl& control, glm::dvec2 size);

  std::vector<Finger> fingers_;                  // on the city, in the order they came
  std::optional<uint32_t> pointer_;              // the control layer's
  glm::dvec2 landedAt_{0};
  double landedSeconds_ = 0;
  bool wandered_ = false;                        // no longer a tap
  bool onLens_ = false;                          // the fingers have the lens
};

}  // namespace cm::app
