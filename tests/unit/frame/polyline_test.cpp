#include "frame/polyline.h"

#include <gtest/gtest.h>

namespace cm::frame {
namespace {

double areaOf(const Strip& strip, double halfWidth) {
  double area = 0;
  for (size_t i = 0; i + 2 < strip.indices.size(); i += 3) {
    const auto at = [&](size_t k) {
      const StripVertex& v = strip.vertices[strip.indices[i + k]];
      return glm::dvec2(v.centre) + glm::dvec2(v.extrude) * halfWidth;
    };
    const glm::dvec2 a = at(1) - at(0), b = at(2) - at(0);
    area += std::abs(a.x * b.y - a.y * b.x) / 2;
  }
  return area;
}

TEST(Polyline, SmoothedPassesThroughEveryPointInShortSteps) {
  const std::vector<glm::dvec3> points{{0, 0, 5}, {100, 0, 6}, {150, 80, 7}, {150, 300, 8}};
  const std::vector<glm::dvec3> curve = smoothed(points, 10);
  for (const glm::dvec3& p : points) {
    double nearest = 1e9;
    for (const glm::dvec3& q : curve) nearest = std::min(nearest, glm::distance(p, q));
    EXPECT_LT(nearest, 1e-9);
  }
  for (size_t i = 1; i < curve.size(); ++i) EXPECT_LT(glm::distance(curve[i - 1], curve[i]), 20);
}

TEST(Polyline, SmoothedDropsRepeatedPoints) {
  EXPECT_TRUE(smoothed(std::vector<glm::dvec3>{{1, 1, 0}, {1, 1, 0}}, 10).empty());
  for (const glm::dvec3& p : smoothed(std::vector<glm::dvec3>{{0, 0, 0}, {5, 5, 0}, {5, 5, 0}, {9, 0, 0}}, 1))
    EXPECT_TRUE(std::isfinite(p.x) && std::isfinite(p.y));
}

TEST(Polyline, AStraightStripHasTheAreaOfItsBand) {
  Strip strip;
  appendStrip(std::vector<glm::dvec2>{{0, 0}, {30, 0}, {100, 0}}, false, strip);
  EXPECT_NEAR(areaOf(strip, 4), 100 * 8, 1e-3);
  EXPECT_FLOAT_EQ(strip.vertices.back().along, 100);
}

TEST(Polyline, AClosedSquareIsMitredAllRound) {
  Strip strip;
  appendStrip(std::vector<glm::dvec2>{{0, 0}, {50, 0}, {50, 50}, {0, 50}}, true, strip);
  EXPECT_NEAR(areaOf(strip, 5), 60 * 60 - 40 * 40, 1e-2);
  EXPECT_FLOAT_EQ(strip.vertices.back().along, 200);
}

TEST(Polyline, ASharpCornerIsRoundAndNotASpike) {
  for (const double to : {1.0, -1.0}) {
    Strip strip;
    appendStrip(std::vector<glm::dvec2>{{0, 0}, {100, 0}, {0, 4 * to}}, false, strip);
    double reach = 0, onRim = 0;
    for (const StripVertex& v : strip.vertices) {
      EXPECT_LE(glm::length(v.extrude), kLongestMitre + 1e-5);
      if (v.centre.x > 99) reach = std::max(reach, double(v.centre.x + v.extrude.x * 10));
      if (v.centre.x > 99 && v.extrude.x > 0.5f) ++onRim;
    }
    EXPECT_NEAR(reach, 110, 0.6);   // the fan goes round the outer side
    EXPECT_GE(onRim, 3);
  }
}

TEST(Polyline, CentroidAndDistance) {
  EXPECT_NEAR(centroidOf(std::vector<glm::dvec2>{{120, 36}, {120.2, 36}, {120.2, 36.1}, {120, 36.1}}).x, 120.1, 1e-12);
  EXPECT_NEAR(distanceToLine(std::vector<glm::dvec2>{{0, 0}, {10, 0}}, {13, 4}), 5, 1e-12);
}

}  // namespace
}  // namespace cm::frame
