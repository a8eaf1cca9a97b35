//! Property textures: the value at a place of a surface, from a file of our own and from a public sample.
#include "source/property_textures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "glb_maker.h"
#include "source/image.h"
#include "support/test_data.h"

namespace cm::source {
namespace {

using test::Chunk;
using testing::ElementsAre;
using testing::IsEmpty;

//! A square of two metres, z up in the tile's axes (x, y) 0..2; a picture of 2 x 2 texels over it, the first row at y = 2.
Bytes squareGlb(const std::string& properties, const std::string& uses) {
  Chunk chunk;
  test::GltfParts parts;
  chunk.add<float>({0, 0, 0, 2, 0, 0, 2, 0, -2, 0, 0, -2});
  const size_t uvs = chunk.add<float>({0, 1, 1, 1, 1, 0, 0, 0}), indices = chunk.add<uint16_t>({0, 1, 2, 0, 2, 3});
  const std::vector<uint8_t> pixels = {1, 2, 10, 0, 3, 4, 20, 1, 5, 6, 30, 2, 255, 255, 40, 9};
  const Bytes png = *encodePng(2, 2, pixels);
  const size_t picture = chunk.add(png);
  parts.primitive =
      R"({"attributes":{"POSITION":0,"TEXCOORD_0":1},"indices":2,"extensions":{"EXT_structural_metadata":)"
      R"({"propertyTextures":[0]}}})";
  parts.accessors = R"({"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"},)"
                    R"({"bufferView":1,"componentType":5126,"count":4,"type":"VEC2"},)"
                    R"({"bufferView":2,"componentType":5123,"count":6,"type":"SCALAR"})";
  parts.views = fmt::format(
      R"({{"buffer":0,"byteLength":48}},{{"buffer":0,"byteOffset":{},"byteLength":32}},{{"buffer":0,"byteOffset":{},"byteLength":12}},)"
      R"({{"buffer":0,"byteOffset":{},"byteLength":{}}})",
      uvs, indices, picture, png.size());
  parts.more =
      R"(,"textures":[{"source":0}],"images":[{"bufferView":3}],"extensionsUsed":["EXT_structural_metadata"],)"
      R"("extensions":{"EXT_structural_metadata":{"schema":{"id":"s","enums":{"Kind":{"valueType":"UINT8","values":)"
      R"([{"name":"brick","value":0},{"name":"glass","value":1},{"name":"steel","value":2}]}},)"
      R"("classes":{"wall":{"properties":{)" +
      properties + R"(}}}},"propertyTextures":[{"class":"wall","properties":{)" + uses + "}}]}}";
  parts.bufferBytes = chunk.bytes.size();
  return test::glbOf(parts.json(), chunk.bytes);
}

std::vector<Fact> at(const MeshContent& content, const glm::dvec3& place, double reach = 0.1) {
  return propertiesAt(content.propertySurfaces, place, reach);
}

TEST(PropertyTextures, SayWhatTheTexelUnderAPlaceHolds) {
  const auto content = decodeContent(
      squareGlb(
          R"("both":{"name":"Flow","type":"SCALAR","componentType":"UINT16","noData":65535},)"
          R"("share":{"type":"SCALAR","componentType":"UINT8","normalized":true,"scale":255,"offset":-1},)"
          R"("kind":{"type":"ENUM","enumType":"Kind"})",
          R"("both":{"index":0,"channels":[0,1]},"share":{"index":0,"channels":[2]},"kind":{"index":0,"channels":[3]})"),
      "a.glb", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_THAT(content->warnings, IsEmpty());
  ASSERT_EQ(content->propertySurfaces.size(), 1u);
  EXPECT_THAT(at(*content, {0.5, 1.5, 0}), ElementsAre(Fact{"Flow", "513"}, Fact{"share", "9"}, Fact{"kind", "brick"}));
  EXPECT_THAT(at(*content, {1.5, 1.5, 0.05}),
              ElementsAre(Fact{"Flow", "1027"}, Fact{"share", "19"}, Fact{"kind", "glass"}));
  EXPECT_THAT(at(*content, {0.5, 0.5, -0.05}),
              ElementsAre(Fact{"Flow", "1541"}, Fact{"share", "29"}, Fact{"kind", "steel"}));
  EXPECT_THAT(at(*content, {1.5, 0.5, 0}), ElementsAre(Fact{"share", "39"}, Fact{"kind", "9"})) << "no data is no line";
  EXPECT_THAT(at(*content, {2.05, 2.05, 0}),
              ElementsAre(Fact{"Flow", "1027"}, Fact{"share", "19"}, Fact{"kind", "glass"}));
  EXPECT_THAT(at(*content, {1, 1, 0.2}), IsEmpty()) << "too far";
  EXPECT_GE(content->cpuBytes(), content->propertySurfaces[0]->bytes());
}

TEST(PropertyTextures, ATransformMovesThePictureOnTheSurface) {
  const std::string use =
      R"({"index":0,"channels":[2],"texCoord":1,"extensions":{"KHR_texture_transform":{"texCoord":0,)";
  const auto content = decodeContent(
      squareGlb(R"("moved":{"type":"SCALAR","componentType":"UINT8"},"half":{"type":"SCALAR","componentType":"UINT8"},)"
                R"("turned":{"type":"SCALAR","componentType":"UINT8"})",
                R"("moved":)" + use + R"("offset":[0.5,0]}}},"half":)" + use + R"("scale":[0.5,0.5]}}},"turned":)" +
                    use + R"("rotation":1.5707963267948966,"offset":[0,1]}}})"),
      "a.glb", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_THAT(content->warnings, IsEmpty());
  // Unmoved there would be 10 above left, 20 above right, 30 and 40 below. A quarter turn takes (u, v) to (v, 1 - u).
  EXPECT_THAT(at(*content, {0.5, 1.5, 0}), ElementsAre(Fact{"moved", "20"}, Fact{"half", "10"}, Fact{"turned", "30"}));
  EXPECT_THAT(at(*content, {1.5, 1.5, 0}), ElementsAre(Fact{"moved", "10"}, Fact{"half", "10"}, Fact{"turned", "10"}));
  EXPECT_THAT(at(*content, {1.5, 0.5, 0}), ElementsAre(Fact{"moved", "30"}, Fact{"half", "10"}, Fact{"turned", "20"}));
}

TEST(PropertyTextures, WhatCannotBeReadIsSaidAndTheRestIsKept) {
  const auto content = decodeContent(
      squareGlb(R"("a":{"type":"SCALAR","componentType":"UINT8"},"b":{"type":"SCALAR","componentType":"UINT8"},)"
                R"("c":{"type":"SCALAR","componentType":"FLOAT32"},"e":{"type":"SCALAR","componentType":"UINT8"})",
                R"("a":{"index":7},"b":{"index":0,"channels":[4]},"c":{"index":0,"channels":[0]},"d":{"index":0},)"
                R"("e":{"index":0,"texCoord":3})"),
      "a.glb", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_THAT(content->warnings, ElementsAre("a.glb: property texture 0, a: texture 7 has no picture",
                                             "a.glb: property texture 0, b: channel 4 does not exist",
                                             "a.glb: property texture 0, d: the schema does not describe it",
                                             "a.glb: property texture 0, e: TEXCOORD_3 is not read"));
  EXPECT_THAT(at(*content, {0.5, 1.5, 0}), IsEmpty()) << "one byte is no float";
}

TEST(PropertyTextures, OfAPublicSample) {
  const std::string name =
      "tilesets/cesium_samples/glTF/EXT_structural_metadata/SimplePropertyTexture/SimplePropertyTexture.gltf";
  CM_NEED_SHARED_DATA(name);
  const Path file = test::sharedData(name);
  const auto bytes = readFile(file);
  ASSERT_TRUE(bytes);
  const auto content = decodeContent(*bytes, file.string(), glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  ASSERT_EQ(content->propertySurfaces.size(), 1u);
  const glm::dvec3 middle(content->ecefFromContent * glm::dvec4((content->lo + content->hi) * 0.5f, 1));
  const auto facts = at(*content, middle);
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[0].name, "Inside Temperature");
  EXPECT_EQ(facts[1].name, "Outside Temperature");
  EXPECT_EQ(facts[2].name, "Insulation Thickness");
  for (const Fact& fact : facts) EXPECT_FALSE(fact.value.empty());
}

}  // namespace
}  // namespace cm::source
