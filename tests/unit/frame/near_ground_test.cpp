#include "frame/near_ground.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "frame/sight.h"
#include "frame/view.h"

namespace cm::frame {
namespace {

TEST(NearGround, LeavesOutNothingFromAbove) {
  for (const double metres : {300.0, 1200.0, 1e9}) {
    const NearGround near = nearGround(metres);
    EXPECT_FALSE(near.low);
    EXPECT_TRUE(std::isinf(near.reachMetres));
    EXPECT_EQ(near.hiddenShare, 1);
  }
}

TEST(NearGround, ShowsAFewThingsNearByFromTheStreet) {
  for (const double metres : {-2.0, 2.0, 30.0, 60.0}) {
    const NearGround near = nearGround(metres);
    EXPECT_TRUE(near.low);
    EXPECT_FLOAT_EQ(near.reachMetres, 1500);
    EXPECT_EQ(near.mostLabels, 5u);
    EXPECT_EQ(near.hiddenShare, 0);
  }
}

TEST(NearGround, ShowsMoreTheHigherWithoutAStep) {
  NearGround below = nearGround(0);
  for (double metres = 1; metres < 300; ++metres) {
    const NearGround here = nearGround(metres);
    EXPECT_GE(here.reachMetres, below.reachMetres);
    EXPECT_LE(here.reachMetres, below.reachMetres * 1.05f) << metres;
    EXPECT_GE(here.hiddenShare, below.hiddenShare);
    EXPECT_LE(here.hiddenShare - below.hiddenShare, 0.02f) << metres;
    below = here;
  }
  EXPECT_GT(below.reachMetres, 60000) << "more than any label's own range";
}

TEST(Sight, IsBlockedByWhatIsNearer) {
  const auto depthOf = [](float metres) { return kNearMetres / metres; };
  EXPECT_TRUE(inSightAt(0, 1000)) << "nothing but sky";
  EXPECT_TRUE(inSightAt(depthOf(1000), 1000));
  EXPECT_TRUE(inSightAt(depthOf(985), 1000)) << "the ground, coarsely";
  EXPECT_FALSE(inSightAt(depthOf(900), 1000));
  EXPECT_FALSE(inSightAt(depthOf(30), 50));
}

}  // namespace
}  // namespace cm::frame
