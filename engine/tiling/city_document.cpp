#include "tiling/city_document.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "geo/datum.h"

namespace cm::tiling {
namespace {

double groundAbove(const TerrainFunction& terrain, const glm::dvec2& lonLat) {
  double height = terrain ? terrain(lonLat.x, lonLat.y) : 0;
  return std::isfinite(height) ? height : 0;
}

Result<void> writeLayer(const Path& file, const std::vector<const PlaceLabel*>& places, const std::string& item,
                        const TerrainFunction& terrain) {
  if (places.empty()) return {};
  static const geo::Geoid geoid = geo::Geoid::egm96();
  nlohmann::ordered_json features = nlohmann::ordered_json::array();
  for (const PlaceLabel* place : places) {
    double z = groundAbove(terrain, place->lonLat) + geoid.undulationMetres(place->lonLat.x, place->lonLat.y);
    features.push_back({{"type", "Feature"},
                        {"id", place->id},
                        {"geometry",
                         {{"type", "Point"},
                          {"coordinates",
                           {std::round(place->lonLat.x * 1e7) / 1e7, std::round(place->lonLat.y * 1e7) / 1e7,
                            std::round(z * 100) / 100}}}},
                        {"properties",
                         {{"item", item},
                          {"kind", place->kind},
                          {"zh", place->name.zh},
                          {"en", place->name.en},
                          {"rank", place->rank}}}});
  }
  nlohmann::ordered_json collection{{"type", "FeatureCollection"}, {"features", std::move(features)}};
  return writeFileAtomically(file, collection.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

//! A pose that looks at `target` from `distance` metres, seen from `heading`, `pitch` down.
city::CameraPose lookAt(const geo::Geodetic& target, double distance, double headingDegrees, double pitchDegrees) {
  geo::EnuFrame frame = geo::enuFrameAt(target);
  double heading = headingDegrees * geo::kDegree, pitch = pitchDegrees * geo::kDegree;
  glm::dvec3 towards(std::sin(heading) * std::cos(pitch), std::cos(heading) * std::cos(pitch), std::sin(pitch));
  geo::Geodetic eye = geo::geodeticFromEcef(frame.toEcef(-distance * towards));
  return {eye.lonDegrees, eye.latDegrees, eye.heightMetres, headingDegrees, pitchDegrees};
}

}  // namespace

Result<void> writePlaces(const Path& folder, const std::vector<PlaceLabel>& places, const TerrainFunction& terrain) {
  std::vector<const PlaceLabel*> stations, others;
  for (const auto& place : places) {
    auto& list = place.kind == "station" ? stations : others;
    // A station is often there as a node, as a building and once a platform: one label a name and neighbourhood.
    bool twin = std::any_of(list.begin(), list.end(), [&](const PlaceLabel* other) {
      return other->name == place.name && glm::distance(other->lonLat, place.lonLat) < 0.01;
    });
    if (!twin) list.push_back(&place);
  }
  if (auto written = writeLayer(folder / "overlays" / "places.geojson", others, "places", terrain); !written)
    return written;
  return writeLayer(folder / "overlays" / "stations.geojson", stations, "stations", terrain);
}

Result<void> writeCityDocument(const Path& folder, const CityFacts& facts) {
  city::Document document;
  std::string id = hash64(facts.name.zh + facts.name.en)
                       ? fmt::format("city-{:08x}", hash64(facts.name.zh + "," + facts.name.en) >> 32)
                       : "city";
  document.id = id;
  document.name = facts.name;
  document.origin = facts.build.origin;
  document.geoid = geo::Geoid::egm96().name();
  document.sources = facts.sources;
  std::string source = facts.sources.empty() ? "" : facts.sources.front().id;
  document.tilesets.push_back({"city", {"现状城市", "The city today"}, "tiles/tileset.json", source});
  std::error_code ignored;
  if (std::filesystem::exists(folder / "overlays" / "places.geojson", ignored))
    document.overlays.push_back(
        {"places", city::OverlayKind::Place, {"地名", "Places"}, "overlays/places.geojson", source, {}});
  if (std::filesystem::exists(folder / "overlays" / "stations.geojson", ignored))
    document.overlays.push_back(
        {"stations", city::OverlayKind::Place, {"车站", "Stations"}, "overlays/stations.geojson", source, {}});

  glm::dvec4 box = facts.build.bboxDegrees;
  const auto onGround = [&](const glm::dvec2& at) {
    return geo::Geodetic{at.x, at.y, groundAbove(facts.terrain, at) + geo::Geoid::egm96().undulationMetres(at.x, at.y)};
  };
  const geo::Geodetic middle = onGround({(box.x + box.z) / 2, (box.y + box.w) / 2});
  const geo::Geodetic heart = facts.build.buildings > 0 ? onGround(facts.build.heartLonLat) : middle;
  double size = std::max((box.w - box.y) * 111e3, (box.z - box.x) * 111e3 * std::cos(middle.latDegrees * geo::kDegree));
  document.views.push_back(
      {"home", {"市中心", "City centre"}, lookAt(heart, std::clamp(size * 0.3, 250.0, 2000.0), 330, -20)});
  document.views.push_back({"street", {"近景", "Close"}, lookAt(heart, std::clamp(size * 0.1, 150.0, 600.0), 30, -16)});
  document.views.push_back(
      {"overview", {"全景", "Overview"}, lookAt(middle, std::clamp(size * 0.55, 300.0, 9000.0), 20, -28)});
  document.views.push_back(
      {"above", {"俯视", "From above"}, lookAt(middle, std::clamp(size * 1.1, 500.0, 30000.0), 0, -89)});
  document.styles = cityStyles();
  return writeFileAtomically(folder / "city.json", city::writeDocument(document));
}

}  // namespace cm::tiling
