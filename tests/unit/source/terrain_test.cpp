#include "source/terrain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "geo/ellipsoid.h"
#include "support/terrain_tile.h"

namespace cm::source {
namespace {

using test::terrainRange;
using test::TerrainTileMaker;
using testing::HasSubstr;

std::string layerJson(const std::string& more, const std::string& projection = "EPSG:4326") {
  return R"({"format":"quantized-mesh-1.0","version":"1.2.0","projection":")" + projection +
         R"(","tiles":["{z}/{x}/{y}.terrain?v={version}"],)" + more + "}";
}

Result<Tileset> layerOf(const std::string& json) {
  return parseTileset(asBytes(json), "https://t.example/earth/layer.json");
}

//! A reference to a tile of a terrain that has `ranges` one level below it, and nothing else.
TerrainRef refTo(uint32_t level, uint32_t x, uint32_t y, std::vector<TileRange> ranges = {}, bool mercator = false) {
  TerrainLayer layer;
  layer.uri = "layer.json";
  layer.tiles = {"{z}/{x}/{y}.terrain"};
  layer.mercator = mercator;
  TerrainAvailability available;
  available.firstLevel = level + 1;
  available.levels = {std::move(ranges)};
  return {std::make_shared<const TerrainLayer>(layer), std::make_shared<const TerrainAvailability>(available), level, x,
          y};
}

double wave(double u, double v) { return 300 * std::sin(5 * u) * std::cos(4 * v); }

//! How far the vertices lie from where the formula has them, skirts left out; also how many there are.
struct Fit {
  double worstMetres = 0, lowestU = 2, highestU = -1, lowestV = 2, highestV = -1;
  size_t on = 0, below = 0;
};
Fit fitOf(const MeshContent& mesh, const geo::Region& region, double slackMetres) {
  Fit fit;
  for (const Vertex& vertex : mesh.vertices) {
    const geo::Geodetic at =
        geo::geodeticFromEcef(glm::dvec3(mesh.ecefFromContent * glm::dvec4(glm::dvec3(vertex.position), 1)));
    const double u = (at.lonDegrees * geo::kDegree - region.west) / (region.east - region.west),
                 v = (at.latDegrees * geo::kDegree - region.south) / (region.north - region.south);
    const double off = at.heightMetres - wave(u, v);
    if (off < -slackMetres) {
      ++fit.below;
      continue;
    }
    ++fit.on;
    fit.worstMetres = std::max(fit.worstMetres, std::abs(off));
    fit.lowestU = std::min(fit.lowestU, u), fit.highestU = std::max(fit.highestU, u);
    fit.lowestV = std::min(fit.lowestV, v), fit.highestV = std::max(fit.highestV, v);
  }
  return fit;
}

TEST(Terrain, AMeshLiesWhereTheFormulaHasItToACentimetre) {
  for (const auto& [cells, level, mercator] :
       {std::tuple{32u, 13u, false}, {32u, 13u, true}, {31u, 15u, false}, {256u, 14u, false}}) {  // the last: 32-bit
    TerrainTileMaker maker;
    maker.cells = cells;
    // Where the file has the vertex: its u and v are whole numbers.
    maker.heightMetres = [n = int(cells)](double u, double v) {
      const auto whole = [&](double share) {
        return double(int(std::lround(share * n)) * TerrainTileMaker::kLargest / n) / TerrainTileMaker::kLargest;
      };
      return wave(whole(u), whole(v));
    };
    const TerrainRef ref = refTo(level, 27336u >> (15 - level), 11480u >> (15 - level), {}, mercator);
    auto tile = decodeTerrain(maker.bytes(), "tile", ref);
    ASSERT_TRUE(tile) << tile.error().text();
    const Fit fit = fitOf(tile->mesh, terrainRectangle(*ref.layer, ref.level, ref.x, ref.y), 5);
    EXPECT_EQ(fit.on, size_t{cells + 1} * (cells + 1));
    EXPECT_EQ(fit.below, size_t{cells} * 4) << "one for each vertex of the edges";
    EXPECT_LT(fit.worstMetres, 0.01) << cells;
    EXPECT_NEAR(fit.lowestU, 0, 1e-5);
    EXPECT_NEAR(fit.highestV, 1, 1e-5);
    EXPECT_EQ(tile->mesh.indices.size(), size_t{cells} * cells * 6 + size_t{cells} * 4 * 6);
    EXPECT_LE(tile->bounds.minHeight, tile->bounds.maxHeight - 300);
    EXPECT_TRUE(tile->children.empty());
    for (const Vertex& vertex : tile->mesh.vertices) {
      EXPECT_EQ(vertex.featureAndSurface >> 24, static_cast<uint32_t>(Surface::Ground));
      ASSERT_GT(vertex.normal[2], 0) << "up";
    }
  }
}

TEST(Terrain, NormalsOfTheExtensionAreTaken) {
  const TerrainRef ref = refTo(14, 27336, 11480);
  const geo::Region region = terrainRectangle(*ref.layer, 14, 27336, 11480);
  const geo::EnuFrame frame = geo::enuFrameAt(
      {(region.west + region.east) / 2 / geo::kDegree, (region.south + region.north) / 2 / geo::kDegree, 0});
  const glm::dvec3 leaning = glm::normalize(glm::dvec3(0.5, -0.25, 1));
  TerrainTileMaker maker;
  maker.waterMask = true;
  maker.normalEcef = [&](double, double) { return glm::dmat3(frame.ecefFromEnu) * leaning; };
  auto tile = decodeTerrain(maker.bytes(), "tile", ref);
  ASSERT_TRUE(tile) << tile.error().text();
  for (const Vertex& vertex : tile->mesh.vertices)
    for (int k = 0; k < 3; ++k) ASSERT_NEAR(vertex.normal[size_t(k)] / 127.0, leaning[k], 0.025);
}

TEST(Terrain, AQuarterThatIsMissingIsCutFromTheTileAbove) {
  TerrainTileMaker maker;
  maker.cells = 31;  // no vertex lies in the middle
  maker.heightMetres = [](double u, double v) { return 100 * u + 50 * v; };
  for (const bool mercator : {false, true}) {
    const TerrainRef above = refTo(5, 13, 20, {{27, 40, 27, 41}, {26, 40, 26, 40}}, mercator);
    auto whole = decodeTerrain(maker.bytes(), "tile", above);
    ASSERT_TRUE(whole) << whole.error().text();
    ASSERT_EQ(whole->children.size(), 4u);
    const TileDescription& missing = whole->children[2];
    ASSERT_TRUE(missing.terrain && missing.terrain->cut);
    EXPECT_EQ(missing.contentUris, std::vector<std::string>{"5/13/20.terrain"});
    EXPECT_FALSE(whole->children[0].terrain->cut);
    EXPECT_EQ(whole->children[1].contentUris, std::vector<std::string>{"6/27/40.terrain"});
    auto quarter = decodeTerrain(maker.bytes(), "tile", *missing.terrain);
    ASSERT_TRUE(quarter) << quarter.error().text();
    EXPECT_TRUE(quarter->children.empty());
    const geo::Region part = terrainRectangle(*above.layer, 6, 26, 41);
    double west = 10, east = -10, south = 10, north = -10;
    for (const Vertex& vertex : quarter->mesh.vertices) {
      const geo::Geodetic at =
          geo::geodeticFromEcef(glm::dvec3(quarter->mesh.ecefFromContent * glm::dvec4(glm::dvec3(vertex.position), 1)));
      west = std::min(west, at.lonDegrees * geo::kDegree), east = std::max(east, at.lonDegrees * geo::kDegree);
      south = std::min(south, at.latDegrees * geo::kDegree), north = std::max(north, at.latDegrees * geo::kDegree);
    }
    EXPECT_NEAR(west, part.west, 1e-7);
    EXPECT_NEAR(east, part.east, 1e-7);
    EXPECT_NEAR(south, part.south, 1e-7);
    EXPECT_NEAR(north, part.north, 1e-7);
    EXPECT_NEAR(quarter->bounds.maxHeight, 50 * 1 + 50, 0.5);
    EXPECT_NEAR(quarter->bounds.minHeight, mercator ? 25 : 25, 2);
  }
}

TEST(Terrain, TheTilesOfALayerAreThoseThatItSaysAreAvailable) {
  auto layer = layerOf(layerJson(R"("attribution":"ours","available":[[)" + terrainRange(0, 0, 1, 0) + "],[" +
                                 terrainRange(2, 1, 3, 1) + "]]"));
  ASSERT_TRUE(layer) << layer.error().text();
  ASSERT_EQ(layer->tiles.size(), 3u) << "an empty root and the two halves of the Earth";
  EXPECT_TRUE(layer->tiles[0].contentUris.empty());
  EXPECT_EQ(layer->tiles[1].contentUris, std::vector<std::string>{"https://t.example/earth/0/0/0.terrain?v=1.2.0"});
  EXPECT_EQ(layer->tiles[2].contentUris, std::vector<std::string>{"https://t.example/earth/0/1/0.terrain?v=1.2.0"});
  EXPECT_EQ(layer->facts, (std::vector<Fact>{{"attribution", "ours"}}));
  const geo::Region east = std::get<geo::Region>(layer->tiles[2].bounds);
  EXPECT_TRUE(terrainChildren(*layer->tiles[1].terrain, east).empty()) << "nothing is available in the west";
  const auto below = terrainChildren(*layer->tiles[2].terrain, east);
  ASSERT_EQ(below.size(), 4u);
  EXPECT_TRUE(below[0].terrain->cut && below[1].terrain->cut);
  EXPECT_FALSE(below[2].terrain->cut || below[3].terrain->cut);
  EXPECT_DOUBLE_EQ(below[3].geometricError * 2, layer->tiles[2].geometricError);
  EXPECT_NEAR(terrainErrorMetres(*layer->tiles[1].terrain->layer, 0), 77067.34, 0.01);
  ASSERT_TRUE(layer->focus);
  EXPECT_NEAR(layer->focus->west, 0, 1e-12);
  EXPECT_NEAR(layer->focus->south, 0, 1e-12);
}

TEST(Terrain, ALayerThatBeginsDeepDownIsReached) {
  auto layer = layerOf(layerJson(R"("available":[[],[],[],[)" + terrainRange(9, 5, 9, 5) + "]]", "EPSG:3857")
                           .replace(1, 0, R"("scheme":"slippyMap",)"));
  ASSERT_FALSE(layer) << "x is 9 of 8 columns: no tile";
  layer = layerOf(layerJson(R"("available":[[],[],[],[)" + terrainRange(6, 5, 6, 5) + "]]", "EPSG:3857")
                      .replace(1, 0, R"("scheme":"slippyMap",)"));
  ASSERT_TRUE(layer) << layer.error().text();
  ASSERT_EQ(layer->tiles.size(), 5u) << "the root, three empty ones, and the tile";
  EXPECT_EQ(layer->tiles[4].contentUris, std::vector<std::string>{"https://t.example/earth/3/6/2.terrain?v=1.2.0"});
  EXPECT_NEAR(terrainRectangle(*layer->tiles[4].terrain->layer, 0, 0, 0).north / geo::kDegree, 85.0511287798, 1e-9);
}

TEST(Terrain, WithoutAvailableMaxzoomAndBoundsSayWhatThereIs) {
  auto layer = layerOf(layerJson(R"("minzoom":0,"maxzoom":2,"bounds":[100,10,120,40])"));
  ASSERT_TRUE(layer) << layer.error().text();
  ASSERT_EQ(layer->tiles.size(), 2u);
  const auto below = terrainChildren(*layer->tiles[1].terrain, std::get<geo::Region>(layer->tiles[1].bounds));
  ASSERT_EQ(below.size(), 4u);
  EXPECT_FALSE(below[3].terrain->cut);
  EXPECT_TRUE(below[2].terrain->cut && below[1].terrain->cut && below[0].terrain->cut);
  EXPECT_FALSE(layerOf(layerJson(R"("minzoom":0)")));
}

TEST(Terrain, ATileMaySayWhatLiesBelowIt) {
  TerrainTileMaker maker;
  maker.metadata = R"({"available":[[],[)" + terrainRange(40, 20, 41, 21) + "]]}";
  EXPECT_TRUE(decodeTerrain(maker.bytes(), "tile", refTo(3, 10, 5))->children.empty());
  maker.metadata = R"({"available":[[)" + terrainRange(20, 10, 21, 11) + "],[" + terrainRange(40, 20, 41, 21) + "]]}";
  auto tile = decodeTerrain(maker.bytes(), "tile", refTo(3, 10, 5));
  ASSERT_TRUE(tile) << tile.error().text();
  ASSERT_EQ(tile->children.size(), 4u);
  auto below = terrainChildren(*tile->children[0].terrain, tile->bounds);
  ASSERT_EQ(below.size(), 4u);
  EXPECT_FALSE(below[3].terrain->cut);
  EXPECT_TRUE(terrainChildren(*below[3].terrain, tile->bounds).empty());
}

TEST(Terrain, WhatCannotBeReadIsNamed) {
  const auto errorOf = [](const std::string& json) {
    auto layer = layerOf(json);
    return layer ? std::string("read") : layer.error().text();
  };
  EXPECT_THAT(errorOf(R"({"format":"heightmap-1.0","tiles":["a"]})"), HasSubstr("heightmap-1.0"));
  EXPECT_THAT(errorOf(layerJson(R"("available":[])", "EPSG:4490")), HasSubstr("EPSG:4490"));
  EXPECT_THAT(errorOf(layerJson(R"("available":[])")), HasSubstr("no tile"));
  EXPECT_TRUE(isTilesetJson(asBytes(layerJson(R"("available":[])"))));
}

TEST(Terrain, DamagedBytesEndWithAnErrorOrAMeshThatHoldsTogether) {
  TerrainTileMaker maker;
  maker.cells = 6;
  maker.heightMetres = wave;
  maker.metadata = R"({"available":[[)" + terrainRange(20, 10, 21, 11) + "]]}";
  maker.normalEcef = [](double, double) { return glm::dvec3(1, 0, 0); };
  const Bytes good = maker.bytes();
  TerrainRef whole = refTo(3, 10, 5), cut = refTo(3, 10, 5);
  cut.cut = true;
  size_t refused = 0;
  const auto decode = [&](const Bytes& bytes) {
    for (const TerrainRef& ref : {whole, cut}) {
      auto tile = decodeTerrain(bytes, "tile", ref);
      if (!tile) {
        ++refused;
        EXPECT_THAT(tile.error().text(), HasSubstr("tile: "));
        continue;
      }
      for (uint32_t index : tile->mesh.indices) ASSERT_LT(index, tile->mesh.vertices.size());
      for (const Vertex& vertex : tile->mesh.vertices)
        ASSERT_TRUE(std::isfinite(vertex.position.x + vertex.position.y + vertex.position.z));
    }
  };
  for (size_t size = 0; size < good.size(); ++size) decode(Bytes(good.begin(), good.begin() + std::ptrdiff_t(size)));
  EXPECT_GT(refused, good.size()) << "most cuts go through what is needed";
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    Bytes bad = good;
    for (unsigned i = 0; i < 1 + random() % 4; ++i) bad[random() % bad.size()] = std::byte(random() & 255);
    decode(bad);
  }
}

}  // namespace
}  // namespace cm::source
