#include "tiling/local_frame.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling {
namespace {

constexpr int kGeoidNodes = 33;
// The ellipsoid bends 250^2 / (8 R) = 1.2 mm away from a chord of 250 m.
constexpr double kPlaneStepMetres = 250;

}  // namespace

LocalFrame::LocalFrame(const geo::Geodetic& origin, const geo::Geoid& geoid, const glm::dvec4& bboxDegrees,
                       TerrainFunction terrain)
    : enu_(geo::enuFrameAt(origin)), terrain_(std::move(terrain)) {
  geoidLo_ = {bboxDegrees.x, bboxDegrees.y};
  geoidStep_ =
      glm::max(glm::dvec2(bboxDegrees.z, bboxDegrees.w) - geoidLo_, glm::dvec2(1e-6)) / double(kGeoidNodes - 1);
  geoid_.resize(kGeoidNodes * kGeoidNodes);
  for (int j = 0; j < kGeoidNodes; ++j)
    for (int i = 0; i < kGeoidNodes; ++i)
      geoid_[j * kGeoidNodes + i] =
          geoid.undulationMetres(geoidLo_.x + i * geoidStep_.x, geoidLo_.y + j * geoidStep_.y);
}

double LocalFrame::undulation(double lonDegrees, double latDegrees) const {
  double u = std::clamp((lonDegrees - geoidLo_.x) / geoidStep_.x, 0.0, double(kGeoidNodes - 1));
  double v = std::clamp((latDegrees - geoidLo_.y) / geoidStep_.y, 0.0, double(kGeoidNodes - 1));
  int i = std::min(static_cast<int>(u), kGeoidNodes - 2), j = std::min(static_cast<int>(v), kGeoidNodes - 2);
  u -= i;
  v -= j;
  const double* row = geoid_.data() + j * kGeoidNodes + i;
  return glm::mix(glm::mix(row[0], row[1], u), glm::mix(row[kGeoidNodes], row[kGeoidNodes + 1], u), v);
}

double LocalFrame::terrain(double lonDegrees, double latDegrees) const {
  if (!terrain_) return 0;
  double height = terrain_(lonDegrees, latDegrees);
  return std::isfinite(height) ? height : 0;
}

glm::dvec3 LocalFrame::fromOrthometric(double lonDegrees, double latDegrees, double heightMetres) const {
  return enu_.toEnu(geo::ecefFromGeodetic({lonDegrees, latDegrees, heightMetres + undulation(lonDegrees, latDegrees)}));
}

void LocalFrame::coverPlane(const glm::dvec2& lo, const glm::dvec2& hi) {
  double side = std::max(hi.x - lo.x, hi.y - lo.y);
  planeCount_ = std::max(2, static_cast<int>(std::ceil(side / kPlaneStepMetres)) + 1);
  planeStep_ = side / (planeCount_ - 1);
  planeLo_ = lo;
  plane_.resize(static_cast<size_t>(planeCount_) * static_cast<size_t>(planeCount_));
  for (int j = 0; j < planeCount_; ++j)
    for (int i = 0; i < planeCount_; ++i) {
      auto place = geo::geodeticFromEcef(enu_.toEcef({lo.x + i * planeStep_, lo.y + j * planeStep_, 0}));
      plane_[static_cast<size_t>(j) * static_cast<size_t>(planeCount_) + static_cast<size_t>(i)] = {
          place.lonDegrees, place.latDegrees, place.heightMetres};
    }
}

LocalFrame::Node LocalFrame::nodeAt(double x, double y) const {
  double u = std::clamp((x - planeLo_.x) / planeStep_, -1.0, planeCount_ + 0.0);
  double v = std::clamp((y - planeLo_.y) / planeStep_, -1.0, planeCount_ + 0.0);
  int i = std::clamp(static_cast<int>(u), 0, planeCount_ - 2), j = std::clamp(static_cast<int>(v), 0, planeCount_ - 2);
  u -= i;
  v -= j;
  const Node* a = plane_.data() + static_cast<size_t>(j) * static_cast<size_t>(planeCount_) + static_cast<size_t>(i);
  const Node* b = a + planeCount_;
  auto mix = [&](double Node::*member) {
    return glm::mix(glm::mix(a[0].*member, a[1].*member, u), glm::mix(b[0].*member, b[1].*member, u), v);
  };
  return {mix(&Node::lon), mix(&Node::lat), mix(&Node::height)};
}

double LocalFrame::planeZ(double x, double y, bool withTerrain) const {
  Node node = nodeAt(x, y);
  double height = undulation(node.lon, node.lat) + (withTerrain ? terrain(node.lon, node.lat) : 0);
  // Within a city the plane's normal leans less than 1/100 from the ellipsoid's, so z differs from the height over the plane
  // by less than 5e-5 of it.
  return height - node.height;
}

glm::dvec2 LocalFrame::lonLatAt(double x, double y) const {
  Node node = nodeAt(x, y);
  return {node.lon, node.lat};
}

}  // namespace cm::tiling
