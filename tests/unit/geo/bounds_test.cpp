#include "geo/bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "geo/eye.h"

namespace cm::geo {
namespace {

OrientedBox unitBoxAt(glm::dvec3 centre) { return {centre, glm::dmat3(1.0)}; }

bool contains(const OrientedBox& box, glm::dvec3 point) {
  glm::dvec3 q = glm::inverse(box.halfAxes) * (point - box.centre);
  return std::abs(q.x) < 1 + 1e-6 && std::abs(q.y) < 1 + 1e-6 && std::abs(q.z) < 1 + 1e-6;
}

TEST(Bounds, DistanceToABoxIsExactInItsFrame) {
  OrientedBox box{{10, 0, 0}, {{0, 2, 0}, {-1, 0, 0}, {0, 0, 3}}};  // turned by 90 degrees: 1 x 2 x 3
  EXPECT_DOUBLE_EQ(distanceTo(box, {10, 0, 0}), 0);
  EXPECT_DOUBLE_EQ(distanceTo(box, {10.9, 1.9, 2.9}), 0);
  EXPECT_NEAR(distanceTo(box, {14, 0, 0}), 3, 1e-12);
  EXPECT_NEAR(distanceTo(box, {10, 6, 0}), 4, 1e-12);
  EXPECT_NEAR(distanceTo(box, {14, 6, 3}), 5, 1e-12);
}

TEST(Bounds, FlatAndEmptyBoxesHaveDistances) {
  OrientedBox flat{{0, 0, 0}, {{5, 0, 0}, {0, 5, 0}, {0, 0, 0}}};
  EXPECT_NEAR(distanceTo(flat, {0, 0, 7}), 7, 1e-12);
  EXPECT_NEAR(distanceTo(flat, {8, 0, 4}), 5, 1e-12);
  OrientedBox point{{1, 2, 3}, glm::dmat3(0.0)};
  EXPECT_NEAR(distanceTo(point, {1, 2, 10}), 7, 1e-12);
}

TEST(Bounds, AShearedBoxIsNeverFurtherThanItsPoints) {
  OrientedBox box{{0, 0, 0}, {{4, 0, 0}, {3, 2, 0}, {0, 1, 1}}};
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> far(-20, 20), inside(-1, 1);
  for (int i = 0; i < 2000; ++i) {
    glm::dvec3 eye{far(random), far(random), far(random)};
    glm::dvec3 point = box.halfAxes * glm::dvec3(inside(random), inside(random), inside(random));
    ASSERT_LE(distanceTo(box, eye), glm::distance(eye, point) + 1e-9);
  }
}

TEST(Bounds, ARegionsBoxHoldsTheRegionAndLittleMore) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> share(0, 1);
  for (int i = 0; i < 300; ++i) {
    double width = std::pow(10.0, -5 + 5.4 * share(random)),
           height = std::min(std::pow(10.0, -5 + 5.3 * share(random)), 3.0);
    Region region;
    region.west = -3.1 + 6.2 * share(random);
    region.east = region.west + width;
    region.south = -1.57 + (3.14 - height) * share(random);
    region.north = region.south + height;
    region.minHeight = -100 * share(random);
    region.maxHeight = 900 * share(random);
    OrientedBox box = boxOf(region);
    for (int k = 0; k < 60; ++k) {
      double lon = region.west + width * share(random), lat = region.south + height * share(random);
      double up = region.minHeight + (region.maxHeight - region.minHeight) * share(random);
      ASSERT_TRUE(contains(box, ecefFromGeodetic({lon / kDegree, lat / kDegree, up})))
          << "region " << region.west << " " << region.south << " " << region.east << " " << region.north;
    }
  }
  // A city block is as thick as its heights say.
  OrientedBox block = boxOf({120.38 * kDegree, 36.07 * kDegree, 120.381 * kDegree, 36.071 * kDegree, 0, 60});
  EXPECT_NEAR(glm::length(block.halfAxes[2]), 30, 0.1);
  EXPECT_NEAR(glm::length(block.halfAxes[0]), 45, 0.5);
}

TEST(Bounds, ARegionAcrossTheDateLineIsSmall) {
  BoundingVolume region = Region{179.9 * kDegree, 0, -179.9 * kDegree, 0.1 * kDegree, 0, 10};
  EXPECT_LT(radiusOf(region), 20000);
  EXPECT_LT(distanceTo(region, ecefFromGeodetic({180, 0.05, 100})), 101);
}

TEST(Bounds, TransformsMoveBoxesAndSpheresAndLeaveRegions) {
  glm::dmat4 m(1.0);
  m[0][0] = 2;
  m[3] = {100, 0, 0, 1};
  OrientedBox box = std::get<OrientedBox>(transformed(unitBoxAt({1, 1, 1}), m));
  EXPECT_EQ(box.centre, glm::dvec3(102, 1, 1));
  EXPECT_EQ(box.halfAxes[0], glm::dvec3(2, 0, 0));
  Sphere sphere = std::get<Sphere>(transformed(Sphere{{0, 0, 0}, 3}, m));
  EXPECT_EQ(sphere.centre, glm::dvec3(100, 0, 0));
  EXPECT_DOUBLE_EQ(sphere.radius, 6);
  EXPECT_EQ(std::get<Region>(transformed(Region{0, 0, 1, 1, 0, 5}, m)).maxHeight, 5);
}

TEST(Bounds, RadiusReachesTheFarthestCorner) {
  EXPECT_NEAR(radiusOf(unitBoxAt({5, 5, 5})), std::sqrt(3.0), 1e-12);
  EXPECT_NEAR(radiusOf(OrientedBox{{0, 0, 0}, {{1, 0, 0}, {1, 0, 0}, {0, 0, 0}}}), 2, 1e-12);
  EXPECT_DOUBLE_EQ(radiusOf(Sphere{{0, 0, 0}, 4}), 4);
  EXPECT_DOUBLE_EQ(radiusOf(asBox(Sphere{{0, 0, 0}, 4})), std::sqrt(48.0));
}

Eye straightAhead() { return {{0, 0, 0}, {0, 1, 0}, {0, 0, 1}, 90 * kDegree}; }  // looks along y, x to the right

TEST(Frustum, SeesWhatIsInFrontAndNotWhatIsBeside) {
  Frustum frustum = frustumOf(straightAhead(), 1.0, 0, 1, 1, 1000);
  EXPECT_TRUE(intersects(frustum, unitBoxAt({0, 10, 0})));
  EXPECT_TRUE(intersects(frustum, unitBoxAt({10.5, 10, 0})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({13, 10, 0})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({-13, 10, 0})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({0, 10, 13})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({0, 10, -13})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({0, -10, 0})));
  EXPECT_FALSE(intersects(frustum, unitBoxAt({0, 1010, 0})));
  EXPECT_TRUE(intersects(frustum, unitBoxAt({0, 0, 0}))) << "the eye is inside";
  EXPECT_FALSE(intersects(frustum, Sphere{{0, -5, 0}, 2}));
  EXPECT_TRUE(intersects(frustum, Sphere{{0, -1, 0}, 2.5}));
}

TEST(Frustum, IsCutToItsPartOfThePicture) {
  Frustum leftHalf = frustumOf(straightAhead(), 1.0, 0, 0.5, 1, 1000);
  Frustum rightHalf = frustumOf(straightAhead(), 1.0, 0.5, 1, 1, 1000);
  EXPECT_TRUE(intersects(leftHalf, unitBoxAt({-5, 10, 0})));
  EXPECT_FALSE(intersects(leftHalf, unitBoxAt({5, 10, 0})));
  EXPECT_TRUE(intersects(rightHalf, unitBoxAt({5, 10, 0})));
  EXPECT_FALSE(intersects(rightHalf, unitBoxAt({-5, 10, 0})));
}

TEST(Frustum, NeverLosesABoxThatHasAVisiblePoint) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> unit(-1, 1), place(-200, 200), share(0, 1);
  Eye eye = eyeAt({120.38, 36.07, 300}, 40, -35, 50 * kDegree);
  double aspect = 16.0 / 9;
  Frustum frustum = frustumOf(eye, aspect, 0.25, 0.75, 0.5, 5000);
  for (int i = 0; i < 3000; ++i) {
    // A point that is certainly seen, and a box around it.
    glm::dvec3 ray = rayThrough(eye, aspect, 0.25 + 0.5 * share(random), share(random));
    glm::dvec3 seen = eye.position + ray * (1 + 3000 * share(random));
    OrientedBox box{glm::dvec3(0), glm::dmat3(glm::dvec3(unit(random), unit(random), unit(random)) * 40.0,
                                              glm::dvec3(unit(random), unit(random), unit(random)) * 40.0,
                                              glm::dvec3(unit(random), unit(random), unit(random)) * 40.0)};
    box.centre = seen - box.halfAxes * glm::dvec3(unit(random), unit(random), unit(random));
    ASSERT_TRUE(intersects(frustum, box));
    ASSERT_TRUE(intersects(frustum, Sphere{box.centre, radiusOf(box)}));
  }
}

TEST(Eye, LooksWhereHeadingAndPitchSay) {
  Geodetic place{120.38, 36.07, 500};
  EnuFrame frame = enuFrameAt(place);
  auto inEnu = [&](glm::dvec3 v) { return glm::dmat3(frame.enuFromEcef) * v; };
  Eye east = eyeAt(place, 90, 0, 1);
  EXPECT_LT(glm::distance(inEnu(east.direction), {1, 0, 0}), 1e-12);
  EXPECT_LT(glm::distance(inEnu(east.up), {0, 0, 1}), 1e-12);
  Eye down = eyeAt(place, 0, -90, 1);
  EXPECT_LT(glm::distance(inEnu(down.direction), {0, 0, -1}), 1e-12);
  EXPECT_LT(glm::distance(inEnu(down.up), {0, 1, 0}), 1e-12) << "north is at the top of a plan view";
  EXPECT_LT(glm::distance(rayThrough(east, 1.5, 0.5, 0.5), east.direction), 1e-12);
  EXPECT_GT(inEnu(rayThrough(east, 1.5, 0.5, 0.1)).z, 0) << "y counts from the top";
  EXPECT_LT(inEnu(rayThrough(east, 1.5, 0.9, 0.5)).y, 0) << "south is to the right of east";
}

}  // namespace
}  // namespace cm::geo
