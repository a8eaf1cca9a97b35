#include "frame/strollers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "frame/drape_shapes.h"
#include "frame/polyline.h"

namespace cm::frame {
namespace {

constexpr double kStepMetres = 4;
constexpr double kWalkerEvery = 24, kCyclistEvery = 90;  // metres of greenway, when most are out
constexpr float kCoarsestTileMetres = 2600;              // whose ground is drawn where people can be seen
constexpr double kPaceMetres = 1.5;                      // of two steps, after which the first comes again
constexpr double kPedalMetres = 4.2;                     // of a turn

//! 0..1, well mixed (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
double chance(uint64_t seed) {
  seed += 0x9e3779b97f4a7c15u;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  return double((seed ^ (seed >> 31)) >> 11) * 0x1p-53;
}

//! Points `step` apart along a line.
std::vector<glm::dvec2> evenly(std::span<const glm::dvec3> line, double step) {
  std::vector<glm::dvec2> points;
  double left = 0;  // until the next
  for (size_t i = 1; i < line.size(); ++i) {
    const glm::dvec2 a(line[i - 1]), b(line[i]);
    const double length = glm::distance(a, b);
    for (; left <= length; left += step) points.push_back(length > 0 ? a + (b - a) * (left / length) : a);
    left -= length;
  }
  return points;
}

//! Where in a triangle seen from above; false where not.
bool within(const glm::vec2& p, const glm::vec2& a, const glm::vec2& b, const glm::vec2& c, glm::vec3& weights) {
  const glm::vec2 ab = b - a, ac = c - a, ap = p - a;
  const float area = ab.x * ac.y - ab.y * ac.x;
  if (std::abs(area) < 1e-6f) return false;  // a skirt
  const float v = (ap.x * ac.y - ap.y * ac.x) / area, w = (ab.x * ap.y - ab.y * ap.x) / area;
  weights = {1 - v - w, v, w};
  return v >= -1e-4f && w >= -1e-4f && v + w <= 1.0001f;
}

}  // namespace

double outdoorShare(double hourOfDay, city::Weather weather) {
  double least = 1;
  switch (weather) {
    case city::Weather::Clear: break;
    case city::Weather::Overcast: least = 0.9; break;
    case city::Weather::Fog: least = 0.6; break;
    case city::Weather::Snow: least = 0.35; break;
    case city::Weather::Rain: least = 0.15; break;
  }
  const auto bell = [&](double hour, double width) {
    const double from = std::abs(std::remainder(hourOfDay - hour, 24.0)) / width;
    return std::exp(-from * from);
  };
  return least * std::min(1.0, 0.06 + 0.9 * bell(7.5, 1.8) + 0.55 * bell(13, 4) + 0.95 * bell(18.5, 2.2));
}

GreenwayGround::GreenwayGround(const city::Document& document, const std::map<std::string, source::VectorLayer>& layers)
    : axes_(geo::enuFrameAt({document.origin.lonDegrees, document.origin.latDegrees, 0})) {
  for (size_t overlay = 0; overlay < document.overlays.size(); ++overlay) {
    const city::Overlay& one = document.overlays[overlay];
    const auto layer = layers.find(one.uri);
    if (one.kind != city::OverlayKind::Greenway || layer == layers.end()) continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.kind != source::GeometryKind::Line) continue;
      const auto item = std::find_if(one.items.begin(), one.items.end(),
                                     [&](const auto& i) { return i.id == feature.property("item"); });
      for (const auto& part : feature.parts) {
        std::vector<glm::dvec3> line;
        for (const glm::dvec3& p : part)
          line.emplace_back(glm::dvec2(axes_.toEnu(geo::ecefFromGeodetic({p.x, p.y, 0}))), 0);
        Path path{.overlay = overlay, .item = item == one.items.end() ? kNoItem : size_t(item - one.items.begin())};
        path.lo = glm::dvec2(std::numeric_limits<double>::max());
        path.hi = -path.lo;
        for (const glm::dvec2& p : evenly(smoothed(line, 25), kStepMetres)) {
          path.places.push_back({.eastNorth = p});
          path.lo = glm::min(path.lo, p);
          path.hi = glm::max(path.hi, p);
        }
        if (path.places.size() > 2) paths_.push_back(std::move(path));
      }
    }
  }
}

void GreenwayGround::add(const source::MeshContent& content) {
  const glm::vec2 size = glm::vec2(content.hi) - glm::vec2(content.lo);
  const float metres = std::max(size.x, size.y);
  if (paths_.empty() || !(metres > 0) || metres > kCoarsestTileMetres) return;
  const glm::dmat4 enuFromContent = axes_.enuFromEcef * content.ecefFromContent;
  const glm::dmat4 contentFromEnu = glm::inverse(enuFromContent);
  const glm::dvec3 middle(enuFromContent * glm::dvec4((glm::dvec3(content.lo) + glm::dvec3(content.hi)) * 0.5, 1));
  struct Asked {
    Place* place;
    glm::vec2 at;
  };
  constexpr int kCells = 48;
  std::array<std::vector<Asked>, size_t(kCells) * kCells> cells;
  const auto cellOf = [&](const glm::vec2& p) {
    return glm::clamp(glm::ivec2((p - glm::vec2(content.lo)) / glm::max(size, glm::vec2(1e-3f)) * float(kCells)),
                      glm::ivec2(0), glm::ivec2(kCells - 1));
  };
  bool any = false;
  for (Path& path : paths_) {
    if (middle.x + metres < path.lo.x || middle.y + metres < path.lo.y || middle.x - metres > path.hi.x ||
        middle.y - metres > path.hi.y)
      continue;
    for (Place& place : path.places) {
      if (place.tileMetres < metres) continue;
      const glm::vec2 at(glm::dvec3(contentFromEnu * glm::dvec4(place.eastNorth, middle.z, 1)));
      if (at.x < content.lo.x || at.y < content.lo.y || at.x > content.hi.x || at.y > content.hi.y) continue;
      const glm::ivec2 cell = cellOf(at);
      cells[size_t(cell.y * kCells + cell.x)].push_back({&place, at});
      any = true;
    }
  }
  if (!any) return;
  const auto take = [&](const Asked& asked, const std::array<const source::Vertex*, 3>& corners) {
    const glm::vec3 &a = corners[0]->position, &b = corners[1]->position, &c = corners[2]->position;
    glm::vec3 weights;
    if (!within(asked.at, glm::vec2(a), glm::vec2(b), glm::vec2(c), weights)) return;
    const glm::vec3 n = glm::cross(b - a, c - a);
    if (std::abs(n.z) < 1e-6f) return;
    const glm::dvec3 here(enuFromContent * glm::dvec4(glm::dvec3(a * weights.x + b * weights.y + c * weights.z), 1));
    if (asked.place->tileMetres == metres && asked.place->up > here.z) return;  // what lies below other ground
    *asked.place = {.eastNorth = asked.place->eastNorth,
                    .up = float(here.z),
                    .slope = -glm::vec2(n) / n.z,
                    .tileMetres = metres,
                    .dry = source::Surface(corners[0]->featureAndSurface >> 24) != source::Surface::Water};
  };
  for (const source::Part& part : content.parts) {
    if (part.topology != source::Topology::Triangles) continue;
    const size_t end = std::min(size_t(part.firstIndex) + part.indexCount, content.indices.size());
    for (size_t i = part.firstIndex; i + 2 < end; i += 3) {
      std::array<const source::Vertex*, 3> corners{};
      bool whole = true;
      for (size_t k = 0; k < 3; ++k) {
        whole = whole && content.indices[i + k] < content.vertices.size();
        if (whole) corners[k] = &content.vertices[content.indices[i + k]];
      }
      if (!whole || !source::isGround(source::Surface(corners[0]->featureAndSurface >> 24))) continue;
      const glm::vec2 a(corners[0]->position), b(corners[1]->position), c(corners[2]->position);
      const glm::ivec2 first = cellOf(glm::min(a, glm::min(b, c))), last = cellOf(glm::max(a, glm::max(b, c)));
      for (int y = first.y; y <= last.y; ++y)
        for (int x = first.x; x <= last.x; ++x)
          for (const Asked& asked : cells[size_t(y * kCells + x)]) take(asked, corners);
    }
  }
}

void GreenwayGround::walk(const Path& path, uint64_t seed, double citySeconds, double share, const glm::dvec3& eye,
                          double reach, std::vector<Stroller>& out) const {
  const double length = double(path.places.size() - 1) * kStepMetres;
  for (const bool cycles : {false, true}) {
    const auto people = uint64_t(length / (cycles ? kCyclistEvery : kWalkerEvery));
    for (uint64_t i = 0; i < people; ++i) {
      const uint64_t own = (seed << 32) + (cycles ? 1u << 24 : 0u) + i * 8;
      if (chance(own) > share) continue;
      const double speed = cycles ? 3.8 + 1.8 * chance(own + 1) : 1.05 + 0.5 * chance(own + 1);
      // To the end and back.
      const double gone = speed * citySeconds, way = std::fmod(chance(own + 2) * 2 * length + gone, 2 * length);
      const bool back = way > length;
      const double along = back ? 2 * length - way : way;
      const auto index = std::min(size_t(along / kStepMetres), path.places.size() - 2);
      const Place &a = path.places[index], &b = path.places[index + 1];
      if (!a.dry || !b.dry) continue;
      const glm::dvec2 span = b.eastNorth - a.eastNorth;
      const double apart = glm::length(span);
      if (apart < 0.5 || apart > 2 * kStepMetres) continue;
      const glm::dvec2 forward = span / (back ? -apart : apart), right(forward.y, -forward.x);
      // Cyclists keep near the middle, walkers beside them, both to the right of their way.
      const double aside = cycles ? 0.5 + 0.5 * chance(own + 3) : 1.5 + 1.5 * chance(own + 3);
      const double t = std::clamp(along / kStepMetres - double(index), 0.0, 1.0);
      const glm::dvec2 off = right * aside, at = glm::mix(a.eastNorth, b.eastNorth, t) + off;
      if (glm::distance(at, glm::dvec2(eye)) > reach) continue;
      const glm::dvec2 slope = glm::mix(glm::dvec2(a.slope), glm::dvec2(b.slope), t);
      const double up = std::lerp(double(a.up), double(b.up), t) + glm::dot(slope, off);
      const double turn = gone / (cycles ? kPedalMetres : kPaceMetres) + chance(own + 4);
      const auto moment = int((turn - std::floor(turn)) * (cycles ? 2 : 4));
      out.push_back({.figure = Figure(int(cycles ? Figure::Pedal0 : Figure::Step0) + moment),
                     .at = {at, up},
                     .forward = forward,
                     .clothes = uint32_t(chance(own + 5) * 4096),
                     .overlay = path.overlay,
                     .item = path.item});
    }
  }
}

std::vector<Stroller> GreenwayGround::strollersAt(const glm::dvec3& eyeEcef, double citySeconds, double reachMetres,
                                                  city::Weather weather) const {
  const glm::dvec3 eye = axes_.toEnu(eyeEcef);
  const double share = outdoorShare(std::fmod(citySeconds / 3600, 24.0), weather);
  std::vector<Stroller> out;
  for (size_t i = 0; i < paths_.size(); ++i) {
    const Path& path = paths_[i];
    const glm::dvec2 near = glm::clamp(glm::dvec2(eye), path.lo, path.hi);
    if (glm::distance(near, glm::dvec2(eye)) <= reachMetres)
      walk(path, i + 1, citySeconds, share, eye, reachMetres, out);
  }
  return out;
}

}  // namespace cm::frame
