//! The fact files of the built-in city, read once; a local plane for its rules; its terrain. Immutable after reading; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "city/document.h"
#include "tiling/model.h"

namespace cm::tiling::demo {

//! The plane the rules work in: metres east and north of the middle, good to a metre over the city (equirectangular).
inline constexpr glm::dvec2 kMiddleDegrees{120.385, 36.09};
inline constexpr double kMetresPerDegreeLat = 110950.0;
inline constexpr double kMetresPerDegreeLon = 90040.0;   // 111,320 m * cos(36.09°)
inline glm::dvec2 planeFrom(glm::dvec2 lonLat) {
  return {(lonLat.x - kMiddleDegrees.x) * kMetresPerDegreeLon, (lonLat.y - kMiddleDegrees.y) * kMetresPerDegreeLat};
}
inline glm::dvec2 lonLatFrom(glm::dvec2 plane) {
  return {plane.x / kMetresPerDegreeLon + kMiddleDegrees.x, plane.y / kMetresPerDegreeLat + kMiddleDegrees.y};
}

struct Shore {
  std::string kind;              // land, sea, sand
  city::Polygon rings;           // degrees
};

struct Summit {
  std::string id;
  Text name;
  glm::dvec2 at;                 // plane
  double height = 0, radius = 0;
  std::vector<std::vector<glm::dvec3>> ridges;   // of a massif: plane and height along its crests
};

struct Station {
  std::string id;
  Text name;
  glm::dvec2 lonLat;             // WGS84
  bool transfer = false;
};

//! A point of a railway; up to the next one it is built like this.
struct RailPoint {
  glm::dvec2 at;                 // WGS84
  std::string structure;         // elevated, ground, underground
};

struct MetroLine {
  std::string id;
  Text name;
  std::string colour;            // #rrggbb
  city::Date opens;
  bool planned = false;
  std::vector<size_t> stations;  // indices into Facts::stations
  city::Network network = city::Network::Urban;
  city::RailService service;
  bool structureAssumed = true;
  std::vector<std::pair<size_t, size_t>> elevated;   // first and last place in `stations`; the rest is underground
  std::vector<RailPoint> path;   // railways have their own, metro lines run from station to station
  Text story;
};

struct Road {
  std::string id, name;
  bool major = false;
  double width = 0;
  std::vector<glm::dvec2> line;  // degrees
};

enum class Quarter { OldTown, Villa, Dense, Residential, Estate, Towers, SeaFront, Centre, Campus, Industry, Workshops, Port, Waterfront, Village };

struct Zone {
  std::string name;
  glm::dvec2 at;                 // plane
  Quarter quarter = Quarter::Residential;
  double angleRadians = 0;
};

enum class Layout { Rebuild, Renewal, Historic, Waterfront, Innovation };

//! A renewal scheme: what city::Project holds, and how its rules lay it out.
struct Scheme {
  city::Project project;         // without boundary, removals, additions: those follow from the layout
  Layout layout = Layout::Rebuild;
  glm::dvec2 at;                 // plane
  double angleRadians = 0, halfWidth = 0, halfDepth = 0;
};

struct Greenway {
  city::OverlayItem item;
  std::vector<std::vector<glm::dvec2>> lines;   // degrees
};

struct Facts {
  std::vector<Shore> shores;
  std::vector<Summit> summits;
  std::vector<Station> stations;
  std::vector<MetroLine> metro;
  std::vector<Road> roads;
  std::vector<Zone> zones;
  std::vector<Scheme> schemes;
  std::vector<Greenway> greenways;
  std::vector<PlaceLabel> places;
  std::vector<std::pair<PlaceLabel, city::Polygon>> districts;
  std::vector<city::Source> sources;
};

Result<Facts> readFacts(const Path& folder);

//! Smooth noise 0..1 with a period of one.
double valueNoise(glm::dvec2 p);

//! Ground heights and the distance to the shore, from the facts.
class Land {
 public:
  explicit Land(const Facts& facts);
  //! South-western and north-eastern corner of what the coast's facts cover.
  glm::dvec2 lo() const;
  glm::dvec2 hi() const;
  //! Metres to the shore, positive on land.
  double inland(glm::dvec2 plane) const;
  //! Orthometric ground height; below zero in the sea.
  double height(glm::dvec2 plane) const;
  //! Metres of hill above the plain: where it is large nobody builds.
  double hill(glm::dvec2 plane) const;
  double slope(glm::dvec2 plane) const;

 private:
  //! Massifs take long to work out: once, every 40 m.
  struct Massif {
    glm::dvec2 lo{0};
    int columns = 0, rows = 0;
    std::vector<float> heights;
    double at(glm::dvec2 plane) const;
  };
  const Facts& facts_;
  std::vector<float> inland_;
  std::vector<Massif> massifs_;
  int columns_ = 0, rows_ = 0;
};

//! The same numbers on every machine: SplitMix64 (Steele, Lea and Flood 2014) seeded by what is being made.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x632be59bd9b4e019ull) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double lo, double hi) { return lo + (hi - lo) * unit(); }
  int whole(int lo, int hi) { return lo + static_cast<int>(next() % static_cast<uint64_t>(hi - lo + 1)); }
  bool chance(double p) { return unit() < p; }

 private:
  uint64_t state_;
};

}  // namespace cm::tiling::demo
