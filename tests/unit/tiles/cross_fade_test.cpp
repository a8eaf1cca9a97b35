#include "tiles/cross_fade.h"

#include <gtest/gtest.h>

namespace cm::tiles {
namespace {

//! 0 is the root of 1 and 2; 3 and 4 lie below 1; 5 is by itself.
struct CrossFadeTest : testing::Test {
  TileTree tree;
  std::vector<TileState> states = std::vector<TileState>(6, TileState::Resident);
  CrossFade fade;

  CrossFadeTest() {
    tree.tiles.resize(6);
    for (const auto& [child, parent] : std::vector<std::pair<TileId, TileId>>{{1, 0}, {2, 0}, {3, 1}, {4, 1}})
      tree.tiles[child].parent = parent;
  }
  void draw(std::vector<TileId> tiles, double now) { fade.update(tree, states, tiles, now, 0.25); }
};

TEST_F(CrossFadeTest, AParentGivesWayToItsChildrenAndIsGoneAtTheEnd) {
  draw({0}, 1);
  EXPECT_TRUE(fade.empty()) << "the first picture fades from nothing";
  draw({2, 1}, 1.1);
  ASSERT_EQ(fade.fades().size(), 1u);
  EXPECT_EQ(fade.fades()[0].in, (std::vector<TileId>{1, 2}));
  EXPECT_EQ(fade.fades()[0].out, (std::vector<TileId>{0}));
  EXPECT_EQ(fade.fades()[0].share, 0);
  draw({2, 1}, 1.225);
  EXPECT_NEAR(fade.fades()[0].share, 0.5, 1e-6);
  draw({2, 1}, 1.36);
  EXPECT_TRUE(fade.empty());
}

TEST_F(CrossFadeTest, WhatOnlyComesIntoTheViewDoesNotFade) {
  draw({1}, 0);
  draw({1, 5}, 0.1);
  EXPECT_TRUE(fade.empty());
  draw({5}, 0.2);
  EXPECT_TRUE(fade.empty());
  draw({5, 3, 4}, 0.3);
  EXPECT_TRUE(fade.empty()) << "1 had left the view before";
}

TEST_F(CrossFadeTest, AChangeBackOnTheWayTakesItsTilesOutOfTheOlderFade) {
  draw({0}, 0);
  draw({1, 2}, 0.1);
  draw({0}, 0.2);
  ASSERT_EQ(fade.fades().size(), 1u);
  EXPECT_EQ(fade.fades()[0].in, (std::vector<TileId>{0}));
  EXPECT_EQ(fade.fades()[0].out, (std::vector<TileId>{1, 2}));
}

TEST_F(CrossFadeTest, FinerStillEndsWhatCameBefore) {
  draw({0}, 0);
  draw({1, 2}, 0.1);
  draw({3, 4, 2}, 0.2);
  ASSERT_EQ(fade.fades().size(), 2u);
  EXPECT_EQ(fade.fades()[0].in, (std::vector<TileId>{2})) << "1 goes on in the newer fade";
  EXPECT_EQ(fade.fades()[0].out, (std::vector<TileId>{0}));
  EXPECT_EQ(fade.fades()[1].in, (std::vector<TileId>{3, 4}));
  EXPECT_EQ(fade.fades()[1].out, (std::vector<TileId>{1}));
}

TEST_F(CrossFadeTest, WhatIsEvictedIsNotDrawn) {
  draw({0}, 0);
  draw({1, 2}, 0.1);
  states[0] = TileState::Absent;
  draw({1, 2}, 0.15);
  EXPECT_TRUE(fade.empty());
}

TEST_F(CrossFadeTest, WithoutAnyTimeChangesAreAtOnce) {
  fade.update(tree, states, std::vector<TileId>{0}, 0, 0);
  fade.update(tree, states, std::vector<TileId>{1, 2}, 0.1, 0);
  EXPECT_TRUE(fade.empty());
}

}  // namespace
}  // namespace cm::tiles
