#include "source/imagery.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "geo/ellipsoid.h"

namespace cm::source {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kMercatorLatDegrees = 85.05112877980659;  // where the square of EPSG:3857 ends
constexpr int kPixels = 256;

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

//! The value of a parameter of the address, whatever the case of its name.
std::optional<std::string_view> parameter(std::string_view uri, std::string_view name) {
  size_t at = uri.find('?');
  while (at != std::string_view::npos && at + 1 <= uri.size()) {
    const size_t end = std::min(uri.find('&', at + 1), uri.size());
    const std::string_view pair = uri.substr(at + 1, end - at - 1);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (equalIgnoringCase(pair.substr(0, equals), name)) return pair.substr(std::min(equals + 1, pair.size()));
    at = end < uri.size() ? end : std::string_view::npos;
  }
  return std::nullopt;
}

//! Percent-encoded (RFC 3986) but for what stands in the names and media types of services.
std::string encoded(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-._~,:/").find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

void addParameter(std::string& uri, std::string_view name, std::string_view value) {
  if (parameter(uri, name)) return;
  if (uri.find('?') == std::string::npos)
    uri += '?';
  else if (uri.back() != '?' && uri.back() != '&')
    uri += '&';
  uri += fmt::format("{}={}", name, value);
}

bool hasPlaceOfTile(std::string_view uri) {
  constexpr std::array<std::string_view, 4> kPlaces{"{z}", "{TileMatrix}", "{bbox}", "{TILEMATRIX}"};
  return std::any_of(kPlaces.begin(), kPlaces.end(),
                     [&](std::string_view place) { return uri.find(place) != std::string_view::npos; });
}

//! Before the numbers are put in, so that the parameters may be templates themselves.
std::string wholeTemplate(const ImageryTemplate& from) {
  std::string uri = from.uri;
  if (from.kind == ImageryKind::Mbtiles) return uri + "/{z}/{x}/{y}";
  if (hasPlaceOfTile(uri)) return uri;
  const std::string format = encoded(!from.format.empty()             ? from.format
                                     : from.kind == ImageryKind::Wmts ? "tiles"
                                                                      : "image/jpeg");
  const bool mercator = from.matrix == TileMatrix::WebMercator;
  if (from.kind == ImageryKind::Wmts) {
    const std::array<std::pair<const char*, std::string>, 10> parameters{{{"SERVICE", "WMTS"},
                                                                          {"REQUEST", "GetTile"},
                                                                          {"VERSION", "1.0.0"},
                                                                          {"LAYER", encoded(from.layer)},
                                                                          {"STYLE", encoded(from.style)},
                                                                          {"TILEMATRIXSET", encoded(from.matrixSet)},
                                                                          {"FORMAT", format},
                                                                          {"TILEMATRIX", "{z}"},
                                                                          {"TILEROW", "{y}"},
                                                                          {"TILECOL", "{x}"}}};
    for (const auto& [name, value] : parameters) addParameter(uri, name, value);
  } else if (from.kind == ImageryKind::Wms) {
    addParameter(uri, "SERVICE", "WMS");
    addParameter(uri, "REQUEST", "GetMap");
    addParameter(uri, "VERSION", "1.3.0");
    addParameter(uri, "LAYERS", encoded(from.layer));
    addParameter(uri, "STYLES", encoded(from.style));
    addParameter(uri, "FORMAT", format);
    // 1.3.0 takes EPSG:4326 as latitude before longitude (6.7.3.3); CRS:84 is the same the usual way round.
    const bool old = parameter(uri, "VERSION").value_or("").starts_with("1.1");
    if (old)
      addParameter(uri, "SRS", mercator ? "EPSG:3857" : "EPSG:4326");
    else
      addParameter(uri, "CRS", mercator ? "EPSG:3857" : "CRS:84");
    addParameter(uri, "BBOX", "{bbox}");
    addParameter(uri, "WIDTH", "{width}");
    addParameter(uri, "HEIGHT", "{height}");
  }
  return uri;
}

std::string boxOf(TileMatrix matrix, const ImageryTile& tile) {
  const DegreeRectangle r = rectangleOf(matrix, tile);
  if (matrix == TileMatrix::Geographic) return fmt::format("{},{},{},{}", r.west, r.south, r.east, r.north);
  const double around = 2 * kPi * geo::kSemiMajorMetres, step = around / double(tileCounts(matrix, tile.level).x);
  const double left = -around / 2 + tile.x * step, top = around / 2 - tile.y * step;
  return fmt::format("{:.12g},{:.12g},{:.12g},{:.12g}", left, top - step, left + step, top);
}

}  // namespace

glm::uvec2 tileCounts(TileMatrix matrix, int level) {
  const uint32_t rows = 1u << std::clamp(level, 0, kMaxImageryLevel);
  return {matrix == TileMatrix::Geographic ? 2 * rows : rows, rows};
}

glm::dvec2 matrixPlace(TileMatrix matrix, glm::dvec2 lonLatDegrees) {
  const double x = std::clamp((lonLatDegrees.x + 180) / 360, 0.0, 1.0);
  if (matrix == TileMatrix::Geographic) return {x, std::clamp((90 - lonLatDegrees.y) / 180, 0.0, 1.0)};
  const double lat = std::clamp(lonLatDegrees.y, -kMercatorLatDegrees, kMercatorLatDegrees) * geo::kDegree;
  return {x, std::clamp(0.5 - std::asinh(std::tan(lat)) / (2 * kPi), 0.0, 1.0)};
}

glm::dvec2 lonLatOfPlace(TileMatrix matrix, glm::dvec2 place) {
  const double lon = place.x * 360 - 180;
  if (matrix == TileMatrix::Geographic) return {lon, 90 - place.y * 180};
  return {lon, std::atan(std::sinh(kPi * (1 - 2 * place.y))) / geo::kDegree};
}

DegreeRectangle rectangleOf(TileMatrix matrix, const ImageryTile& tile) {
  const glm::dvec2 counts(tileCounts(matrix, tile.level)), at(tile.x, tile.y);
  const glm::dvec2 northWest = lonLatOfPlace(matrix, at / counts),
                   southEast = lonLatOfPlace(matrix, (at + 1.0) / counts);
  return {northWest.x, southEast.y, southEast.x, northWest.y};
}

ImageryTile ancestorOf(const ImageryTile& tile, int level) {
  const int up = std::clamp(tile.level - level, 0, 31);
  return {tile.level - up, tile.x >> up, tile.y >> up};
}

double metresPerPixel(TileMatrix matrix, int level, double latDegrees) {
  const double around = 2 * kPi * geo::kSemiMajorMetres;
  const double shrink = matrix == TileMatrix::WebMercator ? std::cos(latDegrees * geo::kDegree) : 1;
  return around * shrink / (double(tileCounts(matrix, level).x) * kPixels);
}

std::string imageryUri(const ImageryTemplate& from, const ImageryTile& tile) {
  const std::string pattern = wholeTemplate(from);
  const uint32_t fromSouth = tileCounts(from.matrix, tile.level).y - 1 - tile.y;
  const auto level = std::to_string(tile.level + from.levelOffset);
  const auto valueOf = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "z" || equalIgnoringCase(name, "TileMatrix")) return level;
    if (name == "x" || equalIgnoringCase(name, "TileCol")) return std::to_string(tile.x);
    if (name == "y") return std::to_string(from.kind == ImageryKind::Tms ? fromSouth : tile.y);
    if (equalIgnoringCase(name, "TileRow")) return std::to_string(tile.y);
    if (name == "-y") return std::to_string(fromSouth);
    if (name == "s")
      return from.subdomains.empty() ? std::string{} : from.subdomains[(tile.x + tile.y) % from.subdomains.size()];
    if (name == "key") return from.key;
    if (equalIgnoringCase(name, "TileMatrixSet")) return from.matrixSet;
    if (equalIgnoringCase(name, "Layer")) return from.layer;
    if (equalIgnoringCase(name, "Style")) return from.style;
    if (equalIgnoringCase(name, "bbox")) return boxOf(from.matrix, tile);
    if (equalIgnoringCase(name, "width") || equalIgnoringCase(name, "height")) return std::to_string(kPixels);
    return std::nullopt;
  };
  std::string uri;
  for (size_t at = 0; at < pattern.size();) {
    const size_t open = std::min(pattern.find('{', at), pattern.size()), close = pattern.find('}', open);
    uri.append(pattern, at, open - at);
    if (close == std::string::npos) return uri.append(pattern, open);
    const auto value = valueOf(std::string_view(pattern).substr(open + 1, close - open - 1));
    if (value)
      uri += *value;
    else
      uri.append(pattern, open, close + 1 - open);
    at = close + 1;
  }
  return uri;
}

}  // namespace cm::source
