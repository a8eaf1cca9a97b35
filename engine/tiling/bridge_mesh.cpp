#include <algorithm>
#include <cmath>

#include "tiling/building_mesh.h"
#include "tiling/geometry.h"
#include "tiling/ground_matter.h"

namespace cm::tiling {
namespace {

constexpr double kLayerMetres = 5.5;  // clearance of one OSM layer: a road's 4.5 m and the deck
constexpr double kRampMetres = 40, kSteepest = 0.12;
constexpr double kStationMetres = 8;  // between cross sections on ramps
constexpr double kPierSpacing = 35, kPierLeastHeight = 3.5;

struct Station {
  glm::dvec2 at{0}, left{0};  // left: unit, across, lengthened at bends
  double along = 0, z = 0, ground = 0;
};

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

std::vector<Station> stationsOf(const std::vector<glm::dvec2>& line) {
  std::vector<Station> stations;
  double along = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (i > 0) {
      const double length = glm::length(line[i] - line[i - 1]);
      if (length < 0.01) continue;
      const int parts = std::max(1, static_cast<int>(std::ceil(length / kStationMetres)));
      const Station from = stations.back();
      for (int k = 1; k < parts; ++k)
        stations.push_back({glm::mix(from.at, line[i], double(k) / parts), {}, from.along + length * k / parts, 0, 0});
      along += length;
    }
    stations.push_back({line[i], {}, along, 0, 0});
  }
  const size_t n = stations.size();
  for (size_t i = 0; i < n && n > 1; ++i) {
    const glm::dvec2 before = i > 0 ? glm::normalize(stations[i].at - stations[i - 1].at) : glm::dvec2(0);
    const glm::dvec2 after = i + 1 < n ? glm::normalize(stations[i + 1].at - stations[i].at) : glm::dvec2(0);
    const glm::dvec2 sum = before + after;
    const glm::dvec2 forward = glm::dot(sum, sum) > 1e-6 ? glm::normalize(sum) : (i > 0 ? before : after);
    const double mitre = i > 0 && i + 1 < n ? std::max(0.5, glm::dot(forward, after)) : 1;
    stations[i].left = glm::dvec2(-forward.y, forward.x) / mitre;
  }
  return stations;
}

void raiseStations(std::vector<Station>& stations, const LocalGround& bridge, const HeightFunction& terrainZ) {
  for (Station& s : stations) s.ground = terrainZ(s.at.x, s.at.y);
  const double length = stations.back().along;
  const double wanted = kLayerMetres * std::max<int>(bridge.layer, 1);
  const int ramps = int(bridge.rampAtStart) + int(bridge.rampAtEnd);
  const double ramp = ramps ? std::min(std::max(kRampMetres, wanted / (0.6 * kSteepest)), length / ramps) : 0;
  const double lift = ramps ? std::min(wanted, ramp * kSteepest) : wanted;
  const double z0 = stations.front().ground, z1 = stations.back().ground;
  for (Station& s : stations) {
    double rise = lift;
    if (bridge.rampAtStart) rise = std::min(rise, lift * smooth(s.along / ramp));
    if (bridge.rampAtEnd) rise = std::min(rise, lift * smooth((length - s.along) / ramp));
    // From bank to bank in a straight line; over a hill between, on top of it.
    s.z = std::max(glm::mix(z0, z1, s.along / length) + rise, s.ground + 0.15);
  }
}

std::vector<Station> raisedStations(const LocalGround& bridge, const HeightFunction& terrainZ) {
  if (bridge.line.size() < 2) return {};
  std::vector<Station> stations = stationsOf(bridge.line);
  if (stations.size() < 2) return {};
  raiseStations(stations, bridge, terrainZ);
  return stations;
}

double widthOf(const LocalGround& bridge) {
  return bridge.widthMetres > 0 ? bridge.widthMetres : defaultWidthMetres(bridge.kind);
}

// Leaves out stations (Douglas-Peucker) whose two edges of the deck stay within the tolerance of the chords that replace them.
// Edges are compared at the same share of the way, so what lies between them stays within it too. Returns the greatest distance.
double thinOut(std::vector<Station>& stations, double half, double tolerance) {
  auto edge = [&](const Station& s, double side) { return glm::dvec3(s.at + s.left * (side * half), s.z); };
  std::vector<bool> keep(stations.size(), false);
  keep.front() = keep.back() = true;
  std::vector<std::pair<size_t, size_t>> work{{0, stations.size() - 1}};
  double error = 0;
  while (!work.empty()) {
    const auto [first, last] = work.back();
    work.pop_back();
    const Station &a = stations[first], &b = stations[last];
    double farthest = 0;
    size_t at = first;
    for (size_t i = first + 1; i < last; ++i) {
      const double t = (stations[i].along - a.along) / (b.along - a.along);
      double away = 0;
      for (double side : {-1.0, 1.0})
        away = std::max(away, glm::length(edge(stations[i], side) - glm::mix(edge(a, side), edge(b, side), t)));
      if (away > farthest) farthest = away, at = i;
    }
    if (farthest > tolerance) {
      keep[at] = true;
      work.push_back({first, at});
      work.push_back({at, last});
    } else {
      error = std::max(error, farthest);
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < stations.size(); ++i)
    if (keep[i]) stations[kept++] = stations[i];
  stations.resize(kept);
  return error;
}

}  // namespace

double bridgeRise(const LocalGround& bridge, const HeightFunction& terrainZ) {
  double rise = 0;
  for (const Station& s : raisedStations(bridge, terrainZ)) rise = std::max(rise, s.z - s.ground);
  return rise + 1;  // piers stand a metre deep
}

double appendBridge(TileMesh& tile, const glm::dvec3& centre, const LocalGround& bridge, const HeightFunction& terrainZ,
                    const BridgeLod& lod) {
  const std::vector<Station> whole = raisedStations(bridge, terrainZ);
  if (whole.empty()) return 0;
  const bool coarse = lod.simplifyMetres > 0;
  const double width = widthOf(bridge), half = width / 2 + 0.4, thickness = std::clamp(width * 0.07, 0.5, 1.4);
  std::vector<Station> stations = whole;
  // An underside left out is as far away as the deck is thick.
  double error = coarse ? thinOut(stations, half, lod.simplifyMetres) + thickness : 0;
  const glm::dvec2 origin = stations.front().at;
  const Colour deckColour = groundColour(bridge.kind), concrete = linearColour({0.66f, 0.645f, 0.615f});
  // Both exist before references are taken: making one may move the other.
  surfaceOf(tile, surfaceOf(bridge.kind));
  surfaceOf(tile, source::Surface::Structure);
  MeshWriter deck{surfaceOf(tile, surfaceOf(bridge.kind)), glm::dvec3(origin, 0) - centre, bridge.feature};
  deck.matter = {matterKind(bridge.kind, width / 2), 0, 0};
  MeshWriter body{surfaceOf(tile, source::Surface::Structure), glm::dvec3(origin, 0) - centre, bridge.feature};

  auto corner = [&](const Station& s, double side, double z) {
    return glm::dvec3(s.at - origin + s.left * (side * half), z);
  };
  for (size_t i = 0; i + 1 < stations.size(); ++i) {
    const Station &a = stations[i], &b = stations[i + 1];
    const glm::dvec3 al = corner(a, 1, a.z), ar = corner(a, -1, a.z), bl = corner(b, 1, b.z), br = corner(b, -1, b.z);
    const glm::vec3 up(glm::normalize(glm::cross(br - ar, al - ar)));
    deck.quad(ar, br, bl, al, up, deckColour);
    if (!coarse && isRoad(bridge.kind))
      for (size_t k = 0; k < 4; ++k)
        deck.mesh.matter[deck.mesh.matter.size() - 4 + k] = {deck.matter[0], uint8_t(k < 2 ? 28 : 228), kOnBridge};
    const glm::dvec3 down(0, 0, -thickness);
    const glm::dvec2 d = glm::normalize(b.at - a.at);
    body.quad(ar + down, br + down, br, ar, glm::vec3(d.y, -d.x, 0), concrete);
    body.quad(bl + down, al + down, al, bl, glm::vec3(-d.y, d.x, 0), concrete);
    if (!coarse) body.quad(al + down, bl + down, br + down, ar + down, {0, 0, -1}, concrete);
  }
  for (bool end : {false, true}) {
    const Station& s = end ? stations.back() : stations.front();
    const glm::dvec2 out = glm::dvec2(s.left.y, -s.left.x) * (end ? 1.0 : -1.0);
    const glm::dvec3 l = corner(s, end ? 1 : -1, s.z), r = corner(s, end ? -1 : 1, s.z), down(0, 0, -thickness);
    body.quad(r + down, l + down, l, r, glm::vec3(out, 0), concrete);
  }
  const double length = whole.back().along;
  if (length < 1.5 * kPierSpacing) return error;
  const int spans = static_cast<int>(std::ceil(length / kPierSpacing));
  for (int k = 1; k < spans; ++k) {
    const double at = length * k / spans;
    const Station& s = *std::min_element(whole.begin(), whole.end(), [&](const Station& a, const Station& b) {
      return std::abs(a.along - at) < std::abs(b.along - at);
    });
    if (s.z - thickness - s.ground < kPierLeastHeight) continue;
    if (s.z - s.ground + 1 <= lod.pierMetres) {
      error = std::max(error, s.z - s.ground + 1);
      continue;
    }
    const glm::dvec2 across = glm::normalize(s.left), forward(across.y, -across.x);
    const glm::dvec2 u = forward * 0.7, v = across * std::max(0.7, half * 0.5), p = s.at - origin;
    const std::array<glm::dvec2, 4> corners{p - u - v, p + u - v, p + u + v, p - u + v};
    for (size_t i = 0; i < 4; ++i) {
      const glm::dvec2 a = corners[i], b = corners[(i + 1) % 4], d = glm::normalize(b - a);
      body.quad({a, s.ground - 1}, {b, s.ground - 1}, {b, s.z - thickness}, {a, s.z - thickness},
                glm::vec3(d.y, -d.x, 0), concrete);
    }
  }
  return error;
}

}  // namespace cm::tiling
