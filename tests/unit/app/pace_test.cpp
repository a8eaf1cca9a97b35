#include "app/pace.h"

#include <gtest/gtest.h>

namespace cm::app {
namespace {

struct Drive {
  Pace pace;
  double now = 10;
  Quality after(int frames, double seconds, bool moving = true) {
    Quality quality;
    for (int i = 0; i < frames; ++i) {
      now += seconds;
      quality = pace.next(now, seconds, moving);
    }
    return quality;
  }
};

TEST(Pace, GivesNothingUpOnAFastMachine) { EXPECT_EQ(Drive().after(200, 0.016), Quality{}); }

TEST(Pace, GivesUpPixelsBeforeDetail) {
  Drive drive;
  Quality first = drive.after(3, 0.1);
  EXPECT_LT(first.resolution, 1);
  EXPECT_EQ(first.coarseness, 1);
  Quality most = drive.after(100, 0.1);
  EXPECT_FLOAT_EQ(most.resolution, Pace::kLeastResolution);
  EXPECT_DOUBLE_EQ(most.coarseness, Pace::kMostCoarseness);
}

TEST(Pace, TakesAllOfItBackAtRestAndRemembersForTheNextMotion) {
  Drive drive;
  Quality moving = drive.after(100, 0.1);
  EXPECT_EQ(drive.after(10, 0.1, false), Quality{});
  EXPECT_EQ(drive.after(1, 0.1), moving) << "the next motion begins as the last one ended";
}

TEST(Pace, GivesDetailBackWhereFramesAreQuick) {
  Drive drive;
  drive.after(100, 0.1);
  EXPECT_EQ(drive.after(300, 0.02), Quality{});
}

TEST(Pace, HoldsStillBetweenSlowAndQuick) {
  Drive drive;
  Quality before = drive.after(8, 0.1);
  EXPECT_EQ(drive.after(50, 0.05), before);
}

TEST(Pace, LearnsNothingFromAStall) {
  Drive drive;
  drive.after(2, 0.016);
  EXPECT_EQ(drive.after(1, 5.0), Quality{});
}

}  // namespace
}  // namespace cm::app
