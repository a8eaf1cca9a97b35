//! The contents of 3D Tiles 1.0 beside b3dm: i3dm, pnts, cmpt, and what they refer to.
#include <gtest/gtest.h>

#include <cmath>

#include "geo/ellipsoid.h"
#include "glb_maker.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

using test::Chunk;

const glm::dmat4 kHere(1.0);

//! `format`: i3dm's last header word; the other formats have none.
Bytes tileOf(std::string_view magic, std::string_view feature, const Bytes& binary, std::string_view batch = {},
             const Bytes& batchBinary = {}, const Bytes& body = {}, int format = 1) {
  const size_t header = magic == "i3dm" ? 32 : 28;
  Bytes out;
  test::putText(out, magic);
  test::putWord(out, 1);
  test::putWord(out, static_cast<uint32_t>(header + feature.size() + binary.size() + batch.size() + batchBinary.size() +
                                           body.size()));
  for (size_t size : {feature.size(), binary.size(), batch.size(), batchBinary.size()})
    test::putWord(out, static_cast<uint32_t>(size));
  if (magic == "i3dm") test::putWord(out, static_cast<uint32_t>(format));
  test::putText(out, feature);
  out.insert(out.end(), binary.begin(), binary.end());
  test::putText(out, batch);
  out.insert(out.end(), batchBinary.begin(), batchBinary.end());
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

Bytes cmptOf(const std::vector<Bytes>& tiles) {
  Bytes out;
  size_t size = 16;
  for (const Bytes& tile : tiles) size += tile.size();
  test::putText(out, "cmpt");
  for (size_t word : {size_t{1}, size, tiles.size()}) test::putWord(out, static_cast<uint32_t>(word));
  for (const Bytes& tile : tiles) out.insert(out.end(), tile.begin(), tile.end());
  return out;
}

MeshContent good(const Bytes& bytes, const glm::dmat4& ecefFromTile = kHere, Resources* resources = nullptr) {
  auto content = decodeContent(bytes, "a/t.tile", ecefFromTile, false, resources);
  EXPECT_TRUE(content) << (content ? "" : content.error().text());
  return content ? std::move(*content) : MeshContent{};
}
std::string errorOf(const Bytes& bytes) {
  auto content = decodeContent(bytes, "t", kHere);
  return content ? "decoded" : content.error().text();
}
glm::dvec3 ecefOf(const MeshContent& content, size_t vertex) {
  return glm::dvec3(content.ecefFromContent * glm::dvec4(content.vertices[vertex].position, 1));
}
void expectNear(const glm::dvec3& a, const glm::dvec3& b, double tolerance = 1e-5) {
  EXPECT_LT(glm::length(a - b), tolerance)
      << a.x << " " << a.y << " " << a.z << " for " << b.x << " " << b.y << " " << b.z;
}
template <class T>
Bytes bytesOf(const std::vector<T>& values) {
  Chunk chunk;
  chunk.add(values);
  return chunk.bytes;
}

TEST(Pnts, PositionsColoursAndCentre) {
  Chunk chunk;
  chunk.add<float>({0, 0, 0, 1, 2, 3});
  chunk.add<uint8_t>({255, 0, 128, 0, 255, 255});
  const auto content = good(tileOf(
      "pnts", R"({"POINTS_LENGTH":2,"RTC_CENTER":[10,20,30],"POSITION":{"byteOffset":0},"RGB":{"byteOffset":24}})",
      chunk.bytes));
  ASSERT_EQ(content.count(Topology::Points), 2u);
  EXPECT_EQ(content.count(Topology::Triangles), 0u);
  expectNear(ecefOf(content, 0), {10, 20, 30});
  expectNear(ecefOf(content, 1), {11, 22, 33});
  EXPECT_EQ(content.vertices[0].colour,
            (std::array<uint8_t, 4>{255, 0, 55, 255}));  // sRGB 128 is 0.2159 of linear light
  EXPECT_TRUE(content.materials[0].unlit);
  EXPECT_EQ(content.features.size(), 0u);
}

TEST(Pnts, QuantizedPackedAndNamed) {
  Chunk chunk;
  chunk.add<uint16_t>({0, 32767, 65535, 65535, 0, 0});
  const size_t colours = chunk.add<uint16_t>({0xf800, 0x07ff});
  const size_t normals = chunk.add<uint8_t>({128, 128, 0, 128});
  const size_t ids = chunk.add<uint8_t>({1, 0});
  const std::string feature = fmt::format(
      R"({{"POINTS_LENGTH":2,"BATCH_LENGTH":2,"POSITION_QUANTIZED":{{"byteOffset":0}},)"
      R"("QUANTIZED_VOLUME_OFFSET":[100,0,-5],"QUANTIZED_VOLUME_SCALE":[10,20,5],"RGB565":{{"byteOffset":{}}},)"
      R"("NORMAL_OCT16P":{{"byteOffset":{}}},"BATCH_ID":{{"byteOffset":{},"componentType":"UNSIGNED_BYTE"}}}})",
      colours, normals, ids);
  const auto content =
      good(tileOf("pnts", feature, chunk.bytes,
                  R"({"name":["wall","roof"],"height":{"byteOffset":0,"componentType":"FLOAT","type":"SCALAR"}})",
                  bytesOf<float>({3.5f, 9})));
  ASSERT_EQ(content.vertices.size(), 2u);
  expectNear(ecefOf(content, 0), {100, 20 * 32767 / 65535.0, 0});
  expectNear(ecefOf(content, 1), {110, 0, -5});
  EXPECT_EQ(content.vertices[0].colour, (std::array<uint8_t, 4>{255, 0, 0, 255}));
  EXPECT_EQ(content.vertices[1].colour, (std::array<uint8_t, 4>{0, 255, 255, 255}));
  EXPECT_NEAR(content.vertices[0].normal[2], 127, 1);
  EXPECT_NEAR(content.vertices[1].normal[0], -127, 1);
  EXPECT_FALSE(content.materials[0].unlit);
  ASSERT_EQ(content.features.size(), 2u);
  EXPECT_EQ(content.vertices[0].featureAndSurface & kNoFeature, 1u);
  EXPECT_EQ(content.features.text("name", 1), "roof");
  EXPECT_EQ(content.features.text("height", 0), "3.5");
}

TEST(Pnts, OneColourForAllAndAFeatureEach) {
  const Bytes positions = bytesOf<float>({0, 0, 0, 1, 0, 0, 2, 0, 0});
  const auto content =
      good(tileOf("pnts", R"({"POINTS_LENGTH":3,"POSITION":{"byteOffset":0},"CONSTANT_RGBA":[255,255,0,200]})",
                  positions, R"({"intensity":[5,6,7]})"));
  EXPECT_EQ(content.vertices[2].colour, (std::array<uint8_t, 4>{255, 255, 0, 200}));
  ASSERT_EQ(content.features.size(), 3u);
  EXPECT_EQ(content.features.text("intensity", 2), "7");
  EXPECT_EQ(content.vertices[2].featureAndSurface & kNoFeature, 2u);
}

TEST(Pnts, SaysWhatIsWrong) {
  const Bytes binary = bytesOf<float>({0, 0, 0});
  EXPECT_EQ(errorOf(tileOf("pnts", R"({"POSITION":{"byteOffset":0}})", binary)), "t: POINTS_LENGTH is missing");
  EXPECT_EQ(errorOf(tileOf("pnts", R"({"POINTS_LENGTH":2,"POSITION":{"byteOffset":0}})", binary)),
            "t: POSITION needs 24 bytes from byte 0, the feature table has 12");
  EXPECT_EQ(errorOf(tileOf("pnts", R"({"POINTS_LENGTH":4000000000,"POSITION":{"byteOffset":0}})", binary)),
            "t: 4,000,000,000 points are more than a tile can hold");
  EXPECT_EQ(errorOf(tileOf("pnts", R"({"POINTS_LENGTH":1})", binary)), "t: neither POSITION nor POSITION_QUANTIZED");
  EXPECT_EQ(
      errorOf(tileOf("pnts", R"({"POINTS_LENGTH":1,"POSITION":{"byteOffset":0},"RGB":{"byteOffset":11}})", binary)),
      "t: RGB needs 3 bytes from byte 11, the feature table has 12");
  EXPECT_EQ(errorOf(tileOf("pnts", R"({"POINTS_LENGTH":1,"POSITION":{"byteOffset":0}})", bytesOf<float>({0, NAN, 0}))),
            "t: a position is not a finite number");
}

TEST(I3dm, TurnsScalesAndNamesInstances) {
  Chunk chunk;
  chunk.add<float>({100, 0, 0, 0, 50, 0});
  const size_t up = chunk.add<float>({0, 1, 0, 0, 0, 1}), right = chunk.add<float>({1, 0, 0, 0, 1, 0});
  const size_t scale = chunk.add<float>({1, 2}), scales = chunk.add<float>({1, 1, 1, 1, 1, 3}),
               ids = chunk.add<uint16_t>({1, 0});
  const std::string feature = fmt::format(
      R"({{"INSTANCES_LENGTH":2,"POSITION":{{"byteOffset":0}},"NORMAL_UP":{{"byteOffset":{}}},)"
      R"("NORMAL_RIGHT":{{"byteOffset":{}}},"SCALE":{{"byteOffset":{}}},"SCALE_NON_UNIFORM":{{"byteOffset":{}}},)"
      R"("BATCH_ID":{{"byteOffset":{}}}}})",
      up, right, scale, scales, ids);
  const auto content = good(tileOf("i3dm", feature, chunk.bytes, R"({"name":["oak","elm"]})", {}, test::triangleGlb()));
  ASSERT_EQ(content.count(Topology::Triangles), 2u);
  // The model's corners, z-up: (0,0,0) (2,0,0) (0,0,3).
  expectNear(ecefOf(content, 1), {102, 0, 0});
  expectNear(ecefOf(content, 2), {100, 0, 3});
  // Turned: x to right (0,1,0), y to up (0,0,1), z to right x up (1,0,0); scaled by 2, and by 3 along the model's z.
  expectNear(ecefOf(content, 4), {0, 54, 0});
  expectNear(ecefOf(content, 5), {18, 50, 0});
  ASSERT_EQ(content.features.size(), 2u);
  EXPECT_EQ(content.features.text("name", content.vertices[0].featureAndSurface & kNoFeature), "elm");
  EXPECT_EQ(content.features.text("name", content.vertices[3].featureAndSurface & kNoFeature), "oak");
}

TEST(I3dm, OctEncodedQuantized) {
  Chunk chunk;
  chunk.add<uint16_t>({65535, 0, 0});
  const size_t up = chunk.add<uint16_t>({32768, 32768}), right = chunk.add<uint16_t>({32768, 65535});
  const std::string feature = fmt::format(
      R"({{"INSTANCES_LENGTH":1,"POSITION_QUANTIZED":{{"byteOffset":0}},"QUANTIZED_VOLUME_OFFSET":[0,0,0],)"
      R"("QUANTIZED_VOLUME_SCALE":[7,1,1],"NORMAL_UP_OCT32P":{{"byteOffset":{}}},"NORMAL_RIGHT_OCT32P":{{"byteOffset":{}}}}})",
      up, right);
  const auto content = good(tileOf("i3dm", feature, chunk.bytes, {}, {}, test::triangleGlb()));
  expectNear(ecefOf(content, 1), {7, 2, 0}, 1e-3);
  expectNear(ecefOf(content, 2), {10, 0, 0}, 1e-3);
}

TEST(I3dm, EastNorthUp) {
  const auto frame = geo::enuFrameAt({120.3, 36.1, 50});
  const glm::dvec3 at = frame.toEcef({0, 0, 0});
  const std::string feature = fmt::format(
      R"({{"INSTANCES_LENGTH":1,"EAST_NORTH_UP":true,"RTC_CENTER":[{},{},{}],"POSITION":{{"byteOffset":0}}}})", at.x,
      at.y, at.z);
  const auto content = good(tileOf("i3dm", feature, bytesOf<float>({0, 0, 0}), {}, {}, test::triangleGlb()));
  expectNear(ecefOf(content, 1), frame.toEcef({2, 0, 0}), 1e-3);
  expectNear(ecefOf(content, 2), frame.toEcef({0, 0, 3}), 1e-3);
  // Local positions in a tile that stands on Earth through its transform: the same trees, upright.
  const auto local = good(tileOf("i3dm", R"({"INSTANCES_LENGTH":1,"EAST_NORTH_UP":true,"POSITION":{"byteOffset":0}})",
                                 bytesOf<float>({0, 0, 0}), {}, {}, test::triangleGlb()),
                          frame.ecefFromEnu);
  expectNear(ecefOf(local, 2), frame.toEcef({0, 0, 3}), 1e-3);
}

TEST(I3dm, ModelInAnotherFile) {
  Bytes name;
  test::putText(name, "../m/tree.glb \0");
  const Bytes tile = tileOf("i3dm", R"({"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0}})", bytesOf<float>({0, 0, 0}),
                            {}, {}, name, 0);
  EXPECT_EQ(errorOf(tile), "t: its model is in the file ../m/tree.glb, which is not read here");
  Resources resources;
  EXPECT_FALSE(decodeContent(tile, "a/t.i3dm", kHere, false, &resources));
  ASSERT_EQ(resources.takeMissing(), std::vector<std::string>{"m/tree.glb"});
  resources.put("m/tree.glb", test::triangleGlb());
  auto content = decodeContent(tile, "a/t.i3dm", kHere, false, &resources);
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_EQ(content->count(Topology::Triangles), 1u);
  EXPECT_TRUE(resources.takeMissing().empty());
}

TEST(I3dm, ManyInstancesOfMuchAreRefused) {
  const size_t count = 60000;
  std::vector<float> positions(count * 3);
  Chunk chunk;
  test::GltfParts parts;
  parts.accessors = R"({"componentType":5126,"count":300000,"type":"VEC3"})";
  parts.bufferBytes = 4;
  chunk.add<uint32_t>({0});
  const Bytes model = test::glbOf(parts.json(), chunk.bytes);
  EXPECT_EQ(errorOf(tileOf("i3dm", fmt::format(R"({{"INSTANCES_LENGTH":{},"POSITION":{{"byteOffset":0}}}})", count),
                           bytesOf(positions), {}, {}, model)),
            "t: more than 16,777,216 vertices; a tile cannot hold that many");
}

TEST(I3dm, SaysWhatIsWrong) {
  const Bytes one = bytesOf<float>({0, 0, 0});
  EXPECT_EQ(errorOf(tileOf("i3dm", "{}", one)), "t: INSTANCES_LENGTH is missing");
  EXPECT_EQ(errorOf(tileOf("i3dm", R"({"INSTANCES_LENGTH":9,"POSITION":{"byteOffset":0}})", one)),
            "t: POSITION needs 108 bytes from byte 0, the feature table has 12");
  EXPECT_EQ(
      errorOf(tileOf(
          "i3dm",
          R"({"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0},"BATCH_ID":{"byteOffset":0,"componentType":"FLOAT"}})",
          one)),
      R"(t: BATCH_ID: componentType is "FLOAT", expected UNSIGNED_BYTE, UNSIGNED_SHORT or UNSIGNED_INT)");
  EXPECT_EQ(errorOf(tileOf("i3dm", R"({"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0},"BATCH_ID":[16000000]})", one,
                           {}, {}, test::triangleGlb())),
            "t: BATCH_ID reaches 16,000,000, expected less than 1");
  EXPECT_EQ(errorOf(tileOf("i3dm", R"({"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0}})", one, {}, {},
                           test::triangleGlb(), 7)),
            "t: gltfFormat is 7, expected 0 or 1");
}

TEST(Cmpt, NestedAndInPart) {
  const Bytes points = tileOf("pnts", R"({"POINTS_LENGTH":1,"POSITION":{"byteOffset":0}})", bytesOf<float>({5, 5, 5}));
  const Bytes broken = tileOf("pnts", R"({"POINTS_LENGTH":1})", {});
  const Bytes batched = test::b3dmOf(test::triangleGlb(), R"({"BATCH_LENGTH":0})");
  const auto content = good(cmptOf({batched, broken, cmptOf({points, cmptOf({}), points})}));
  EXPECT_EQ(content.count(Topology::Triangles), 1u);
  EXPECT_EQ(content.count(Topology::Points), 2u);
  expectNear(ecefOf(content, 3), {5, 5, 5});
  EXPECT_EQ(content.warnings,
            std::vector<std::string>{"a/t.tile: tile 1 of 3: neither POSITION nor POSITION_QUANTIZED"});
  EXPECT_EQ(errorOf(cmptOf({broken})), "t: tile 0 of 1: neither POSITION nor POSITION_QUANTIZED");
  Bytes deep = cmptOf({});
  for (int i = 0; i < 20; ++i) deep = cmptOf({deep});
  EXPECT_NE(errorOf(deep).find("composites within composites"), std::string::npos);
  Bytes cut = cmptOf({batched, points});
  cut.resize(cut.size() - 4);
  EXPECT_NE(errorOf(cut).find("header says"), std::string::npos);
}

TEST(BatchTable, HierarchyReadsAsProperties) {
  Chunk chunk;
  test::GltfParts parts = test::triangleParts(chunk);
  const std::string batch =
      R"({"extensions":{"3DTILES_batch_table_hierarchy":{"instancesLength":4,"classIds":[0,0,1,2],"parentIds":[2,2,3,3],
    "classes":[{"name":"Lamp","length":2,"instances":{"watts":[10,20]}},
               {"name":"Pole","length":1,"instances":{"height":{"byteOffset":0,"componentType":"FLOAT","type":"SCALAR"}}},
               {"name":"Street","length":1,"instances":{"street":["Zhongshan"],"watts":["none"]}}]}}})";
  const auto content = good(
      test::b3dmOf(test::glbOf(parts.json(), chunk.bytes), R"({"BATCH_LENGTH":2})", batch, bytesOf<float>({7.5f})));
  ASSERT_EQ(content.features.size(), 2u);
  EXPECT_EQ(content.features.text("class", 1), "Lamp");
  EXPECT_EQ(content.features.text("watts", 1), "20");
  EXPECT_EQ(content.features.text("height", 0), "7.5");
  EXPECT_EQ(content.features.text("street", 0), "Zhongshan");
}

TEST(BatchTable, HierarchyInACircleEnds) {
  const std::string batch =
      R"({"HIERARCHY":{"instancesLength":2,"classIds":[0,1],"parentCounts":[1,1],"parentIds":[1,0],)"
      R"("classes":[{"name":"A","length":1,"instances":{}},{"name":"B","length":1,"instances":{"x":[null]}}]}})";
  const auto content = good(test::b3dmOf(test::triangleGlb(), R"({"BATCH_LENGTH":2})", batch));
  EXPECT_EQ(content.features.text("x", 0), "");
}

TEST(OldGltf, IsRefusedByName) {
  Bytes binary;
  test::putText(binary, "glTF");
  for (uint32_t word : {1u, 24u, 4u, 0u}) test::putWord(binary, word);
  test::putText(binary, "{}  ");
  EXPECT_EQ(errorOf(binary), "t: glTF 1.0, which is not read; convert it to glTF 2.0");
  Bytes json;
  test::putText(json, R"({"asset":{"version":"1.0"},"meshes":{"a":{}}})");
  EXPECT_EQ(errorOf(json), "t: glTF 1.0, which is not read; convert it to glTF 2.0");
}

TEST(Resources, TheWebDoesNotLeadToThisMachine) {
  Resources resources;
  auto local = resources.get("https://a.example/t.gltf", "file:///etc/passwd");
  ASSERT_FALSE(local);
  EXPECT_EQ(local.error().text(), "file:///etc/passwd is not on the web, as the file is that refers to it");
  EXPECT_TRUE(resources.takeMissing().empty());
  EXPECT_FALSE(resources.get("https://a.example/t.gltf", "t.bin"));
  EXPECT_EQ(resources.takeMissing(), std::vector<std::string>{"https://a.example/t.bin"});
}

}  // namespace
}  // namespace cm::source
