#include "geo/s2.h"

#include <gtest/gtest.h>

namespace cm::geo {
namespace {

TEST(S2, TokensNameCells) {
  const auto face = s2CellFromToken("1");
  ASSERT_TRUE(face);
  EXPECT_EQ(face->face, 0);
  EXPECT_EQ(face->level, 0);
  EXPECT_NEAR(s2CentreOf(*face).lonDegrees, 0, 1e-12);
  EXPECT_NEAR(s2CentreOf(*face).latDegrees, 0, 1e-12);
  EXPECT_NEAR(s2CentreOf(*s2CellFromToken("5")).latDegrees, 90, 1e-9);
  EXPECT_NEAR(std::abs(s2CentreOf(*s2CellFromToken("7")).lonDegrees), 180, 1e-9);
  for (const char* bad : {"", "0", "x", "d", "ffffffffffffffff", "12345678123456781", "2"})
    EXPECT_FALSE(s2CellFromToken(bad)) << bad;
}

TEST(S2, ALeafLiesWhereItsTokenSays) {
  // The leaf cell of 37.7749 N, 122.4194 W begins 0x808580: known cells of San Francisco.
  const auto cell = s2CellFromToken("8085809c");
  ASSERT_TRUE(cell);
  EXPECT_EQ(cell->face, 4);
  EXPECT_NEAR(s2CentreOf(*cell).latDegrees, 37.77, 0.05);
  EXPECT_NEAR(s2CentreOf(*cell).lonDegrees, -122.42, 0.05);
}

TEST(S2, BoxesHoldTheirCellsAndDescendants) {
  const S2Cell cell = *s2CellFromToken("80858c");
  const OrientedBox box = boxOf(cell, -10, 500);
  for (uint64_t y = 0; y < 4; ++y)
    for (uint64_t x = 0; x < 4; ++x)
      for (double height : {-10.0, 500.0}) {
        Geodetic place = s2CentreOf(s2Descendant(cell, 2, x, y));
        place.heightMetres = height;
        EXPECT_LT(distanceTo(BoundingVolume(box), ecefFromGeodetic(place)), 1e-6);
      }
  Geodetic outside = s2CentreOf(s2Descendant(cell, 0, 2, 0));
  EXPECT_GT(distanceTo(BoundingVolume(box), ecefFromGeodetic(outside)), 1000);
}

}  // namespace
}  // namespace cm::geo
