//! Whatever the bytes are, reading a terrain ends with a value or an error, and what is read holds together: as a layer.json, as a
//! tile of a quantized mesh, and as a quarter cut out of one.
#include <cmath>

#include "source/terrain.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void holds(bool good) {
  if (!good) __builtin_trap();
}

void decode(std::span<const std::byte> bytes, const cm::source::TerrainRef& ref) {
  auto tile = cm::source::decodeTerrain(bytes, "fuzz", ref);
  if (!tile) return holds(!tile.error().text().empty());
  const cm::source::MeshContent& mesh = tile->mesh;
  for (uint32_t index : mesh.indices) holds(index < mesh.vertices.size());
  for (const auto& part : mesh.parts) holds(size_t{part.firstIndex} + part.indexCount <= mesh.indices.size());
  for (const auto& vertex : mesh.vertices)
    holds(std::isfinite(vertex.position.x + vertex.position.y + vertex.position.z));
  holds(tile->children.empty() || tile->children.size() == 4);
  holds(tile->bounds.minHeight <= tile->bounds.maxHeight);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cm::source;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto layer = cm::asBytes(R"({"format":"quantized-mesh-1.0","tiles":["{z}/{x}/{y}"],"maxzoom":3})");
  const TerrainRef whole = *parseTileset(layer, "fuzz/layer.json")->tiles[1].terrain;
  TerrainRef quarter = whole;
  quarter.level = 1;
  quarter.y = 1;
  quarter.cut = true;
  decode(bytes, whole);
  decode(bytes, quarter);
  auto tileset = parseTileset(bytes, "fuzz/layer.json");
  if (!tileset) return 0;
  for (const TileDescription& tile : tileset->tiles)
    if (tile.terrain) {
      const auto children = terrainChildren(*tile.terrain, std::get<cm::geo::Region>(tile.bounds));
      holds(children.empty() || children.size() == 4);
    }
  return 0;
}
