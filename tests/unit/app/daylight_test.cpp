#include "app/daylight.h"

#include <gtest/gtest.h>

namespace cm::app {
namespace {

TEST(Daylight, TheFirstHourIsThereAtOnce) {
  Daylight light;
  light.follow(14, 100, true);
  EXPECT_EQ(light.at(100), 14);
  EXPECT_FALSE(light.moving(100));
}

TEST(Daylight, TheSunSweepsAndEndsWhereItWasSent) {
  Daylight light;
  light.follow(10, 0, true);
  light.follow(18, 1, true);
  double last = 10;
  for (double now = 1; now < 4; now += 0.01) {
    const double hour = light.at(now);
    EXPECT_GE(hour, last - 1e-9);
    EXPECT_LT(hour - last, 0.25) << "no jump";
    last = hour;
  }
  EXPECT_EQ(last, 18);
  EXPECT_FALSE(light.moving(4));
  EXPECT_TRUE(light.moving(1.5));
}

TEST(Daylight, FromEveningToMorningTheNightPasses) {
  Daylight light;
  light.follow(21, 0, true);
  light.follow(6, 1, true);
  for (double now = 1; now < 4; now += 0.01) EXPECT_TRUE(light.at(now) >= 21 || light.at(now) <= 6) << light.at(now);
  EXPECT_EQ(light.at(4), 6);
}

TEST(Daylight, AnotherHourOnTheWayGoesOnFromThere) {
  Daylight light;
  light.follow(8, 0, true);
  light.follow(16, 0, true);
  const double there = light.at(0.7);
  ASSERT_GT(there, 8);
  ASSERT_LT(there, 16);
  light.follow(9, 0.7, true);
  EXPECT_NEAR(light.at(0.7), there, 1e-9);
  EXPECT_EQ(light.at(5), 9);
  light.follow(20, 5, false);
  EXPECT_EQ(light.at(5), 20) << "asked for no motion";
}

}  // namespace
}  // namespace cm::app
