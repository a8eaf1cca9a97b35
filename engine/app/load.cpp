#include "app/load.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "base/log.h"
#include "source/archive.h"
#include "source/content_frame.h"
#include "source/geojson.h"
#include "source/image.h"
#include "source/tileset.h"

namespace cm::app {
namespace {

constexpr uint32_t kLargestPictureSide = 12288, kCardPictureSide = 1280;
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

void loadPicture(LoadedCity& city, const city::Picture& picture, source::Fetcher& fetcher) {
  if (picture.uri.empty()) return;
  const std::string whole = source::resolveUri(city.address, picture.uri);
  auto bytes = fetcher.read(whole);
  if (!bytes) {
    city.failures.push_back(bytes.error().text());
    return;
  }
  auto image = source::decodeImage(*bytes, kLargestPictureSide);
  if (!image)
    city.failures.push_back(image.error().within("{}", whole).text());
  else
    city.pictures.emplace(picture.of, shrunk(*image, kCardPictureSide));
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
  std::erase_if(city.document.imagery, [&](city::Imagery& imagery) { return refuse(imagery.uri); });
  std::erase_if(city.document.pictures, [&](city::Picture& picture) { return refuse(picture.uri); });
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

source::Image shrunk(const source::Image& image, uint32_t side) {
  const uint32_t longer = std::max(image.width, image.height);
  if (longer <= side || longer == 0) return image;
  static const auto linear = [] {
    std::array<float, 256> table{};
    for (size_t i = 0; i < table.size(); ++i) table[i] = std::pow(float(i) / 255, 2.2f);
    return table;
  }();
  const auto scaled = [&](uint32_t n) { return std::max(1u, uint32_t(uint64_t{n} * side / longer)); };
  source::Image small{.width = scaled(image.width), .height = scaled(image.height)};
  small.rgba.resize(size_t{small.width} * small.height * 4);
  for (uint32_t y = 0; y < small.height; ++y)
    for (uint32_t x = 0; x < small.width; ++x) {
      const auto from = [](uint32_t i, uint32_t n, uint32_t of) { return uint32_t(uint64_t{i} * of / n); };
      const uint32_t x0 = from(x, small.width, image.width),
                     x1 = std::max(x0 + 1, from(x + 1, small.width, image.width)),
                     y0 = from(y, small.height, image.height),
                     y1 = std::max(y0 + 1, from(y + 1, small.height, image.height));
      float sum[4]{};
      for (uint32_t row = y0; row < y1; ++row)
        for (uint32_t column = x0; column < x1; ++column) {
          const uint8_t* pixel = &image.rgba[(size_t{row} * image.width + column) * 4];
          for (int c = 0; c < 3; ++c) sum[c] += linear[pixel[c]];
          sum[3] += float(pixel[3]);
        }
      const float count = float(x1 - x0) * float(y1 - y0);
      uint8_t* out = &small.rgba[(size_t{y} * small.width + x) * 4];
      for (int c = 0; c < 3; ++c) out[c] = uint8_t(std::lround(255 * std::pow(sum[c] / count, 1 / 2.2f)));
      out[3] = uint8_t(std::lround(sum[3] / count));
    }
  return small;
}

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
  for (const city::Picture& picture : city.document.pictures) loadPicture(city, picture, fetcher);
  for (std::string& failure : city.failures) failure = log::withoutSecrets(failure);
  return city;
}

}  // namespace cm::app
