//! Meshes compressed with Draco, made here with its encoder.
#include <gtest/gtest.h>

#include "glb_maker.h"
#include "source/tileset.h"

#if __has_include(<draco/compression/encode.h>)
#include <draco/compression/encode.h>
#include <draco/mesh/triangle_soup_mesh_builder.h>

namespace cm::source {
namespace {

//! Two triangles with one batch id each; positions exact to a thousandth.
Bytes packedPair(int& position, int& batch) {
  draco::TriangleSoupMeshBuilder builder;
  builder.Start(2);
  position = builder.AddAttribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32);
  batch = builder.AddAttribute(draco::GeometryAttribute::GENERIC, 1, draco::DT_UINT16);
  const std::array<float, 3> a{0, 0, 0}, b{2, 0, 0}, c{0, 3, 0}, d{2, 3, 0};
  const uint16_t first = 0, second = 1;
  builder.SetAttributeValuesForFace(position, draco::FaceIndex(0), a.data(), b.data(), c.data());
  builder.SetAttributeValuesForFace(position, draco::FaceIndex(1), b.data(), d.data(), c.data());
  builder.SetAttributeValuesForFace(batch, draco::FaceIndex(0), &first, &first, &first);
  builder.SetAttributeValuesForFace(batch, draco::FaceIndex(1), &second, &second, &second);
  const auto mesh = builder.Finalize();
  position = static_cast<int>(mesh->attribute(position)->unique_id());
  batch = static_cast<int>(mesh->attribute(batch)->unique_id());
  draco::Encoder encoder;
  encoder.SetAttributeQuantization(draco::GeometryAttribute::POSITION, 14);
  draco::EncoderBuffer buffer;
  EXPECT_TRUE(encoder.EncodeMeshToBuffer(*mesh, &buffer).ok());
  const auto* data = reinterpret_cast<const std::byte*>(buffer.data());
  return {data, data + buffer.size()};
}

test::GltfParts partsFor(const Bytes& packed, int position, int batch) {
  test::GltfParts parts;
  parts.accessors = R"({"componentType":5126,"count":6,"type":"VEC3"},{"componentType":5123,"count":6,"type":"SCALAR"})";
  parts.views = R"({"buffer":0,"byteLength":)" + std::to_string(packed.size()) + "}";
  parts.primitive = R"({"attributes":{"POSITION":0,"_BATCHID":1},"extensions":{"KHR_draco_mesh_compression":{"bufferView":0,"attributes":{"POSITION":)" +
                    std::to_string(position) + R"(,"_BATCHID":)" + std::to_string(batch) + "}}}}";
  parts.more = R"(,"extensionsRequired":["KHR_draco_mesh_compression"])";
  parts.bufferBytes = packed.size();
  return parts;
}

TEST(Draco, PositionsIdsAndTriangles) {
  int position = 0, batch = 0;
  const Bytes packed = packedPair(position, batch);
  const Bytes glb = test::glbOf(partsFor(packed, position, batch).json(), packed);
  auto content = decodeContent(test::b3dmOf(glb, R"({"BATCH_LENGTH":2})", R"({"id":["a","b"]})"), "t.b3dm", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_EQ(content->indices.size(), 6u);
  EXPECT_EQ(content->features.ids, (std::vector<std::string>{"a", "b"}));
  const glm::vec3 a = content->features.lo[0], b = content->features.hi[1];
  EXPECT_NEAR(a.x, -1, 1e-3);
  EXPECT_NEAR(a.z, -1.5, 1e-3);
  EXPECT_NEAR(b.x, 1, 1e-3);
  EXPECT_NEAR(b.z, 1.5, 1e-3);
  for (const Vertex& v : content->vertices) EXPECT_EQ(v.normal[1], -127);
}

TEST(Draco, DamageIsAnError) {
  int position = 0, batch = 0;
  Bytes packed = packedPair(position, batch);
  packed.resize(packed.size() / 2);
  auto content = decodeContent(test::glbOf(partsFor(packed, position, batch).json(), packed), "t.glb", glm::dmat4(1.0));
  ASSERT_FALSE(content);
  EXPECT_TRUE(content.error().text().starts_with("t.glb: mesh 0, primitive 0: KHR_draco_mesh_compression: buffer view 0: "))
      << content.error().text();
  packed = packedPair(position, batch);
  content = decodeContent(test::glbOf(partsFor(packed, 77, batch).json(), packed), "t.glb", glm::dmat4(1.0));
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().text(),
            "t.glb: mesh 0, primitive 0: KHR_draco_mesh_compression: no attribute 77 for POSITION");
}

}  // namespace
}  // namespace cm::source
#endif
