#include "app/film_path.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "city/session.h"
#include "geo/eye.h"

namespace cm::app {
namespace {

constexpr double kFarthestPivotMetres = 20000, kPivotWithoutGroundMetres = 2000;

}  // namespace

city::CameraPose alongViews(const std::vector<city::CameraPose>& views, double at) {
  if (views.empty()) return {};
  if (views.size() == 1) return views.front();
  const double legs = double(views.size() - 1), place = std::clamp(at, 0.0, 1.0) * legs;
  const auto leg = std::min(size_t(place), views.size() - 2);
  return city::poseOf({.from = views[leg], .to = views[leg + 1], .startSeconds = 0, .durationSeconds = 1},
                      place - double(leg));
}

city::CameraPose turntable(const city::CameraPose& view, double pivotHeightMetres, double at) {
  const geo::Eye eye =
      geo::eyeAt({view.lonDegrees, view.latDegrees, view.heightMetres}, view.headingDegrees, view.pitchDegrees, 0.7854);
  const double sine = std::sin(view.pitchDegrees * geo::kDegree), above = view.heightMetres - pivotHeightMetres;
  const double along =
      sine < 0 && above > 0 ? std::min(above / -sine, kFarthestPivotMetres) : kPivotWithoutGroundMetres;
  const geo::EnuFrame frame = geo::enuFrameAt(geo::geodeticFromEcef(eye.position + eye.direction * along));
  const glm::dvec3 arm = frame.toEnu(eye.position);
  const double angle = at * 2 * std::numbers::pi, c = std::cos(angle), s = std::sin(angle);
  const geo::Geodetic place =
      geo::geodeticFromEcef(frame.toEcef({arm.x * c + arm.y * s, arm.y * c - arm.x * s, arm.z}));
  city::CameraPose pose = view;
  pose.lonDegrees = place.lonDegrees;
  pose.latDegrees = place.latDegrees;
  pose.heightMetres = place.heightMetres;
  pose.headingDegrees = std::remainder(view.headingDegrees + at * 360, 360.0);
  return pose;
}

}  // namespace cm::app
