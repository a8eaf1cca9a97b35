//! Tilesets that others made: CesiumGS/3d-tiles-samples and NASA-AMMOS/3DTilesRendererJS. What is read is held against what the
//! files say of themselves, counted here by other means: from JSON and headers alone, with another JSON library.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "source/fetch.h"
#include "source/tileset.h"
#include "support/test_data.h"

namespace cm::source {
namespace {

using nlohmann::json;

struct Counts {
  size_t tiles = 0, contents = 0, triangles = 0, lines = 0, points = 0, images = 0, features = 0;
  size_t outside = 0;  // contents that do not lie in their tile's volume
  std::vector<std::string> errors;
};

// ------------------------------------------------------------------------------------------------- counted independently

uint32_t word(const Bytes& bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, 4);
  return value;
}
json jsonAt(const Bytes& bytes, size_t at, size_t length) {
  const auto* text = reinterpret_cast<const char*>(bytes.data()) + at;
  return json::parse(text, text + length);
}

//! Adds what a glTF draws, `times` over.
void countGltf(const json& gltf, size_t times, bool tables, Counts& out) {
  const auto countOf = [&](const json& number) {
    return gltf["accessors"][number.get<size_t>()]["count"].get<size_t>();
  };
  std::function<void(const json&)> visit = [&](const json& node) {
    size_t here = times;
    if (node.contains("extensions") && node["extensions"].contains("EXT_mesh_gpu_instancing"))
      here *= countOf(node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"].begin().value());
    if (node.contains("mesh"))
      for (const json& primitive : gltf["meshes"][node["mesh"].get<size_t>()]["primitives"]) {
        const size_t corners =
            countOf(primitive.contains("indices") ? primitive["indices"] : primitive["attributes"]["POSITION"]);
        const int mode = primitive.value("mode", 4);
        ASSERT_TRUE(mode == 0 || mode == 1 || mode == 4) << "strips are in none of the samples";
        (mode == 0   ? out.points
         : mode == 1 ? out.lines
                     : out.triangles) += here * corners /
                                         (mode == 0   ? 1
                                          : mode == 1 ? 2
                                                      : 3);
      }
    for (const json& child : node.value("children", json::array())) visit(gltf["nodes"][child.get<size_t>()]);
  };
  for (const json& mesh : gltf["meshes"])
    for (const json& primitive : mesh["primitives"])  // vertices with properties of their own are features
      if (tables && primitive.contains("/extensions/EXT_structural_metadata/propertyAttributes"_json_pointer))
        out.features += countOf(primitive["attributes"]["POSITION"]);
  for (const json& root : gltf["scenes"][gltf.value("scene", 0)]["nodes"]) visit(gltf["nodes"][root.get<size_t>()]);
  if (!tables || !gltf.contains("extensions") || !gltf["extensions"].contains("EXT_structural_metadata")) return;
  for (const json& table : gltf["extensions"]["EXT_structural_metadata"].value("propertyTables", json::array()))
    out.features += table["count"].get<size_t>();
}

void countContent(const Bytes& bytes, Counts& out) {
  ++out.contents;
  const std::string magic(asText(bytes).substr(0, 4));
  if (magic == "glTF") return countGltf(jsonAt(bytes, 20, word(bytes, 12)), 1, true, out);
  if (magic != "b3dm" && magic != "i3dm" && magic != "pnts") return countGltf(json::parse(asText(bytes)), 1, true, out);
  const size_t header = magic == "i3dm" ? 32 : 28;
  const json features = jsonAt(bytes, header, word(bytes, 12));
  if (magic == "pnts") {
    out.points += features["POINTS_LENGTH"].get<size_t>();
    return;
  }
  const size_t glb = header + word(bytes, 12) + word(bytes, 16) + word(bytes, 20) + word(bytes, 24);
  const size_t times = magic == "i3dm" ? features["INSTANCES_LENGTH"].get<size_t>() : 1;
  out.features += magic == "i3dm" ? times : features["BATCH_LENGTH"].get<size_t>();
  countGltf(jsonAt(bytes, glb + 20, word(bytes, glb + 12)), times, false, out);
}

void countTileset(const Path& file, Counts& out);

void countTile(const json& tile, const Path& folder, Counts& out) {
  ++out.tiles;
  if (tile.contains("implicitTiling")) {  // what lies on the disk, and what the subtrees say they hold
    for (const auto& entry : std::filesystem::directory_iterator(folder / "subtrees")) {
      const Bytes bytes = *readFile(entry.path());
      out.tiles += jsonAt(bytes, 24, word(bytes, 8))["tileAvailability"]["availableCount"].get<size_t>();
      ++out.tiles;  // the tile that stands for the subtree
    }
    --out.tiles;  // that of the first is the root itself
    for (const auto& entry : std::filesystem::directory_iterator(folder / "content"))
      countContent(*readFile(entry.path()), out);
  } else {
    std::vector<json> contents = tile.value("contents", std::vector<json>());
    if (tile.contains("content")) contents.push_back(tile["content"]);
    for (const json& content : contents) {
      const std::string uri = content.contains("uri") ? content["uri"] : content["url"];
      const Path file = folder / uri.substr(0, uri.find('?'));
      if (!std::filesystem::exists(file))
        out.errors.push_back(file.string());
      else if (file.extension() == ".json")
        countTileset(file, out);
      else
        countContent(*readFile(file), out);
    }
  }
  for (const json& child : tile.value("children", json::array())) countTile(child, folder, out);
}

void countTileset(const Path& file, Counts& out) {
  countTile(json::parse(asText(*readFile(file)))["root"], file.parent_path(), out);
}

// --------------------------------------------------------------------------------------------------------- read by the engine

Result<MeshContent> decodeWhole(Fetcher& fetcher, const Bytes& bytes, const std::string& uri, const glm::dmat4& at,
                                bool zUp) {
  Resources resources;
  while (true) {
    auto mesh = decodeContent(bytes, uri, at, zUp, &resources);
    const auto missing = resources.takeMissing();
    if (missing.empty()) return mesh;
    for (const std::string& file : missing) resources.put(file, fetcher.read(file));
  }
}

//! All of a tileset, external ones and subtrees included.
void readWhole(Fetcher& fetcher, const Tileset& tileset, Counts& counts) {
  EXPECT_TRUE(tileset.warnings.empty()) << tileset.warnings[0];
  for (const TileDescription& tile : tileset.tiles) {
    ++counts.tiles;
    for (const std::string& uri : tile.contentUris) {
      auto data = fetcher.read(uri);
      if (!data) {
        counts.errors.push_back(data.error().text());
        continue;
      }
      if (tile.subtree || isTilesetJson(*data)) {
        auto inner = tile.subtree ? parseSubtree(*data, uri, *tile.subtree)
                                  : parseTileset(*data, uri, tile.ecefFromTile, tileset.zUpContent);
        if (inner)
          readWhole(fetcher, *inner, counts);
        else
          counts.errors.push_back(inner.error().text());
        continue;
      }
      auto mesh = decodeWhole(fetcher, *data, uri, tile.ecefFromTile, tileset.zUpContent);
      if (!mesh) {
        counts.errors.push_back(mesh.error().text());
        continue;
      }
      ++counts.contents;
      counts.triangles += mesh->count(Topology::Triangles);
      counts.lines += mesh->count(Topology::Lines);
      counts.points += mesh->count(Topology::Points);
      counts.images += mesh->images.size();
      counts.features += mesh->features.size();
      const glm::dvec3 middle(mesh->ecefFromContent * glm::dvec4((mesh->lo + mesh->hi) * 0.5f, 1));
      counts.outside += geo::distanceTo(tile.bounds, middle) > 1 ||
                        glm::length(mesh->hi - mesh->lo) > 4.2 * geo::radiusOf(tile.bounds) + 1;
    }
  }
}

Counts read(const std::string& name) {
  Fetcher fetcher;
  Counts counts;
  const std::string uri = test::sharedData(name).string();
  auto bytes = fetcher.read(uri);
  auto tileset = bytes ? parseTileset(*bytes, uri) : Result<Tileset>(bytes.error());
  if (tileset)
    readWhole(fetcher, *tileset, counts);
  else
    counts.errors.push_back(tileset.error().text());
  return counts;
}

TEST(RealTilesets, EveryOneIsReadWhole) {
  CM_NEED_SHARED_DATA("tilesets");
  size_t tilesets = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::sharedData("tilesets"))) {
    if (entry.path().extension() != ".json") continue;
    const json document = json::parse(asText(*readFile(entry.path())));
    if (!document.contains("root")) continue;
    ++tilesets;
    SCOPED_TRACE(entry.path().string());
    Counts expected;
    countTileset(entry.path(), expected);
    const Counts counts = read(entry.path().lexically_relative(test::sharedData("")).string());
    EXPECT_EQ(counts.tiles, expected.tiles);
    EXPECT_EQ(counts.contents, expected.contents);
    EXPECT_EQ(counts.triangles, expected.triangles);
    EXPECT_EQ(counts.lines, expected.lines);
    // Alone, an external tileset does not know the up axis that it takes over from the one that refers to it.
    if (entry.path().filename() != "tileset-external-child.json") EXPECT_EQ(counts.outside, 0u);
    EXPECT_EQ(counts.points, expected.points);
    EXPECT_EQ(counts.errors.size(), expected.errors.size()) << (counts.errors.empty() ? "" : counts.errors[0]);
    if (entry.path().string().find("EXT_mesh_features") == std::string::npos)
      EXPECT_EQ(counts.features, expected.features);
  }
  EXPECT_GE(tilesets, 30u);
}

TEST(RealTilesets, TexturedPhotogrammetry) {
  const std::string name = "tilesets/nasa_samples/example/public/data/tileset.json";
  CM_NEED_SHARED_DATA(name);
  const Counts counts = read(name);
  EXPECT_EQ(counts.contents, 293u);
  EXPECT_EQ(counts.images, 293u);
}

TEST(RealTilesets, MissingContentIsNamedAndTheRestRead) {
  const std::string folder = "tilesets/nasa_samples/example/public/data/";
  CM_NEED_SHARED_DATA(folder);
  const Counts broken = read(folder + "tileset-broken-root-content.json");
  ASSERT_EQ(broken.errors.size(), 1u);
  EXPECT_NE(broken.errors[0].find("No such file or directory"), std::string::npos) << broken.errors[0];
  EXPECT_EQ(broken.contents, 292u);
}

TEST(RealTilesets, FeatureIdsAndProperties) {
  const std::string folder = "tilesets/cesium_samples/glTF/";
  CM_NEED_SHARED_DATA(folder);
  const auto decode = [&](const std::string& name) {
    auto bytes = readFile(test::sharedData(folder + name));
    Fetcher fetcher;
    auto content = decodeWhole(fetcher, *bytes, test::sharedData(folder + name).string(), glm::dmat4(1.0), false);
    EXPECT_TRUE(content) << (content ? "" : content.error().text());
    return content ? std::move(*content) : MeshContent{};
  };
  const auto rain =
      decode("EXT_structural_metadata/MultipleFeatureIdsAndProperties/MultipleFeatureIdsAndProperties.gltf");
  EXPECT_EQ(rain.features.text("example_STRING", 0), "Rain 🌧");
  EXPECT_EQ(rain.features.text("example_VEC3_FLOAT32", 0), "[0, 0.1, 0.2]");
  const auto complex = decode("EXT_structural_metadata/ComplexTypes/ComplexTypes.gltf");
  EXPECT_EQ(complex.features.text("example_variable_length_ARRAY_STRING", 0), "[One]");
  const auto house =
      decode("EXT_structural_metadata/PropertyAttributesPointCloud/PropertyAttributesPointCloudHouse.gltf");
  ASSERT_GT(house.features.size(), 100u);
  EXPECT_FALSE(house.features.text("intensity", 0).empty());
  EXPECT_FALSE(house.features.text("classification", 99).empty());
  const auto shared = decode("EXT_structural_metadata/SharedPropertyTable/SharedPropertyTable.gltf");
  EXPECT_EQ(shared.features.size(), 4u);
  EXPECT_EQ(shared.parts.size(), 2u);
}

}  // namespace
}  // namespace cm::source
