#include "app/ahead.h"

#include <gtest/gtest.h>

namespace cm::app {
namespace {

using city::CameraPose;
using city::samePlace;

const CameraPose kHome{122.1, 37.5, 800, 0, -30}, kShore{122.2, 37.4, 300, 90, -20};

TEST(PosesAhead, AreThoseOfTheFlightUnderWay) {
  city::Session session;
  session.camera = kHome;
  EXPECT_TRUE(posesAhead(session, {}, 10).empty());
  session.flight = {kHome, kShore, 10, 2};
  const auto poses = posesAhead(session, {}, 10.5);
  ASSERT_EQ(poses.size(), 2u);
  EXPECT_TRUE(samePlace(poses[0], kShore));
  EXPECT_TRUE(samePlace(poses[1], city::poseOf(session.flight, 11)));
  EXPECT_EQ(posesAhead(session, {}, 11.6).size(), 1u) << "half a second on it is there";
  EXPECT_TRUE(posesAhead(session, {}, 12.5).empty()) << "it has arrived";
}

TEST(PosesAhead, KnowAFlightThatWaits) {
  const city::Session session;
  const std::vector<city::Command> held{city::SetHour{9}, city::FlyTo{kShore}};
  const auto poses = posesAhead(session, held, 0);
  ASSERT_EQ(poses.size(), 1u);
  EXPECT_TRUE(samePlace(poses[0], kShore));
}

}  // namespace
}  // namespace cm::app
