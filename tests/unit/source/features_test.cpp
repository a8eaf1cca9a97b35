#include <gtest/gtest.h>

#include "glb_maker.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

using test::Chunk;
using test::GltfParts;

MeshContent good(const Bytes& bytes) {
  auto content = decodeContent(bytes, "t.glb", glm::dmat4(1.0));
  EXPECT_TRUE(content) << (content ? "" : content.error().text());
  return content ? std::move(*content) : MeshContent{};
}

//! A triangle with `ids` (u16, every four bytes) as attribute `name`.
GltfParts withIds(Chunk& chunk, std::vector<uint16_t> ids, const std::string& name) {
  GltfParts parts = test::triangleParts(chunk);
  std::vector<uint16_t> padded;
  for (uint16_t id : ids) padded.insert(padded.end(), {id, 0});
  const size_t at = chunk.add(padded);
  parts.accessors += R"(,{"bufferView":1,"componentType":5123,"count":3,"type":"SCALAR"})";
  parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(at) + R"(,"byteLength":12,"byteStride":4})";
  parts.primitive = R"({"attributes":{"POSITION":0,")" + name + R"(":1})";  // open: see closed()
  parts.bufferBytes = chunk.bytes.size();
  return parts;
}
GltfParts closed(GltfParts parts, const std::string& extension = {}) {
  parts.primitive +=
      extension.empty() ? "}" : R"(,"extensions":{"EXT_mesh_features":{"featureIds":[)" + extension + "]}}}";
  return parts;
}
uint32_t featureOf(const MeshContent& content, size_t vertex) {
  return content.vertices[vertex].featureAndSurface & kNoFeature;
}

TEST(Features, BatchTableFromJsonAndBinary) {
  Chunk chunk, table;
  const GltfParts parts = closed(withIds(chunk, {0, 1, 1}, "_BATCHID"));
  table.add<float>({12.5f, 30});
  const auto content = good(test::b3dmOf(
      test::glbOf(parts.json(), chunk.bytes), R"({"BATCH_LENGTH":2,"RTC_CENTER":[100,200,300]})",
      R"({"name":["甲","乙"],"id":[7,9007199254740993],"levels":[3,null],"tags":[{"a":1},[2]],"height":{"byteOffset":0,"componentType":"FLOAT","type":"SCALAR"}})",
      table.bytes));
  ASSERT_EQ(content.features.size(), 2u);
  EXPECT_EQ(content.features.ids, (Texts{"7", "9007199254740993"}));
  EXPECT_EQ(content.features.text("name", 1), "乙");
  EXPECT_EQ(content.features.text("levels", 0), "3");
  EXPECT_EQ(content.features.text("levels", 1), "");
  EXPECT_EQ(content.features.text("height", 0), "12.5");
  EXPECT_EQ(content.features.text("tags", 0), R"({"a":1})");
  EXPECT_EQ(content.features.text("nothing", 0), "");
  EXPECT_EQ(featureOf(content, 0), 0u);
  EXPECT_EQ(featureOf(content, 2), 1u);
  EXPECT_NEAR(content.ecefFromContent[3].y, 200, 1e-9);
  EXPECT_TRUE(content.warnings.empty());
}

TEST(Features, BatchIdPastTheTableIsNoFeature) {
  Chunk chunk;
  const GltfParts parts = closed(withIds(chunk, {0, 5, 1}, "_BATCHID"));
  const auto content = good(test::b3dmOf(test::glbOf(parts.json(), chunk.bytes), R"({"BATCH_LENGTH":2})"));
  EXPECT_EQ(content.features.ids, (Texts{"t.glb#0", "t.glb#1"}));
  EXPECT_EQ(featureOf(content, 1), kNoFeature);
  ASSERT_EQ(content.warnings.size(), 1u);
  EXPECT_EQ(content.warnings[0], "t.glb: a feature id is past the 2 rows of table 0");
}

TEST(Features, HeaderFromBefore10) {
  Chunk chunk;
  const GltfParts parts = closed(withIds(chunk, {0, 1, 1}, "_BATCHID"));
  const Bytes glb = test::glbOf(parts.json(), chunk.bytes);
  const std::string batch = R"({"id":["a","b"]})";
  Bytes file;
  test::putText(file, "b3dm");
  test::putWord(file, 1);
  test::putWord(file, static_cast<uint32_t>(20 + batch.size() + glb.size()));
  test::putWord(file, 2);  // features
  test::putWord(file, static_cast<uint32_t>(batch.size()));
  test::putText(file, batch);
  file.insert(file.end(), glb.begin(), glb.end());
  EXPECT_EQ(good(file).features.ids, (Texts{"a", "b"}));
}

TEST(Features, IdsWithoutATable) {
  Chunk chunk;
  GltfParts parts = closed(withIds(chunk, {40000, 3, 65535}, "_FEATURE_ID_0"),
                           R"({"featureCount":2,"attribute":0,"nullFeatureId":65535})");
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  EXPECT_EQ(content.features.ids, (Texts{"t.glb#40000", "t.glb#3"}));
  EXPECT_EQ(featureOf(content, 0), 0u);
  EXPECT_EQ(featureOf(content, 1), 1u);
  EXPECT_EQ(featureOf(content, 2), kNoFeature);
  EXPECT_NEAR(content.features.lo[1].x, 1, 1e-6);  // its only vertex, from the middle of the triangle
}

TEST(Features, PropertyTableOfEveryKind) {
  Chunk chunk;
  GltfParts parts =
      closed(withIds(chunk, {0, 1, 1}, "_FEATURE_ID_0"), R"({"featureCount":2,"attribute":0,"propertyTable":0})");
  std::string properties;
  size_t view = 2;
  const auto column = [&](const std::string& name, const std::string& members) {
    properties += (properties.empty() ? "\"" : ",\"") + name + "\":{" + members + "}";
  };
  const auto add = [&](const auto& values) {
    using T = typename std::remove_cvref_t<decltype(values)>::value_type;
    const size_t at = chunk.add(values);
    parts.views += R"(,{"buffer":0,"byteOffset":)" + std::to_string(at) + R"(,"byteLength":)" +
                   std::to_string(values.size() * sizeof(T)) + "}";
    return std::to_string(view++);
  };
  const std::string text = add(std::vector<char>{'a', 'b', 'c'}), offsets = add(std::vector<uint8_t>{0, 1, 3});
  column("gml_id", R"("values":)" + text + R"(,"stringOffsets":)" + offsets + R"(,"stringOffsetType":"UINT8")");
  column("height", R"("values":)" + add(std::vector<float>{-1, 7.1f}));
  column("share", R"("values":)" + add(std::vector<uint8_t>{255, 0}));
  column("kind", R"("values":)" + add(std::vector<uint16_t>{1, 2}));
  column("flag", R"("values":)" + add(std::vector<uint8_t>{2}));
  column("place", R"("values":)" + add(std::vector<double>{1, 2.5, -3, 4}));
  const std::string list = add(std::vector<int16_t>{5, 6, 7});
  column("list", R"("values":)" + list + R"(,"arrayOffsets":)" + add(std::vector<uint32_t>{0, 1, 3}));
  column("large", R"("values":)" + add(std::vector<uint64_t>{18446744073709551615ull, 1}));
  column("short", R"("values":)" + add(std::vector<float>{1}));
  parts.more =
      R"(,"extensions":{"EXT_structural_metadata":{"schema":{"id":"s","enums":{"use":{"values":[{"name":"home","value":1},{"name":"shop","value":2}]}},"classes":{"c":{"properties":{)"
      R"("gml_id":{"type":"STRING"},"height":{"type":"SCALAR","componentType":"FLOAT32","noData":-1},)"
      R"("share":{"type":"SCALAR","componentType":"UINT8","normalized":true,"scale":100},"kind":{"type":"ENUM","enumType":"use"},)"
      R"("flag":{"type":"BOOLEAN"},"place":{"type":"VEC2","componentType":"FLOAT64"},)"
      R"("list":{"type":"SCALAR","componentType":"INT16","array":true},"large":{"type":"SCALAR","componentType":"UINT64"},)"
      R"("short":{"type":"SCALAR","componentType":"FLOAT32"}}}}},"propertyTables":[{"class":"c","count":2,"properties":{)" +
      properties + "}}]}}";
  parts.bufferBytes = chunk.bytes.size();
  const auto content = good(test::glbOf(parts.json(), chunk.bytes));
  const FeatureTable& t = content.features;
  EXPECT_EQ(t.ids, (Texts{"a", "bc"}));
  EXPECT_EQ(t.text("height", 0), "");
  EXPECT_EQ(t.text("height", 1), "7.1");
  EXPECT_EQ(t.text("share", 0), "100");
  EXPECT_EQ(t.text("kind", 0), "home");
  EXPECT_EQ(t.text("kind", 1), "shop");
  EXPECT_EQ(t.text("flag", 0), "false");
  EXPECT_EQ(t.text("flag", 1), "true");
  EXPECT_EQ(t.text("place", 1), "[-3, 4]");
  EXPECT_EQ(t.text("list", 0), "[5]");
  EXPECT_EQ(t.text("list", 1), "[6, 7]");
  EXPECT_EQ(t.text("large", 0), "18446744073709551615");
  EXPECT_EQ(t.column("short"), nullptr);
  ASSERT_EQ(content.warnings.size(), 1u);
  EXPECT_EQ(content.warnings[0], "t.glb: property table 0, property short: 2 rows need 8 bytes, its buffer view has 4");
}

TEST(Features, ImpossibleCountsAreRefused) {
  Chunk chunk;
  const GltfParts parts = closed(withIds(chunk, {0, 1, 1}, "_BATCHID"));
  auto content = decodeContent(test::b3dmOf(test::glbOf(parts.json(), chunk.bytes), R"({"BATCH_LENGTH":4000000000})"),
                               "t", glm::dmat4(1.0));
  ASSERT_FALSE(content);
  EXPECT_NE(content.error().text().find("BATCH_LENGTH is 4,000,000,000 in a file of"), std::string::npos);
}

}  // namespace
}  // namespace cm::source
