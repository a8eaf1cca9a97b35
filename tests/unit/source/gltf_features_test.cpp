//! glTF beyond plain meshes: instances, feature ids of every kind, files beside the glTF, pictures of every format.
#include <gtest/gtest.h>

#include <webp/encode.h>

#include <set>

#include "glb_maker.h"
#include "source/image.h"
#include "source/ktx.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

using test::Chunk;
using test::GltfParts;

MeshContent good(const Bytes& bytes, Resources* resources = nullptr) {
  auto content = decodeContent(bytes, "a/t.gltf", glm::dmat4(1.0), true, resources);
  EXPECT_TRUE(content) << (content ? "" : content.error().text());
  return content ? std::move(*content) : MeshContent{};
}
std::string errorOf(const Bytes& bytes) {
  auto content = decodeContent(bytes, "t", glm::dmat4(1.0));
  return content ? "decoded" : content.error().text();
}
glm::dvec3 placeOf(const MeshContent& content, size_t vertex) {
  return glm::dvec3(content.ecefFromContent * glm::dvec4(content.vertices[vertex].position, 1));
}
void expectNear(const glm::dvec3& a, const glm::dvec3& b) {
  EXPECT_LT(glm::length(a - b), 1e-5) << a.x << " " << a.y << " " << a.z << " for " << b.x << " " << b.y << " " << b.z;
}
std::string viewOf(size_t at, size_t length) {
  return fmt::format(R"(,{{"buffer":0,"byteOffset":{},"byteLength":{}}})", at, length);
}

TEST(GpuInstancing, PlacesTurnsScalesAndNames) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  const size_t moves = chunk.add<float>({10, 0, 0, 0, 20, 0});
  const size_t turns = chunk.add<int16_t>({0, 0, 0, 32767, 0, 0, 23170, 23170});  // normalized; a quarter turn about z
  const size_t scales = chunk.add<float>({1, 1, 1, 2, 2, 2});
  const size_t ids = chunk.add<uint16_t>({1, 0});
  const size_t text = chunk.add<char>({'o', 'a', 'k', 'e', 'l', 'm'}), offsets = chunk.add<uint32_t>({0, 3, 6});
  parts.views += viewOf(moves, 24) + viewOf(turns, 16) + viewOf(scales, 24) + viewOf(ids, 4) + viewOf(text, 6) +
                 viewOf(offsets, 12);
  parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":2,"type":"VEC3"})"
                     R"(,{"bufferView":2,"componentType":5122,"normalized":true,"count":2,"type":"VEC4"})"
                     R"(,{"bufferView":3,"componentType":5126,"count":2,"type":"VEC3"})"
                     R"(,{"bufferView":4,"componentType":5123,"count":2,"type":"SCALAR"})";
  parts.node =
      R"({"mesh":0,"translation":[0,0,5],)"
      R"("extensions":{"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":1,"ROTATION":2,"SCALE":3,"_FEATURE_ID_0":4}},)"
      R"("EXT_instance_features":{"featureIds":[{"featureCount":2,"attribute":0,"propertyTable":0}]}}})";
  parts.more =
      R"(,"extensionsRequired":["EXT_mesh_gpu_instancing"],)"
      R"("extensions":{"EXT_structural_metadata":{"schema":{"classes":{"c":{"properties":{"kind":{"type":"STRING"}}}}},)"
      R"("propertyTables":[{"class":"c","count":2,"properties":{"kind":{"values":5,"stringOffsets":6}}}]}})";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_TRUE(content.warnings.empty()) << content.warnings[0];
  ASSERT_EQ(content.vertices.size(), 6u);
  expectNear(placeOf(content, 1), {12, 0, 5});
  expectNear(placeOf(content, 4), {0, 24, 5});
  expectNear(placeOf(content, 5), {-6, 20, 5});
  EXPECT_EQ(content.features.text("kind", content.vertices[0].featureAndSurface & kNoFeature), "elm");
  EXPECT_EQ(content.features.text("kind", content.vertices[3].featureAndSurface & kNoFeature), "oak");
}

TEST(GpuInstancing, ABombIsRefused) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  parts.accessors += R"(,{"componentType":5126,"count":9000000,"type":"VEC3"})";
  parts.node = R"({"mesh":0,"extensions":{"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":1}}}})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t: node 0: 9,000,000 instances are more than a tile can hold");
  parts.node = R"({"mesh":0,"extensions":{"EXT_mesh_gpu_instancing":{"attributes":{}}}})";
  EXPECT_EQ(errorOf(test::glbOf(parts.json(), chunk.bytes)),
            "t: node 0: EXT_mesh_gpu_instancing has no TRANSLATION, ROTATION or SCALE");
}

TEST(MeshFeatures, FromATexture) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  const size_t uvs = chunk.add<float>({0.25f, 0.5f, 0.75f, 0.5f, 1, 1});
  const std::vector<uint8_t> pixels = {7, 1, 0, 255, 9, 0, 0, 255};  // ids in channels 1 and 0: 7 * 256 + 1, 9 * 256
  const Bytes png = *encodePng(2, 1, pixels);
  const size_t picture = chunk.add(png);
  parts.views += viewOf(uvs, 24) + viewOf(picture, png.size());
  parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"})";
  parts.primitive =
      R"({"attributes":{"POSITION":0,"TEXCOORD_0":1},)"
      R"("extensions":{"EXT_mesh_features":{"featureIds":[{"featureCount":2,"texture":{"index":0,"texCoord":0,"channels":[1,0]}}]}}})";
  parts.more = R"(,"textures":[{"source":0}],"images":[{"bufferView":2,"mimeType":"image/png"}])";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_TRUE(content.warnings.empty()) << content.warnings[0];
  ASSERT_EQ(content.features.size(), 2u);
  EXPECT_EQ(content.features.ids, (Texts{"a/t.gltf#1793", "a/t.gltf#2304"}));
  EXPECT_EQ(content.vertices[0].featureAndSurface & kNoFeature, 0u);
  EXPECT_EQ(content.vertices[1].featureAndSurface & kNoFeature, 1u);
  EXPECT_EQ(content.vertices[2].featureAndSurface & kNoFeature, 1u);  // a coordinate of 1 is the last texel
}

TEST(MeshFeatures, ImplicitIdsAreVertexNumbers) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  parts.primitive =
      R"({"attributes":{"POSITION":0},"mode":0,"extensions":{"EXT_mesh_features":{"featureIds":[{"featureCount":3}]}}})";
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_EQ(content.features.size(), 3u);
  EXPECT_EQ(content.vertices[2].featureAndSurface & kNoFeature, 2u);
}

TEST(GltfFiles, BuffersPicturesAndSchemasBesideIt) {
  Bytes json;
  test::putText(json, R"( {"asset":{"version":"2.0"},"nodes":[{"mesh":0}],)"
                      R"("meshes":[{"primitives":[{"attributes":{"POSITION":0,"TEXCOORD_0":1},"material":0}]}],
    "materials":[{"pbrMetallicRoughness":{"baseColorTexture":{"index":0}}}],"textures":[{"source":0}],"images":[{"uri":"p%20c.png"}],
    "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"},
      {"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"}],
    "bufferViews":[{"buffer":0,"byteLength":36},{"buffer":1,"byteLength":24}],
    "buffers":[{"byteLength":36,"uri":"m.bin"},
      {"byteLength":24,"uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAIA/AAAAAAAAAAAAAIA/"}],
    "extensions":{"EXT_structural_metadata":{"schemaUri":"s.json",
      "propertyTables":[{"class":"c","count":1,"properties":{"n":{"values":2}}}]}}})");
  EXPECT_NE(errorOf(json).find("is in the file m.bin; only glb and data URIs are read here"), std::string::npos)
      << errorOf(json);
  Resources resources;
  std::vector<std::string> asked;
  for (int round = 0; round < 5; ++round) {
    (void)decodeContent(json, "a/t.gltf", glm::dmat4(1.0), true, &resources);
    const auto missing = resources.takeMissing();
    for (const std::string& uri : missing) {
      asked.push_back(uri);
      Chunk chunk;
      if (uri == "a/m.bin")
        chunk.add<float>({0, 0, 0, 1, 0, 0, 0, 1, 0});
      else if (uri == "a/s.json")
        test::putText(chunk.bytes, R"({"classes":{"c":{"properties":{"n":{"type":"SCALAR",)"
                                   R"("componentType":"UINT8"}}}}})");
      else
        chunk.bytes = *encodePng(1, 1, std::vector<uint8_t>{1, 2, 3, 255});
      resources.put(uri, chunk.bytes);
    }
  }
  EXPECT_EQ(std::set<std::string>(asked.begin(), asked.end()),
            (std::set<std::string>{"a/m.bin", "a/p%20c.png", "a/s.json"}));
  const auto content = good(json, &resources);
  ASSERT_EQ(content.images.size(), 1u);
  EXPECT_EQ(content.uvs.at(1), glm::vec2(1, 0));
  ASSERT_EQ(content.warnings.size(), 1u);  // the property's buffer view
  EXPECT_NE(content.warnings[0].find("property n: buffer view 2 does not exist"), std::string::npos)
      << content.warnings[0];
}

TEST(GltfFiles, CesiumRtc) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  parts.more = R"(,"extensionsRequired":["CESIUM_RTC"],"extensions":{"CESIUM_RTC":{"center":[100,200,300]}})";
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  expectNear(placeOf(content, 0), {100, 200, 300});
  expectNear(placeOf(content, 2), {100, 203, 300});
}

TEST(Pictures, WebpInsteadOfPngAndBasisByName) {
  Chunk chunk;
  GltfParts parts = test::triangleParts(chunk);
  const size_t uvs = chunk.add<float>({0, 0, 1, 0, 0, 1});
  uint8_t* data = nullptr;
  const std::vector<uint8_t> pixel = {10, 20, 30, 255};
  const size_t size = WebPEncodeLosslessRGBA(pixel.data(), 1, 1, 4, &data);
  const size_t picture = chunk.add(std::vector<uint8_t>(data, data + size));
  WebPFree(data);
  parts.views += viewOf(uvs, 24) + viewOf(picture, size);
  parts.accessors += R"(,{"bufferView":1,"componentType":5126,"count":3,"type":"VEC2"})";
  parts.primitive = R"({"attributes":{"POSITION":0,"TEXCOORD_0":1},"material":0})";
  const std::string materials =
      R"(,"materials":[{"pbrMetallicRoughness":{"baseColorFactor":[1,0.5,0,1],)"
      R"("baseColorTexture":{"index":0}}}],"images":[{"uri":"absent.png"},{"bufferView":2}],)";
  parts.more = materials + R"("textures":[{"source":0,"extensions":{"EXT_texture_webp":{"source":1}}}],)"
                           R"("extensionsRequired":["EXT_texture_webp"])";
  parts.bufferBytes = chunk.bytes.size();
  const auto webp = good(test::glbOf(parts.json(), chunk.bytes));
  ASSERT_EQ(webp.images.size(), 1u);
  EXPECT_EQ(webp.images[0].rgba, pixel);
  parts.more = materials + R"("textures":[{"extensions":{"KHR_texture_basisu":{"source":1}}}],)"
                           R"("extensionsRequired":["KHR_texture_basisu"])";
  const auto basis = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_EQ(basis.materials.at(0).baseColour, glm::vec4(1, 0.5f, 0, 1));
  if (readsKtx2()) {
    EXPECT_EQ(basis.images.size(), 1u) << "what it is in truth is told by its first bytes";
  } else {
    EXPECT_TRUE(basis.images.empty());
    EXPECT_EQ(basis.warnings,
              std::vector<std::string>{"a/t.gltf: a texture is in KTX2 form, which is not read; drawn without it"});
  }
}

}  // namespace
}  // namespace cm::source
