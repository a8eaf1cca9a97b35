#include "source/tileset.h"

#include <gtest/gtest.h>

namespace cm::source {
namespace {

Result<Tileset> parsed(std::string_view json, const std::string& uri = "city/tileset.json") {
  return parseTileset(asBytes(json), uri);
}
std::string errorOf(std::string_view json) {
  auto tileset = parsed(json);
  return tileset ? "parsed" : tileset.error().text();
}
const std::string kBox = R"("boundingVolume":{"box":[0,0,0,10,0,0,0,20,0,0,0,30]})";

TEST(ParseTileset, MultipliesTransformsAndInheritsRefinement) {
  auto tileset = parsed(R"({"asset":{"version":"1.1"},"geometricError":500,"root":{)" + kBox +
                        R"(,"geometricError":100,"refine":"ADD","transform":[1,0,0,0,0,1,0,0,0,0,1,0,100,0,0,1],
    "children":[{"boundingVolume":{"sphere":[0,0,5,7]},"geometricError":10,"transform":[2,0,0,0,0,2,0,0,0,0,2,0,0,50,0,1],
                 "contents":[{"uri":"a.glb"},{"uri":"../b.glb"}]},
                {"boundingVolume":{"region":[2,0.6,2.01,0.61,0,90]},"geometricError":0,"refine":"REPLACE","content":{"url":"c.b3dm"}}]}})");
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_TRUE(tileset->warnings.empty());
  ASSERT_EQ(tileset->tiles.size(), 3u);
  const auto& [root, first, second] = std::tie(tileset->tiles[0], tileset->tiles[1], tileset->tiles[2]);
  EXPECT_EQ(root.children, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(first.refine, Refine::Add);
  EXPECT_EQ(second.refine, Refine::Replace);
  EXPECT_EQ(glm::dvec3(first.ecefFromTile[3]), glm::dvec3(100, 50, 0));
  const auto& sphere = std::get<geo::Sphere>(first.bounds);
  EXPECT_EQ(sphere.centre, glm::dvec3(100, 50, 10));
  EXPECT_NEAR(sphere.radius, 14, 1e-9);
  EXPECT_EQ(first.contentUris, (std::vector<std::string>{"city/a.glb", "b.glb"}));
  EXPECT_EQ(second.contentUris, std::vector<std::string>{"city/c.b3dm"});
  EXPECT_EQ(std::get<geo::Region>(second.bounds).maxHeight, 90);
  EXPECT_EQ(geo::centreOf(root.bounds), glm::dvec3(100, 0, 0));
}

TEST(ParseTileset, ParentTransformOfAnExternalTileset) {
  glm::dmat4 parent(1.0);
  parent[3] = {0, 0, 1000, 1};
  const std::string json = R"({"asset":{"version":"1.0","gltfUpAxis":"Z"},"geometricError":1,"root":{)" + kBox + R"(,"geometricError":0}})";
  auto tileset = parseTileset(asBytes(json), "x.json", parent);
  ASSERT_TRUE(tileset);
  EXPECT_EQ(geo::centreOf(tileset->tiles[0].bounds).z, 1000);
  EXPECT_TRUE(tileset->zUpContent);
}

TEST(ParseTileset, BadChildIsLeftOutAndNamed) {
  auto tileset = parsed(R"({"asset":{"version":"1.1"},"geometricError":500,"root":{)" + kBox + R"(,"geometricError":100,"children":[
      {"geometricError":1}, {)" + kBox + R"(,"geometricError":-4,"content":{"uri":7}}, 12, {"boundingVolume":{"box":[1,2]},"geometricError":1},
      {)" + kBox + R"(,"geometricError":1,"transform":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]}]}})");
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_EQ(tileset->tiles.size(), 2u);
  EXPECT_EQ(tileset->tiles[1].geometricError, 50);
  const std::string at = "city/tileset.json: root.children";
  EXPECT_EQ(tileset->warnings,
            (std::vector<std::string>{
                at + "[0].boundingVolume: found nothing, expected a box, sphere or region; the tile is left out",
                at + "[1].geometricError: found -4, expected a number of at least 0; half its parent's is taken",
                at + "[1].content.uri: found a number, expected a uri; the content is left out",
                at + "[2]: found a number, expected a tile; the tile is left out",
                at + "[3].boundingVolume.box: found an array, expected 12 numbers; the tile is left out",
                at + "[4].transform: squeezes space flat (determinant 0), expected one that can be undone; the tile is left out"}));
}

TEST(ParseTileset, NamesUriAndPlace) {
  EXPECT_EQ(errorOf(""), "city/tileset.json: empty; expected JSON");
  EXPECT_EQ(errorOf("[]"), "city/tileset.json: found an array, expected a tileset");
  EXPECT_EQ(errorOf(R"({"asset":{"version":"1.1"},"geometricError":1})"),
            "city/tileset.json: root: found nothing, expected the root tile");
  EXPECT_EQ(errorOf(R"({"asset":{"version":"2.0"},"geometricError":1})"),
            R"(city/tileset.json: asset.version is "2.0", expected "1.0" or "1.1")");
  EXPECT_EQ(errorOf(R"({"asset":{"version":"1.1"},"geometricError":1,"root":{"geometricError":1}})"),
            "city/tileset.json: root.boundingVolume: found nothing, expected a box, sphere or region");
  const std::string error = errorOf("{\"asset\":\n {\"version\":\"1.1\"},\n \"geometricError\": NaN}");
  EXPECT_TRUE(error.starts_with("city/tileset.json: not JSON at line 3, byte ")) << error;
  EXPECT_EQ(errorOf(R"({"asset":{"version":"1.1"},"extensionsRequired":["MAXAR_x"]})"),
            "city/tileset.json: requires the extension MAXAR_x, which is not supported");
}

TEST(ParseTileset, DeepNestingIsAnErrorNotACrash) {
  std::string json = R"({"asset":{"version":"1.1"},"geometricError":1,"root":)";
  for (int i = 0; i < 100000; ++i) json += R"({"children":[)";
  EXPECT_TRUE(errorOf(json).starts_with("city/tileset.json: not JSON"));
}

TEST(IsTilesetJson, ToldByBytes) {
  EXPECT_TRUE(isTilesetJson(asBytes("\xef\xbb\xbf {\"root\":{\"geometricError\":1}}")));
  EXPECT_FALSE(isTilesetJson(asBytes(R"({"asset":{"version":"2.0"},"nodes":[]})")));
  EXPECT_FALSE(isTilesetJson(asBytes("glTF\"root\"")));
  EXPECT_FALSE(isTilesetJson({}));
}

}  // namespace
}  // namespace cm::source
