//! layer.json: its tiles are computed, one step down at a time.
#include <algorithm>
#include <cmath>

#include "geo/ellipsoid.h"
#include "source/fetch.h"
#include "source/terrain.h"

namespace cm::source {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr size_t kMostTilesAtOnce = 4096;  // without content, above the first that have one
constexpr double kLowestMetres = -12000,
                 kHighestMetres = 9000;  // Challenger Deep, Everest; in heights above the ellipsoid
constexpr double kWholeEarthError =
    4 * geo::kSemiMajorMetres;  // of tiles without content: there is no standing at them

uint32_t columnsAt(bool mercator, uint32_t level) { return uint32_t{1} << (mercator ? level : level + 1); }
uint32_t rowsAt(uint32_t level) { return uint32_t{1} << level; }

double latitudeOfRow(bool mercator, uint32_t level, uint32_t row) {
  const double share = static_cast<double>(row) / rowsAt(level);
  return mercator ? std::atan(std::sinh(kPi * (2 * share - 1))) : kPi * (share - 0.5);
}

geo::Region withHeights(geo::Region region, double low, double high) {
  region.minHeight = low;
  region.maxHeight = high;
  return region;
}

TileDescription describe(const TerrainRef& ref, double low, double high) {
  TileDescription tile;
  tile.bounds = withHeights(terrainRectangle(*ref.layer, ref.level, ref.x, ref.y), low, high);
  // CesiumJS draws terrain to an error of 2 pixels (Globe.maximumScreenSpaceError), this engine all it has to 8.
  constexpr double kFinerThanOthers = 4;
  tile.geometricError = kFinerThanOthers * terrainErrorMetres(*ref.layer, ref.level);
  tile.contentUris = {terrainUri(ref)};
  tile.terrain = ref;
  return tile;
}

//! The ranges of all levels, where the layer only says how deep it goes and between which degrees.
std::vector<std::vector<TileRange>> rangesWithin(const geo::Region& bounds, bool mercator, uint32_t first,
                                                 uint32_t last) {
  std::vector<std::vector<TileRange>> levels(last + 1);
  for (uint32_t level = first; level <= last; ++level) {
    const uint32_t columns = columnsAt(mercator, level), rows = rowsAt(level);
    const auto column = [&](double longitude, bool end) {
      const double at = (longitude + kPi) / (2 * kPi) * columns;
      return static_cast<uint32_t>(std::clamp(end ? std::ceil(at) - 1 : std::floor(at), 0.0, columns - 1.0));
    };
    const auto row = [&](double latitude, bool end) {
      const double share = mercator ? (std::asinh(std::tan(latitude)) / kPi + 1) / 2 : latitude / kPi + 0.5;
      const double at = share * rows;
      return static_cast<uint32_t>(std::clamp(end ? std::ceil(at) - 1 : std::floor(at), 0.0, rows - 1.0));
    };
    const TileRange range{column(bounds.west, false), row(bounds.south, false), column(bounds.east, true),
                          row(bounds.north, true)};
    levels[level] = {
        {range.startX, range.startY, std::max(range.startX, range.endX), std::max(range.startY, range.endY)}};
  }
  return levels;
}

//! Some tile far enough below is available.
bool leadsToSome(const TerrainAvailability& available, uint32_t level, uint32_t x, uint32_t y) {
  for (size_t deeper = level + 1; deeper < available.levels.size(); ++deeper) {
    const uint64_t n = uint64_t{1} << (deeper - level), west = x * n, south = y * n;
    for (const TileRange& range : available.levels[deeper])
      if (range.startX < west + n && range.endX >= west && range.startY < south + n && range.endY >= south) return true;
  }
  return false;
}

//! The tiles of `tileset` from its empty root to the first with content.
class Roots {
 public:
  Roots(Tileset& tileset, std::shared_ptr<const TerrainLayer> layer, std::shared_ptr<const TerrainAvailability> there)
      : tileset_(tileset), layer_(std::move(layer)), available_(std::move(there)) {}

  void grow(uint32_t parent, uint32_t level, uint32_t x, uint32_t y) {
    const bool there = isAvailable(*available_, level, x, y);
    if (!there && !leadsToSome(*available_, level, x, y)) return;
    if (tileset_.tiles.size() >= kMostTilesAtOnce) {
      leftOut_ = true;
      return;
    }
    const auto index = static_cast<uint32_t>(tileset_.tiles.size());
    TileDescription tile = describe({layer_, available_, level, x, y, false}, kLowestMetres, kHighestMetres);
    if (!there) {
      tile.terrain.reset();
      tile.contentUris.clear();
      tile.geometricError = kWholeEarthError;
    }
    tileset_.tiles.push_back(std::move(tile));
    tileset_.tiles[parent].children.push_back(index);
    if (there) return;
    for (uint32_t quarter = 0; quarter < 4; ++quarter)
      grow(index, level + 1, 2 * x + (quarter & 1), 2 * y + (quarter >> 1));
  }
  bool leftOut() const { return leftOut_; }

 private:
  Tileset& tileset_;
  std::shared_ptr<const TerrainLayer> layer_;
  std::shared_ptr<const TerrainAvailability> available_;
  bool leftOut_ = false;
};

//! What the layer is about: its own word for it, else where its finest tiles are.
std::optional<geo::Region> focusOf(const TerrainLayer& layer, const TerrainAvailability& available,
                                   const std::optional<geo::Region>& bounds) {
  if (bounds) return bounds;
  for (size_t level = available.levels.size(); level-- > 0;) {
    const auto& ranges = available.levels[level];
    if (ranges.empty()) continue;
    TileRange all = ranges.front();
    for (const TileRange& range : ranges)
      all = {std::min(all.startX, range.startX), std::min(all.startY, range.startY), std::max(all.endX, range.endX),
             std::max(all.endY, range.endY)};
    const auto depth = static_cast<uint32_t>(level);
    geo::Region focus = terrainRectangle(layer, depth, all.startX, all.startY);
    const geo::Region last = terrainRectangle(layer, depth, all.endX, all.endY);
    focus.east = last.east;
    focus.north = last.north;
    return focus;
  }
  return {};
}

Result<TerrainLayer> readLayer(const Json& json, const std::string& uri) {
  TerrainLayer layer;
  layer.uri = uri;
  layer.version = json["version"].text();
  const std::string format = json["format"].text();
  if (!format.starts_with("quantized-mesh-1."))
    return makeError("format: found \"{}\", expected quantized-mesh-1.0", format);
  const std::string projection = json["projection"].present() ? json["projection"].text() : "EPSG:4326";
  layer.mercator = projection == "EPSG:3857";
  if (!layer.mercator && projection != "EPSG:4326")
    return makeError("projection: found \"{}\", expected EPSG:4326 or EPSG:3857", projection);
  const std::string scheme = json["scheme"].present() ? json["scheme"].text() : "tms";
  layer.rowsFromNorth = scheme == "slippyMap";
  if (!layer.rowsFromNorth && !scheme.starts_with("tms"))
    return makeError("scheme: found \"{}\", expected tms or slippyMap", scheme);
  for (const Json& pattern : json["tiles"].items())
    if (const auto text = pattern.string(); text && !text->empty()) layer.tiles.emplace_back(*text);
  if (layer.tiles.empty()) return makeError("tiles: found no template, expected {{z}}/{{x}}/{{y}}.terrain or the like");
  return layer;
}

std::optional<geo::Region> boundsOf(const Json& json) {
  const auto n = json.numbers();
  if (n.size() != 4 || !(n[0] < n[2] && n[1] < n[3] && n[0] >= -180 && n[2] <= 180 && n[1] >= -90 && n[3] <= 90))
    return {};
  return geo::Region{n[0] * geo::kDegree, n[1] * geo::kDegree, n[2] * geo::kDegree, n[3] * geo::kDegree, 0, 0};
}

}  // namespace

bool isTerrainLayer(const Json& json) {
  const std::string format = json["format"].text();
  return json["tiles"].isArray() && (format.starts_with("quantized-mesh") || format.starts_with("heightmap"));
}

std::vector<std::vector<TileRange>> readRanges(const std::vector<Json>& levels, bool mercator, uint32_t firstLevel) {
  std::vector<std::vector<TileRange>> out;
  for (size_t i = 0; i < levels.size() && firstLevel + i <= kDeepestTerrainLevel; ++i) {
    const auto level = static_cast<uint32_t>(firstLevel + i);
    const uint64_t lastX = columnsAt(mercator, level) - 1, lastY = rowsAt(level) - 1;
    std::vector<TileRange>& ranges = out.emplace_back();
    for (const Json& one : levels[i].items()) {
      const auto startX = one["startX"].whole(), startY = one["startY"].whole(), endX = one["endX"].whole(),
                 endY = one["endY"].whole();
      if (!startX || !startY || !endX || !endY || *startX > *endX || *startY > *endY || *startX > lastX ||
          *startY > lastY)
        continue;
      ranges.push_back({static_cast<uint32_t>(*startX), static_cast<uint32_t>(*startY),
                        static_cast<uint32_t>(std::min(*endX, lastX)), static_cast<uint32_t>(std::min(*endY, lastY))});
    }
  }
  return out;
}

bool isAvailable(const TerrainAvailability& available, uint32_t level, uint32_t x, uint32_t y) {
  for (const TerrainAvailability* at = &available; at; at = at->also.get()) {
    if (level < at->firstLevel || level - at->firstLevel >= at->levels.size()) continue;
    for (const TileRange& range : at->levels[level - at->firstLevel])
      if (x >= range.startX && x <= range.endX && y >= range.startY && y <= range.endY) return true;
  }
  return false;
}

geo::Region terrainRectangle(const TerrainLayer& layer, uint32_t level, uint32_t x, uint32_t y) {
  const double width = 2 * kPi / columnsAt(layer.mercator, level);
  return {-kPi + x * width,
          latitudeOfRow(layer.mercator, level, y),
          -kPi + (x + 1.0) * width,
          latitudeOfRow(layer.mercator, level, y + 1),
          0,
          0};
}

double terrainErrorMetres(const TerrainLayer& layer, uint32_t level) {
  // CesiumJS, TerrainProvider.getEstimatedLevelZeroGeometricErrorForAHeightmap: a quarter of the distance between the samples of a
  // grid 65 wide at the equator. Half of it a level.
  constexpr double kHeightmapTerrainQuality = 0.25, kGridWidth = 65;
  const double share = 2 * kPi * geo::kSemiMajorMetres / columnsAt(layer.mercator, 0);
  return std::ldexp(share * kHeightmapTerrainQuality / kGridWidth, -static_cast<int>(level));
}

std::string terrainUri(const TerrainRef& ref) {
  const TerrainLayer& layer = *ref.layer;
  const uint32_t up = ref.cut ? 1 : 0, level = ref.level - up, x = ref.x >> up, y = ref.y >> up;
  const uint32_t northY = rowsAt(level) - 1 - y;
  const std::pair<std::string_view, std::string> values[] = {
      {"{z}", std::to_string(level)},
      {"{x}", std::to_string(x)},
      {"{y}", std::to_string(layer.rowsFromNorth ? northY : y)},
      {"{reverseY}", std::to_string(layer.rowsFromNorth ? y : northY)},
      {"{version}", layer.version}};
  // Always the same template for the same tile: its answer is kept by address.
  std::string_view pattern = layer.tiles[(size_t{level} + x + y) % layer.tiles.size()];
  std::string out;
  while (!pattern.empty()) {
    const auto* found = std::find_if(std::begin(values), std::end(values),
                                     [&](const auto& value) { return pattern.starts_with(value.first); });
    if (found == std::end(values)) {
      out += pattern.front();
      pattern.remove_prefix(1);
    } else {
      out += found->second;
      pattern.remove_prefix(found->first.size());
    }
  }
  return resolveUri(layer.uri, out);
}

std::vector<TileDescription> terrainChildren(const TerrainRef& ref, const geo::Region& known) {
  if (ref.cut || ref.level >= kDeepestTerrainLevel) return {};
  std::array<TerrainRef, 4> below;
  bool any = false;
  for (uint32_t quarter = 0; quarter < 4; ++quarter) {
    below[quarter] = {ref.layer, ref.available, ref.level + 1, 2 * ref.x + (quarter & 1), 2 * ref.y + (quarter >> 1)};
    below[quarter].cut = !isAvailable(*ref.available, below[quarter].level, below[quarter].x, below[quarter].y);
    any |= !below[quarter].cut;
  }
  if (!any) return {};
  // Finer tiles may rise above this one and dip below it, but hardly by more than what this one may be wrong by.
  const double slack = terrainErrorMetres(*ref.layer, ref.level);
  const double low = std::min(known.minHeight, std::max(known.minHeight - slack, kLowestMetres));
  const double high = std::max(known.maxHeight, std::min(known.maxHeight + slack, kHighestMetres));
  std::vector<TileDescription> children;
  for (const TerrainRef& child : below) children.push_back(describe(child, low, high));
  return children;
}

Result<Tileset> parseTerrainLayer(const Json& json, const std::string& uri) {
  auto read = readLayer(json, uri);
  if (!read) return read.error().within("{}", uri);
  const auto layer = std::make_shared<const TerrainLayer>(std::move(*read));
  auto available = std::make_shared<TerrainAvailability>();
  const auto bounds = boundsOf(json["bounds"]);
  if (json["available"].isArray()) {
    available->levels = readRanges(json["available"].items(), layer->mercator, 0);
  } else {
    const auto last = json["maxzoom"].whole();
    if (!last) return makeError("{}: found neither available nor maxzoom, which say what tiles there are", uri);
    const auto first = std::min(json["minzoom"].whole().value_or(0), *last);
    if (*last > kDeepestTerrainLevel)
      return makeError("{}: maxzoom: found {}, expected at most {}", uri, *last, kDeepestTerrainLevel);
    available->levels = rangesWithin(bounds.value_or(geo::Region{-kPi, -kPi / 2, kPi, kPi / 2, 0, 0}), layer->mercator,
                                     static_cast<uint32_t>(first), static_cast<uint32_t>(*last));
  }
  Tileset tileset;
  tileset.uri = uri;
  tileset.version = "1.1";
  tileset.geometricError = kWholeEarthError;
  tileset.focus = focusOf(*layer, *available, bounds);
  for (const char* name : {"name", "description", "attribution"})
    if (std::string text = json[name].text(); !text.empty()) tileset.facts.push_back({name, std::move(text)});
  if (json["parentUrl"].present())
    tileset.warnings.push_back(uri + ": parentUrl is not followed; only this layer's own tiles are shown");
  TileDescription root;
  root.bounds = geo::Region{-kPi, -kPi / 2, kPi, kPi / 2, kLowestMetres, kHighestMetres};
  root.geometricError = kWholeEarthError;
  tileset.tiles.push_back(std::move(root));
  Roots roots(tileset, layer, available);
  for (uint32_t x = 0; x < columnsAt(layer->mercator, 0); ++x) roots.grow(0, 0, x, 0);
  if (tileset.tiles.size() == 1) return makeError("{}: available: no tile is", uri);
  if (roots.leftOut())
    tileset.warnings.push_back(
        fmt::format("{}: begins with more than {} tiles; the rest is left out", uri, grouped(kMostTilesAtOnce)));
  return tileset;
}

}  // namespace cm::source
