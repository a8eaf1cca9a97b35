//! From fingers, mouse and keys to the camera: drag keeps the grabbed ground under the finger, the wheel goes towards what is
//! under the cursor, turning goes round the middle of the picture. Never below ground, never lost. Works in the city's axes
//! (east-north-up at its origin); knows nothing of windows. The loop's thread.
#pragma once

#include <glm/glm.hpp>

#include <optional>

#include "app/ground.h"
#include "city/session.h"
#include "geo/eye.h"

namespace cm::app {

class CameraControl {
 public:
  CameraControl(const geo::EnuFrame& axes, const GroundHeights& ground) : axes_(axes), ground_(ground) {}

  //! The camera to work from; taken before each gesture step.
  void take(const city::CameraPose& pose, double aspect);
  city::CameraPose pose() const;

  //! Positions are fractions of the picture from its top left.
  void grab(glm::dvec2 at);
  void dragTo(glm::dvec2 at);
  //! Radians; pivots about the ground in the middle of the picture, or about what was grabbed last.
  void turn(double headingRadians, double pitchRadians);
  void beginTurn(glm::dvec2 at);
  //! Towards (factor < 1) or away from what is under `at`.
  void zoom(glm::dvec2 at, double factor);
  //! Metres on screen: keys move along the ground by a share of the distance to it.
  void walk(double right, double forward);

  //! Where the ray through a point of the picture meets the ground, in the city's axes.
  std::optional<glm::dvec3> groundUnder(glm::dvec2 at) const;
  //! Distance to the ground in the middle of the picture.
  double focusMetres() const;

 private:
  geo::Eye eye() const;
  void keepInBounds();

  static constexpr double kLeastAboveGround = 4, kFurthest = 200e3, kSteepest = -1.5533, kFlattest = 0.30;
  const geo::EnuFrame& axes_;
  const GroundHeights& ground_;
  glm::dvec3 position_{0};                   // in the axes
  double heading_ = 0, pitch_ = -0.5;        // radians
  double aspect_ = 1.78;
  glm::dvec3 grabbed_{0};
  glm::dvec3 pivot_{0};
  bool hasGrab_ = false, hasPivot_ = false;
};

}  // namespace cm::app
