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

TEST(Pace, FourSamplesWhereThereIsTimeToSpareAndOneForGoodWhereThereIsNot) {
  Drive drive;
  for (int i = 0; i < 3; ++i) drive.pace.measured(2);
  EXPECT_EQ(drive.after(200, 0.016), Pace::steps().front());
  EXPECT_EQ(drive.after(10, 0.016, false).samplesAcross, 2u) << "the images stay as large at rest";
  drive.after(200, 0.016);
  for (int i = 0; i < 20; ++i) {  // uneven now and then
    EXPECT_EQ(drive.after(2, 0.04).samplesAcross, 2u);
    drive.after(1, 0.016);
  }
  EXPECT_EQ(drive.after(10, 0.04), Quality{});
  EXPECT_EQ(drive.after(500, 0.016), Quality{});
  EXPECT_EQ(drive.after(10, 0.1, false), Quality{});
}

TEST(Pace, FourSamplesGoBeforeAnythingElseWhereAMotionIsSlow) {
  Drive drive;
  for (int i = 0; i < 3; ++i) drive.pace.measured(2);
  EXPECT_EQ(drive.after(6, 0.1), Pace::steps()[0]) << "the first ended a picture at rest";
  EXPECT_EQ(drive.after(1, 0.1), Quality{});
  EXPECT_EQ(drive.after(1, 0.1), Pace::steps()[2]);
}

TEST(Pace, GivesUpInTheOrderOfItsSteps) {
  // Frame by frame on a machine that is always too slow: each step once, and no further.
  Drive drive;
  drive.after(1, 0.1);
  for (size_t i = 2; i < Pace::steps().size(); ++i) EXPECT_EQ(drive.after(1, 0.1), Pace::steps()[i]) << i;
  EXPECT_EQ(drive.after(100, 0.1), Pace::steps().back());
  EXPECT_FLOAT_EQ(Pace::steps().back().resolution, Pace::kLeastResolution);
  EXPECT_DOUBLE_EQ(Pace::steps().back().coarseness, Pace::kMostCoarseness);
}

TEST(Pace, EffectsGoBeforePixelsAndPixelsBeforeDetail) {
  ASSERT_EQ(Pace::steps().front(), Quality{.samplesAcross = 2});
  ASSERT_EQ(Pace::steps()[1], Quality{});
  for (size_t i = 2; i < Pace::steps().size(); ++i) {
    const Quality &before = Pace::steps()[i - 1], &step = Pace::steps()[i];
    EXPECT_LE(step.resolution, before.resolution);
    EXPECT_GE(step.coarseness, before.coarseness);
    EXPECT_GE(step.shadowPatience, before.shadowPatience);
    EXPECT_LE(step.trees, before.trees);
    EXPECT_LE(step.bloom, before.bloom);
    EXPECT_NE(step, before);
    if (step.resolution < 1) EXPECT_TRUE(step.trees < 1 && step.shadowPatience > 8) << i;
    if (step.coarseness > 1) EXPECT_TRUE(step.resolution <= 0.6f && step.trees < 0.5f && !step.bloom) << i;
  }
}

TEST(Pace, TheFirstPicturesChooseWhereAMotionBegins) {
  const auto begins = [](std::initializer_list<double> milliseconds) {
    Pace pace;
    for (const double ms : milliseconds) pace.measured(ms);
    EXPECT_TRUE(pace.next(10, 0.016, false).whole()) << "at rest all of it is there";
    EXPECT_EQ(pace.next(10.02, 0.016, true), Pace::steps()[pace.step()]);
    return pace.step();
  };
  EXPECT_EQ(begins({}), 1u);
  EXPECT_EQ(begins({2, 3, 2}), 0u) << "time to spare";
  EXPECT_EQ(begins({14, 15, 14}), 1u) << "a fast machine";
  EXPECT_EQ(begins({400, 400}), 1u) << "too few to tell";
  EXPECT_EQ(begins({900, 18, 18}), 1u) << "one that made pipelines says nothing";
  const unsigned slow = begins({150, 140, 160}), slower = begins({300, 320, 310});
  EXPECT_GT(slow, 1u);
  EXPECT_GT(slower, slow);
  EXPECT_EQ(begins({150, 140, 160, 1, 1, 1}), slow) << "later ones are not looked at";
  EXPECT_EQ(begins({1e6, 1e6, 1e6}), Pace::steps().size() - 1);
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
