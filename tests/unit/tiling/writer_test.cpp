#include "tiling/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "geo/ellipsoid.h"
#include "source/tileset.h"
#include "tile_example.h"

namespace cm::tiling {
namespace {

using test::appendBox;
using test::exampleTile;

const geo::EnuFrame kCity = geo::enuFrameAt({120.32, 36.06, 7.5});

source::MeshContent decoded(const Bytes& glb) {
  auto content = source::decodeContent(glb, "a.glb", kCity.ecefFromEnu);
  EXPECT_TRUE(content) << (content ? "" : content.error().text());
  return content ? std::move(*content) : source::MeshContent{};
}

Bytes written(const TileMesh& mesh, bool compressed = true) {
  auto glb = writeGlb(mesh, {compressed, "© somebody"});
  EXPECT_TRUE(glb) << (glb ? "" : glb.error().text());
  return glb ? std::move(*glb) : Bytes{};
}

nlohmann::json jsonOf(const Bytes& glb) {
  uint32_t length = 0;
  std::memcpy(&length, glb.data() + 12, 4);
  return nlohmann::json::parse(asText(glb).substr(20, length));
}

//! One corner of a triangle, position in half metres of the city's frame.
using Corner = std::tuple<int64_t, int64_t, int64_t, int, int, int, int, int, uint32_t>;
using Triangle = std::array<Corner, 3>;

Triangle canonical(Triangle t) {
  std::rotate(t.begin(), std::min_element(t.begin(), t.end()), t.end());
  return t;
}

std::vector<Triangle> trianglesOf(const TileMesh& mesh) {
  std::vector<Triangle> triangles;
  for (const SurfaceMesh& s : mesh.surfaces)
    for (size_t i = 0; i < s.indices.size(); i += 3) {
      Triangle t;
      for (size_t k = 0; k < 3; ++k) {
        const uint32_t v = s.indices[i + k];
        const glm::dvec3 p = (mesh.centreEnu + glm::dvec3(s.positions[v])) * 2.0;
        const glm::vec3 n = s.normals[v] * 127.0f;
        t[k] = {std::llround(p.x), std::llround(p.y), std::llround(p.z), static_cast<int>(n.x), static_cast<int>(n.y),
                static_cast<int>(n.z), s.colours[v][0], s.sky[v], s.features[v] | static_cast<uint32_t>(s.surface) << 24};
      }
      triangles.push_back(canonical(t));
    }
  std::sort(triangles.begin(), triangles.end());
  return triangles;
}

//! The same of a decoded content; `worst` becomes the largest distance to a multiple of half a metre.
std::vector<Triangle> trianglesOf(const source::MeshContent& content, double& worst) {
  std::vector<Triangle> triangles;
  worst = 0;
  for (size_t i = 0; i < content.indices.size(); i += 3) {
    Triangle t;
    for (size_t k = 0; k < 3; ++k) {
      const source::Vertex& v = content.vertices[content.indices[i + k]];
      const glm::dvec3 p = kCity.toEnu(glm::dvec3(content.ecefFromContent * glm::dvec4(v.position, 1))) * 2.0;
      const glm::dvec3 r = glm::round(p);
      worst = std::max(worst, glm::length(p - r) / 2);
      t[k] = {std::llround(r.x), std::llround(r.y), std::llround(r.z), v.normal[0], v.normal[1], v.normal[2], v.colour[0],
              v.sky, v.featureAndSurface};
    }
    triangles.push_back(canonical(t));
  }
  std::sort(triangles.begin(), triangles.end());
  return triangles;
}

TEST(WriteGlb, DecodesToWhatWasWritten) {
  const TileMesh mesh = exampleTile(12);
  const auto content = decoded(written(mesh));
  double worst = 1;
  const auto found = trianglesOf(content, worst);
  EXPECT_EQ(found, trianglesOf(mesh));
  EXPECT_LT(worst, 0.004);  // half a step of 1/256 m (240 m in 65,533 steps), thrice along the diagonal
  EXPECT_EQ(content.parts.size(), 2u);
  EXPECT_TRUE(content.warnings.empty());
}

TEST(WriteGlb, UncompressedTwinDecodesToTheSame) {
  const TileMesh mesh = exampleTile(15);
  const auto packed = decoded(written(mesh, true)), plain = decoded(written(mesh, false));
  ASSERT_EQ(packed.vertices.size(), plain.vertices.size());
  EXPECT_EQ(std::memcmp(packed.vertices.data(), plain.vertices.data(), packed.vertices.size() * sizeof(source::Vertex)), 0);
  EXPECT_EQ(packed.indices, plain.indices);
  EXPECT_EQ(packed.features.ids, plain.features.ids);
  EXPECT_EQ(packed.ecefFromContent, plain.ecefFromContent);
}

TEST(WriteGlb, SameInputGivesSameBytes) {
  EXPECT_EQ(written(exampleTile(7)), written(exampleTile(7)));
  const auto big = written(exampleTile(30));  // scratch memory grown in between
  EXPECT_EQ(written(exampleTile(30)), big);
}

TEST(WriteGlb, KeepsFeatureTable) {
  const TileMesh mesh = exampleTile(6);
  const auto content = decoded(written(mesh));
  ASSERT_EQ(content.features.size(), 36u);
  for (size_t i = 0; i < 36; ++i) {
    EXPECT_EQ(content.features.ids[i], mesh.features[i].id);
    EXPECT_EQ(content.features.text("name", i), mesh.features[i].name);
    EXPECT_EQ(content.features.text("class", i), "apartments");
    EXPECT_EQ(content.features.text("heightSource", i), mesh.features[i].heightSource);
    const std::string height = std::isnan(mesh.features[i].heightMetres) ? "" : fmt::format("{}", mesh.features[i].heightMetres);
    EXPECT_EQ(content.features.text("height", i), height);
    const glm::vec3 size = content.features.hi[i] - content.features.lo[i];
    EXPECT_NEAR(size.x, 12.5, 0.05);  // the content's frame is turned by the curvature over a few kilometres
    EXPECT_NEAR(size.z, 5 + i * 7919 % 40, 0.05);
  }
}

TEST(WriteGlb, LeavesOutColumnsWithoutValues) {
  TileMesh mesh = exampleTile(2);
  for (TileFeature& feature : mesh.features) {
    feature.name.clear();
    feature.heightMetres = NAN;
  }
  const auto content = decoded(written(mesh));
  EXPECT_EQ(content.features.column("name"), nullptr);
  EXPECT_EQ(content.features.column("height"), nullptr);
  EXPECT_EQ(content.features.ids[3], "osm:way/1003");
}

TEST(WriteGlb, TilesOfOneStepShareTheirGrid) {
  // One point (a box corner at a place that is on no grid) as seen from two neighbouring tiles.
  TileMesh left = exampleTile(3), right = exampleTile(3);
  right.centreEnu.x += 61.37;
  const glm::vec3 corner(59.123f, 17.457f, 3.219f);
  appendBox(left.surfaces[0], corner, {1, 1, 1}, 0, 9);
  appendBox(right.surfaces[0], corner - glm::vec3(61.37f, 0, 0), {1, 1, 1}, 0, 9);
  const auto nearest = [&](const source::MeshContent& content) {
    const glm::dvec3 want = kCity.toEcef(left.centreEnu + glm::dvec3(corner));
    glm::dvec3 best(0);
    for (const source::Vertex& v : content.vertices) {
      const glm::dvec3 ecef(content.ecefFromContent * glm::dvec4(v.position, 1));
      if (glm::length(ecef - want) < glm::length(best - want)) best = ecef;
    }
    EXPECT_LT(glm::length(best - want), 0.01);
    return best;
  };
  EXPECT_LT(glm::length(nearest(decoded(written(left))) - nearest(decoded(written(right)))), 1e-4);
}

TEST(WriteGlb, HoldsToTheLayoutRules) {
  const Bytes glb = written(exampleTile(4));
  EXPECT_EQ(glb.size() % 8, 0u);
  const auto json = jsonOf(glb);
  for (const auto& view : json["bufferViews"]) EXPECT_EQ(view["byteOffset"].get<size_t>() % 8, 0u);
  for (const auto& accessor : json["accessors"]) {
    const bool vertices = accessor["bufferView"] == 0;
    if (vertices) EXPECT_EQ(accessor["byteOffset"].get<size_t>() % 4, 0u);
  }
  EXPECT_EQ(json["extensionsRequired"], nlohmann::json({"KHR_mesh_quantization", "EXT_meshopt_compression"}));
  EXPECT_EQ(json["buffers"][1]["extensions"]["EXT_meshopt_compression"]["fallback"], true);
  EXPECT_EQ(json["asset"]["copyright"], "© somebody");
  EXPECT_EQ(json["materials"][0]["name"], "cm:building");
  EXPECT_EQ(jsonOf(written(exampleTile(4), false))["extensionsRequired"], nlohmann::json({"KHR_mesh_quantization"}));
}

TEST(WriteGlb, SaysWhatIsWrongWithAMesh) {
  const auto errorOf = [](const TileMesh& mesh) {
    auto glb = writeGlb(mesh, {});
    return glb ? std::string() : glb.error().text();
  };
  EXPECT_EQ(errorOf({}), "tile has no triangles");
  TileMesh mesh = exampleTile(2);
  mesh.features.resize(65536);
  EXPECT_EQ(errorOf(mesh), "tile has 65536 features; at most 65535 fit a 16-bit feature id");
  mesh = exampleTile(2);
  mesh.surfaces[0].indices[4] = 80;
  EXPECT_EQ(errorOf(mesh), "surface building: index 80 of 80 vertices");
  mesh = exampleTile(2);
  mesh.surfaces[1].positions[0].x = NAN;
  EXPECT_EQ(errorOf(mesh), "surface green: a position is not finite");
  mesh = exampleTile(2);
  mesh.surfaces[0].features[0] = 4;
  EXPECT_EQ(errorOf(mesh), "surface building: feature 4 of 4");
}

TEST(WriteGlb, ManyVerticesGetWideIndices) {
  const TileMesh mesh = exampleTile(60);  // 72,000 vertices in one primitive
  const Bytes glb = written(mesh);
  EXPECT_EQ(jsonOf(glb)["accessors"][5]["componentType"], 5125);
  double worst = 1;
  EXPECT_EQ(trianglesOf(decoded(glb), worst), trianglesOf(mesh));
}

TileNode exampleTree() {
  TileNode root{{-1000, -800, -3}, {1200, 900, 250}, 120, "root.glb", {}};
  root.children.push_back({{-1000, -800, -3}, {0, 0, 40}, 20, "1/0 0.glb", {}});
  root.children.push_back({{0, 0, 10}, {1200, 900, 10}, 0, "", {}});
  root.children[0].children.push_back({{-900, -700, 0}, {-100, -20, 30}, 0, "2/0 0.glb", {}});
  return root;
}

TEST(WriteTileset, ReadsBackAsTheTree) {
  const std::string json = writeTileset(exampleTree(), kCity.ecefFromEnu, "© \"somebody\"", true);
  auto tileset = source::parseTileset(asBytes(json), "city/tileset.json");
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_TRUE(tileset->warnings.empty());
  EXPECT_EQ(tileset->version, "1.1");
  ASSERT_EQ(tileset->tiles.size(), 4u);
  EXPECT_EQ(tileset->tiles[0].children, (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(tileset->tiles[2].contentUris, std::vector<std::string>{"city/2/0%200.glb"});
  EXPECT_TRUE(tileset->tiles[3].contentUris.empty());
  EXPECT_GE(tileset->geometricError, 120);
  EXPECT_EQ(tileset->tiles[1].geometricError, 20);
  EXPECT_EQ(tileset->tiles[1].ecefFromTile, kCity.ecefFromEnu);
  const glm::dvec3 centre = geo::centreOf(tileset->tiles[1].bounds);
  EXPECT_LT(glm::length(centre - kCity.toEcef({-500, -400, 18.5})), 1e-6);
}

//! Every object holds only members that the 3D Tiles 1.1 schema names, and all that it requires.
void checkTile(const nlohmann::json& tile, bool root, double above) {
  const std::set<std::string> allowed = {"transform", "boundingVolume", "geometricError", "refine", "content", "children"};
  for (const auto& [key, value] : tile.items()) EXPECT_TRUE(allowed.contains(key)) << key;
  EXPECT_EQ(tile.contains("refine"), root);
  ASSERT_TRUE(tile["geometricError"].is_number());
  EXPECT_LE(tile["geometricError"], above);
  ASSERT_EQ(tile["boundingVolume"].size(), 1u);
  ASSERT_EQ(tile["boundingVolume"]["box"].size(), 12u);
  for (int axis : {3, 7, 11}) EXPECT_GT(tile["boundingVolume"]["box"][static_cast<size_t>(axis)], 0.0);
  if (tile.contains("transform")) EXPECT_EQ(tile["transform"].size(), 16u);
  if (tile.contains("content")) {
    EXPECT_EQ(tile["content"].size(), 1u);
    EXPECT_FALSE(tile["content"]["uri"].get<std::string>().empty());
  }
  if (!tile.contains("children")) return;
  EXPECT_FALSE(tile["children"].empty());
  for (const auto& child : tile["children"]) checkTile(child, false, tile["geometricError"]);
}

TEST(WriteTileset, HoldsToTheSchema) {
  for (bool synthetic : {false, true}) {
    const auto json = nlohmann::json::parse(writeTileset(exampleTree(), kCity.ecefFromEnu, "©", synthetic));
    for (const auto& [key, value] : json.items())
      EXPECT_TRUE(key == "asset" || key == "geometricError" || key == "root") << key;
    for (const auto& [key, value] : json["asset"].items()) EXPECT_TRUE(key == "version" || key == "extras") << key;
    EXPECT_EQ(json["asset"]["extras"].contains("illustrative"), synthetic);
    checkTile(json["root"], true, json["geometricError"]);
  }
}

}  // namespace
}  // namespace cm::tiling
