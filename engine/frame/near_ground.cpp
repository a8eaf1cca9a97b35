#include "frame/near_ground.h"

#include <algorithm>
#include <cmath>

namespace cm::frame {
namespace {

constexpr double kStreetMetres = 60, kHighMetres = 300;
constexpr double kStreetReach = 1500, kReachGrows = 2.4;  // 71 km at kHighMetres: more than any label's own range
constexpr double kStreetLabels = 5, kLabelsGrow = 2;

}  // namespace

NearGround nearGround(double eyeMetres) {
  if (!(eyeMetres < kHighMetres)) return {};
  const double higher = std::max(eyeMetres, kStreetMetres) / kStreetMetres;
  const double t = std::clamp((eyeMetres - kStreetMetres) / (kHighMetres - kStreetMetres), 0.0, 1.0);
  return {.low = true,
          .reachMetres = float(kStreetReach * std::pow(higher, kReachGrows)),
          .mostLabels = size_t(kStreetLabels * std::pow(higher, kLabelsGrow)),
          .hiddenShare = float(t * t * (3 - 2 * t))};
}

}  // namespace cm::frame
