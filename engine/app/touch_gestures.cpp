#include "app/touch_gestures.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "app/lens_grip.h"

namespace cm::app {
namespace {

constexpr double kTapPixels = 12;  // a fingertip rolls further than a mouse slips
constexpr double kTapSeconds = 0.6;
constexpr double kLeastSpanPixels = 4;  // two fingers nearer than this have no direction
constexpr double kTiltPerHeight = 2.2;  // radians for the whole height of the window

glm::dvec2 middle(glm::dvec2 a, glm::dvec2 b) { return (a + b) * 0.5; }

//! Both fingers go up or down together: a tilt.
bool together(glm::dvec2 a, glm::dvec2 b) {
  return a.y * b.y > 0 && std::abs(a.y) > std::abs(a.x) && std::abs(b.y) > std::abs(b.x);
}

}  // namespace

TouchGestures::Outcome TouchGestures::follow(std::span<const Touch> touches,
                                             const std::function<bool(glm::dvec2)>& covered, CameraControl& control,
                                             glm::dvec2 size, double nowSeconds, city::LensPlace* lens) {
  Outcome outcome;
  for (const Touch& touch : touches) {
    if (touch.phase == TouchPhase::Begin) {
      if (covered(touch.at)) {
        if (pointer_) continue;  // the layer has one pointer
        pointer_ = touch.finger;
        point(touch);
        continue;
      }
      move(control, size, lens, outcome);  // what the fingers before it did is theirs alone
      if (fingers_.empty()) {
        onLens_ = lens && insideLens(*lens, touch.at, size);
        landedAt_ = touch.at;
        landedSeconds_ = nowSeconds;
        outcome.landed = true;
      }
      wandered_ = !fingers_.empty();
      fingers_.push_back({touch.finger, touch.at, touch.at});
      continue;
    }
    if (touch.finger == pointer_) {
      point(touch);
      if (touch.phase == TouchPhase::End) pointer_.reset();
      continue;
    }
    auto found = std::find_if(fingers_.begin(), fingers_.end(), [&](const Finger& f) { return f.id == touch.finger; });
    if (found == fingers_.end()) continue;
    found->at = touch.at;
    if (touch.phase != TouchPhase::End) continue;
    move(control, size, lens, outcome);
    fingers_.erase(found);
    if (fingers_.empty() && !wandered_ && nowSeconds - landedSeconds_ < kTapSeconds) outcome.taps.push_back(touch.at);
  }
  move(control, size, lens, outcome);
  return outcome;
}

//! Dear ImGui takes in a place, a press and a release in frames of their own, whatever comes in one.
void TouchGestures::point(const Touch& touch) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  io.AddMousePosEvent(float(touch.at.x), float(touch.at.y));
  if (touch.phase != TouchPhase::Move) io.AddMouseButtonEvent(0, touch.phase == TouchPhase::Begin);
  if (touch.phase == TouchPhase::End)
    io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);  // nothing stays lit under a finger that has gone
  io.AddMouseSourceEvent(ImGuiMouseSource_Mouse);
}

//! Moves the camera, or the lens, as the fingers moved since the last time.
void TouchGestures::move(CameraControl& control, glm::dvec2 size, city::LensPlace* lens, Outcome& outcome) {
  if (fingers_.size() == 1) {
    const Finger& finger = fingers_.front();
    if (!wandered_ && glm::distance(finger.at, landedAt_) <= kTapPixels) return;
    wandered_ = true;
    if (finger.at == finger.last) return;
  }
  if (onLens_) {
    outcome.lens |= lens && moveLens(*lens, size);
  } else if (fingers_.size() >= 2) {
    outcome.moved |= pinch(control, size);
  } else if (fingers_.size() == 1) {
    control.grab(fingers_[0].last / size);
    control.dragTo(fingers_[0].at / size);
    outcome.moved = true;
  }
  for (Finger& finger : fingers_) finger.last = finger.at;
}

//! One finger takes it along; two hold it between them.
bool TouchGestures::moveLens(city::LensPlace& lens, glm::dvec2 size) {
  const city::LensPlace before = lens;
  if (fingers_.size() >= 2) {
    const Finger &a = fingers_[0], &b = fingers_[1];
    const double was = glm::distance(a.last, b.last), is = glm::distance(a.at, b.at);
    if (was >= kLeastSpanPixels && is >= kLeastSpanPixels) lens = scaledBy(lens, is / was);
    lens = movedBy(lens, middle(a.at, b.at) - middle(a.last, b.last), size);
  } else if (fingers_.size() == 1) {
    lens = movedBy(lens, fingers_[0].at - fingers_[0].last, size);
  }
  return lens != before;
}

//! The first two fingers: apart and together zoom, round each other turn, side by side shift, up and down together tilt.
bool TouchGestures::pinch(CameraControl& control, glm::dvec2 size) {
  const Finger &a = fingers_[0], &b = fingers_[1];
  if (a.at == a.last && b.at == b.last) return false;
  glm::dvec2 was = b.last - a.last, is = b.at - a.at;
  if (glm::length(was) < kLeastSpanPixels || glm::length(is) < kLeastSpanPixels) return false;
  glm::dvec2 from = middle(a.last, b.last), to = middle(a.at, b.at);
  double tilt = together(a.at - a.last, b.at - b.last) ? (to.y - from.y) / size.y * kTiltPerHeight : 0;
  if (tilt != 0) to.y = from.y;
  control.grab(from / size);
  control.dragTo(to / size);
  control.zoom(to / size, glm::length(was) / glm::length(is));
  control.beginTurn(to / size);
  control.turn(-std::atan2(was.x * is.y - was.y * is.x, glm::dot(was, is)), -tilt);
  return true;
}

}  // namespace cm::app
