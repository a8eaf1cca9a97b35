//! What a pick is told of the tile it hit and of all that the tile lies in.
#include "app/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tiles/growth.h"

namespace cm::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

source::Tileset parsed(const std::string& json, const std::string& uri) {
  auto tileset = source::parseTileset(asBytes(json), uri);
  EXPECT_TRUE(tileset) << (tileset ? "" : tileset.error().text());
  return tileset ? std::move(*tileset) : source::Tileset{};
}

std::vector<std::string> linesOf(const tiles::TileTree& tree, tiles::TileId tile, Language language) {
  std::vector<std::string> lines;
  for (const auto& [label, value] : metadataOf(tree, tile)) lines.push_back(label.in(language) + ": " + value);
  return lines;
}

TEST(Facts, OfATileItsContentItsGroupItsSubtreeAndItsTilesets) {
  tiles::TileTree tree;
  tree.tilesets.resize(1);
  const auto city =
      parsed(R"({"asset":{"version":"1.1"},"geometricError":1,"metadata":{"properties":{"city":"Qingdao"}},
    "root":{"boundingVolume":{"sphere":[0,0,0,9]},"geometricError":1,"metadata":{"properties":{"level":0}},
      "children":[{"boundingVolume":{"sphere":[0,0,0,1]},"geometricError":0,"content":{"uri":"d/tileset.json"}}]}})",
             "tileset.json");
  tiles::graft(tree, city, 0, tiles::kNoTile);
  const auto district =
      parsed(R"({"asset":{"version":"1.1"},"geometricError":1,"metadata":{"properties":{"district":"Shinan"}},
    "schema":{"classes":{"t":{"properties":{"floors":{"type":"SCALAR","componentType":"UINT8"}}},
      "c":{"properties":{"date":{"type":"STRING"}}}}},"groups":[{"properties":{"layer":"houses"}}],
    "root":{"boundingVolume":{"box":[0,0,0,8,0,0,0,8,0,0,0,4]},"geometricError":1,
      "content":{"uri":"{level}.glb","group":0,"metadata":{"properties":{"by":"us"}}},
      "implicitTiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":1,"availableLevels":1,"subtrees":{"uri":"s.json"}}}})",
             "d/tileset.json");
  const tiles::TileId external = tiles::graft(tree, district, 0, 1);
  source::Resources resources;
  resources.put("d/b.bin", Bytes{std::byte{7}, std::byte{'2'}, std::byte{'6'}, std::byte{0}, std::byte{0}, std::byte{0},
                                 std::byte{0}, std::byte{2}, std::byte{0}, std::byte{0}, std::byte{0}});
  const std::string subtreeJson = R"({"buffers":[{"uri":"b.bin","byteLength":11}],
    "bufferViews":[{"buffer":0,"byteLength":1},{"buffer":0,"byteOffset":1,"byteLength":2},{"buffer":0,"byteOffset":3,"byteLength":8}],
    "tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":0},
    "propertyTables":[{"class":"t","count":1,"properties":{"floors":{"values":0}}},
      {"class":"c","count":1,"properties":{"date":{"values":1,"stringOffsets":2}}}],
    "tileMetadata":0,"contentMetadata":[1],"subtreeMetadata":{"properties":{"surveyed":2024}}})";
  ASSERT_TRUE(tree.tiles[external].subtree);
  auto subtree = source::parseSubtree(asBytes(subtreeJson), "d/s.json", *tree.tiles[external].subtree, &resources);
  ASSERT_TRUE(subtree) << subtree.error().text();
  EXPECT_THAT(subtree->warnings, IsEmpty());
  const tiles::TileId house = tiles::graft(tree, *subtree, 0, external);
  EXPECT_THAT(linesOf(tree, house, Language::English),
              ElementsAre("Tile floors: 7", "Group layer: houses", "Content by: us", "Content date: 26",
                          "Subtree surveyed: 2024", "Tileset district: Shinan", "Tileset city: Qingdao"));
  EXPECT_THAT(linesOf(tree, house, Language::Chinese).front(), "瓦片 floors: 7");
  EXPECT_THAT(linesOf(tree, 0, Language::English), ElementsAre("Tile level: 0", "Tileset city: Qingdao"));
  EXPECT_THAT(linesOf(tree, tiles::kNoTile, Language::English), IsEmpty()) << "a pick that hit no tile";
}

}  // namespace
}  // namespace cm::app
