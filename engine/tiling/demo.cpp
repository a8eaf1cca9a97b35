#include "tiling/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "geo/datum.h"
#include "tiling/city_document.h"
#include "tiling/demo_facts.h"
#include "tiling/demo_rail.h"
#include "tiling/demo_schemes.h"
#include "tiling/demo_town.h"
#include "tiling/demo_wild.h"

namespace cm::tiling {
namespace {

using namespace demo;
using Json = nlohmann::ordered_json;

const Text kIllustrative{"示意数据", "Illustrative data"};

//! Six decimals are 0.1 m; more would only make the files longer.
double rounded(double degrees) { return std::round(degrees * 1e6) / 1e6; }

//! Everything that is written beside the tiles: overlays, projects, city.json.
class Writer {
 public:
  Writer(const DemoOptions& options, const Facts& facts, const Land& land)
      : options_(options), facts_(facts), land_(land), geoid_(geo::Geoid::egm96()) {}

  Json place(glm::dvec2 lonLat, double above) const {
    double ground = std::max(0.0, land_.height(planeFrom(lonLat)));
    double height = ground + above + geoid_.undulationMetres(lonLat.x, lonLat.y);
    return {rounded(lonLat.x), rounded(lonLat.y), std::round(height * 10) / 10};
  }
  const std::string& geoid() const { return geoid_.name(); }
  //! Ellipsoidal height of a camera that stands `above` the ground.
  double ellipsoidal(glm::dvec2 lonLat, double above) const { return place(lonLat, above)[2].get<double>(); }

  static Json feature(Json properties, const char* type, Json coordinates) {
    return {{"type", "Feature"},
            {"properties", std::move(properties)},
            {"geometry", {{"type", type}, {"coordinates", std::move(coordinates)}}}};
  }
  Result<void> write(const std::string& uri, Json features, const std::string& source) const {
    Json collection{{"type", "FeatureCollection"},
                    {"illustrative", true},
                    {"note", kIllustrative.zh + " / " + kIllustrative.en},
                    {"source", source},
                    {"features", std::move(features)}};
    return writeFileAtomically(options_.out / uri, collection.dump());
  }
  static Json ring(const std::vector<glm::dvec2>& points) {
    Json out = Json::array();
    for (glm::dvec2 p : points) out.push_back({rounded(p.x), rounded(p.y)});
    if (!points.empty()) out.push_back(out.front());
    return out;
  }

  Result<city::Overlay> metro() const;
  Result<city::Overlay> greenways() const;
  Result<city::Overlay> places() const;
  Result<city::Project> project(const Scheme& scheme, const geo::Geodetic& origin,
                                const TerrainFunction& terrain) const;

 private:
  const DemoOptions& options_;
  const Facts& facts_;
  const Land& land_;
  geo::Geoid geoid_;
};

glm::vec3 colourOf(const std::string& hex) {
  unsigned long value = std::stoul(hex.substr(1), nullptr, 16);
  return glm::vec3((value >> 16) & 255, (value >> 8) & 255, value & 255) / 255.0f;
}

Result<city::Overlay> Writer::metro() const {
  city::Overlay overlay{"metro", city::OverlayKind::Metro, {"地铁", "Metro"}, "overlays/metro.geojson", "metro", {}};
  Json features = Json::array();
  std::vector<const MetroLine*> firstLine(facts_.stations.size(), nullptr);
  std::vector<std::string> linesOf(facts_.stations.size());
  for (const MetroLine& line : facts_.metro) {
    city::OverlayItem item;
    item.id = line.id;
    item.name = line.name;
    item.colour = colourOf(line.colour);
    item.status = line.planned ? city::PlanStatus::UnderConstruction : city::PlanStatus::Existing;
    item.opens = line.opens;
    item.source = line.path.empty() ? "metro" : "rail";
    item.network = line.network;
    item.service = line.service;
    item.story = line.story;
    const std::vector<RailPiece> pieces = railPieces(line, facts_, land_);
    item.lengthKilometres = std::round(lengthMetres(pieces) / 100) / 10;
    for (size_t s : line.stations) {
      if (!firstLine[s] || firstLine[s]->planned) firstLine[s] = &line;
      linesOf[s] += (linesOf[s].empty() ? "" : ",") + line.id;
    }
    for (const RailPiece& piece : pieces) {
      Json path = Json::array();
      for (glm::dvec2 p : piece.lonLat) path.push_back(place(p, 0));
      Json properties{{"item", line.id},
                      {"kind", "line"},
                      {"zh", line.name.zh},
                      {"en", line.name.en},
                      {"colour", line.colour},
                      {"opens", city::toString(line.opens)},
                      {"planned", line.planned},
                      {"structure", piece.structure},
                      {"structureAssumed", line.structureAssumed}};
      if (piece.water && piece.structure == "underground") properties.update({{"water", true}, {"depth", 45}});
      features.push_back(feature(std::move(properties), "LineString", std::move(path)));
    }
    overlay.items.push_back(std::move(item));
  }
  for (size_t s = 0; s < facts_.stations.size(); ++s) {
    const Station& station = facts_.stations[s];
    if (!firstLine[s]) continue;
    features.push_back(feature({{"item", firstLine[s]->id},
                                {"lines", linesOf[s]},
                                {"kind", "station"},
                                {"id", "station-" + station.id},
                                {"zh", station.name.zh},
                                {"en", station.name.en},
                                {"colour", firstLine[s]->colour},
                                {"rank", station.transfer ? 3 : 5},
                                {"transfer", station.transfer},
                                {"opens", city::toString(firstLine[s]->opens)}},
                               "Point", place(station.lonLat, 0)));
  }
  if (auto written = write(overlay.uri, std::move(features), "metro"); !written) return written.error();
  return overlay;
}

Result<city::Overlay> Writer::greenways() const {
  city::Overlay overlay{
      "greenways", city::OverlayKind::Greenway, {"绿道", "Greenways"}, "overlays/greenways.geojson", "greenways", {}};
  Json features = Json::array();
  for (const Greenway& way : facts_.greenways) {
    overlay.items.push_back(way.item);
    for (const auto& line : way.lines) {
      Json path = Json::array();
      for (glm::dvec2 p : line) path.push_back(place(p, 1));
      features.push_back(feature({{"item", way.item.id},
                                  {"kind", "line"},
                                  {"zh", way.item.name.zh},
                                  {"en", way.item.name.en},
                                  {"planned", way.item.status != city::PlanStatus::Existing},
                                  {"width", 9}},
                                 "LineString", std::move(path)));
    }
  }
  if (auto written = write(overlay.uri, std::move(features), "greenways"); !written) return written.error();
  return overlay;
}

Result<city::Overlay> Writer::places() const {
  city::Overlay overlay{"places", city::OverlayKind::Place, {"地名", "Places"}, "overlays/places.geojson", "places",
                        {}};
  Json features = Json::array();
  auto add = [&](const PlaceLabel& p, double above) {
    features.push_back(feature(
        {{"kind", "place"}, {"place", p.kind}, {"id", p.id}, {"zh", p.name.zh}, {"en", p.name.en}, {"rank", p.rank}},
        "Point", place(p.lonLat, above)));
  };
  for (const PlaceLabel& p : facts_.places) add(p, p.kind == "water" ? 0 : 30);
  for (const auto& [label, rings] : facts_.districts) add(label, 60);
  for (const Summit& s : facts_.summits)
    if (s.name.zh.find("浮山") != 0 || s.name.zh == "浮山")
      add({s.id, s.name, "peak", lonLatFrom(s.at), s.height > 250 ? 2 : 4}, 12);
  if (auto written = write(overlay.uri, std::move(features), "places"); !written) return written.error();
  return overlay;
}

Result<city::Project> Writer::project(const Scheme& scheme, const geo::Geodetic& origin,
                                      const TerrainFunction& terrain) const {
  city::Project project = scheme.project;
  Massing massing = massingOf(scheme);
  project.boundary = massing.boundary;
  for (size_t k = 0; k < massing.phases.size() && k < project.phases.size(); ++k) {
    const std::string& phase = project.phases[k].id;
    std::string folder = "projects/" + project.id;
    project.removals.push_back({phase, {}, massing.phases[k].removed});

    BuildOptions build;
    build.out = options_.out / folder;
    build.tilesetName = phase;
    build.memoryBytes = options_.memoryBytes;
    build.jobs = 1;
    build.synthetic = true;
    build.attribution = kIllustrative.zh + " " + kIllustrative.en;
    build.ground = false;
    build.origin = origin;
    Builder builder(build);
    builder.setTerrain(terrain, kIllustrative.en);
    for (Building& b : massing.phases[k].buildings)
      if (auto added = builder.add(std::move(b)); !added) return added.error();
    if (auto built = builder.finish(); !built) return built.error().within("project {}", project.id);

    Json features = Json::array();
    for (const SchemeGround& g : massing.phases[k].ground)
      features.push_back(
          feature({{"class", g.kind}, {"project", project.id}}, "Polygon", Json::array({ring(g.rings.front())})));
    std::string groundUri = fmt::format("{}/{}-ground.geojson", folder, phase);
    if (auto written = write(groundUri, std::move(features), "schemes"); !written) return written.error();
    project.additions.push_back({phase, fmt::format("{}/{}/tileset.json", folder, phase), groundUri});
  }
  // Seen from the south-east, over the shoulder of the scheme.
  double heading = 332, away = 2.3 * std::max(scheme.halfWidth, scheme.halfDepth);
  glm::dvec2 eye = scheme.at - away * glm::dvec2(std::sin(heading * geo::kDegree), std::cos(heading * geo::kDegree));
  glm::dvec2 eyeDegrees = lonLatFrom(eye);
  project.view = {eyeDegrees.x, eyeDegrees.y, ellipsoidal(lonLatFrom(scheme.at), away * 0.62), heading, -31};
  return project;
}

city::SavedView viewFrom(const Writer& writer, const char* id, Text name, glm::dvec2 target, double heading,
                         double away, double pitch) {
  glm::dvec2 eye =
      planeFrom(target) - away * std::cos(-pitch * geo::kDegree) *
                              glm::dvec2(std::sin(heading * geo::kDegree), std::cos(heading * geo::kDegree));
  glm::dvec2 degrees = lonLatFrom(eye);
  double height = writer.ellipsoidal(target, away * std::sin(-pitch * geo::kDegree));
  return {id, std::move(name), {degrees.x, degrees.y, height, heading, pitch}};
}

//! A band of green along a line, a piece for each of its segments; they overlap at the corners.
std::vector<city::Polygon> vergesOf(const std::vector<glm::dvec2>& line, double halfWidth) {
  std::vector<city::Polygon> pieces;
  for (size_t i = 1; i < line.size(); ++i) {
    const glm::dvec2 a = planeFrom(line[i - 1]), b = planeFrom(line[i]);
    const double length = glm::distance(a, b);
    if (length < 0.5) continue;
    const glm::dvec2 way = (b - a) / length, out = way * (halfWidth * 0.4);
    const glm::dvec2 left = glm::dvec2(-way.y, way.x) * halfWidth;
    pieces.push_back({{lonLatFrom(a - out - left), lonLatFrom(b + out - left), lonLatFrom(b + out + left),
                       lonLatFrom(a - out + left)}});
  }
  return pieces;
}

//! Sea, beaches and what covers the hills.
void addLand(const Facts& facts, const Land& land, const AddGround& add) {
  int n = 0;
  for (const Shore& shore : facts.shores) {
    GroundFeature feature;
    feature.id = fmt::format("qd:shore:{}", ++n);
    feature.kind = shore.kind == "sea"    ? GroundClass::Sea
                   : shore.kind == "sand" ? GroundClass::Sand
                                          : GroundClass::Land;
    feature.rings = shore.rings;
    add(std::move(feature));
  }
  coverHills(facts, land, add);
  coverPlain(facts, land, add);
}

//! Mount Lao, east of the square the city stands on, as far as the coast is known: coarse tiles to look at from the city.
Result<BuildReport> buildLaoshan(BuildOptions build, const Facts& facts, const Land& land,
                                 const TerrainFunction& terrain, const Square& city) {
  constexpr double kSide = 25'600, kSouth = -4'200, kEast = 29'700;  // of the coast's facts, which end at 120.72 E
  build.tilesetName = "laoshan";
  build.landscape = Landscape{{{city.hi().x, kSouth}, kSide}, {kEast, 1e9}, kSide / 16};
  Builder builder(build);
  builder.setTerrain(terrain, "summits.json");
  Result<void> outcome;
  addLand(facts, land, [&](GroundFeature feature) {
    if (outcome) outcome = builder.add(std::move(feature));
  });
  if (!outcome) return outcome.error();
  return builder.finish();
}

void addGround(const Facts& facts, const Land& land, Builder& builder, Result<void>& outcome) {
  auto add = [&](GroundFeature feature) {
    if (outcome) outcome = builder.add(std::move(feature));
  };
  addLand(facts, land, add);
  int n = 0;
  for (const Road& road : facts.roads) {
    GroundFeature feature;
    feature.id = road.id;
    feature.name = road.name;
    feature.kind = road.major ? GroundClass::RoadMajor : GroundClass::RoadMinor;
    feature.widthMetres = static_cast<float>(road.width);
    feature.line = road.line;
    add(std::move(feature));
  }
  constexpr double kRampMetres = 250;  // where a line comes out of the ground
  for (const MetroLine& line : facts.metro)
    for (std::vector<glm::dvec2>& open : aboveGround(railPieces(line, facts, land), kRampMetres)) {
      GroundFeature strip;  // paved beneath viaducts, so that no tree grows into them
      strip.id = fmt::format("qd:railway:{}", ++n);
      strip.kind = GroundClass::Path;
      strip.widthMetres = 22;
      strip.line = std::move(open);
      add(std::move(strip));
    }
  constexpr double kVergeHalf = 13;
  constexpr float kGreenwayPath = 12;  // as wide as it is drawn, so that no tree stands on it
  for (const Greenway& way : facts.greenways) {
    if (way.item.status != city::PlanStatus::Existing) continue;
    for (const std::vector<glm::dvec2>& line : way.lines) {
      for (city::Polygon& verge : vergesOf(line, kVergeHalf)) {
        GroundFeature green;
        green.id = fmt::format("qd:greenway:{}", ++n);
        green.kind = GroundClass::Park;
        green.rings = std::move(verge);
        add(std::move(green));
      }
      GroundFeature path;
      path.id = fmt::format("qd:greenway:{}", ++n);
      path.name = way.item.name.zh;
      path.kind = GroundClass::Path;
      path.widthMetres = kGreenwayPath;
      path.line = line;
      add(std::move(path));
    }
  }
  GroundFeature bridge;  // Jiaozhou Bay Bridge, drawn between its two shores
  bridge.id = "qd:bridge:jiaozhou";
  bridge.name = "胶州湾大桥";
  bridge.kind = GroundClass::Motorway;
  bridge.widthMetres = 35;
  bridge.layer = 2;
  bridge.bridge = true;
  bridge.line = {{120.3755, 36.1610}, {120.3600, 36.1650}, {120.3300, 36.1700}, {120.2950, 36.1700},
                 {120.2600, 36.1600}, {120.2300, 36.1450}, {120.2100, 36.1300}};
  add(std::move(bridge));
}

}  // namespace

Result<BuildReport> buildDemo(const DemoOptions& options) {
  auto facts = readFacts(options.facts.empty() ? assetsFolder() / "qingdao" : options.facts);
  if (!facts) return facts.error();
  Land land(*facts);
  Writer writer(options, *facts, land);
  TerrainFunction terrain = [&land](double lon, double lat) { return land.height(planeFrom({lon, lat})); };
  geo::Geodetic origin{kMiddleDegrees.x, kMiddleDegrees.y,
                       geo::Geoid::egm96().undulationMetres(kMiddleDegrees.x, kMiddleDegrees.y)};

  BuildOptions build;
  build.out = options.out;
  build.memoryBytes = options.memoryBytes;
  build.jobs = options.jobs;
  build.progress = options.progress;
  build.synthetic = true;
  build.attribution = kIllustrative.zh + " " + kIllustrative.en + "; GSHHG (LGPL); OpenStreetMap contributors (ODbL)";
  build.origin = origin;
  Builder builder(build);
  builder.setTerrain(terrain, "summits.json");
  Result<void> outcome;
  addGround(*facts, land, builder, outcome);
  layOutTown(
      *facts, land,
      [&](Building b) {
        if (outcome) outcome = builder.add(std::move(b));
      },
      [&](GroundFeature g) {
        if (outcome) outcome = builder.add(std::move(g));
      });
  standStones([&](Building b) {
    if (outcome) outcome = builder.add(std::move(b));
  });
  if (!outcome) return outcome.error();
  auto report = builder.finish();
  if (!report) return report;
  if (auto laoshan = buildLaoshan(build, *facts, land, terrain, report->square); !laoshan)
    return laoshan.error().within("laoshan");

  city::Document city;
  city.id = "qingdao-bay";
  city.name = {"青岛 · 前海湾", "Qingdao Bay"};
  city.description = {
      "内置示意城市：海岸、山体、地铁与地名来自公开资料，建筑、道路、田地与更新项目按规则生成，并非测绘成果。",
      "The built-in city: coast, hills, metro and names are public facts; buildings, streets, fields and schemes are "
      "made by rule and are no survey."};
  city.illustrative = true;
  city.origin = origin;
  city.geoid = writer.geoid();
  city.dataDate = "2026-11";
  city.sources = facts->sources;
  city.tilesets.push_back(
      {"city", {"城市现状（示意）", "The city today (illustrative)"}, "tiles/tileset.json", "zones"});
  city.tilesets.push_back({"laoshan", {"崂山（示意）", "Mount Lao (illustrative)"}, "laoshan/tileset.json", "summits"});
  for (auto make : {&Writer::metro, &Writer::greenways, &Writer::places}) {
    auto overlay = (writer.*make)();
    if (!overlay) return overlay.error();
    city.overlays.push_back(std::move(*overlay));
  }
  for (const Scheme& scheme : facts->schemes) {
    auto project = writer.project(scheme, origin, terrain);
    if (!project) return project.error();
    city.projects.push_back(std::move(*project));
  }
  city.scenarios = {{"today", {"现状", "Today"}, {2026, 11, 1}, false, {}},
                    {"plan", {"规划", "Plan"}, {2035, 12, 31}, true, {}}};
  city.views = {
      viewFrom(writer, "home", {"前海全景", "The front bays"}, {120.3800, 36.0700}, 22, 4400, -16),
      viewFrom(writer, "fushan-bay", {"浮山湾天际线", "Fushan Bay skyline"}, {120.3850, 36.0650}, 338, 2600, -12),
      viewFrom(writer, "old-town", {"红瓦老城", "Red roofs"}, {120.3200, 36.0655}, 35, 1500, -24),
      viewFrom(writer, "port", {"胶州湾东岸", "East bay shore"}, {120.3380, 36.1000}, 118, 4200, -20),
      viewFrom(writer, "laoshan", {"石老人与崂山", "Shilaoren and Laoshan"}, {120.4560, 36.0960}, 52, 3800, -14)};
  city.styles = cityStyles();
  if (auto written = writeFileAtomically(options.out / "city.json", city::writeDocument(city)); !written)
    return written.error();
  return report;
}

}  // namespace cm::tiling
