#include "source/geojson.h"

#include <gtest/gtest.h>

namespace cm::source {
namespace {

std::string collection(const std::string& features) { return R"({"type":"FeatureCollection","features":[)" + features + "]}"; }

TEST(GeoJson, ReadsEveryGeometry) {
  auto layer = parseGeoJson(collection(R"(
    {"type":"Feature","id":3,"properties":{"zh":"五四广场","rank":0,"open":true,"length":1.5,"none":null},"geometry":{"type":"Point","coordinates":[120.38,36.06]}},
    {"properties":{},"geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}},
    {"properties":{},"geometry":{"type":"LineString","coordinates":[[1,2,10],[3,4,20]]}},
    {"properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]],[[[20,0],[29,0],[29,9],[20,0]]]]}},
    {"properties":{"item":"g"},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[5,6]},{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}]}})"),
                             "a.geojson");
  ASSERT_TRUE(layer) << layer.error().text();
  EXPECT_TRUE(layer->problems.empty());
  ASSERT_EQ(layer->features.size(), 7u);
  const auto& f = layer->features;
  EXPECT_EQ(f[0].property("zh"), "五四广场");
  EXPECT_EQ(f[0].property("rank"), "0");
  EXPECT_EQ(f[0].property("open"), "true");
  EXPECT_EQ(f[0].property("length"), "1.5");
  EXPECT_EQ(f[0].property("none"), "");
  EXPECT_EQ(f[0].property("id"), "3");
  EXPECT_EQ(f[0].parts[0][0], glm::dvec3(120.38, 36.06, 0));
  EXPECT_FALSE(f[0].hasHeights);
  EXPECT_TRUE(f[3].hasHeights);
  EXPECT_EQ(f[3].parts[0][1], glm::dvec3(3, 4, 20));
  EXPECT_EQ(f[4].kind, GeometryKind::Area);
  EXPECT_EQ(f[4].polygonStarts, (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(f[4].parts[0].size(), 3u);  // not closed
  EXPECT_EQ(f[6].parts.size(), 2u);
  EXPECT_EQ(f[6].property("item"), "g");
}

TEST(GeoJson, BadFeaturesAreNamedAndTheRestKept) {
  auto layer = parseGeoJson(collection(R"(
    {"properties":{"zh":"坏"},"geometry":{"type":"Point","coordinates":["NaN",36]}},
    {"properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[null,4]]}},
    {"properties":{},"geometry":{"type":"LineString","coordinates":[[1,2]]}},
    {"properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}},
    {"properties":{},"geometry":{"type":"Point","coordinates":[4123456,36]}},
    {"properties":{},"geometry":{"type":"Circle","coordinates":[1,2]}},
    {"properties":{},"geometry":null},
    {"properties":{},"geometry":{"type":"Point","coordinates":[1,2]}})"),
                             "a.geojson");
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->features.size(), 1u);
  EXPECT_EQ(layer->problems,
            (std::vector<std::string>{
                R"(a.geojson: features[0] (坏): position 0: coordinate 1 is "NaN", expected a number; left out)",
                "a.geojson: features[1]: position 1: coordinate 1 is null, expected a number; left out",
                "a.geojson: features[2]: a line of 1 positions, expected at least 2; left out",
                "a.geojson: features[3]: a ring of 2 different positions, expected at least 3; left out",
                "a.geojson: features[4]: position 0 is 4123456, 36, expected degrees (WGS84 longitude, latitude); left out",
                R"(a.geojson: features[5]: geometry type is "Circle", expected one of GeoJSON's; left out)",
                "a.geojson: features[6]: geometry is null, expected an object; left out"}));
}

TEST(GeoJson, BareNanIsNotJson) {
  auto layer = parseGeoJson("{\"type\":\"FeatureCollection\",\n\"features\":[{\"geometry\":{\"type\":\"Point\",\"coordinates\":[NaN,1]}}]}",
                            "nan.geojson");
  ASSERT_FALSE(layer);
  EXPECT_TRUE(layer.error().text().starts_with("nan.geojson: not JSON at line 2, byte ")) << layer.error().text();
  EXPECT_NE(layer.error().text().find("Na"), std::string::npos);
}

TEST(GeoJson, OtherJsonIsRefused) {
  EXPECT_EQ(parseGeoJson("{\"type\":\"Topology\"}", "t.json").error().text(),
            "t.json: type is \"Topology\", expected FeatureCollection");
  EXPECT_EQ(parseGeoJson(R"({"type":"FeatureCollection","features":{}})", "t.json").error().text(),
            "t.json: features is an object, expected an array");
  EXPECT_EQ(parseGeoJson("", "t.json").error().text(), "t.json: empty; expected JSON");
}

}  // namespace
}  // namespace cm::source
