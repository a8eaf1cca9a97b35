//! Meshes compressed with Draco, made here with its encoder.
#include <gtest/gtest.h>

#include "glb_maker.h"
#include "source/tileset.h"

#if __has_include(<draco/compression/encode.h>)
#include <draco/compression/encode.h>
#include <draco/mesh/triangle_soup_mesh_builder.h>
#include <draco/point_cloud/point_cloud_builder.h>

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
  parts.accessors =
      R"({"componentType":5126,"count":6,"type":"VEC3"},{"componentType":5123,"count":6,"type":"SCALAR"})";
  parts.views = R"({"buffer":0,"byteLength":)" + std::to_string(packed.size()) + "}";
  parts.primitive = R"({"attributes":{"POSITION":0,"_BATCHID":1},)"
                    R"("extensions":{"KHR_draco_mesh_compression":{"bufferView":0,"attributes":{"POSITION":)" +
                    std::to_string(position) + R"(,"_BATCHID":)" + std::to_string(batch) + "}}}}";
  parts.more = R"(,"extensionsRequired":["KHR_draco_mesh_compression"])";
  parts.bufferBytes = packed.size();
  return parts;
}

TEST(Draco, PositionsIdsAndTriangles) {
  int position = 0, batch = 0;
  const Bytes packed = packedPair(position, batch);
  const Bytes glb = test::glbOf(partsFor(packed, position, batch).json(), packed);
  auto content =
      decodeContent(test::b3dmOf(glb, R"({"BATCH_LENGTH":2})", R"({"id":["a","b"]})"), "t.b3dm", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  EXPECT_EQ(content->indices.size(), 6u);
  EXPECT_EQ(content->features.ids, (Texts{"a", "b"}));
  const glm::vec3 a = content->features.lo[0], b = content->features.hi[1];
  EXPECT_NEAR(a.x, -1, 1e-3);
  EXPECT_NEAR(a.z, -1.5, 1e-3);
  EXPECT_NEAR(b.x, 1, 1e-3);
  EXPECT_NEAR(b.z, 1.5, 1e-3);
  for (const Vertex& v : content->vertices) EXPECT_EQ(v.normal[1], -127);
}

//! 3DTILES_draco_point_compression: positions, colours, and a property of the batch table in the same stream.
TEST(Draco, PointClouds) {
  draco::PointCloudBuilder builder;
  builder.Start(3);
  const int position = builder.AddAttribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32);
  const int colour = builder.AddAttribute(draco::GeometryAttribute::COLOR, 3, draco::DT_UINT8);
  const int intensity = builder.AddAttribute(draco::GeometryAttribute::GENERIC, 1, draco::DT_UINT16);
  for (uint32_t i = 0; i < 3; ++i) {
    const std::array<float, 3> at{static_cast<float>(i), 2, 3};
    const std::array<uint8_t, 3> rgb{255, static_cast<uint8_t>(i == 1 ? 255 : 0), 0};
    const auto value = static_cast<uint16_t>(100 + i);
    builder.SetAttributeValueForPoint(position, draco::PointIndex(i), at.data());
    builder.SetAttributeValueForPoint(colour, draco::PointIndex(i), rgb.data());
    builder.SetAttributeValueForPoint(intensity, draco::PointIndex(i), &value);
  }
  const auto cloud = builder.Finalize(false);
  draco::Encoder encoder;
  encoder.SetEncodingMethod(draco::POINT_CLOUD_SEQUENTIAL_ENCODING);
  draco::EncoderBuffer buffer;
  ASSERT_TRUE(encoder.EncodePointCloudToBuffer(*cloud, &buffer).ok());
  const auto tile = [&](int points) {
    const std::string feature = fmt::format(
        R"({{"POINTS_LENGTH":{},"POSITION":{{"byteOffset":0}},"RGB":{{"byteOffset":0}},"extensions":{{"3DTILES_draco_point_compression":)"
        R"({{"properties":{{"POSITION":{},"RGB":{}}},"byteOffset":0,"byteLength":{}}}}}}})",
        points, cloud->attribute(position)->unique_id(), cloud->attribute(colour)->unique_id(), buffer.size());
    const std::string batch =
        fmt::format(R"({{"Intensity":{{"byteOffset":0,"componentType":"UNSIGNED_SHORT","type":"SCALAR"}},)"
                    R"("extensions":{{"3DTILES_draco_point_compression":{{"properties":{{"Intensity":{}}}}}}}}})",
                    cloud->attribute(intensity)->unique_id());
    Bytes out;
    test::putText(out, "pnts");
    for (size_t word : {size_t{1}, 28 + feature.size() + buffer.size() + batch.size(), feature.size(), buffer.size(),
                        batch.size(), size_t{0}})
      test::putWord(out, static_cast<uint32_t>(word));
    test::putText(out, feature);
    test::putText(out, {buffer.data(), buffer.size()});
    test::putText(out, batch);
    return out;
  };
  auto content = decodeContent(tile(3), "t", glm::dmat4(1.0));
  ASSERT_TRUE(content) << content.error().text();
  ASSERT_EQ(content->count(Topology::Points), 3u);
  const glm::dvec3 second(content->ecefFromContent * glm::dvec4(content->vertices[1].position, 1));
  EXPECT_LT(glm::length(second - glm::dvec3(1, 2, 3)), 1e-3);
  EXPECT_EQ(content->vertices[1].colour, (std::array<uint8_t, 4>{255, 255, 0, 255}));
  EXPECT_EQ(content->features.text("Intensity", 2), "102");
  EXPECT_TRUE(content->warnings.empty()) << content->warnings[0];
  auto wrong = decodeContent(tile(4), "t", glm::dmat4(1.0));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().text(), "t: 3DTILES_draco_point_compression: 3 points, expected 4");
}

TEST(Draco, DamageIsAnError) {
  int position = 0, batch = 0;
  Bytes packed = packedPair(position, batch);
  packed.resize(packed.size() / 2);
  auto content = decodeContent(test::glbOf(partsFor(packed, position, batch).json(), packed), "t.glb", glm::dmat4(1.0));
  ASSERT_FALSE(content);
  EXPECT_TRUE(
      content.error().text().starts_with("t.glb: mesh 0, primitive 0: KHR_draco_mesh_compression: buffer view 0: "))
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
