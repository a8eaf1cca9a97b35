#include "app/camera_control.h"

#include <algorithm>
#include <cmath>

#include "app/stage.h"

namespace cm::app {

void CameraControl::take(const city::CameraPose& pose, double aspect) {
  position_ = axes_.toEnu(geo::ecefFromGeodetic({pose.lonDegrees, pose.latDegrees, pose.heightMetres}));
  heading_ = pose.headingDegrees * geo::kDegree;
  pitch_ = pose.pitchDegrees * geo::kDegree;
  aspect_ = aspect;
}

city::CameraPose CameraControl::pose() const {
  geo::Geodetic place = geo::geodeticFromEcef(axes_.toEcef(position_));
  double heading = std::fmod(heading_ / geo::kDegree, 360.0);
  return {place.lonDegrees, place.latDegrees, place.heightMetres, heading < 0 ? heading + 360 : heading, pitch_ / geo::kDegree};
}

geo::Eye CameraControl::eye() const {
  city::CameraPose p = pose();
  return geo::eyeAt({p.lonDegrees, p.latDegrees, p.heightMetres}, p.headingDegrees, p.pitchDegrees, kFieldOfViewRadians);
}

std::optional<glm::dvec3> CameraControl::groundUnder(glm::dvec2 at) const {
  glm::dvec3 ray = glm::dmat3(axes_.enuFromEcef) * geo::rayThrough(eye(), aspect_, at.x, at.y);
  // March until below the ground, then halve: the ground is a coarse grid, so a fine step would buy nothing.
  double step = std::max(2.0, position_.z * 0.01), t = 0, last = 0;
  for (int i = 0; i < 400; ++i, last = t, t += step, step *= 1.03) {
    glm::dvec3 p = position_ + ray * t;
    if (t > kFurthest) break;
    if (p.z > ground_.at(glm::dvec2(p)).value_or(0.0)) continue;
    for (int k = 0; k < 16; ++k) {
      double middle = (last + t) / 2;
      glm::dvec3 q = position_ + ray * middle;
      (q.z > ground_.at(glm::dvec2(q)).value_or(0.0) ? last : t) = middle;
    }
    return position_ + ray * t;
  }
  return std::nullopt;
}

double CameraControl::focusMetres() const {
  auto middle = groundUnder({0.5, 0.5});
  return middle ? glm::distance(*middle, position_) : 0.0;
}

void CameraControl::grab(glm::dvec2 at) {
  auto hit = groundUnder(at);
  hasGrab_ = hit.has_value();
  if (hit) grabbed_ = *hit;
}

void CameraControl::dragTo(glm::dvec2 at) {
  if (!hasGrab_) return;
  glm::dvec3 ray = glm::dmat3(axes_.enuFromEcef) * geo::rayThrough(eye(), aspect_, at.x, at.y);
  // Near the horizon a finger's width is kilometres: let go of the exact point there rather than fly off.
  if (ray.z > -0.02) return;
  double t = (grabbed_.z - position_.z) / ray.z;
  if (t <= 0) return;
  glm::dvec2 shift = glm::dvec2(grabbed_) - glm::dvec2(position_ + ray * t);
  double most = std::max(30.0, glm::distance(grabbed_, position_) * 0.6);
  if (double length = glm::length(shift); length > most) shift *= most / length;
  position_ += glm::dvec3(shift, 0);
  keepInBounds();
}

void CameraControl::beginTurn(glm::dvec2 at) {
  auto hit = groundUnder(at);
  if (!hit) hit = groundUnder({0.5, 0.75});
  hasPivot_ = hit.has_value();
  if (hit) pivot_ = *hit;
}

void CameraControl::turn(double headingRadians, double pitchRadians) {
  double pitch = std::clamp(pitch_ + pitchRadians, kSteepest, kFlattest);
  double dPitch = pitch - pitch_;
  if (hasPivot_) {
    // Turn the arm from pivot to eye: about the vertical by heading, about the eye's own right by pitch.
    glm::dvec3 arm = position_ - pivot_;
    double c = std::cos(-headingRadians), s = std::sin(-headingRadians);
    arm = {arm.x * c - arm.y * s, arm.x * s + arm.y * c, arm.z};
    double heading = heading_ + headingRadians;
    glm::dvec3 right{std::cos(heading), -std::sin(heading), 0};
    double cp = std::cos(dPitch), sp = std::sin(dPitch);
    arm = arm * cp + glm::cross(right, arm) * sp + right * glm::dot(right, arm) * (1 - cp);
    position_ = pivot_ + arm;
  }
  heading_ += headingRadians;
  pitch_ = pitch;
  keepInBounds();
}

void CameraControl::zoom(glm::dvec2 at, double factor) {
  auto hit = groundUnder(at);
  glm::dvec3 ray = glm::dmat3(axes_.enuFromEcef) * geo::rayThrough(eye(), aspect_, at.x, at.y);
  double distance = hit ? glm::distance(*hit, position_) : std::max(200.0, position_.z * 2);
  double next = std::clamp(distance * factor, 12.0, kFurthest);
  position_ += ray * (distance - next);
  keepInBounds();
}

void CameraControl::walk(double right, double forward) {
  glm::dvec2 ahead{std::sin(heading_), std::cos(heading_)}, side{ahead.y, -ahead.x};
  double scale = std::max(20.0, focusMetres() > 0 ? std::min(focusMetres(), position_.z * 4 + 50) : position_.z);
  position_ += glm::dvec3((side * right + ahead * forward) * scale, 0);
  keepInBounds();
}

void CameraControl::keepInBounds() {
  double reach = glm::length(glm::dvec2(position_));
  if (reach > kFurthest) position_ *= kFurthest / reach;
  position_.z = std::min(position_.z, kFurthest);
  // The axes are flat and the Earth is not: what counts is the height above the ground that is drawn there.
  double curvature = reach * reach / (2 * geo::kSemiMajorMetres);
  double floor = ground_.at(glm::dvec2(position_)).value_or(-curvature) + kLeastAboveGround;
  position_.z = std::max(position_.z, floor);
}

}  // namespace cm::app
