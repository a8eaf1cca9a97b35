#include "app/load.h"

#include <filesystem>

#include "base/log.h"
#include "source/archive.h"
#include "source/content_frame.h"
#include "source/geojson.h"
#include "source/tileset.h"

namespace cm::app {
namespace {

constexpr double kLargestModelMetres = 1e6;  // a larger root about the Earth's centre is the Earth

void loadLayer(LoadedCity& city, const std::string& uri, source::Fetcher& fetcher) {
  if (uri.empty() || city.layers.contains(uri)) return;
  std::string whole = source::resolveUri(city.address, uri);
  auto bytes = fetcher.read(whole);
  if (!bytes) {
    city.failures.push_back(bytes.error().text());
    return;
  }
  auto layer = source::parseGeoJson(asText(*bytes), whole);
  if (!layer) {
    city.failures.push_back(layer.error().text());
    return;
  }
  for (const std::string& problem : layer->problems) city.failures.push_back(problem);
  city.layers.emplace(uri, std::move(*layer));
}

//! A bare tileset has no origin of its own: the middle of its root stands in for it.
//! One in local coordinates (a model, a sample) is laid on the equator at the prime meridian, its z up.
Result<void> loadTileset(std::span<const std::byte> json, const std::string& uri, LoadedCity& city) {
  auto tileset = source::parseTileset(json, uri);
  if (!tileset) return tileset.error();
  city.document = city::documentForTileset(uri);
  city::Document& document = city.document;
  geo::BoundingVolume bounds = tileset->tiles.front().bounds;
  if (tileset->focus) bounds = geo::boxOf(*tileset->focus);
  if (!source::isOnEarth(geo::centreOf(bounds)) && geo::radiusOf(bounds) < kLargestModelMetres) {
    city.ecefFromTilesets = geo::enuFrameAt({0, 0, 0}).ecefFromEnu;
    bounds = geo::transformed(bounds, city.ecefFromTilesets);
  }
  document.origin = geo::geodeticFromEcef(geo::centreOf(bounds));
  double radius = geo::radiusOf(bounds);
  city::SavedView home;
  home.id = "home";
  home.name = {"全景", "Overview"};
  double away = radius * 1.5;
  geo::EnuFrame frame = geo::enuFrameAt(document.origin);
  geo::Geodetic eye = geo::geodeticFromEcef(frame.toEcef({0, -away * 0.8, away * 0.6}));
  home.camera = {eye.lonDegrees, eye.latDegrees, eye.heightMetres, 0, -35};
  document.views = {home};
  return {};
}

//! A document from the web, or in an archive, names servers as it likes, but no files of this machine outside it.
void leaveOutLocalFiles(LoadedCity& city) {
  const bool fromWeb = source::isHttp(city.uri);
  auto refuse = [&](std::string& uri) {
    const std::string whole = uri.empty() ? "" : source::resolveUri(city.address, uri);
    if (uri.empty() || source::isHttp(whole) || uri.starts_with("data:")) return false;
    if (!fromWeb && source::mayLead(city.address, whole, {})) return false;
    city.failures.push_back(fmt::format("{}: {} is a file of this machine, and a city {} may not read it",
                                        log::withoutSecrets(city.uri), uri,
                                        fromWeb ? "from the web" : "in an archive"));
    uri.clear();
    return true;
  };
  std::erase_if(city.document.tilesets, [&](city::TilesetRef& tileset) { return refuse(tileset.uri); });
  std::erase_if(city.document.overlays, [&](city::Overlay& overlay) { return refuse(overlay.uri); });
  for (city::Project& project : city.document.projects)
    for (city::Addition& addition : project.additions) {
      refuse(addition.tilesetUri);
      refuse(addition.groundUri);
    }
}

void useCredentials(LoadedCity& city, source::Fetcher& fetcher) {
  std::vector<source::LayerCredentials> layers;
  const auto use = [&](const std::string& uri, const std::string& variable) {
    if (!uri.empty() && !variable.empty()) layers.push_back({source::resolveUri(city.address, uri), variable});
  };
  for (const city::TilesetRef& tileset : city.document.tilesets) use(tileset.uri, tileset.credentials);
  for (const city::Overlay& overlay : city.document.overlays) use(overlay.uri, overlay.credentials);
  for (const city::Project& project : city.document.projects)
    for (const city::Addition& addition : project.additions) {
      use(addition.tilesetUri, addition.credentials);
      use(addition.groundUri, addition.credentials);
    }
  for (std::string& problem : fetcher.setLayerCredentials(std::move(layers)))
    city.problems.push_back({"credentials", std::move(problem)});
}

}  // namespace

Result<LoadedCity> loadCity(const std::string& uri, source::Fetcher& fetcher) {
  LoadedCity city;
  city.uri = uri;
  if (!source::isHttp(uri) && !uri.starts_with("file:")) {
    std::error_code ignored;
    // Absolute, so that a tileset named on the command line is not looked for beside itself.
    Path path = std::filesystem::absolute(uri, ignored);
    city.uri = (std::filesystem::is_directory(path, ignored) ? path / "city.json" : path).string();
  }
  auto entrance = fetcher.entrance(city.uri);
  if (!entrance) return entrance.error();
  city.uri = *entrance;
  auto bytes = fetcher.read(city.uri, &city.address);
  if (!bytes) return bytes.error();
  if (source::isTilesetJson(*bytes)) {
    if (auto loaded = loadTileset(*bytes, city.uri, city); !loaded) return loaded.error();
    return city;
  }
  if (auto plain = source::mustBeNoArchive(*bytes, city.uri); !plain) return plain.error();
  auto parsed = city::parseDocument(asText(*bytes), city.uri);
  if (!parsed) return parsed.error();
  city.document = std::move(parsed->document);
  city.problems = std::move(parsed->problems);
  fetcher.allowOrigins(city.document.allowedOrigins);
  leaveOutLocalFiles(city);
  useCredentials(city, fetcher);
  for (const city::Overlay& overlay : city.document.overlays) loadLayer(city, overlay.uri, fetcher);
  for (const city::Project& project : city.document.projects)
    for (const city::Addition& addition : project.additions) loadLayer(city, addition.groundUri, fetcher);
  for (std::string& failure : city.failures) failure = log::withoutSecrets(failure);
  return city;
}

}  // namespace cm::app
