//! Terrain described by a layer.json: which tiles there are, where they lie, what their quantized meshes hold. The tiles are computed
//! as they are reached: a tile's content arrives, and with it the four tiles below. Pure; any thread.
//! Formats: quantized-mesh-1.0 (github.com/CesiumGS/quantized-mesh), layer.json as its servers and viewers have it (TileJSON 2.1 with
//! `available`, `projection`, `extensions`).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "source/json.h"
#include "source/tileset.h"

namespace cm::source {

//! Columns from the west, rows from the south (TMS); both ends belong to it.
struct TileRange {
  uint32_t startX = 0, startY = 0, endX = 0, endY = 0;
};

//! What a layer.json, or the metadata of one of its tiles, says is there.
struct TerrainAvailability {
  std::shared_ptr<const TerrainAvailability> also;  // asked where this one says no
  uint32_t firstLevel = 0;
  std::vector<std::vector<TileRange>> levels;
};

struct TerrainLayer {
  std::string uri, version;
  std::vector<std::string> tiles;  // templates, as written
  bool mercator = false;           // EPSG:3857, one root; else EPSG:4326, two
  bool rowsFromNorth = false;      // in addresses ("slippyMap"); ranges count from the south either way
};

inline constexpr uint32_t kDeepestTerrainLevel = 30;  // 4 cm wide; the columns of the next would not fit 32 bits

bool isTerrainLayer(const Json& json);
//! The root is empty and all of the Earth; below it, down to the first tiles with content, what `available` leads to.
Result<Tileset> parseTerrainLayer(const Json& json, const std::string& uri);

//! `items`: one array of {startX, startY, endX, endY} a level. What is no range is left out.
std::vector<std::vector<TileRange>> readRanges(const std::vector<Json>& levels, bool mercator, uint32_t firstLevel);
bool isAvailable(const TerrainAvailability& available, uint32_t level, uint32_t x, uint32_t y);

//! Where the tile lies, heights 0.
geo::Region terrainRectangle(const TerrainLayer& layer, uint32_t level, uint32_t x, uint32_t y);
//! By how much a regular grid of heights may be wrong at this level.
double terrainErrorMetres(const TerrainLayer& layer, uint32_t level);
std::string terrainUri(const TerrainRef& ref);

//! All four tiles below, or none where none is available. One that is not, beside others that are, is that quarter of this tile: it
//! would be a hole else. `known`: the tile with its heights.
std::vector<TileDescription> terrainChildren(const TerrainRef& ref, const geo::Region& known);

//! A tile as its file has it.
struct QuantizedMesh {
  static constexpr uint32_t kLargest = 32767;
  double minHeight = 0, maxHeight = 0;                // metres above the ellipsoid
  std::vector<std::array<uint16_t, 3>> vertices;      // u from the west, v from the south, height: 0..kLargest
  std::vector<uint32_t> indices;                      // three a triangle, counter-clockwise from above; all in range
  std::span<const std::byte> normals;                 // two a vertex, oct-encoded, ECEF; empty: none
  std::string_view metadata;                          // JSON; empty: none
};
//! The views look into `bytes`.
Result<QuantizedMesh> parseQuantizedMesh(std::span<const std::byte> bytes);

}  // namespace cm::source
