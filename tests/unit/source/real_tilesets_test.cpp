//! Tilesets that others made: CesiumGS/3d-tiles-samples and NASA-AMMOS/3DTilesRendererJS.
#include <gtest/gtest.h>

#include "source/fetch.h"
#include "source/tileset.h"
#include "support/test_data.h"

namespace cm::source {
namespace {

struct Counts {
  size_t tiles = 0, contents = 0, vertices = 0, triangles = 0, images = 0, features = 0;
  std::vector<std::string> errors;
};

//! Reads a tileset whole, external ones included, and checks that contents lie in their tiles' volumes.
void readWhole(Fetcher& fetcher, const std::string& uri, const glm::dmat4& parent, bool zUp, Counts& counts) {
  auto bytes = fetcher.read(uri);
  if (!bytes) return counts.errors.push_back(bytes.error().text());
  auto tileset = parseTileset(*bytes, uri, parent, zUp);
  if (!tileset) return counts.errors.push_back(tileset.error().text());
  for (const TileDescription& tile : tileset->tiles) {
    ++counts.tiles;
    for (const std::string& content : tile.contentUris) {
      auto data = fetcher.read(content);
      if (!data) {
        counts.errors.push_back(data.error().text());
        continue;
      }
      if (isTilesetJson(*data)) {
        readWhole(fetcher, content, tile.ecefFromTile, tileset->zUpContent, counts);
        continue;
      }
      auto mesh = decodeContent(*data, content, tile.ecefFromTile, tileset->zUpContent);
      if (!mesh) {
        counts.errors.push_back(mesh.error().text());
        continue;
      }
      ++counts.contents;
      counts.vertices += mesh->vertices.size();
      counts.triangles += mesh->indices.size() / 3;
      counts.images += mesh->images.size();
      counts.features += mesh->features.size();
      const glm::dvec3 middle(mesh->ecefFromContent * glm::dvec4((mesh->lo + mesh->hi) * 0.5f, 1));
      EXPECT_LT(geo::distanceTo(tile.bounds, middle), 1) << content;
      EXPECT_LT(glm::length(mesh->hi - mesh->lo), 4.2 * geo::radiusOf(tile.bounds) + 1) << content;
    }
  }
}

Counts read(const std::string& name) {
  Fetcher fetcher;
  Counts counts;
  readWhole(fetcher, test::sharedData(name).string(), glm::dmat4(1.0), false, counts);
  return counts;
}

TEST(RealTilesets, TexturedPhotogrammetry) {
  const std::string name = "tilesets/nasa_samples/example/public/data/tileset.json";
  CM_NEED_SHARED_DATA(name);
  const Counts counts = read(name);
  EXPECT_EQ(counts.errors, std::vector<std::string>{});
  EXPECT_EQ(counts.tiles, 293u);
  EXPECT_EQ(counts.contents, 293u);
  EXPECT_EQ(counts.images, 293u);
  EXPECT_GT(counts.triangles, 50000u);
}

TEST(RealTilesets, ExternalTilesetsAndQueryStrings) {
  const std::string folder = "tilesets/nasa_samples/example/public/data/";
  CM_NEED_SHARED_DATA(folder);
  for (const char* name : {"tileset-external.json", "tileset-external-with-url-params.json"}) {
    const Counts counts = read(folder + name);
    EXPECT_EQ(counts.errors, std::vector<std::string>{}) << name;
    EXPECT_EQ(counts.tiles, 273u + 21u) << name;
    EXPECT_EQ(counts.contents, 293u) << name;
  }
}

TEST(RealTilesets, MissingContentIsNamedAndTheRestRead) {
  const std::string folder = "tilesets/nasa_samples/example/public/data/";
  CM_NEED_SHARED_DATA(folder);
  const Counts broken = read(folder + "tileset-broken-root-content.json");
  ASSERT_EQ(broken.errors.size(), 1u);
  EXPECT_NE(broken.errors[0].find("No such file or directory"), std::string::npos) << broken.errors[0];
  EXPECT_EQ(broken.contents, 292u);
  const Counts external = read(folder + "tileset-external-broken.json");
  EXPECT_EQ(external.errors.size(), 1u);
}

TEST(RealTilesets, Version10) {
  const std::string folder = "tilesets/cesium_samples/1.0/";
  CM_NEED_SHARED_DATA(folder);
  const Counts city = read(folder + "TilesetWithRequestVolume/city/tileset.json");
  EXPECT_EQ(city.errors.size(), 0u) << (city.errors.empty() ? "" : city.errors[0]);
  EXPECT_EQ(city.contents, 4u);
  EXPECT_EQ(city.features, 40u);
  const Counts dragons = read(folder + "TilesetWithDiscreteLOD/tileset.json");
  EXPECT_EQ(dragons.contents, 2u);  // the finest dragon is not among the samples
  EXPECT_EQ(dragons.errors.size(), 1u);
}

TEST(RealTilesets, Version11) {
  const std::string folder = "tilesets/cesium_samples/1.1/";
  CM_NEED_SHARED_DATA(folder);
  for (const char* box : {"0_0_0-1_1_2", "0_0_0-1_2_1", "0_0_0-2_1_1", "0_0_2-1_1_4", "0_2_0-1_4_1", "2_0_0-4_1_1"}) {
    const Counts counts = read(folder + "BoundingBoxTests/" + box + "/tileset.json");
    EXPECT_EQ(counts.errors, std::vector<std::string>{}) << box;
    EXPECT_EQ(counts.triangles, 12u) << box;
  }
  const Counts several = read(folder + "MultipleContents/tileset.json");
  EXPECT_EQ(several.contents, 2u);
  const Counts metadata = read(folder + "MetadataGranularities/tileset.json");
  EXPECT_EQ(metadata.errors, std::vector<std::string>{});
  EXPECT_EQ(metadata.contents, 20u);
}

TEST(RealTilesets, FeatureIdsAndProperties) {
  const std::string folder = "tilesets/cesium_samples/glTF/";
  CM_NEED_SHARED_DATA(folder);
  const auto decode = [&](const std::string& name) {
    auto bytes = readFile(test::sharedData(folder + name));
    auto content = decodeContent(*bytes, name, glm::dmat4(1.0));
    EXPECT_TRUE(content) << (content ? "" : content.error().text());
    return content ? std::move(*content) : MeshContent{};
  };
  const auto rain = decode("EXT_structural_metadata/MultipleFeatureIdsAndProperties/MultipleFeatureIdsAndProperties.gltf");
  EXPECT_EQ(rain.features.text("example_STRING", 0), "Rain 🌧");
  EXPECT_EQ(rain.features.text("example_VEC3_FLOAT32", 0), "[0, 0.1, 0.2]");
  const auto complex = decode("EXT_structural_metadata/ComplexTypes/ComplexTypes.gltf");
  EXPECT_EQ(complex.features.text("example_variable_length_ARRAY_STRING", 0), "[One]");
  const auto shared = decode("EXT_structural_metadata/SharedPropertyTable/SharedPropertyTable.gltf");
  EXPECT_EQ(shared.features.size(), 4u);
  EXPECT_EQ(shared.parts.size(), 2u);
}

}  // namespace
}  // namespace cm::source
