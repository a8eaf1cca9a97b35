#include "source/tileset.h"

#include <gtest/gtest.h>

#include "geo/ellipsoid.h"
#include "glb_maker.h"
#include "source/image.h"

namespace cm::source {
namespace {

using test::Chunk;
using test::GltfParts;
using test::triangleParts;

const glm::dmat4 kHere(1.0);  // no place on Earth: the content frame keeps the tile's axes

MeshContent good(const Bytes& bytes, const glm::dmat4& ecefFromTile = kHere, bool zUp = false) {
  auto content = decodeContent(bytes, "t.glb", ecefFromTile, zUp);
  EXPECT_TRUE(content) << (content ? "" : content.error().text());
  return content ? std::move(*content) : MeshContent{};
}
std::string errorOf(const Bytes& bytes) {
  auto content = decodeContent(bytes, "t.glb", kHere);
  return content ? "decoded" : content.error().text();
}
glm::dvec3 ecefOf(const MeshContent& content, size_t vertex) {
  return glm::dvec3(content.ecefFromContent * glm::dvec4(content.vertices[vertex].position, 1));
}
void expectNear(const glm::dvec3& a, const glm::dvec3& b, double tolerance = 1e-6) {
  EXPECT_LT(glm::length(a - b), tolerance)
      << a.x << " " << a.y << " " << a.z << " for " << b.x << " " << b.y << " " << b.z;
}

TEST(DecodeContent, TurnsYUpAndGivesFlatNormals) {
  const auto content = good(test::triangleGlb());
  ASSERT_EQ(content.vertices.size(), 3u);
  expectNear(ecefOf(content, 1), {2, 0, 0});
  expectNear(ecefOf(content, 2), {0, 0, 3});  // glTF's y is the tile's z
  EXPECT_EQ(content.vertices[0].normal, (std::array<int8_t, 3>{0, -127, 0}));
  EXPECT_EQ(content.vertices[0].featureAndSurface, kNoFeature);
  EXPECT_EQ(content.vertices[0].colour, (std::array<uint8_t, 4>{255, 255, 255, 255}));
  expectNear(content.lo, {-1, 0, -1.5});
  expectNear(content.hi, {1, 0, 1.5});
}

TEST(DecodeContent, LegacyZUpStaysAsItIs) {
  const auto content = good(test::triangleGlb(), kHere, true);
  expectNear(ecefOf(content, 2), {0, 3, 0});
}

TEST(DecodeContent, FrameIsEastNorthUpOnEarth) {
  const auto frame = geo::enuFrameAt({120.3, 36.1, 50});
  glm::dmat4 turned = frame.ecefFromEnu;  // a tile whose own axes are turned: x north, y west
  std::swap(turned[0], turned[1]);
  turned[1] = -turned[1];
  const auto content = good(test::triangleGlb(), turned);
  expectNear(ecefOf(content, 1), frame.toEcef({0, 2, 0}), 1e-5);
  expectNear(ecefOf(content, 2), frame.toEcef({0, 0, 3}), 1e-5);
  const glm::dvec3 up(content.ecefFromContent[2]);
  EXPECT_GT(glm::dot(up, glm::dvec3(frame.ecefFromEnu[2])), 1 - 1e-9);
  EXPECT_NEAR(glm::determinant(glm::dmat3(content.ecefFromContent)), 1, 1e-9);
}

TEST(DecodeContent, LessThanAMillimetreFarOut) {
  // Node at 300 km east of the tile's origin, geometry of a kilometre: floats alone would be off by centimetres.
  Chunk chunk;
  chunk.add<float>({0, 0, 0, 1000.123f, 0, 0, 0, 1000.457f, 0});
  GltfParts parts = triangleParts(chunk);
  parts.views = R"({"buffer":0,"byteLength":36})";
  parts.node = R"({"mesh":0,"translation":[300000.1234,17.25,-4000.5]})";
  parts.bufferBytes = 72;
  const auto frame = geo::enuFrameAt({120.3, 36.1, 50});
  const auto content = good(test::glbOf(parts.json(), chunk.bytes), frame.ecefFromEnu);
  expectNear(ecefOf(content, 1), frame.toEcef({300000.1234 + static_cast<double>(1000.123f), 4000.5, 17.25}), 1e-3);
  EXPECT_LT(glm::length(content.hi), 1000);
}

TEST(DecodeContent, MultipliesNodesAndMirrors) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  parts.node = R"({"children":[1],"translation":[10,0,0]},{"mesh":0,"scale":[-1,1,1]})";
  auto content = good(test::glbOf(parts.json(), chunk.bytes));
  ASSERT_EQ(content.indices.size(), 3u);
  glm::dvec3 corner[3];
  for (size_t k = 0; k < 3; ++k) corner[k] = ecefOf(content, content.indices[k]);
  // Mirrored triangles keep their front in front.
  EXPECT_LT(glm::cross(corner[1] - corner[0], corner[2] - corner[0]).y, 0);
  EXPECT_NEAR(content.ecefFromContent[3].x, 9, 1e-9);
}

TEST(DecodeContent, ReadsStripsFansAndByteIndices) {
  Chunk chunk;
  chunk.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0});
  const size_t at = chunk.add<uint8_t>({0, 1, 2, 3});
  GltfParts parts;
  parts.accessors =
      R"({"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":4,"type":"SCALAR"})";
  parts.views =
      R"({"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":)" + std::to_string(at) + R"(,"byteLength":4})";
  parts.bufferBytes = 52;
  for (int mode : {5, 6}) {
    parts.primitive = R"({"attributes":{"POSITION":0},"indices":1,"mode":)" + std::to_string(mode) + "}";
    const auto content = good(test::glbOf(parts.json(), chunk.bytes));
    ASSERT_EQ(content.indices.size(), 6u);
    if (mode == 6) continue;
    for (const Vertex& v : content.vertices) EXPECT_EQ(v.normal[1], -127);  // both of the strip face one way
  }
}

TEST(DecodeContent, ReadsPointsAndLines) {
  Chunk chunk;
  chunk.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0});
  GltfParts parts;
  parts.accessors = R"({"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"})";
  parts.views = R"({"buffer":0,"byteLength":48})";
  parts.bufferBytes = 48;
  const auto of = [&](int mode) {
    parts.primitive = R"({"attributes":{"POSITION":0},"mode":)" + std::to_string(mode) + "}";
    auto content = good(test::glbOf(parts.json(), chunk.bytes));
    EXPECT_EQ(content.vertices.size(), 4u);  // nothing is flattened
    EXPECT_TRUE(content.materials.at(0).unlit);
    return content;
  };
  EXPECT_EQ(of(0).count(Topology::Points), 4u);
  EXPECT_EQ(of(1).indices, (std::vector<uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(of(2).indices, (std::vector<uint32_t>{0, 1, 1, 2, 2, 3, 3, 0}));
  EXPECT_EQ(of(3).indices, (std::vector<uint32_t>{0, 1, 1, 2, 2, 3}));
  EXPECT_EQ(of(3).parts.at(0).topology, Topology::Lines);
  parts.primitive = R"({"attributes":{"POSITION":0},"mode":7})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)), "t.glb: mesh 0, primitive 0: mode is 7, expected 0 to 6");
}

TEST(DecodeContent, ReadsInterleavedNormalizedAndSparse) {
  Chunk chunk;
  // x y z as normalized u16 with two bytes between, 8 bytes a vertex.
  chunk.add<uint16_t>({0, 0, 0, 9, 65535, 0, 0, 9, 0, 65535, 0, 9});
  const size_t index = chunk.add<uint16_t>({2}), value = chunk.add<uint16_t>({0, 0, 65535});
  GltfParts parts;
  parts.accessors =
      R"({"bufferView":0,"componentType":5123,"normalized":true,"count":3,"type":"VEC3","sparse":{"count":1,)"
      R"("indices":{"bufferView":1,"componentType":5123},"values":{"bufferView":2}}})";
  parts.views = R"({"buffer":0,"byteLength":24,"byteStride":8},{"buffer":0,"byteOffset":)" + std::to_string(index) +
                R"(,"byteLength":2},{"buffer":0,"byteOffset":)" + std::to_string(value) + R"(,"byteLength":6})";
  parts.node = R"({"mesh":0,"scale":[4,4,4]})";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  expectNear(ecefOf(content, 1), {4, 0, 0});
  expectNear(ecefOf(content, 2), {0, -4, 0});  // replaced by the sparse value (0, 0, 1)
}

TEST(DecodeContent, KeepsNormalsColoursAndSurface) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  const size_t normals = chunk.add<int8_t>({0, 0, 127, 0, 0, 127, 0, 0, 0, 127, 0, 0});
  const size_t colours = chunk.add<float>({1, 0.5f, 0, 0, 0, 1, 2, -1, 0.25f});
  const size_t sky = chunk.add<uint8_t>({10, 20, 30});
  parts.accessors += R"(,{"bufferView":1,"componentType":5120,"normalized":true,"count":3,"type":"VEC3"})"
                     R"(,{"bufferView":2,"componentType":5126,"count":3,"type":"VEC3"})"
                     R"(,{"bufferView":3,"componentType":5121,"normalized":true,"count":3,"type":"SCALAR"})";
  parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(normals) + R"(,"byteLength":12,"byteStride":4})" +
                 R"(,{"buffer":0,"byteOffset":)" + std::to_string(colours) + R"(,"byteLength":36})" +
                 R"(,{"buffer":0,"byteOffset":)" + std::to_string(sky) + R"(,"byteLength":3})";
  parts.primitive = R"({"attributes":{"POSITION":0,"NORMAL":1,"COLOR_0":2,"_SKY_VISIBILITY":3},"material":0})";
  parts.more = R"(,"materials":[{"name":"cm:water","pbrMetallicRoughness":{"baseColorFactor":[0.5,1,1,1]}}])";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_EQ(content.vertices[0].normal, (std::array<int8_t, 3>{0, -127, 0}));
  EXPECT_EQ(content.vertices[2].normal, (std::array<int8_t, 3>{0, 0, 127}));
  EXPECT_EQ(content.vertices[0].colour, (std::array<uint8_t, 4>{255, 128, 0, 255}));
  EXPECT_EQ(content.vertices[2].colour, (std::array<uint8_t, 4>{255, 0, 64, 255}));
  EXPECT_EQ(content.vertices[1].sky, 20);
  EXPECT_EQ(content.vertices[0].featureAndSurface >> 24, static_cast<uint32_t>(Surface::Water));
  EXPECT_EQ(content.materials[0].baseColour, glm::vec4(0.5f, 1, 1, 1));
}

TEST(DecodeContent, NormalsOfNearlyNoLengthStayNormals) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  const size_t normals = chunk.add<float>({3e-23f, 0, 1e-23f, 0, 0, 0, 1e30f, 0, 0});
  parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":3,"type":"VEC3"})";
  parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(normals) + R"(,"byteLength":36})";
  parts.primitive = R"({"attributes":{"POSITION":0,"NORMAL":1}})";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_GT(content.vertices[0].normal[0], 0);
  EXPECT_EQ(content.vertices[1].normal, (std::array<int8_t, 3>{0, 0, 127}));
  EXPECT_EQ(content.vertices[2].normal, (std::array<int8_t, 3>{0, 0, 127}));  // its square is no number
}

TEST(DecodeContent, ReadsPicturesAndTheirTransform) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  const size_t uvs = chunk.add<float>({0, 0, 1, 0, 0, 1});
  const std::vector<uint8_t> pixels = {255, 0, 0, 255, 0, 255, 0, 128};
  const Bytes png = *encodePng(2, 1, pixels);
  const size_t picture = chunk.add(png);
  parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"})";
  parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(uvs) +
                 R"(,"byteLength":24},{"buffer":0,"byteOffset":)" + std::to_string(picture) + R"(,"byteLength":)" +
                 std::to_string(png.size()) + "}";
  parts.primitive = R"({"attributes":{"POSITION":0,"TEXCOORD_0":1},"material":0})";
  parts.more =
      R"(,"materials":[{"alphaMode":"MASK","doubleSided":true,"extensions":{"KHR_materials_unlit":{}},)"
      R"("pbrMetallicRoughness":{"baseColorTexture":{"index":0,)"
      R"("extensions":{"KHR_texture_transform":{"offset":[0.25,0],"scale":[2,4]}}}}}],"textures":[{"source":0}],)"
      R"("images":[{"bufferView":2,"mimeType":"image/png"}],"extensionsRequired":["KHR_texture_transform"])";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  ASSERT_EQ(content.images.size(), 1u);
  EXPECT_EQ(content.images[0].rgba, pixels);
  ASSERT_EQ(content.uvs.size(), 3u);
  EXPECT_EQ(content.uvs[1], glm::vec2(2.25f, 0));
  EXPECT_EQ(content.uvs[2], glm::vec2(0.25f, 4));
  EXPECT_TRUE(content.materials[0].unlit && content.materials[0].doubleSided);
  EXPECT_EQ(content.materials[0].alphaCutoff, 0.5f);
}

TEST(DecodeContent, AlphaModes) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  parts.primitive = R"({"attributes":{"POSITION":0},"material":0})";
  const auto cutoff = [&](const std::string& mode) {
    parts.more = R"(,"materials":[{)" + mode + R"("pbrMetallicRoughness":{"baseColorFactor":[1,1,1,0.25]}}])";
    return good(test::glbOf(parts.json(), chunk.bytes)).materials.at(0).alphaCutoff;
  };
  EXPECT_EQ(cutoff(""), 0);
  EXPECT_EQ(cutoff(R"("alphaMode":"MASK",)"), 0.5f);
  EXPECT_EQ(cutoff(R"("alphaMode":"MASK","alphaCutoff":0.75,)"), 0.75f);
  EXPECT_EQ(cutoff(R"("alphaMode":"BLEND",)"), Material::kBlends);
}

TEST(DecodeContent, WhatBlendsIsDrawnSoWhereItsPictureIsNeitherClearNorOpaque) {
  const auto cutoff = [&](std::array<uint8_t, 16> alphas, double factor = 1) {
    Chunk chunk;
    GltfParts parts = triangleParts(chunk);
    std::vector<uint8_t> pixels;
    for (uint8_t alpha : alphas) pixels.insert(pixels.end(), {200, 100, 50, alpha});
    const Bytes png = *encodePng(4, 4, pixels);
    std::vector<uint8_t> bytes(png.size());
    std::memcpy(bytes.data(), png.data(), png.size());
    const size_t uvs = chunk.add<float>({0, 0, 1, 0, 0, 1}), picture = chunk.add(bytes);
    parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"})";
    parts.views +=
        fmt::format(R"(,{{"buffer":0,"byteOffset":{},"byteLength":24}},{{"buffer":0,"byteOffset":{},"byteLength":{}}})",
                    uvs, picture, png.size());
    parts.primitive = R"({"attributes":{"POSITION":0,"TEXCOORD_0":1},"material":0})";
    parts.more = fmt::format(
        R"(,"materials":[{{"alphaMode":"BLEND","pbrMetallicRoughness":{{"baseColorFactor":[1,1,1,{}],)"
        R"("baseColorTexture":{{"index":0}}}}}}],"textures":[{{"source":0}}],"images":[{{"bufferView":2}}])",
        factor);
    parts.bufferBytes = chunk.bytes.size();
    const auto content = good(test::glbOf(parts.json(), chunk.bytes));
    EXPECT_EQ(content.images.size(), 1u);
    return content.materials.at(0).alphaCutoff;
  };
  std::array<uint8_t, 16> opaque, foliage, glass;
  opaque.fill(255);
  glass.fill(90);
  for (size_t i = 0; i < 16; ++i) foliage[i] = i % 2 ? 255 : 0;
  foliage[5] = 130;  // an edge
  EXPECT_EQ(cutoff(opaque), 0);
  EXPECT_EQ(cutoff(foliage), 0.5f);
  EXPECT_EQ(cutoff(glass), Material::kBlends);
  EXPECT_EQ(cutoff(opaque, 0.5), Material::kBlends);
}

//! Errors: the file, the place in it, what was found, what was expected.
TEST(BadContent, AccessorOverrunsItsBuffer) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  parts.accessors = R"({"bufferView":0,"componentType":5126,"count":4010,"type":"VEC3"})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t.glb: mesh 0, primitive 0: accessor 0 needs 48,120 bytes, buffer view 0 has 36");
  parts.views = R"({"buffer":0,"byteOffset":0,"byteLength":48120})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t.glb: mesh 0, primitive 0: accessor 0: buffer view 0 ends at byte 48,120, buffer 0 has 36");
  parts.bufferBytes = 48120;
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t.glb: mesh 0, primitive 0: accessor 0: buffer 0 says 48,120 bytes, the binary chunk has 36");
}

TEST(BadContent, SaysWhatIsWrong) {
  Chunk chunk;
  const GltfParts fine = triangleParts(chunk);
  const auto broken = [&](auto change) {
    GltfParts parts = fine;
    change(parts);
    return errorOf(test::glbOf(parts.json(), chunk.bytes));
  };
  EXPECT_EQ(broken([](GltfParts&) {}), "decoded");
  EXPECT_EQ(broken([](GltfParts& p) { p.node = R"({"children":[1]},{"children":[0]})"; }),
            "t.glb: node 0 is reached twice: the nodes form a cycle or share children");
  EXPECT_EQ(broken([](GltfParts& p) { p.node = R"({"children":[7]})"; }), "t.glb: node 7 does not exist");
  EXPECT_EQ(broken([](GltfParts& p) { p.node = R"({"mesh":3})"; }), "t.glb: mesh 3 does not exist");
  EXPECT_EQ(broken([](GltfParts& p) { p.node = R"({"mesh":0,"matrix":[1,2]})"; }),
            "t.glb: node 0: matrix is an array, expected 16 numbers");
  EXPECT_EQ(broken([](GltfParts& p) { p.primitive = R"({"attributes":{}})"; }),
            "t.glb: mesh 0, primitive 0: POSITION is missing");
  EXPECT_EQ(broken([](GltfParts& p) { p.primitive = R"({"attributes":{"POSITION":5}})"; }),
            "t.glb: mesh 0, primitive 0: accessor 5 does not exist");
  EXPECT_EQ(broken([](GltfParts& p) { p.accessors = R"({"componentType":5126,"count":99999999999,"type":"VEC3"})"; }),
            "t.glb: mesh 0, primitive 0: accessor 0: 99,999,999,999 elements are more than a tile can hold");
  EXPECT_EQ(
      broken([](GltfParts& p) { p.accessors = R"({"bufferView":0,"componentType":5124,"count":3,"type":"VEC3"})"; }),
      "t.glb: mesh 0, primitive 0: accessor 0: componentType is 5124, expected 5120 to 5123, 5125 or 5126");
  EXPECT_EQ(broken([](GltfParts& p) { p.more = R"(,"extensionsRequired":["EXT_unheard_of"])"; }),
            "t.glb: requires the glTF extension EXT_unheard_of, which is not supported");
  EXPECT_EQ(broken([](GltfParts& p) { p.node = R"({"mesh":0,"scale":[1e300,1,1]})"; }),
            "t.glb: positions reach 2e+300 m from the Earth's centre");
}

TEST(BadContent, IndexPastTheVertices) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  const size_t at = chunk.add<uint16_t>({0, 1, 3});
  parts.accessors += R"(,{"bufferView":1,"componentType":5123,"count":3,"type":"SCALAR"})";
  parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(at) + R"(,"byteLength":6})";
  parts.primitive = R"({"attributes":{"POSITION":0},"indices":1})";
  parts.bufferBytes = chunk.bytes.size();
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)), "t.glb: mesh 0, primitive 0: index 3 of 3 vertices");
}

TEST(BadContent, TruncatedAndForeignFiles) {
  const Bytes glb = test::triangleGlb();
  for (size_t length = 0; length < glb.size(); ++length) {
    const Bytes cut(glb.begin(), glb.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_NE(errorOf(cut), "decoded") << length;
  }
  Bytes text;
  test::putText(text, "<html>Not found</html>");
  EXPECT_EQ(errorOf(text), "t.glb: starts with '<htm', expected glTF, b3dm, i3dm, pnts or cmpt");
  text.clear();
  test::putText(text, "vctr....................");
  EXPECT_EQ(errorOf(text), "t.glb: vctr content is not supported");
}

TEST(BadContent, DamagedMeshoptStream) {
  Chunk chunk;
  GltfParts parts = triangleParts(chunk);
  parts.views = R"({"buffer":1,"byteLength":36,"byteStride":12,"extensions":{"EXT_meshopt_compression":{"buffer":0,)"
                R"("byteLength":36,"byteStride":12,"count":3,"mode":"ATTRIBUTES"}}})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t.glb: mesh 0, primitive 0: accessor 0: buffer view 0: its packed data is damaged (meshopt, mode "
            "ATTRIBUTES, code -1)");
  parts.views = R"({"buffer":1,"byteLength":36,"extensions":{"EXT_meshopt_compression":{"buffer":0,"byteLength":36,)"
                R"("byteStride":12,"count":4000000000,"mode":"ATTRIBUTES"}}})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t.glb: mesh 0, primitive 0: accessor 0: buffer view 0: would unpack to more than 1,073,741,824 bytes");
}

}  // namespace
}  // namespace cm::source
