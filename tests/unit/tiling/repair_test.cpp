#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "mesh_checks.h"
#include "source/triangulate.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

using namespace test;

double areaOf(const RepairedRings& repaired) {
  double sum = 0;
  for (const Rings& rings : repaired.polygons)
    for (const Ring& ring : rings) sum += signedArea(ring);  // holes are clockwise
  return sum;
}

TEST(Repair, ASoundOutlineIsLeftAlone) {
  Ring closed = rectangle(0, 0, 4, 3);
  closed.push_back(closed[0]);
  std::reverse(closed.begin(), closed.end());
  const RepairedRings repaired = repairRings({closed, rectangle(1, 1, 2, 2)}, 1e-3);
  EXPECT_EQ(repaired.problem, "");
  ASSERT_EQ(repaired.polygons.size(), 1u);
  ASSERT_EQ(repaired.polygons[0].size(), 2u);
  EXPECT_GT(signedArea(repaired.polygons[0][0]), 0);
  EXPECT_LT(signedArea(repaired.polygons[0][1]), 0);
  EXPECT_NEAR(areaOf(repaired), 11, 1e-9);
}

TEST(Repair, ABowTieBecomesTwoParts) {
  const RepairedRings repaired = repairRings({{{0, 0}, {4, 4}, {4, 0}, {0, 4}}}, 1e-3);
  EXPECT_EQ(repaired.polygons.size(), 2u);
  EXPECT_NEAR(areaOf(repaired), 8, 1e-9);
  EXPECT_NE(repaired.problem.find("not simple"), std::string::npos) << repaired.problem;
  EXPECT_NE(repaired.problem.find("2 parts"), std::string::npos) << repaired.problem;
}

TEST(Repair, PointsThatAreNoNumbersAreLeftOutAndCounted) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const RepairedRings repaired = repairRings({{{0, 0}, {nan, 1}, {4, 0}, {4, 3}, {inf, inf}, {0, 3}}}, 1e-3);
  EXPECT_NEAR(areaOf(repaired), 12, 1e-9);
  EXPECT_EQ(repaired.problem, "2 points without finite coordinates left out");
}

TEST(Repair, SpikesAreCutOff) {
  const RepairedRings repaired = repairRings({{{0, 0}, {4, 0}, {4, 1}, {9, 1}, {4, 1}, {4, 3}, {0, 3}}}, 1e-3);
  ASSERT_EQ(repaired.polygons.size(), 1u);
  EXPECT_NEAR(areaOf(repaired), 12, 1e-9);
  EXPECT_EQ(repaired.problem, "1 spikes cut off");
}

TEST(Repair, HolesOutsideAreNamed) {
  const RepairedRings repaired = repairRings({rectangle(0, 0, 4, 3), rectangle(10, 10, 11, 11)}, 1e-3);
  EXPECT_NEAR(areaOf(repaired), 12, 1e-9);
  EXPECT_EQ(repaired.problem, "1 holes outside the outline left out");
}

TEST(Repair, AHoleAcrossTheOutlineIsCutOut) {
  const RepairedRings repaired = repairRings({rectangle(0, 0, 4, 3), rectangle(3, 1, 6, 2)}, 1e-3);
  EXPECT_NEAR(areaOf(repaired), 11, 1e-9);
  EXPECT_NE(repaired.problem.find("hole"), std::string::npos) << repaired.problem;
}

TEST(Repair, NothingIsLostInSilence) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Rings& rings :
       std::vector<Rings>{{}, {{}}, {{{0, 0}, {1, 1}}}, {{{0, 0}, {1, 0}, {2, 0}}}, {{{nan, nan}, {0, 0}, {1, 1}}}}) {
    const RepairedRings repaired = repairRings(rings, 1e-3);
    EXPECT_TRUE(repaired.polygons.empty());
    EXPECT_NE(repaired.problem.find("nothing can be drawn"), std::string::npos) << repaired.problem;
  }
}

TEST(Repair, DegreesKeepAMillimetre) {
  const double d = 1e-4;
  const Rings rings{{{120.3, 36.05}, {120.3 + d, 36.05}, {120.3 + d, 36.05 + d}, {120.3, 36.05 + d}}};
  const RepairedRings repaired = repairRings(rings);
  EXPECT_EQ(repaired.problem, "");
  ASSERT_EQ(repaired.polygons.size(), 1u);
  EXPECT_EQ(repaired.polygons[0], rings);
}

TEST(Triangulate, CoversWithHolesAndRepairsBowTies) {
  auto whole = source::triangulate({rectangle(0, 0, 4, 3), rectangle(1, 1, 2, 2)});
  ASSERT_TRUE(bool(whole));
  auto area = [](const source::Triangulation& t) {
    double sum = 0;
    for (size_t i = 0; i + 2 < t.triangles.size(); i += 3)
      sum += turn(t.points[t.triangles[i]], t.points[t.triangles[i + 1]], t.points[t.triangles[i + 2]]) / 2;
    return sum;
  };
  EXPECT_NEAR(area(*whole), 11, 1e-9);
  auto tie = source::triangulate({{{0, 0}, {4, 4}, {4, 0}, {0, 4}}});
  ASSERT_TRUE(bool(tie));
  EXPECT_NEAR(area(*tie), 8, 1e-9);
  auto nothing = source::triangulate({{{0, 0}, {1, 1}}});
  ASSERT_FALSE(bool(nothing));
  EXPECT_NE(nothing.error().text().find("2 points"), std::string::npos) << nothing.error().text();
}

TEST(Triangulate, EarClippingAgreesWithArea) {
  std::vector<glm::dvec2> points;
  std::vector<uint32_t> triangles;
  for (int n : {3, 4, 5, 8, 17, 40, 90, 140}) {
    Ring ring;
    for (int i = 0; i < n; ++i) {
      const double a = 2 * M_PI * i / n, r = i % 2 ? 4 : 10;
      ring.push_back({r * std::cos(a), r * std::sin(a)});
    }
    if (n == 3) ring = {{0, 0}, {3, 0}, {0, 3}};
    ASSERT_TRUE(triangulateRings({ring}, points, triangles)) << n;
    double sum = 0;
    for (size_t i = 0; i + 2 < triangles.size(); i += 3) {
      const double area = turn(points[triangles[i]], points[triangles[i + 1]], points[triangles[i + 2]]) / 2;
      EXPECT_GT(area, 0);
      sum += area;
    }
    EXPECT_NEAR(sum, signedArea(ring), 1e-6) << n;
    EXPECT_EQ(triangles.size() / 3, ring.size() - 2) << n;
  }
}

}  // namespace
}  // namespace cm::tiling
