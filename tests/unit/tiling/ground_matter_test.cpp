#include "tiling/ground_matter.h"

#include <gtest/gtest.h>

#include <set>

namespace cm::tiling {
namespace {

LocalGround road(GroundClass kind, std::vector<glm::dvec2> line, double width) {
  LocalGround g;
  g.kind = kind;
  g.line = std::move(line);
  g.widthMetres = width;
  return g;
}

TEST(GroundMatter, EveryClassHasItsOwnNumber) {
  std::set<int> areas, roads;
  for (int kind = 0; kind <= int(GroundClass::Pier); ++kind) {
    const auto ground = GroundClass(kind);
    const int number = matterKind(ground, 6);
    if (isRoad(ground) || ground == GroundClass::Path) {
      EXPECT_GE(number, kFirstRoad);
      EXPECT_EQ((number - kFirstRoad) % 40, 10);  // six metres
      roads.insert(number);
    } else {
      EXPECT_EQ(number, 1 + kind);
      areas.insert(number);
    }
  }
  EXPECT_EQ(roads.size(), 5u);
  EXPECT_EQ(areas.size() + roads.size(), size_t(GroundClass::Pier) + 1);
  EXPECT_EQ(matterKind(GroundClass::Runway, 1000), kFirstRoad + 4 * 40 + 39);  // the widest there is
}

TEST(GroundMatter, ARoadKnowsHowFarAcrossAPlaceIs) {
  const std::vector<LocalGround> features{road(GroundClass::RoadMajor, {{50, 100}, {450, 100}}, 12)};
  const RoadLines lines({0, 0}, {512, 512}, features);
  const int line = lines.nearest(GroundClass::RoadMajor, {200, 103});
  ASSERT_EQ(line, 0);
  EXPECT_EQ(lines.at(line, {200, 100})[1], 128);
  EXPECT_EQ(lines.at(line, {200, 103})[1], 178);  // left of its direction: north
  EXPECT_EQ(lines.at(line, {200, 94})[1], 28);
  EXPECT_EQ(lines.at(line, {200, 103})[0], matterKind(GroundClass::RoadMajor, 6));
  EXPECT_EQ(lines.nearest(GroundClass::RoadMinor, {200, 103}), -1);
  EXPECT_EQ(lines.nearest(GroundClass::RoadMajor, {200, 109}), -1);
  EXPECT_EQ(lines.nearest(GroundClass::RoadMajor, {5000, 100}), -1);
}

TEST(GroundMatter, TheMouthOfAJunctionIsWhereTheOtherRoadBegins) {
  const std::vector<LocalGround> features{road(GroundClass::RoadMajor, {{50, 100}, {450, 100}}, 12),
                                          road(GroundClass::RoadMinor, {{250, 20}, {250, 180}}, 8)};
  const RoadLines lines({0, 0}, {512, 512}, features);
  const auto mouth = [&](glm::dvec2 place) { return lines.at(0, place)[2] / 2.0 - 16; };
  EXPECT_NEAR(mouth({246, 100}), 0, 0.5);  // half the other's width
  EXPECT_NEAR(mouth({226, 100}), 20, 0.5);
  EXPECT_NEAR(mouth({274, 100}), 20, 0.5);
  EXPECT_LT(mouth({250, 100}), 0);  // inside
  const int minor = lines.nearest(GroundClass::RoadMinor, {250, 60});
  EXPECT_NEAR(lines.at(minor, {250, 80})[2] / 2.0 - 16, 14, 0.5);
  // A road that goes on as another is no junction.
  const std::vector<LocalGround> straight{road(GroundClass::RoadMajor, {{50, 100}, {250, 100}}, 12),
                                          road(GroundClass::RoadMajor, {{250, 100}, {450, 100}}, 12)};
  EXPECT_GT(RoadLines({0, 0}, {512, 512}, straight).at(0, {245, 100})[2], 200);
}

TEST(GroundMatter, ThreeRoadsThatShareAPointMeetThere) {
  const std::vector<LocalGround> features{road(GroundClass::RoadMinor, {{50, 100}, {250, 100}}, 8),
                                          road(GroundClass::RoadMinor, {{250, 100}, {450, 100}}, 8),
                                          road(GroundClass::RoadMajor, {{250, 100}, {250, 300}}, 14)};
  const RoadLines lines({0, 0}, {512, 512}, features);
  EXPECT_NEAR(lines.at(0, {223, 100})[2] / 2.0 - 16, 20, 0.5);
  EXPECT_NEAR(lines.at(1, {277, 100})[2] / 2.0 - 16, 20, 0.5);
}

TEST(GroundMatter, BridgesAndTunnelsAreNoJunctions) {
  std::vector<LocalGround> features{road(GroundClass::RoadMajor, {{50, 100}, {450, 100}}, 12),
                                    road(GroundClass::RoadMinor, {{250, 20}, {250, 180}}, 8)};
  features[1].bridge = true;
  EXPECT_EQ(RoadLines({0, 0}, {512, 512}, features).at(0, {246, 100})[2], 254);  // nothing within what a byte holds
}

TEST(GroundMatter, ShoresAreKnownToFortyMetres) {
  Shores shores({0, 0}, {512, 512});
  EXPECT_EQ(shores.at({100, 100}), 255);
  shores.add({0, 200}, {512, 200});
  EXPECT_EQ(shores.at({100, 200}), 0);
  EXPECT_NEAR(shores.at({100, 220}), 255 / 2, 1);
  EXPECT_NEAR(shores.at({100, 190}), 255 / 4, 1);
  EXPECT_EQ(shores.at({100, 245}), 255);
  EXPECT_EQ(shores.at({-900, 9000}), 255);
}

}  // namespace
}  // namespace cm::tiling
