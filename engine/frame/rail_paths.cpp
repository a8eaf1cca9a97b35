#include "frame/rail_paths.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "frame/drape_shapes.h"
#include "frame/polyline.h"
#include "geo/ellipsoid.h"

namespace cm::frame {
namespace {

constexpr double kStepMetres = 40;
constexpr double kMeetMetres = 1;
constexpr double kViaductMetres = 9, kTunnelMetres = 18, kBallastMetres = 0.9;
constexpr double kRampMetres = 320;       // half of what it takes from a tunnel to a viaduct: 27 m in 640 m
constexpr double kLeastOpenMetres = 0.6;  // of rails in the open above the ground
constexpr size_t kBumpPoints = 6;         // on both sides of a bump, where the rails begin to rise
constexpr double kStationMetres = 300;    // a station this near a line stands on it
constexpr double kGoesOnMetres = 700;     // a line that ends farther than this from a station leaves the city there

double numberIn(const source::VectorFeature& feature, const char* name, double otherwise) {
  const std::string& text = feature.property(name);
  double value = otherwise;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && std::isfinite(value) ? value : otherwise;
}

std::optional<city::Date> opensOf(const source::VectorFeature& feature) {
  const std::string& text = feature.property("opens");
  if (text.empty()) return std::nullopt;
  auto date = city::parseDate(text);
  return date ? std::optional(*date) : std::nullopt;
}

double heightOf(RailStructure structure, const source::VectorFeature& feature) {
  switch (structure) {
    case RailStructure::Elevated: return std::clamp(numberIn(feature, "height", kViaductMetres), 0.0, 100.0);
    case RailStructure::Underground: return -std::clamp(numberIn(feature, "depth", kTunnelMetres), 0.0, 300.0);
    case RailStructure::Ground: return kBallastMetres;
    case RailStructure::Unstated: break;
  }
  return 0;
}

//! A path while its pieces are put together: ground points as given, and how each stretch between two is built.
struct Raw {
  RailPath path;
  std::vector<glm::dvec3> ground;
  struct Stretch {
    RailStructure structure;
    double height;
    double statedDepth;  // 0: the data says none
  };
  std::vector<Stretch> stretches;  // one fewer than `ground`
};

//! The mean of `values` within `reach` metres on both sides of each point, by trapezia.
std::vector<double> meanAlong(const std::vector<RailPoint>& points, const std::vector<double>& values, double reach) {
  std::vector<double> sums(points.size(), 0), means(points.size());
  for (size_t i = 1; i < points.size(); ++i)
    sums[i] = sums[i - 1] + (points[i].alongMetres - points[i - 1].alongMetres) * (values[i] + values[i - 1]) / 2;
  size_t first = 0, last = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    // Near an end the window shrinks on both sides, so that the ends stay where they are.
    const double room = std::min({reach, points[i].alongMetres, points.back().alongMetres - points[i].alongMetres});
    while (points[i].alongMetres - points[first].alongMetres > room + 1e-6) ++first;
    last = std::max(last, i);
    while (last + 1 < points.size() && points[last + 1].alongMetres - points[i].alongMetres <= room + 1e-6) ++last;
    const double width = points[last].alongMetres - points[first].alongMetres;
    means[i] = width > 0 ? (sums[last] - sums[first]) / width : values[i];
  }
  return means;
}

//! Curves the points, and lets the rails climb from one structure to the next and take no notice of every bump of the ground.
void finish(Raw& raw) {
  RailPath& path = raw.path;
  const std::vector<glm::dvec3> curve = smoothed(raw.ground, kStepMetres);
  if (curve.size() < 2) return;
  std::vector<double> heights;
  size_t stretch = 0;
  for (const glm::dvec3& p : curve) {
    RailPoint point{.at = p, .groundMetres = p.z, .structure = raw.stretches[stretch].structure};
    if (!path.points.empty())
      point.alongMetres =
          path.points.back().alongMetres + glm::distance(glm::dvec2(path.points.back().at), glm::dvec2(p));
    point.statedDepth = raw.stretches[stretch].statedDepth;
    heights.push_back(raw.stretches[stretch].height);
    path.points.push_back(point);
    // The curve goes through every point that was given.
    while (stretch + 1 < raw.stretches.size() && glm::distance(p, raw.ground[stretch + 1]) < 0.02) ++stretch;
  }
  path.stated = std::any_of(raw.stretches.begin(), raw.stretches.end(),
                            [](const Raw::Stretch& each) { return each.structure != RailStructure::Unstated; });
  if (!path.stated) return;
  std::vector<double> ground;
  for (const RailPoint& point : path.points) ground.push_back(point.groundMetres);
  heights = meanAlong(path.points, meanAlong(path.points, heights, kRampMetres), kRampMetres / 2);
  ground = meanAlong(path.points, meanAlong(path.points, ground, 240), 120);
  for (size_t i = 0; i < path.points.size(); ++i) path.points[i].at.z = ground[i] + heights[i];
  // What is meant to be in the open does not dive into a bump that the smoothed ground has lost.
  std::vector<double> raised(path.points.size(), 0);
  for (size_t i = 0; i < path.points.size(); ++i) {
    if (heights[i] < kLeastOpenMetres) continue;
    const double missing = kLeastOpenMetres - path.points[i].aboveGround();
    for (size_t k = i >= kBumpPoints ? i - kBumpPoints : 0; k < std::min(i + kBumpPoints + 1, raised.size()); ++k)
      raised[k] = std::max(raised[k], missing);
  }
  raised = meanAlong(path.points, raised, kBumpPoints * kStepMetres / 2);
  for (size_t i = 0; i < path.points.size(); ++i) path.points[i].at.z += raised[i];
}

//! Metres along the path of what is nearest to `place`, on the level; negative where nothing is near.
double nearestAlong(const RailPath& path, const glm::dvec3& place) {
  double best = kStationMetres, along = -1;
  for (size_t i = 1; i < path.points.size(); ++i) {
    const glm::dvec2 a(path.points[i - 1].at), b(path.points[i].at), p(place);
    const double length2 = glm::dot(b - a, b - a);
    const double t = length2 > 0 ? std::clamp(glm::dot(p - a, b - a) / length2, 0.0, 1.0) : 0;
    const double away = glm::distance(p, glm::mix(a, b, t));
    if (away >= best) continue;
    best = away;
    along = std::lerp(path.points[i - 1].alongMetres, path.points[i].alongMetres, t);
  }
  return along;
}

bool namesItem(const source::VectorFeature& feature, const std::string& id) {
  if (feature.property("item") == id) return true;
  const std::string& lines = feature.property("lines");
  for (size_t from = 0; from < lines.size();) {
    const size_t comma = std::min(lines.find(',', from), lines.size());
    if (std::string_view(lines).substr(from, comma - from) == id) return true;
    from = comma + 1;
  }
  return false;
}

void setStops(RailPath& path, const std::vector<glm::dvec3>& stations) {
  const double length = path.lengthMetres();
  std::vector<std::pair<double, bool>> stops;
  for (const glm::dvec3& station : stations)
    if (const double along = nearestAlong(path, station); along >= 0) stops.emplace_back(along, true);
  std::sort(stops.begin(), stops.end());
  if (stops.empty()) return;
  if (stops.front().first > kGoesOnMetres) stops.emplace(stops.begin(), 0, false);
  if (length - stops.back().first > kGoesOnMetres) stops.emplace_back(length, false);
  for (const auto& [along, station] : stops) {
    // A train stands on the line with all of its length.
    const double half = station ? std::min(path.service.trainMetres / 2, length / 2) : 0;
    const double at = std::clamp(along, half, length - half);
    if (!path.stopMetres.empty() && at - path.stopMetres.back() < 1) continue;
    path.stopMetres.push_back(at);
    path.stopIsStation.push_back(station);
  }
}

}  // namespace

RailStructure structureOf(const source::VectorFeature& feature) {
  const std::string& stated = feature.property("structure");
  if (stated == "elevated") return RailStructure::Elevated;
  if (stated == "ground") return RailStructure::Ground;
  if (stated == "underground") return RailStructure::Underground;
  const auto set = [&](const char* name) {
    const std::string& value = feature.property(name);
    return !value.empty() && value != "no" && value != "false" && value != "0";
  };
  if (set("tunnel")) return RailStructure::Underground;
  if (set("bridge")) return RailStructure::Elevated;
  const double layer = numberIn(feature, "layer", 0);
  return layer < 0 ? RailStructure::Underground : layer > 0 ? RailStructure::Elevated : RailStructure::Unstated;
}

std::vector<RailPath> railPaths(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  std::vector<RailPath> paths;
  for (size_t o = 0; o < document.overlays.size(); ++o) {
    const city::Overlay& overlay = document.overlays[o];
    const auto layer = layers.find(overlay.uri);
    if (layer == layers.end() || (overlay.kind != city::OverlayKind::Metro && overlay.kind != city::OverlayKind::Rail))
      continue;
    std::vector<Raw> raws;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.kind != source::GeometryKind::Line || !feature.hasHeights) continue;
      const std::string& named = feature.property("item");
      const auto found =
          std::find_if(overlay.items.begin(), overlay.items.end(), [&](const auto& item) { return item.id == named; });
      RailPath path{.overlay = o, .item = kNoItem, .opens = opensOf(feature), .colour = glm::vec3(0.45f)};
      if (found != overlay.items.end()) {
        path.item = size_t(found - overlay.items.begin());
        path.colour = found->colour;
        path.network = found->network;
        path.service = found->service;
      }
      path.colour = colourFrom(feature.property("colour")).value_or(path.colour);
      const RailStructure structure = structureOf(feature);
      const bool deep = structure == RailStructure::Underground && !feature.property("depth").empty();
      const double depth = deep ? -heightOf(structure, feature) : 0;
      for (const auto& part : feature.parts) {
        std::vector<glm::dvec3> places;
        for (const glm::dvec3& p : part) {
          const glm::dvec3 place = axes.toEnu(geo::ecefFromGeodetic({p.x, p.y, p.z}));
          if (places.empty() || glm::distance(places.back(), place) > 0.05) places.push_back(place);
        }
        if (places.size() < 2) continue;
        const bool follows = !raws.empty() && raws.back().path.item == path.item && path.item != kNoItem &&
                             raws.back().path.opens == path.opens &&
                             glm::distance(raws.back().ground.back(), places.front()) < kMeetMetres;
        if (!follows) raws.push_back({path, {places.front()}, {}});
        Raw& raw = raws.back();
        raw.ground.insert(raw.ground.end(), places.begin() + 1, places.end());
        raw.stretches.resize(raw.ground.size() - 1, {structure, heightOf(structure, feature), depth});
      }
    }
    for (Raw& raw : raws) {
      finish(raw);
      if (raw.path.points.size() < 2) continue;
      std::vector<glm::dvec3> stations;
      if (raw.path.item != kNoItem)
        for (const source::VectorFeature& feature : layer->second.features)
          if (feature.kind == source::GeometryKind::Point && !feature.parts.empty() && !feature.parts[0].empty() &&
              (feature.property("kind") == "station" || feature.property("kind").empty()) &&
              namesItem(feature, overlay.items[raw.path.item].id)) {
            const glm::dvec3& p = feature.parts[0][0];
            stations.push_back(axes.toEnu(geo::ecefFromGeodetic({p.x, p.y, p.z})));
          }
      setStops(raw.path, stations);
      paths.push_back(std::move(raw.path));
    }
  }
  return paths;
}

RailPoint pointAt(const RailPath& path, double metres) {
  const auto after = std::upper_bound(path.points.begin() + 1, path.points.end() - 1, metres,
                                      [](double m, const RailPoint& point) { return m < point.alongMetres; });
  const RailPoint &a = *(after - 1), &b = *after;
  const double t = (metres - a.alongMetres) / std::max(b.alongMetres - a.alongMetres, 1e-9);
  return {glm::mix(a.at, b.at, t), std::lerp(a.groundMetres, b.groundMetres, t), metres,
          t < 1 ? a.structure : b.structure, t < 1 ? a.statedDepth : b.statedDepth};
}

}  // namespace cm::frame
