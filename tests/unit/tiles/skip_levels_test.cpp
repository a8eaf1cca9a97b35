//! Far behind what is asked not every level on the way is loaded, and still there is never a hole.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "flat_world.h"

namespace cm::tiles {
namespace {

using test::viewOf;
using test::World;

//! A quadtree of nine levels of which the root alone is there, and a jump to the street.
struct Jump {
  World world;
  SelectionView street = viewOf({{1900, 1800, 25}, 30, -8});
  SelectionOptions options;
  Selection selection;

  explicit Jump(unsigned skipLevels) {
    grow(world.add(kNoTile, {0, 0, 4096, 4096}, 512), 8);
    options.skipLevels = skipLevels;
    world.states[0] = TileState::Resident;
  }
  void grow(TileId id, int levels) {
    if (levels == 0) {
      world.tree.tiles[id].geometricError = 0;
      return;
    }
    const test::Rectangle r = world.ground[id];
    const double x = (r.west + r.east) / 2, y = (r.south + r.north) / 2,
                 error = world.tree.tiles[id].geometricError / 2;
    for (const test::Rectangle& part : {test::Rectangle{r.west, r.south, x, y},
                                        {x, r.south, r.east, y},
                                        {r.west, y, x, r.north},
                                        {x, y, r.east, r.north}})
      grow(world.add(id, part, error), levels - 1);
  }
  void look() { selection = select(world.tree, world.states, std::span(&street, 1), selection, options); }
  //! Loads what is seen, `perFrame` tiles at a time, until all is drawn; what was loaded.
  std::set<TileId> arrive(size_t perFrame) {
    std::set<TileId> loaded;
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> place(0, 4096);
    std::vector<glm::dvec3> points(300);
    for (glm::dvec3& point : points) point = {place(random), place(random), 5};
    for (look(); !selection.complete; look()) {
      for (const glm::dvec3& point : points)
        if (test::sees(street, point)) EXPECT_EQ(test::over(world, selection.draw[0], point).size(), 1u);
      for (size_t i = 0; i < std::min(perFrame, selection.want.size()) && selection.want[i].priority <= 0; ++i) {
        world.states[selection.want[i].tile] = TileState::Resident;
        loaded.insert(selection.want[i].tile);
      }
      if (testing::Test::HasFailure() || selection.want.empty()) break;
    }
    return loaded;
  }
};

TEST(SkipLevels, LoadsTheLevelAskedForAndAtMostEveryThirdAboveIt) {
  Jump every(0), third(3);
  const std::set<TileId> all = every.arrive(5), few = third.arrive(5);
  EXPECT_EQ(every.selection.draw, third.selection.draw) << "the picture is the same in the end";
  const auto above = [](const Jump& jump, const std::set<TileId>& loaded) {
    const std::set<TileId> drawn(jump.selection.draw[0].begin(), jump.selection.draw[0].end());
    return std::count_if(loaded.begin(), loaded.end(), [&](TileId id) { return !drawn.contains(id); });
  };
  EXPECT_GT(above(every, all), 20);
  EXPECT_LE(above(third, few) * 2, above(every, all));
  for (const TileId id : third.selection.draw[0]) {
    unsigned passed = 0;
    for (TileId at = third.world.tree.tiles[id].parent; at != kNoTile; at = third.world.tree.tiles[at].parent) {
      passed = third.world.states[at] == TileState::Resident ? 0 : passed + 1;
      ASSERT_LT(passed, 3u) << "above " << id;
    }
  }
}

TEST(SkipLevels, StepByStepEveryLevelIsLoaded) {
  // Nothing is far behind where the parent of what is asked is drawn already.
  Jump jump(3);
  for (double height = 40000; height > 25; height *= 0.8) {
    jump.street = viewOf({{1900, 1800, height}, 0, -90});
    jump.arrive(1000);
  }
  for (const TileId id : jump.selection.draw[0])
    for (TileId at = id; at != kNoTile; at = jump.world.tree.tiles[at].parent)
      EXPECT_EQ(jump.world.states[at], TileState::Resident);
}

TEST(SkipLevels, WhatFailsIsStoodInForByTheLevelAboveThoughItWasPassedOver) {
  Jump whole(0), passing(3);
  whole.arrive(1000);
  const TileId lost = whole.selection.draw[0].front();
  whole.world.states[lost] = passing.world.states[lost] = TileState::Failed;
  whole.arrive(1000);
  passing.arrive(1000);
  EXPECT_TRUE(passing.selection.complete);
  EXPECT_EQ(passing.selection.draw, whole.selection.draw);
}

TEST(SkipLevels, WhereNothingMoreFitsNoLevelIsPassedOver) {
  Jump jump(3);
  jump.options.fullAt = 0;
  jump.look();
  for (const WantedTile& wanted : jump.selection.want) {
    const TileId parent = jump.world.tree.tiles[wanted.tile].parent;
    if (wanted.priority > 0) continue;
    EXPECT_TRUE(parent == 0 || std::any_of(jump.selection.want.begin(), jump.selection.want.end(),
                                           [&](const WantedTile& other) { return other.tile == parent; }));
  }
}

TEST(SkipLevels, ZoomingOutToALevelThatWasPassedOverKeepsWhatIsDrawnUnlessMemoryIsFull) {
  World world;
  TileId id = world.add(kNoTile, {0, 0, 100, 100}, 512);
  for (double error = 256; error >= 1; error /= 2) id = world.add(id, {0, 0, 100, 100}, error);
  const TileId leaf = id;
  world.states[0] = world.states[leaf] = TileState::Resident;
  SelectionOptions options{.skipLevels = 20};
  const auto at = [&](double distance, const Selection& previous) {
    const SelectionView view = viewOf({{50, -distance, 15}, 0, 0});
    return select(world.tree, world.states, std::span(&view, 1), previous, options);
  };
  const Selection near = at(20, {});
  EXPECT_EQ(near.draw[0], std::vector<TileId>{leaf});
  EXPECT_TRUE(near.want.empty());
  const Selection far = at(2000, near);
  ASSERT_EQ(far.want.size(), 1u);
  EXPECT_EQ(far.draw[0], std::vector<TileId>{leaf}) << "until the level in between is in";
  options.fullAt = far.want[0].priority;
  const Selection full = at(2000, far);
  EXPECT_EQ(full.draw[0], std::vector<TileId>{0});
  ASSERT_EQ(full.useful.size(), 1u);
  EXPECT_EQ(full.useful[0].tile, leaf);
  EXPECT_GT(full.useful[0].priority, full.want[0].priority) << "it gives way";
}

}  // namespace
}  // namespace cm::tiles
