//! Implicit tiling, its subtree files, metadata at every level, request volumes and S2 cells.
#include <gtest/gtest.h>

#include "glb_maker.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

using test::Chunk;

Tileset rootOf(const std::string& implicit, const std::string& volume = R"("box":[0,0,0,8,0,0,0,8,0,0,0,4])",
               const std::string& more = "") {
  const std::string json = R"({"asset":{"version":"1.1"},"geometricError":100,)" + more +
                           R"("root":{"boundingVolume":{)" + volume +
                           R"(},"geometricError":64,"refine":"ADD","transform":[1,0,0,0,0,1,0,0,0,0,1,0,1000,0,0,1],)" +
                           R"("content":{"uri":"c/{level}/{x}_{y}_{z}.glb"},"implicitTiling":)" + implicit + "}}";
  auto tileset = parseTileset(asBytes(json), "city/tileset.json");
  EXPECT_TRUE(tileset) << (tileset ? "" : tileset.error().text());
  return tileset ? std::move(*tileset) : Tileset{};
}
std::string tilingOf(const std::string& scheme, int subtreeLevels, int availableLevels) {
  return fmt::format(
      R"({{"subdivisionScheme":"{}","subtreeLevels":{},"availableLevels":{},"subtrees":{{"uri":"s/{{level}}.{{x}}.{{y}}.json"}}}})",
      scheme, subtreeLevels, availableLevels);
}
std::string errorOf(std::string_view json, const SubtreeRef& ref) {
  auto subtree = parseSubtree(asBytes(json), "s.json", ref);
  return subtree ? "parsed" : subtree.error().text();
}
glm::dvec3 centreOf(const TileDescription& tile) { return geo::centreOf(tile.bounds); }

TEST(ImplicitTiling, TheRootStandsForItsSubtree) {
  const Tileset tileset = rootOf(tilingOf("QUADTREE", 2, 4));
  ASSERT_EQ(tileset.tiles.size(), 1u);
  EXPECT_TRUE(tileset.warnings.empty());
  EXPECT_EQ(tileset.tiles[0].contentUris, std::vector<std::string>{"city/s/0.0.0.json"});
  ASSERT_TRUE(tileset.tiles[0].subtree);
}

TEST(ImplicitTiling, QuadtreeFromAJsonSubtreeWithItsBitsElsewhere) {
  const Tileset tileset = rootOf(tilingOf("QUADTREE", 2, 4));
  const std::string json = R"({"buffers":[{"uri":"bits.bin","byteLength":3}],
    "bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":1},{"buffer":0,"byteOffset":1,"byteLength":2}],
    "tileAvailability":{"bitstream":0},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"bitstream":1}})";
  Resources resources;
  EXPECT_FALSE(parseSubtree(asBytes(json), "city/s/0.0.0.json", *tileset.tiles[0].subtree, &resources));
  ASSERT_EQ(resources.takeMissing(), std::vector<std::string>{"city/s/bits.bin"});
  // Root and the second and third quarter; below the third, its subtrees 1 and 2 (Morton 9 and 10).
  resources.put("city/s/bits.bin", Bytes{std::byte{0b01101}, std::byte{0}, std::byte{0b110}});
  auto subtree = parseSubtree(asBytes(json), "city/s/0.0.0.json", *tileset.tiles[0].subtree, &resources);
  ASSERT_TRUE(subtree) << subtree.error().text();
  ASSERT_EQ(subtree->tiles.size(), 5u);
  const auto& tiles = subtree->tiles;
  EXPECT_EQ(tiles[0].children, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(tiles[0].contentUris, std::vector<std::string>{"city/c/0/0_0_0.glb"});
  EXPECT_EQ(tiles[1].contentUris, std::vector<std::string>{"city/c/1/1_0_0.glb"});
  EXPECT_EQ(tiles[2].contentUris, std::vector<std::string>{"city/c/1/0_1_0.glb"});
  EXPECT_EQ(tiles[2].children, (std::vector<uint32_t>{3, 4}));
  EXPECT_EQ(tiles[3].contentUris, std::vector<std::string>{"city/s/2.1.2.json"});
  EXPECT_EQ(tiles[4].contentUris, std::vector<std::string>{"city/s/2.0.3.json"});
  EXPECT_EQ(tiles[1].geometricError, 32);
  EXPECT_EQ(tiles[4].geometricError, 16);
  EXPECT_EQ(tiles[1].refine, Refine::Add);
  EXPECT_EQ(centreOf(tiles[1]), glm::dvec3(1004, -4, 0));
  EXPECT_EQ(centreOf(tiles[4]), glm::dvec3(994, 6, 0));  // height is not divided
  EXPECT_EQ(std::get<geo::OrientedBox>(tiles[4].bounds).halfAxes, glm::dmat3(2, 0, 0, 0, 2, 0, 0, 0, 4));

  // The next one down: its own two levels end the tree.
  auto below = parseSubtree(asBytes(R"({"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":1}})"),
                            "b", *tiles[4].subtree);
  ASSERT_TRUE(below) << below.error().text();
  ASSERT_EQ(below->tiles.size(), 5u);
  EXPECT_TRUE(below->tiles[0].contentUris.empty());
  EXPECT_EQ(centreOf(below->tiles[4]), glm::dvec3(995, 7, 0));
}

TEST(ImplicitTiling, OctreeWithRegionsAndMetadataFromABinarySubtree) {
  const std::string schema =
      R"("schema":{"classes":{"t":{"properties":{"name":{"type":"STRING"},"e":{"type":"SCALAR",)"
      R"("componentType":"FLOAT32","semantic":"TILE_GEOMETRIC_ERROR"},)"
      R"("top":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_MAXIMUM_HEIGHT"}}}}},)";
  const Tileset tileset = rootOf(tilingOf("OCTREE", 2, 2), R"("region":[0.1,0.2,0.3,0.4,0,100])", schema);
  Chunk chunk;
  chunk.add<uint8_t>({0x01, 0x01});  // the root, and the eighth child
  const size_t text = chunk.add<char>({'A', 'B', 'C'}), offsets = chunk.add<uint32_t>({0, 1, 3}),
               errors = chunk.add<float>({7, 3}), tops = chunk.add<float>({90, 80});
  std::string json = fmt::format(
      R"({{"buffers":[{{"byteLength":{}}}],"bufferViews":[{{"buffer":0,"byteLength":2}},{{"buffer":0,"byteOffset":{},"byteLength":3}},)"
      R"({{"buffer":0,"byteOffset":{},"byteLength":12}},{{"buffer":0,"byteOffset":{},"byteLength":8}},{{"buffer":0,)"
      R"("byteOffset":{},"byteLength":8}}],)"
      R"("tileAvailability":{{"bitstream":0}},"contentAvailability":[{{"constant":0}}],"childSubtreeAvailability":{{"constant":0}},)"
      R"("propertyTables":[{{"class":"t","count":2,"properties":{{"name":{{"values":1,"stringOffsets":2}},)"
      R"("e":{{"values":3}},"top":{{"values":4}}}}}}],)"
      R"("tileMetadata":0,"subtreeMetadata":{{"class":"s","properties":{{"owner":"us"}}}}}})",
      chunk.bytes.size(), text, offsets, errors, tops);
  json.resize((json.size() + 7) / 8 * 8, ' ');
  Bytes file;
  test::putText(file, "subt");
  for (size_t word : {size_t{1}, json.size(), size_t{0}, chunk.bytes.size(), size_t{0}})
    test::putWord(file, static_cast<uint32_t>(word));
  test::putText(file, json);
  file.insert(file.end(), chunk.bytes.begin(), chunk.bytes.end());
  auto subtree = parseSubtree(file, "s", *tileset.tiles[0].subtree);
  ASSERT_TRUE(subtree) << subtree.error().text();
  EXPECT_TRUE(subtree->warnings.empty()) << subtree->warnings[0];
  EXPECT_EQ(subtree->facts, (std::vector<Fact>{{"owner", "us", FactOf::Subtree}}));
  ASSERT_EQ(subtree->tiles.size(), 2u);
  const TileDescription& child = subtree->tiles[1];
  EXPECT_EQ(subtree->tiles[0].geometricError, 7);
  EXPECT_EQ(child.geometricError, 3);
  EXPECT_EQ(child.facts, (std::vector<Fact>{{"name", "BC", FactOf::Tile}}));
  const auto& region = std::get<geo::Region>(child.bounds);
  EXPECT_NEAR(region.west, 0.2, 1e-12);
  EXPECT_NEAR(region.south, 0.3, 1e-12);
  EXPECT_NEAR(region.east, 0.3, 1e-12);
  EXPECT_EQ(region.minHeight, 50);
  EXPECT_EQ(region.maxHeight, 80);

  for (size_t length = 0; length < file.size(); ++length)  // cut anywhere: an answer, never a crash
    EXPECT_FALSE(parseSubtree(std::span(file).first(length), "s", *tileset.tiles[0].subtree)) << length;
}

TEST(ImplicitTiling, SaysWhatIsWrong) {
  const SubtreeRef ref = *rootOf(tilingOf("QUADTREE", 2, 4)).tiles[0].subtree;
  EXPECT_EQ(errorOf("{}", ref), "s.json: tileAvailability: found nothing, expected an object");
  EXPECT_EQ(errorOf(R"({"tileAvailability":{}})", ref),
            "s.json: tileAvailability: found neither constant nor bitstream");
  EXPECT_EQ(errorOf(R"({"tileAvailability":{"bitstream":3},"childSubtreeAvailability":{"constant":0}})", ref),
            "s.json: tileAvailability: buffer view 3 does not exist");
  EXPECT_EQ(errorOf(R"({"tileAvailability":{"constant":0},"childSubtreeAvailability":{"constant":0}})", ref),
            "s.json: tileAvailability: the root is not available");
  const auto tileset = [](const std::string& tiling) {
    auto parsed = parseTileset(
        asBytes(R"({"asset":{"version":"1.1"},"geometricError":1,"root":{"boundingVolume":{"sphere":[0,0,0,1]},)"
                R"("geometricError":1,"implicitTiling":)" +
                tiling + "}}"),
        "t");
    return parsed ? "parsed" : parsed.error().text();
  };
  EXPECT_EQ(tileset(R"({"subdivisionScheme":"KD"})"),
            R"(t: root.implicitTiling.subdivisionScheme: found "KD", expected QUADTREE or OCTREE)");
  EXPECT_EQ(tileset(tilingOf("OCTREE", 2, 400)),
            "t: root.implicitTiling: subtreeLevels is 2 and availableLevels 400, expected 1 to 60");
  EXPECT_EQ(tileset(tilingOf("OCTREE", 9, 20)),
            "t: root.implicitTiling.subtreeLevels: 9 levels are more than 262,144 tiles a subtree");
}

TEST(ImplicitTiling, S2CellsAreDividedAsCells) {
  const std::string cell =
      R"("extensions":{"3DTILES_bounding_volume_S2":{"token":"3","minimumHeight":0,"maximumHeight":1000}})";  // face 1
  const Tileset tileset = rootOf(tilingOf("QUADTREE", 1, 2), cell);
  auto subtree =
      parseSubtree(asBytes(R"({"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":1}})"), "s",
                   *tileset.tiles[0].subtree);
  ASSERT_TRUE(subtree) << subtree.error().text();
  ASSERT_EQ(subtree->tiles.size(), 5u);
  // Face 1 looks along y; its quarters lie on both sides of the meridian of 90 degrees and of the equator.
  const glm::dvec3 shift(1000, 0, 0);  // the tile's transform
  for (size_t i = 1; i < 5; ++i) {
    const glm::dvec3 at = centreOf(subtree->tiles[i]) - shift;
    EXPECT_GT(at.y, 3e6);
    EXPECT_GT(std::abs(at.x), 1e6);
    EXPECT_GT(std::abs(at.z), 1e6);
  }
}

TEST(Metadata, OfTilesetTileContentAndGroup) {
  auto tileset = parseTileset(asBytes(R"({"asset":{"version":"1.1"},"geometricError":1,"metadata":{"class":"a",)"
                                      R"("properties":{"author":"we","n":3}},
    "groups":[{"class":"g","properties":{"colour":[255,0,0]}}],
    "root":{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0,"metadata":{"class":"t","properties":{"district":"Shinan"}},
      "contents":[{"uri":"a.glb"},{"uri":"b.glb","group":0,"metadata":{"class":"c","properties":{"triangles":12}}}]}})"),
                              "t");
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_EQ(tileset->facts, (std::vector<Fact>{{"author", "we", FactOf::Tileset}, {"n", "3", FactOf::Tileset}}));
  EXPECT_EQ(tileset->tiles[0].facts, (std::vector<Fact>{{"district", "Shinan", FactOf::Tile}}));
  ASSERT_EQ(tileset->tiles[0].contentFacts.size(), 2u);
  EXPECT_EQ(tileset->tiles[0].contentFacts[1],
            (std::vector<Fact>{{"colour", "[255,0,0]", FactOf::Group}, {"triangles", "12", FactOf::Content}}));
}

TEST(ParseTileset, ViewerRequestVolume) {
  auto tileset = parseTileset(asBytes(R"({"asset":{"version":"1.0"},"geometricError":1,)"
                                      R"("root":{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0,
    "transform":[1,0,0,0,0,1,0,0,0,0,1,0,5,0,0,1],"viewerRequestVolume":{"sphere":[0,0,0,15]}}})"),
                              "t");
  ASSERT_TRUE(tileset) << tileset.error().text();
  ASSERT_TRUE(tileset->tiles[0].requestVolume);
  EXPECT_EQ(geo::centreOf(*tileset->tiles[0].requestVolume), glm::dvec3(5, 0, 0));
}

}  // namespace
}  // namespace cm::source
