#include "tiling/readers.h"

#include <gtest/gtest.h>

#include "tiling/coast.h"
#include "tiling/tags.h"

namespace cm::tiling {
namespace {

TEST(Tags, ReadsMetresHoweverTheyAreWritten) {
  EXPECT_DOUBLE_EQ(parseMetres("12 m").value(), 12);
  EXPECT_DOUBLE_EQ(parseMetres("12,5").value(), 12.5);
  EXPECT_NEAR(parseMetres("40'").value(), 12.192, 1e-9);
  EXPECT_NEAR(parseMetres("5'6\"").value(), 1.6764, 1e-9);
  EXPECT_DOUBLE_EQ(parseMetres("3;4").value(), 4);
  EXPECT_FALSE(parseMetres("tall"));
  EXPECT_FALSE(parseMetres(""));
}

TEST(Tags, ReadsStoreysAndColoursTolerantly) {
  EXPECT_DOUBLE_EQ(parseCount("1.5").value(), 1.5);
  EXPECT_DOUBLE_EQ(parseCount("3-5").value(), 5);
  EXPECT_EQ(parseColour("#fff").value(), glm::vec3(1));
  EXPECT_EQ(parseColour("Red").value(), glm::vec3(1, 0, 0));
  EXPECT_FALSE(parseColour("shiny"));
}

TEST(Tags, SaysWhereABuildingsHeightComesFrom) {
  std::vector<Tag> measured{{"building", "yes"}, {"height", "21.5"}};
  EXPECT_FLOAT_EQ(buildingFrom(measured).height, 21.5f);
  EXPECT_EQ(buildingFrom(measured).heightSource, HeightSource::Measured);
  std::vector<Tag> levels{{"building", "apartments"}, {"building:levels", "6"}};
  EXPECT_FLOAT_EQ(buildingFrom(levels).height, 18);
  EXPECT_EQ(buildingFrom(levels).heightSource, HeightSource::Levels);
  std::vector<Tag> nothing{{"building", "garage"}};
  EXPECT_FLOAT_EQ(buildingFrom(nothing).height, 3);
  EXPECT_EQ(buildingFrom(nothing).heightSource, HeightSource::ClassDefault);
}

TEST(Coast, HasTheSeaOnItsRightHand) {
  // Northwards through the middle: sea to the east.
  Coast coast = seaFromCoastlines({{{0.5, -1}, {0.5, 2}}}, {0, 0}, {1, 1});
  ASSERT_EQ(coast.sea.size(), 1u);
  EXPECT_TRUE(holds(coast.sea[0], {0.75, 0.5}));
  EXPECT_FALSE(holds(coast.sea[0], {0.25, 0.5}));
}

TEST(Coast, LeavesIslandsOutOfTheSea) {
  // Counter-clockwise: land inside.
  Coast coast = seaFromCoastlines({{{0.4, 0.4}, {0.6, 0.4}, {0.6, 0.6}, {0.4, 0.6}, {0.4, 0.4}}}, {0, 0}, {1, 1});
  ASSERT_EQ(coast.sea.size(), 1u);
  EXPECT_TRUE(holds(coast.sea[0], {0.1, 0.1}));
  EXPECT_FALSE(holds(coast.sea[0], {0.5, 0.5}));
}

}  // namespace
}  // namespace cm::tiling
