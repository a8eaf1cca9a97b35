//! Whatever the bytes are, reading a tileset.json or GeoJSON ends with a value or an error.
#include "source/tileset.h"
#include "source/geojson.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cm;
  const auto bytes = std::as_bytes(std::span(data, size));
  auto tileset = source::parseTileset(bytes, "fuzz/tileset.json");
  if (!tileset && tileset.error().text().empty()) __builtin_trap();
  if (tileset) {
    if (tileset->tiles.empty()) __builtin_trap();
    for (size_t i = 0; i < tileset->tiles.size(); ++i) {
      const source::TileDescription& tile = tileset->tiles[i];
      for (uint32_t child : tile.children)
        if (child <= i || child >= tileset->tiles.size()) __builtin_trap();
      if (tile.subtree && tile.contentUris.size() != 1) __builtin_trap();
      (void)geo::asBox(tile.bounds);
    }
  }
  if (auto layer = source::parseGeoJson(asText(bytes), "fuzz"); !layer && layer.error().text().empty())
    __builtin_trap();
  return 0;
}
