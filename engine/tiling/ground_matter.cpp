#include "tiling/ground_matter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

constexpr double kCellMetres = 40;
constexpr double kFarthestJunction = 111;   // what a byte of half metres holds
constexpr double kBeforeJunction = 16;
constexpr double kTouchMetres = 1;          // a road that ends this near to another one meets it

double widthOf(const LocalGround& feature) {
  return feature.widthMetres > 0 ? feature.widthMetres : defaultWidthMetres(feature.kind);
}

uint8_t byteOf(double value) { return uint8_t(std::lround(std::clamp(value, 0.0, 255.0))); }

}  // namespace

bool isRoad(GroundClass kind) {
  return kind == GroundClass::RoadMinor || kind == GroundClass::RoadMajor || kind == GroundClass::Motorway ||
         kind == GroundClass::Runway;
}

uint8_t matterKind(GroundClass kind, double halfWidthMetres) {
  int road = 0;
  switch (kind) {
    case GroundClass::Path: road = 0; break;
    case GroundClass::RoadMinor: road = 1; break;
    case GroundClass::RoadMajor: road = 2; break;
    case GroundClass::Motorway: road = 3; break;
    case GroundClass::Runway: road = 4; break;
    default: return uint8_t(1 + int(kind));
  }
  return uint8_t(kFirstRoad + 40 * road + std::clamp(int(std::lround(halfWidthMetres / 0.6)), 0, 39));
}

RoadLines::RoadLines(glm::dvec2 lo, glm::dvec2 hi, std::span<const LocalGround> features)
    : lo_(lo - kCellMetres),
      columns_(int((hi.x - lo.x) / kCellMetres) + 3),
      rows_(int((hi.y - lo.y) / kCellMetres) + 3),
      cells_(size_t(columns_) * size_t(rows_)) {
  for (const LocalGround& feature : features) {
    if (!isRoad(feature.kind) || feature.bridge || feature.tunnel || feature.line.size() < 2) continue;
    const double half = widthOf(feature) / 2;
    double along = 0;
    ofLine_.emplace_back();
    for (size_t i = 0; i + 1 < feature.line.size(); ++i) {
      const Segment segment{feature.line[i], feature.line[i + 1], along, int(lines_.size())};
      along += glm::length(segment.b - segment.a);
      ofLine_.back().push_back(uint32_t(segments_.size()));
      segments_.push_back(segment);
      const glm::dvec2 from = (glm::min(segment.a, segment.b) - half * 1.5 - lo_) / kCellMetres;
      const glm::dvec2 to = (glm::max(segment.a, segment.b) + half * 1.5 - lo_) / kCellMetres;
      for (int r = std::max(0, int(std::floor(from.y))); r <= std::min(rows_ - 1, int(std::floor(to.y))); ++r)
        for (int c = std::max(0, int(std::floor(from.x))); c <= std::min(columns_ - 1, int(std::floor(to.x))); ++c)
          cells_[size_t(r) * size_t(columns_) + size_t(c)].push_back(uint32_t(segments_.size() - 1));
    }
    lines_.push_back({feature.kind, half, along, {}});
  }
  findShared(features);
  findCrossings();
}

// Roads that share a point of their data.
void RoadLines::findShared(std::span<const LocalGround> features) {
  struct Use {
    int line;
    double along, half;
    int ways;   // that lead away from the point
  };
  std::map<std::pair<double, double>, std::vector<Use>> uses;
  int line = 0;
  for (const LocalGround& feature : features) {
    if (!isRoad(feature.kind) || feature.bridge || feature.tunnel || feature.line.size() < 2) continue;
    double along = 0;
    for (size_t i = 0; i < feature.line.size(); ++i) {
      if (i > 0) along += glm::length(feature.line[i] - feature.line[i - 1]);
      const bool end = i == 0 || i + 1 == feature.line.size();
      uses[{feature.line[i].x, feature.line[i].y}].push_back({line, along, widthOf(feature) / 2, end ? 1 : 2});
    }
    ++line;
  }
  for (const auto& [point, met] : uses) {
    int ways = 0;
    for (const Use& use : met) ways += use.ways;
    if (ways < 3) continue;
    for (const Use& use : met) {
      double widest = 0;
      for (const Use& other : met)
        if (&other != &use) widest = std::max(widest, other.half);
      lines_[size_t(use.line)].junctions.push_back({use.along, widest});
    }
  }
}

// Roads that cross, or end at one another, without a common point.
void RoadLines::findCrossings() {
  for (const auto& cell : cells_)
    for (size_t i = 0; i < cell.size(); ++i)
      for (size_t j = i + 1; j < cell.size(); ++j) {
        const Segment &s = segments_[cell[i]], &t = segments_[cell[j]];
        if (s.line == t.line) continue;
        const glm::dvec2 u = s.b - s.a, v = t.b - t.a, w = t.a - s.a;
        const double turn = u.x * v.y - u.y * v.x, ul = glm::length(u), vl = glm::length(v);
        if (std::abs(turn) < 0.17 * ul * vl) continue;   // less than ten degrees: side by side
        const double a = (w.x * v.y - w.y * v.x) / turn * ul, b = (w.x * u.y - w.y * u.x) / turn * vl;
        if (a < -kTouchMetres || b < -kTouchMetres || a > ul + kTouchMetres || b > vl + kTouchMetres) continue;
        Line &one = lines_[size_t(s.line)], &other = lines_[size_t(t.line)];
        const double alongOne = s.along + a, alongOther = t.along + b;
        const auto atEnd = [](const Line& line, double along) { return along < 2 * kTouchMetres || along > line.length - 2 * kTouchMetres; };
        if (atEnd(one, alongOne) && atEnd(other, alongOther)) continue;   // one road goes on as the other, or a shared point
        one.junctions.push_back({alongOne, other.halfWidth});
        other.junctions.push_back({alongOther, one.halfWidth});
      }
}

int RoadLines::nearest(GroundClass kind, glm::dvec2 place) const {
  const glm::ivec2 cell(glm::floor((place - lo_) / kCellMetres));
  if (cell.x < 0 || cell.y < 0 || cell.x >= columns_ || cell.y >= rows_) return -1;
  int best = -1;
  double least = 1.25;   // of half the width: round joints stand out
  for (const uint32_t i : cells_[size_t(cell.y) * size_t(columns_) + size_t(cell.x)]) {
    const Segment& segment = segments_[i];
    const Line& line = lines_[size_t(segment.line)];
    if (line.kind != kind) continue;
    const double share = distanceToSegment(place, segment.a, segment.b) / line.halfWidth;
    if (share < least) least = share, best = segment.line;
  }
  return best;
}

GroundMatter RoadLines::at(int index, glm::dvec2 place) const {
  const Line& line = lines_[size_t(index)];
  double nearest = 1e300, along = 0, across = 0;
  for (const uint32_t i : ofLine_[size_t(index)]) {
    const Segment& s = segments_[i];
    const glm::dvec2 d = s.b - s.a, p = place - s.a;
    const double length = glm::length(d);
    if (length <= 0) continue;
    const double t = std::clamp(glm::dot(p, d) / length, 0.0, length);
    const glm::dvec2 away = p - d * (t / length);
    const double distance = glm::length(away);
    if (distance >= nearest) continue;
    nearest = distance;
    along = s.along + t;
    across = std::copysign(distance, d.x * p.y - d.y * p.x);
  }
  double toMouth = kFarthestJunction;
  for (const Junction& junction : line.junctions) toMouth = std::min(toMouth, std::abs(along - junction.along) - junction.reach);
  const double share = std::clamp(across / line.halfWidth, -1.2, 1.2);
  return {matterKind(line.kind, line.halfWidth), byteOf(128 + 100 * share), byteOf(2 * (toMouth + kBeforeJunction))};
}

Shores::Shores(glm::dvec2 lo, glm::dvec2 hi)
    : lo_(lo - kShoreMetres),
      columns_(int((hi.x - lo.x) / kShoreMetres) + 3),
      rows_(int((hi.y - lo.y) / kShoreMetres) + 3),
      cells_(size_t(columns_) * size_t(rows_)) {}

void Shores::add(glm::dvec2 a, glm::dvec2 b) {
  const glm::ivec2 from(glm::floor((glm::min(a, b) - lo_) / kShoreMetres)), to(glm::floor((glm::max(a, b) - lo_) / kShoreMetres));
  for (int r = std::max(0, from.y); r <= std::min(rows_ - 1, to.y); ++r)
    for (int c = std::max(0, from.x); c <= std::min(columns_ - 1, to.x); ++c)
      cells_[size_t(r) * size_t(columns_) + size_t(c)].push_back({a, b});
}

uint8_t Shores::at(glm::dvec2 place) const {
  const glm::ivec2 cell(glm::floor((place - lo_) / kShoreMetres));
  double nearest = kShoreMetres;
  for (int r = std::max(0, cell.y - 1); r <= std::min(rows_ - 1, cell.y + 1); ++r)
    for (int c = std::max(0, cell.x - 1); c <= std::min(columns_ - 1, cell.x + 1); ++c)
      for (const auto& [a, b] : cells_[size_t(r) * size_t(columns_) + size_t(c)])
        nearest = std::min(nearest, distanceToSegment(place, a, b));
  return byteOf(nearest / kShoreMetres * 255);
}

}  // namespace cm::tiling
