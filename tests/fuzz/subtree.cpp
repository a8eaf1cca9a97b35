//! Whatever the bytes are, reading a subtree file ends with tiles in order or an error. As a quadtree and as an octree.
#include "source/tileset.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

cm::source::SubtreeRef tilingOf(const char* scheme, const char* volume) {
  const std::string json = fmt::format(
      R"({{"asset":{{"version":"1.1"}},"geometricError":9,"schema":{{"classes":{{"exampleMetadataClass":{{"properties":{{)"
      R"("a":{{"type":"STRING"}},"e":{{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_GEOMETRIC_ERROR"}},)"
      R"("b":{{"type":"SCALAR","componentType":"FLOAT64","array":true,"count":12,"semantic":"TILE_BOUNDING_BOX"}}}}}}}}}},)"
      R"("root":{{"boundingVolume":{{{}}},"geometricError":9,"content":{{"uri":"{{level}}{{x}}{{y}}{{z}}"}},"implicitTiling":)"
      R"({{"subdivisionScheme":"{}","subtreeLevels":3,"availableLevels":6,"subtrees":{{"uri":"{{level}}"}}}}}}}})",
      volume, scheme);
  auto tileset = cm::source::parseTileset(cm::asBytes(json), "t");
  if (!tileset) __builtin_trap();
  return *tileset->tiles[0].subtree;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const cm::source::SubtreeRef quadtree = tilingOf("QUADTREE", R"("region":[3,0,-3,1,0,9])");
  static const cm::source::SubtreeRef octree = tilingOf("OCTREE", R"("box":[0,0,0,1,0,0,0,1,0,0,0,1])");
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const auto* ref : {&quadtree, &octree}) {
    cm::source::Resources resources;
    auto subtree = cm::source::parseSubtree(bytes, "fuzz", *ref, &resources);
    for (const std::string& uri : resources.takeMissing()) resources.put(uri, cm::Bytes(bytes.begin(), bytes.end()));
    subtree = cm::source::parseSubtree(bytes, "fuzz", *ref, &resources);
    if (!subtree && subtree.error().text().empty()) __builtin_trap();
    if (!subtree) continue;
    for (size_t i = 0; i < subtree->tiles.size(); ++i)
      for (uint32_t child : subtree->tiles[i].children)
        if (child <= i || child >= subtree->tiles.size()) __builtin_trap();
  }
  return 0;
}
