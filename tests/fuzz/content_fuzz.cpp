//! libFuzzer: whatever the bytes are, reading a tileset, a content or GeoJSON ends with a value or an error.
//! build with CITYMIRROR_FUZZ and clang; run `fuzz_content_fuzz -max_len=65536 <corpus of glb, b3dm and tileset.json>`.
#include "source/geojson.h"
#include "source/image.h"
#include "source/tileset.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (cm::source::isTilesetJson(bytes)) {
    if (auto tileset = cm::source::parseTileset(bytes, "fuzz"); !tileset && tileset.error().text().empty()) __builtin_trap();
    if (auto layer = cm::source::parseGeoJson(cm::asText(bytes), "fuzz"); !layer && layer.error().text().empty())
      __builtin_trap();
    return 0;
  }
  auto content = cm::source::decodeContent(bytes, "fuzz", glm::dmat4(1.0));
  if (!content && content.error().text().empty()) __builtin_trap();
  if (content)
    for (uint32_t index : content->indices)
      if (index >= content->vertices.size()) __builtin_trap();
  if (auto image = cm::source::decodeImage(bytes); image && image->rgba.size() != size_t{image->width} * image->height * 4)
    __builtin_trap();
  return 0;
}
