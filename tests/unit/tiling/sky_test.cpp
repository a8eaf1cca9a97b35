#include <gtest/gtest.h>

#include <ctime>

#include "mesh_checks.h"
#include "tiling/building_mesh.h"

namespace cm::tiling {
namespace {

using namespace test;

TileMesh vertices(const std::vector<std::pair<glm::vec3, glm::vec3>>& placesAndNormals) {
  TileMesh tile;
  MeshWriter writer{surfaceOf(tile, source::Surface::Ground)};
  for (const auto& [place, normal] : placesAndNormals) writer.vertex(glm::dvec3(place), normal, {255, 255, 255, 255});
  return tile;
}

const glm::vec3 kUp(0, 0, 1);

TEST(HeightField, RaisesFootprintsAndKeepsTheHighest) {
  HeightField field({-100, -100}, {100, 100}, 4, -50);
  field.fillTerrain([](double x, double) { return x * 0.1; });
  EXPECT_NEAR(field.at(50, 0), 5, 0.3);
  field.raise({rectangle(0, 0, 40, 40), rectangle(12, 12, 28, 28)}, 30);
  EXPECT_NEAR(field.at(6, 6), 30, 0.1);
  EXPECT_NEAR(field.at(20, 20), 2, 0.4) << "the courtyard stays open";
  field.raise({rectangle(0, 0, 40, 40)}, 20);
  EXPECT_NEAR(field.at(6, 6), 30, 0.1);
  field.raise({rectangle(-50.5, -50.5, -49.5, -49.5)}, 12);
  EXPECT_NEAR(field.at(-50, -50), 12, 0.1) << "a shed smaller than a cell still stands";
  EXPECT_LT(field.at(500, 0), -1e6f);
}

TEST(Sky, ALoneVertexSeesAllOfIt) {
  TileMesh tile = vertices({{{0, 0, 0}, kUp}, {{0, 0, 5}, {1, 0, 0}}});
  HeightField field({-200, -200}, {200, 200});
  field.fillTerrain([](double, double) { return 0; });
  bakeSky(tile, field);
  EXPECT_EQ(tile.surfaces[0].sky[0], 255);
  EXPECT_NEAR(tile.surfaces[0].sky[1], 255 * std::pow(0.5, 0.64), 3) << "a wall sees half";
}

TEST(Sky, GroundDarkensTowardsAWall) {
  std::vector<std::pair<glm::vec3, glm::vec3>> places;
  for (float x : {100.0f, 60.0f, 30.0f, 15.0f, 8.0f, 3.0f}) places.push_back({{x, 0, 0}, kUp});
  TileMesh tile = vertices(places);
  HeightField field({-200, -200}, {200, 200});
  field.fillTerrain([](double, double) { return 0; });
  field.raise({rectangle(-40, -100, 0, 100)}, 25);
  bakeSky(tile, field);
  const auto& sky = tile.surfaces[0].sky;
  for (size_t i = 1; i < sky.size(); ++i) EXPECT_LE(sky[i], sky[i - 1]) << i;
  EXPECT_GT(sky[0], 235);
  EXPECT_LT(sky[5], 185);
  EXPECT_GT(sky[5], 110) << "soft, not black";
}

TEST(Sky, StreetsStayReadable) {
  TileMesh tile = vertices({{{0, 0, 0}, kUp}});
  HeightField field({-200, -200}, {200, 200});
  field.fillTerrain([](double, double) { return 0; });
  field.raise({rectangle(-40, -200, -8, 200)}, 15);
  field.raise({rectangle(8, -200, 40, 200)}, 15);
  bakeSky(tile, field);
  EXPECT_GT(tile.surfaces[0].sky[0], 0.5 * 255);
  EXPECT_LT(tile.surfaces[0].sky[0], 0.75 * 255);
}

TEST(Sky, WallsGrowLighterUpwardsAndRoofsAreOpen) {
  const LocalBuilding b = building({rectangle(-10, -10, 10, 10)}, 40);
  TileMesh tile;
  appendBuilding(surfaceOf(tile, source::Surface::Building), {0, 0, 0}, b, {});
  HeightField field({-200, -200}, {200, 200});
  field.fillTerrain([](double, double) { return 0; });
  field.raise(b);
  for (double side : {-1.0, 1.0})
    field.raise({rectangle(std::min(22 * side, 60 * side), -80, std::max(22 * side, 60 * side), 80)}, 40);
  bakeSky(tile, field);
  const SurfaceMesh& mesh = tile.surfaces[0];
  std::map<int, std::pair<double, int>> east;  // by height
  for (size_t i = 0; i < mesh.positions.size(); ++i) {
    if (mesh.normals[i].x > 0.9f && mesh.positions[i].x > 9.9f) {
      auto& [sum, count] = east[int(mesh.positions[i].z)];
      sum += mesh.sky[i];
      ++count;
    }
    if (mesh.normals[i].z > 0.9f) {
      EXPECT_GT(mesh.sky[i], 230) << "its own parapet does not shade a roof";
    }
  }
  ASSERT_EQ(east.size(), 3u);
  double before = 0;
  for (const auto& [z, sum] : east) {
    EXPECT_GT(sum.first / sum.second, before) << z;
    before = sum.first / sum.second;
  }
}

TEST(Sky, SkirtsTakeTheSkyOfTheirEdge) {
  TileMesh tile = vertices({{{0, 0, 0}, kUp}, {{0, 0, -30}, kUp}});
  tile.surfaces[0].skyOf.push_back({1, 0});
  HeightField field({-200, -200}, {200, 200});
  field.fillTerrain([](double, double) { return 0; });
  bakeSky(tile, field);
  EXPECT_EQ(tile.surfaces[0].sky[1], 255);
}

TEST(Sky, MillionsOfVerticesASecond) {
  std::vector<std::pair<glm::vec3, glm::vec3>> places;
  for (int i = 0; i < 200000; ++i)
    places.push_back({{float(i % 400) - 200, float(i / 400) - 200, 0}, i % 2 ? kUp : glm::vec3(1, 0, 0)});
  TileMesh tile = vertices(places);
  HeightField field({-400, -400}, {400, 400});
  field.fillTerrain([](double, double) { return 0; });
  for (int i = 0; i < 100; ++i) {
    const double x = (i % 10) * 40.0 - 200, y = double(i / 10) * 40 - 200;
    field.raise({rectangle(x, y, x + 20, y + 20)}, 5 + i % 30);
  }
  const std::clock_t begin = std::clock();  // of this process: other programs do not count
  bakeSky(tile, field);
  const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("%.1f million vertices a second\n", double(places.size()) / seconds / 1e6);
  EXPECT_GT(double(places.size()) / seconds,
            2e5);  // far below what is measured, so that a busy or sanitized run does not fail by luck
}

}  // namespace
}  // namespace cm::tiling
