//! What stands outside a view and shades it is wanted too, coarser and after what is seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "flat_world.h"

namespace cm::tiles {
namespace {

using test::viewOf;
using test::World;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::vector<TileId> ids(const std::vector<WantedTile>& list) {
  std::vector<TileId> found;
  for (const WantedTile& wanted : list) found.push_back(wanted.tile);
  return found;
}

//! Looking north at one tile; others stand beside, behind and far off.
struct Shade : testing::Test {
  World world;
  TileId root = world.add(kNoTile, {-3000, -3000, 3000, 3000}, 400);
  TileId seen = world.add(root, {-60, 150, 60, 400}, 0);
  TileId beside = world.add(root, {190, 150, 240, 400}, 0);  // just right of the view
  TileId behind = world.add(root, {-50, -100, 50, -20}, 0);  // behind the eye
  TileId far = world.add(root, {1500, 150, 1800, 400}, 0);   // too far for a shadow of thirty metres
  SelectionView view = viewOf({{0, 0, 20}, 0, -5}, 0.35, 0.65);

  Selection select(const Selection& previous = {}) {
    return tiles::select(world.tree, world.states, std::span(&view, 1), previous, {});
  }
  void lightFrom(double east, double north, double up) {
    view.sun = SunLight{.direction = glm::normalize(glm::dvec3(east, north, up)), .up = {0, 0, 1}};
  }
};

TEST_F(Shade, WhatTheSunShinesAcrossIsCastAndNothingElse) {
  world.setAll(TileState::Resident);
  EXPECT_THAT(select().cast[0], IsEmpty()) << "no sun, no shadows";
  lightFrom(1, 0, 0.15);
  Selection low = select();
  EXPECT_THAT(low.draw[0], ElementsAre(seen));
  EXPECT_THAT(low.cast[0], ElementsAre(beside));
  EXPECT_THAT(low.keep, Not(Contains(beside))) << "what is seen goes before it";
  EXPECT_THAT(ids(low.useful), Contains(beside));
  lightFrom(1, 0, 3);
  EXPECT_THAT(select().cast[0], IsEmpty()) << "its shadow is short now";
  lightFrom(-1, 0, 0.15);
  EXPECT_THAT(select().cast[0], IsEmpty()) << "its shadow falls away from the view";
  lightFrom(0, -1, 0.15);
  EXPECT_THAT(select().cast[0], ElementsAre(behind));
  lightFrom(1, 0, -0.1);
  EXPECT_THAT(select().cast[0], IsEmpty()) << "at night";
}

TEST_F(Shade, WhatIsMissingIsWantedAfterWhatIsSeenAndChangesNothingElse) {
  world.states[root] = TileState::Resident;
  const Selection dark = select();
  lightFrom(1, 0, 0.15);
  // The root is drawn, and its shadow with it; the tile beside counts once the root is refined.
  EXPECT_EQ(select().draw, dark.draw);
  world.states[seen] = TileState::Resident;
  Selection lit = select();
  EXPECT_THAT(lit.draw[0], ElementsAre(seen));
  EXPECT_TRUE(lit.complete);
  ASSERT_FALSE(lit.want.empty());
  EXPECT_EQ(lit.want.front().tile, beside) << "before what nobody sees anything of";
  EXPECT_GT(lit.want.front().priority, 0) << "after what is seen";
  EXPECT_THAT(lit.cast[0], IsEmpty());
}

TEST_F(Shade, ACoarserLevelWillDoAndStandsInUntilAFinerIsThere) {
  world.tree.tiles[beside].geometricError = 8;  // some 30 pixels here: refined where it is seen, not for its shadow
  const TileId west = world.add(beside, {190, 150, 215, 400}, 0), east = world.add(beside, {215, 150, 240, 400}, 0);
  world.setAll(TileState::Resident);
  lightFrom(1, 0, 0.15);
  EXPECT_THAT(select().cast[0], ElementsAre(beside));
  world.tree.tiles[beside].geometricError = 100;
  EXPECT_THAT(select().cast[0], testing::UnorderedElementsAre(west, east));
  world.states[west] = TileState::Absent;
  const Selection waiting = select();
  EXPECT_THAT(waiting.cast[0], ElementsAre(beside));
  EXPECT_THAT(ids(waiting.want), Contains(west));
  EXPECT_THAT(ids(waiting.useful), Contains(east)) << "not to be thrown out while the other comes";
}

TEST_F(Shade, WhatAnotherViewDrawsIsCastIntoThisOne) {
  world.setAll(TileState::Resident);
  lightFrom(1, 0, 0.15);
  std::vector<SelectionView> views{view, viewOf({{0, 0, 20}, 0, -5}, 0.65, 1)};
  views[1].sun = view.sun;
  const Selection both = tiles::select(world.tree, world.states, views, {}, {});
  EXPECT_THAT(both.draw[1], Contains(beside));
  EXPECT_THAT(both.cast[0], ElementsAre(beside));
  EXPECT_THAT(both.cast[1], Not(Contains(beside)));
}

TEST(Casters, CoverEverythingThatShadesAViewExactlyOnce) {
  // Any point in the light's way of what is seen belongs to one tile that is drawn or cast.
  World world = test::quadtree(7, 12);
  world.setAll(TileState::Resident);
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> place(0, 4096), unit(0, 1);
  size_t outside = 0;
  for (int i = 0; i < 120; ++i) {
    SelectionView view = viewOf({{place(random), place(random), 30 + 200 * unit(random)}, 360 * unit(random), -20});
    const double azimuth = 6.28 * unit(random);
    const glm::dvec3 sun = glm::normalize(glm::dvec3(std::sin(azimuth), std::cos(azimuth), 0.1 + unit(random)));
    view.sun = SunLight{.direction = sun, .up = {0, 0, 1}};
    const Selection selection = select(world.tree, world.states, std::span(&view, 1), {}, {});
    std::vector<TileId> all = selection.draw[0];
    all.insert(all.end(), selection.cast[0].begin(), selection.cast[0].end());
    for (int k = 0; k < 300; ++k) {
      const glm::dvec3 ground{place(random), place(random), 0};
      if (!test::sees(view, ground) || glm::distance(ground, view.eyeEcef) > 10000) continue;
      const glm::dvec3 caster = ground + sun * (World::kHeight * unit(random) / sun.z);
      if (!world.ground[0].contains(caster)) continue;
      EXPECT_EQ(test::over(world, all, caster).size(), 1u);
      outside += !test::sees(view, caster);
    }
  }
  EXPECT_GT(outside, 50u) << "nothing stood outside: this proves nothing";
}

}  // namespace
}  // namespace cm::tiles
