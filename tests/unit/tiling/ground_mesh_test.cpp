#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "mesh_checks.h"
#include "tiling/building_mesh.h"
#include "tiling/ground_cell.h"
#include "tiling/ground_matter.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

using namespace test;

double flat(double, double) { return 0; }
double hills(double x, double y) { return 20 * std::sin(x / 90) + 15 * std::cos(y / 70); }

GroundTile squareTile(HeightFunction terrain = flat, double side = 512, unsigned cells = 32) {
  GroundTile tile;
  tile.hi = {side, side};
  tile.centre = {side / 2, side / 2, 0};
  tile.cells = cells;
  tile.terrainZ = std::move(terrain);
  tile.skirtMetres = 0;
  return tile;
}

LocalGround area(GroundClass kind, Rings rings) {
  LocalGround g;
  g.kind = kind;
  g.rings = std::move(rings);
  return g;
}

LocalGround road(GroundClass kind, std::vector<glm::dvec2> line, double width) {
  LocalGround g;
  g.kind = kind;
  g.line = std::move(line);
  g.widthMetres = width;
  return g;
}

double of(const GroundStatistics& s, GroundClass kind) { return s.areaByClass[size_t(kind)]; }

// All surfaces as one mesh.
SurfaceMesh together(const TileMesh& tile) {
  SurfaceMesh all;
  for (const SurfaceMesh& mesh : tile.surfaces) {
    const auto base = uint32_t(all.positions.size());
    all.positions.insert(all.positions.end(), mesh.positions.begin(), mesh.positions.end());
    all.normals.insert(all.normals.end(), mesh.normals.begin(), mesh.normals.end());
    for (uint32_t i : mesh.indices) all.indices.push_back(base + i);
  }
  return all;
}

// No edge is open but on the tile's border: no T-junction, no overlap, no hole.
testing::AssertionResult conforming(const TileMesh& tile, double side) {
  const double h = side / 2 - 1e-3;
  for (const auto& [a, b] : Weld(together(tile)).openEdges()) {
    const bool border = (std::abs(a.x) > h && std::abs(b.x) > h) || (std::abs(a.y) > h && std::abs(b.y) > h);
    if (!border)
      return testing::AssertionFailure() << fmt::format("open edge ({:.3f} {:.3f} {:.3f}) - ({:.3f} {:.3f} {:.3f})",
                                                        a.x, a.y, a.z, b.x, b.y, b.z);
  }
  return testing::AssertionSuccess();
}

std::vector<LocalGround> denseTown(unsigned seed, int roads, double side) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> at(-60, side + 60), turn(-0.5, 0.5);
  std::vector<LocalGround> out;
  for (int i = 0; i < roads; ++i) {
    glm::dvec2 p(at(random), at(random));
    double heading = turn(random) * 2 * M_PI;
    std::vector<glm::dvec2> line;
    for (int k = 0; k < 6; ++k) {
      line.push_back(p);
      p += 30.0 * glm::dvec2(std::cos(heading), std::sin(heading));
      heading += turn(random);
    }
    const GroundClass kinds[] = {GroundClass::RoadMinor, GroundClass::RoadMinor, GroundClass::Path,
                                 GroundClass::RoadMajor, GroundClass::Rail};
    out.push_back(road(kinds[i % 5], line, i % 5 == 3 ? 14 : i % 5 == 2 ? 2.5 : 6));
  }
  const GroundClass kinds[] = {GroundClass::Residential, GroundClass::Park,  GroundClass::Grass,
                               GroundClass::Forest,      GroundClass::Water, GroundClass::Plaza};
  for (int i = 0; i < 24; ++i) {
    const glm::dvec2 c(at(random), at(random));
    Ring ring;
    for (int k = 0; k < 14; ++k) {
      const double a = 2 * M_PI * k / 14, r = 25 + 50 * (turn(random) + 0.5);
      ring.push_back(c + r * glm::dvec2(std::cos(a), std::sin(a)));
    }
    out.push_back(area(kinds[i % 6], {ring}));
  }
  return out;
}

TEST(GroundCell, TriangulationCoversTheCellAndKeepsItsEdges) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> unit(0, kCellUnits);
  CellTriangulation cell;
  for (int n = 0; n < 300; ++n) {
    std::vector<CellSegment> segments;
    for (int i = 0; i < 1 + n % 25; ++i)
      segments.push_back({{unit(random), unit(random)}, {unit(random), unit(random)}, i});
    if (n % 4 == 0) segments.push_back({{0, unit(random)}, {0, unit(random)}, 99});
    std::erase_if(segments, [](auto& s) { return s.a == s.b; });
    nodeSegments(segments);
    cell.reset();
    for (const CellSegment& s : segments) cell.insert(s.a), cell.insert(s.b);
    for (const CellSegment& s : segments) cell.constrain(cell.insert(s.a), cell.insert(s.b));
    int64_t twice = 0;
    std::set<std::pair<int, int>> edges;
    for (const auto& t : cell.triangles()) {
      const Point a = cell.points()[size_t(t.vertex[0])], b = cell.points()[size_t(t.vertex[1])],
                  c = cell.points()[size_t(t.vertex[2])];
      const int64_t turned = int64_t(b.x - a.x) * (c.y - a.y) - int64_t(b.y - a.y) * (c.x - a.x);
      ASSERT_GT(turned, 0);
      twice += turned;
      for (size_t k = 0; k < 3; ++k) edges.insert({t.vertex[k], t.vertex[(k + 1) % 3]});
    }
    EXPECT_EQ(twice, 2ll * kCellUnits * kCellUnits);
    for (const CellSegment& s : segments) {
      const int a = cell.insert(s.a), b = cell.insert(s.b);
      EXPECT_TRUE(edges.count({a, b}) || edges.count({b, a}))
          << n << ": (" << s.a.x << ' ' << s.a.y << ") (" << s.b.x << ' ' << s.b.y << ")";
    }
  }
}

TEST(GroundMesh, EmptyTileIsLandOnTheTerrain) {
  TileMesh tile;
  GroundTile ground = squareTile(hills);
  tile.centreEnu = ground.centre;
  const GroundStatistics s = buildGround(tile, ground, {});
  EXPECT_NEAR(s.areaMetres2, 512 * 512, 1e-3);
  EXPECT_NEAR(of(s, GroundClass::Land), 512 * 512, 1e-3);
  EXPECT_EQ(s.triangles, 2u * 32 * 32);
  ASSERT_EQ(tile.surfaces.size(), 1u);
  for (const glm::vec3& p : tile.surfaces[0].positions) EXPECT_NEAR(p.z, hills(p.x + 256, p.y + 256), 1e-3);
  EXPECT_TRUE(normalsAgree(tile.surfaces[0]));
}

// The height of the mesh at a place, from the triangles that look up.
double heightOfMesh(const TileMesh& tile, double x, double y) {
  for (const SurfaceMesh& mesh : tile.surfaces)
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      const glm::dvec3 a = mesh.positions[mesh.indices[i]], b = mesh.positions[mesh.indices[i + 1]],
                       c = mesh.positions[mesh.indices[i + 2]];
      const double whole = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
      if (whole < 1e-9) continue;
      const double v = ((x - a.x) * (c.y - a.y) - (y - a.y) * (c.x - a.x)) / whole;
      const double w = ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / whole;
      if (v >= -1e-6 && w >= -1e-6 && v + w <= 1 + 1e-6) return a.z + v * (b.z - a.z) + w * (c.z - a.z);
    }
  return std::nan("");
}

TEST(GroundMesh, LevelGroundNeedsFewTriangles) {
  TileMesh tile;
  GroundTile ground = squareTile(flat, 512, 64);
  const GroundStatistics s = buildGround(tile, ground, {});
  EXPECT_EQ(s.triangles, 2u * 8 * 8);
}

TEST(GroundMesh, TheGridIsThinnedWhereTheGroundStaysWithinItsTolerance) {
  // Level in the west, hilly in the east.
  const auto half = [](double x, double y) { return x < 250 ? 0.0 : hills(x, y) * std::min(1.0, (x - 250) / 90); };
  TileMesh all, thinned;
  GroundTile ground = squareTile(half, 512, 64);
  const auto features = denseTown(7, 60, 512);
  const size_t whole = buildGround(all, ground, {}).triangles;
  ground.levelMetres = 0.1;
  const size_t few = buildGround(thinned, ground, {}).triangles;
  EXPECT_LT(few, whole * 8 / 10);
  EXPECT_LT(few, 64u * 64);  // half of the whole grid
  EXPECT_TRUE(conforming(thinned, 512));
  double worst = 0;
  for (int r = 1; r < 64; ++r)
    for (int c = 1; c < 64; ++c)
      worst = std::max(worst, std::abs(heightOfMesh(thinned, c * 8.0 - 256, r * 8.0 - 256) - half(c * 8.0, r * 8.0)));
  EXPECT_LT(worst, 0.1 + 1e-3);
  std::vector<LocalGround> dry;
  for (const LocalGround& f : features)
    if (f.kind != GroundClass::Water) dry.push_back(f);
  TileMesh town;
  buildGround(town, ground, dry);
  EXPECT_TRUE(conforming(town, 512));
  worst = 0;
  for (int r = 1; r < 64; ++r)
    for (int c = 1; c < 64; ++c)
      worst = std::max(worst, std::abs(heightOfMesh(town, c * 8.0 - 256, r * 8.0 - 256) - half(c * 8.0, r * 8.0)));
  EXPECT_LT(worst, 2 * 0.1);  // an outline runs straight between its own points
}

TEST(GroundMesh, ShadeBesideAWallKeepsTheGridThere) {
  GroundTile ground = squareTile(flat, 512, 64);
  HeightField heights({-120, -120}, {632, 632});
  heights.fillTerrain(flat);
  heights.raise({rectangle(100, 100, 160, 130)}, 60);
  ground.heights = &heights;
  TileMesh tile;
  const size_t triangles = buildGround(tile, ground, {}).triangles;
  EXPECT_GT(triangles, 2u * 8 * 8);
  EXPECT_LT(triangles, 64u * 64);
  EXPECT_TRUE(conforming(tile, 512));
  size_t near = 0;
  for (const glm::vec3& p : tile.surfaces[0].positions) near += glm::length(glm::vec2(p.x + 126, p.y + 146)) < 40;
  EXPECT_GT(near, 20u);
}

TEST(GroundMesh, AStreetKnowsItsJunctionsBetweenItsCorners) {
  TileMesh tile;
  const std::vector<LocalGround> features{road(GroundClass::RoadMajor, {{-50, 256}, {600, 256}}, 16),
                                          road(GroundClass::RoadMinor, {{200, -50}, {200, 600}}, 8)};
  buildGround(tile, squareTile(flat, 512, 64), features);
  const RoadLines lines({0, 0}, {512, 512}, features);
  size_t measured = 0;
  for (const SurfaceMesh& mesh : tile.surfaces) {
    if (mesh.surface != source::Surface::Road) continue;
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      glm::dvec2 middle(0);
      double said = 0;
      bool major = true;
      for (size_t k = 0; k < 3; ++k) {
        middle += (glm::dvec2(mesh.positions[mesh.indices[i + k]]) + 256.0) / 3.0;
        said += mesh.matter[mesh.indices[i + k]][2] / 3.0;
        major = major && mesh.matter[mesh.indices[i + k]][0] == matterKind(GroundClass::RoadMajor, 8);
      }
      if (!major) continue;
      EXPECT_NEAR(said, lines.at(0, middle)[2], 14)
          << middle.x << ' ' << middle.y;  // the mouth is a kink, a cell is 8 m
      ++measured;
    }
  }
  EXPECT_GT(measured, 20u);
}

TEST(GroundMesh, WaterKnowsItsShoreBetweenItsCorners) {
  TileMesh tile;
  GroundTile ground = squareTile(flat, 512, 64);
  ground.seaZ = flat;
  buildGround(tile, ground, std::vector<LocalGround>{area(GroundClass::Sea, {rectangle(-100, -100, 203, 700)})});
  for (const SurfaceMesh& mesh : tile.surfaces) {
    if (mesh.surface != source::Surface::Water) continue;
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      double x = 0, said = 0;
      for (size_t k = 0; k < 3; ++k) {
        x += (mesh.positions[mesh.indices[i + k]].x + 256) / 3;
        said += mesh.matter[mesh.indices[i + k]][1] * (kShoreMetres / 255) / 3;
      }
      EXPECT_NEAR(said, std::min(kShoreMetres, 203 - x), 3.5) << x;
    }
  }
}

TEST(GroundMesh, ClassesCutTheirElders) {
  TileMesh tile;
  GroundTile ground = squareTile();
  const std::vector<LocalGround> features{road(GroundClass::RoadMajor, {{-50, 256}, {600, 256}}, 20),
                                          area(GroundClass::Park, {rectangle(100, 100, 300, 400)}),
                                          area(GroundClass::Residential, {rectangle(0, 0, 512, 512)}),
                                          area(GroundClass::Pitch, {rectangle(150, 300, 180, 340)})};
  const GroundStatistics s = buildGround(tile, ground, features);
  EXPECT_NEAR(s.areaMetres2, 512 * 512, 1e-3);
  EXPECT_NEAR(of(s, GroundClass::RoadMajor), 512 * 20, 1);
  EXPECT_NEAR(of(s, GroundClass::Pitch), 30 * 40, 2);
  EXPECT_NEAR(of(s, GroundClass::Park), 200 * 300 - 200 * 20 - 30 * 40, 5);
  EXPECT_NEAR(of(s, GroundClass::Land), 0, 1e-6);
  EXPECT_TRUE(conforming(tile, 512));
}

TEST(GroundMesh, HolesStayOpenAndOverlapsCountOnce) {
  TileMesh tile;
  const std::vector<LocalGround> features{
      area(GroundClass::Park, {rectangle(50, 50, 250, 250), rectangle(100, 100, 200, 200)}),
      area(GroundClass::Forest, {rectangle(300, 50, 400, 150)}),
      area(GroundClass::Forest, {rectangle(350, 50, 450, 150)})};
  const GroundStatistics s = buildGround(tile, squareTile(), features);
  EXPECT_NEAR(of(s, GroundClass::Park), 200 * 200 - 100 * 100, 8);
  EXPECT_NEAR(of(s, GroundClass::Forest), 150 * 100, 12);
  EXPECT_TRUE(conforming(tile, 512));
}

TEST(GroundMesh, ADenseTownIsAPartitionWithoutCracks) {
  for (unsigned seed : {1u, 2u, 3u, 4u}) {
    TileMesh tile;
    const auto features = denseTown(seed, 100, 512);
    GroundTile ground = squareTile(seed % 2 ? HeightFunction(hills) : HeightFunction(flat));
    const std::clock_t begin = std::clock();
    const GroundStatistics s = buildGround(tile, ground, features);
    const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
    EXPECT_NEAR(s.areaMetres2, 512 * 512, 1e-2);
    EXPECT_EQ(s.geosFailures, 0u);
    EXPECT_GT(of(s, GroundClass::RoadMinor), 10000);
    std::printf("%zu triangles in %.1f ms\n", s.triangles, 1e3 * seconds);
    // Banks meet the ground's edges but not each other's ends, so only tiles without water are closed everywhere.
    std::vector<LocalGround> dry;
    for (const LocalGround& f : features)
      if (f.kind != GroundClass::Water) dry.push_back(f);
    TileMesh closed;
    buildGround(closed, ground, dry);
    EXPECT_TRUE(conforming(closed, 512)) << "seed " << seed;
  }
}

TEST(GroundMesh, TheSameInputGivesTheSameBits) {
  TileMesh one, two;
  const auto features = denseTown(5, 60, 512);
  buildGround(one, squareTile(hills), features);
  buildGround(two, squareTile(hills), features);
  ASSERT_EQ(one.surfaces.size(), two.surfaces.size());
  for (size_t i = 0; i < one.surfaces.size(); ++i) {
    EXPECT_EQ(one.surfaces[i].positions, two.surfaces[i].positions);
    EXPECT_EQ(one.surfaces[i].indices, two.surfaces[i].indices);
  }
}

TEST(GroundMesh, NeighboursMeetOnTheirBorder) {
  const auto features = denseTown(6, 120, 1024);
  auto border = [&](double x0) {
    TileMesh tile;
    GroundTile ground = squareTile(hills);
    ground.lo = {x0, 0};
    ground.hi = {x0 + 512, 512};
    ground.centre = {512, 256, 0};
    buildGround(tile, ground, features);
    std::map<long, float> heights;  // by y in centimetres
    for (const SurfaceMesh& mesh : tile.surfaces)
      if (mesh.surface != source::Surface::Water)
        for (const glm::vec3& p : mesh.positions)
          if (std::abs(p.x) < 1e-4f) heights[std::lround(p.y * 100)] = p.z;
    return heights;
  };
  const auto west = border(0), east = border(512);
  ASSERT_GT(west.size(), 33u);
  size_t same = 0;
  for (const auto& [y, z] : west)
    for (long d = -3; d <= 3; ++d)
      if (auto it = east.find(y + d); it != east.end()) {
        EXPECT_NEAR(it->second, z, 0.05);
        ++same;
        break;
      }
  EXPECT_GT(same, west.size() * 9 / 10);
}

TEST(GroundMesh, TheSeaIsFlatLowerAndHasQuays) {
  TileMesh tile;
  GroundTile ground = squareTile([](double, double) { return 3.0; });
  ground.seaZ = flat;
  tile.centreEnu = ground.centre;
  const GroundStatistics s =
      buildGround(tile, ground, std::vector<LocalGround>{area(GroundClass::Sea, {rectangle(-100, -100, 200, 700)})});
  EXPECT_NEAR(of(s, GroundClass::Sea), 200 * 512, 5);
  for (const SurfaceMesh& mesh : tile.surfaces) {
    if (mesh.surface != source::Surface::Water) continue;
    for (const glm::vec3& p : mesh.positions) EXPECT_NEAR(p.z, -1.2, 1e-4);
  }
  // A quay along x = 200 - 256 from the water to the land, looking west.
  double quay = 0;
  const SurfaceMesh& land = surfaceOf(tile, source::Surface::Ground);
  for (size_t i = 0; i + 2 < land.indices.size(); i += 3) {
    const glm::vec3 n = land.normals[land.indices[i]];
    if (n.x < -0.99f) {
      const glm::vec3 a = land.positions[land.indices[i]];
      quay +=
          glm::length(glm::cross(land.positions[land.indices[i + 1]] - a, land.positions[land.indices[i + 2]] - a)) / 2;
    }
  }
  EXPECT_NEAR(quay, 512 * (3 + 1.2 + 0.3), 1);
  EXPECT_TRUE(normalsAgree(land));
}

TEST(GroundMesh, OpenSeaIsCheap) {
  TileMesh tile;
  const GroundStatistics s = buildGround(
      tile, squareTile(), std::vector<LocalGround>{area(GroundClass::Sea, {rectangle(-1000, -1000, 2000, 2000)})});
  EXPECT_EQ(s.triangles, 128u);
  EXPECT_NEAR(of(s, GroundClass::Sea), 512 * 512, 1e-3);
}

TEST(GroundMesh, SkirtsHangAllAround) {
  TileMesh tile;
  GroundTile ground = squareTile();
  ground.skirtMetres = 4;
  tile.centreEnu = ground.centre;
  buildGround(tile, ground, {});
  const SurfaceMesh& land = tile.surfaces[0];
  double curtain = 0;
  for (size_t i = 0; i + 2 < land.indices.size(); i += 3) {
    const glm::vec3 a = land.positions[land.indices[i]], b = land.positions[land.indices[i + 1]],
                    c = land.positions[land.indices[i + 2]];
    const glm::vec3 n = glm::cross(b - a, c - a);
    if (std::abs(n.z) > 1e-3f) continue;
    curtain += glm::length(n) / 2;
    EXPECT_GT(glm::dot(n, (a + b + c) / 3.0f), 0) << "skirts look outwards";
  }
  EXPECT_NEAR(curtain, 4 * 512 * 4, 1);
  EXPECT_FALSE(land.skyOf.empty());
}

TEST(GroundMesh, NamedRoadsKeepTheirFeature) {
  LocalGround named = road(GroundClass::RoadMinor, {{100, -20}, {100, 600}}, 8),
              other = road(GroundClass::RoadMinor, {{-20, 200}, {600, 200}}, 8);
  named.feature = 3;
  TileMesh tile;
  buildGround(tile, squareTile(), std::vector<LocalGround>{named, other});
  double mine = 0, none = 0;
  for (const SurfaceMesh& mesh : tile.surfaces) {
    if (mesh.surface != source::Surface::Road) continue;
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      const glm::vec3 a = mesh.positions[mesh.indices[i]];
      const double size =
          glm::length(glm::cross(mesh.positions[mesh.indices[i + 1]] - a, mesh.positions[mesh.indices[i + 2]] - a)) / 2;
      (mesh.features[mesh.indices[i]] == 3 ? mine : none) += size;
    }
  }
  EXPECT_NEAR(mine, 512 * 8, 60);
  EXPECT_NEAR(none, 504 * 8, 60);
}

TEST(GroundMesh, CoarserTilesLeaveOutWhatIsNarrowAndSmall) {
  TileMesh tile;
  GroundTile ground = squareTile(flat, 4096, 16);
  ground.minLineWidthMetres = 10;
  ground.minAreaMetres2 = 2000;
  const GroundStatistics s =
      buildGround(tile, ground,
                  std::vector<LocalGround>{road(GroundClass::RoadMinor, {{0, 900}, {4096, 1100}}, 6),
                                           road(GroundClass::Motorway, {{0, 2000}, {4096, 2000}}, 20),
                                           area(GroundClass::Park, {rectangle(100, 100, 130, 130)}),
                                           area(GroundClass::Park, {rectangle(1000, 1000, 1300, 1300)})});
  EXPECT_EQ(of(s, GroundClass::RoadMinor), 0);
  EXPECT_NEAR(of(s, GroundClass::Motorway), 20 * 4096, 4000);
  EXPECT_NEAR(of(s, GroundClass::Park), 300 * 300, 2000);
  EXPECT_NEAR(s.areaMetres2, 4096.0 * 4096, 1);
}

TEST(BridgeMesh, RisesOverTheRiverAndComesDown) {
  LocalGround bridge = road(GroundClass::RoadMajor, {{0, 0}, {100, 0}, {300, 30}}, 12);
  bridge.bridge = true;
  bridge.layer = 1;
  TileMesh tile;
  appendBridge(tile, {0, 0, 0}, bridge, [](double x, double) { return x > 100 && x < 200 ? -4.0 : 1.0; });
  float top = -1e9f, start = 1e9f;
  for (const SurfaceMesh& mesh : tile.surfaces) {
    EXPECT_TRUE(normalsAgree(mesh));
    if (mesh.surface != source::Surface::Road) continue;
    for (const glm::vec3& p : mesh.positions) {
      top = std::max(top, p.z);
      if (p.x < 1) start = std::min(start, p.z);
    }
  }
  EXPECT_NEAR(top, 6.5, 0.1);
  EXPECT_NEAR(start, 1.15, 0.1);
  EXPECT_EQ(tile.surfaces.size(), 2u);
}

}  // namespace
}  // namespace cm::tiling
