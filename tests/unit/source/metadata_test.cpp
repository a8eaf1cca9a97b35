//! Property tables by themselves: what fuzzing found stays found.
#include "source/metadata.h"

#include <gtest/gtest.h>

namespace cm::source {
namespace {

PropertyTable tableOf(const std::string& property, const std::string& use, std::span<const std::byte> bytes,
                      std::vector<std::string>& warnings) {
  const std::string json =
      R"({"schema":{"enums":{"k":{"valueType":"FLOAT32","values":[{"name":"x","value":1},{"name":"y","value":1e300}]}},)"
      R"("classes":{"c":{"properties":{"p":)" +
      property + R"(}}}},"table":{"class":"c","count":2,"properties":{"p":)" + use + "}}}";
  auto document = JsonDocument::parse(asBytes(json));
  EXPECT_TRUE(document);
  const auto view = [&](size_t) -> Result<std::span<const std::byte>> { return bytes; };
  return readPropertyTable(document->root()["table"], document->root()["schema"], view, 100, 0, warnings);
}

TEST(PropertyTable, EnumsOfFloatsFarOutsideWholeNumbers) {
  const std::vector<float> values = {1, 2e34f};
  std::vector<std::string> warnings;
  const auto table =
      tableOf(R"({"type":"ENUM","enumType":"k"})", R"({"values":0})", std::as_bytes(std::span(values)), warnings);
  ASSERT_EQ(table.columns.size(), 1u);
  EXPECT_EQ(textAt(table.columns[0], 0), "x");
  EXPECT_EQ(textAt(table.columns[0], 1), "y");  // both are no whole number: -1
}

TEST(PropertyTable, OffsetsOfFloatsAndBelowZero) {
  const std::vector<float> offsets = {0, 3e30f, -8};
  std::vector<std::string> warnings;
  for (const char* type : {"FLOAT32", "INT32"}) {
    const auto table = tableOf(R"({"type":"STRING"})",
                               fmt::format(R"({{"values":0,"stringOffsets":0,"stringOffsetType":"{}"}})", type),
                               std::as_bytes(std::span(offsets)), warnings);
    EXPECT_TRUE(table.columns.empty());
  }
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(warnings[0], "property table 0, property p: row 0 lies outside its buffer views");
}

}  // namespace
}  // namespace cm::source
