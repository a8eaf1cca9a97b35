//! What must hold at every step while tiles come and go and the camera wanders: no hole, nothing drawn twice, no flash.
#include <gtest/gtest.h>

#include <algorithm>

#include "flat_world.h"

namespace cm::tiles {
namespace {

using test::Camera;
using test::over;
using test::sees;
using test::viewOf;
using test::World;

std::vector<glm::dvec3> groundPoints(uint64_t seed, size_t count, double side = 4096) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> place(0, side), up(0, World::kHeight);
  std::vector<glm::dvec3> points(count);
  for (glm::dvec3& p : points) p = {place(random), place(random), up(random)};
  return points;
}

struct Walk {
  std::mt19937_64 random;
  Camera camera;
  double turn = 0, climb = 0;

  double unit() { return std::uniform_real_distribution<double>(0, 1)(random); }
  //! Mostly a steady flight, sometimes a stop, sometimes a jump.
  void step() {
    if (random() % 4 == 0) return;
    if (random() % 25 == 0) {
      camera.position = {4096 * unit(), 4096 * unit(), 20 + 1500 * unit()};
      camera.headingDegrees = 360 * unit();
      camera.pitchDegrees = -80 * unit();
      return;
    }
    if (random() % 8 == 0) turn = 24 * unit() - 12, climb = 120 * unit() - 60;
    camera.headingDegrees += turn;
    double h = camera.headingDegrees * geo::kDegree;
    camera.position += glm::dvec3(std::sin(h), std::cos(h), 0) * 40.0;
    camera.position = glm::clamp(camera.position, glm::dvec3(-500, -500, 20), glm::dvec3(4600, 4600, 2500));
    camera.position.z = std::clamp(camera.position.z + climb, 20.0, 2500.0);
  }
};

//! Loads some of what is wanted, sometimes fails, evicts some of what need not be kept.
struct Loader {
  World& world;
  std::mt19937_64 random;
  size_t failOneIn = 0;

  void step(const Selection& selection) {
    for (const WantedTile& wanted : selection.want) {
      TileState& state = world.states[wanted.tile];
      if (random() % 3) continue;
      bool fails = failOneIn && wanted.tile != 0 && random() % failOneIn == 0;
      state = fails ? TileState::Failed : state == TileState::Uploading ? TileState::Resident : TileState::Uploading;
    }
    std::vector<uint8_t> kept(world.states.size());
    for (TileId id : selection.keep) kept[id] = 1;
    for (TileId id = 0; id < world.states.size(); ++id)
      if (!kept[id] && world.states[id] == TileState::Resident && !world.tree.tiles[id].external && random() % 40 == 0)
        world.states[id] = TileState::Absent;
  }
};

//! How many points were looked at.
size_t expectCoveredOnce(const World& world, const std::vector<SelectionView>& views, const Selection& selection,
                         const std::vector<glm::dvec3>& points, int step) {
  size_t seen = 0;
  for (size_t v = 0; v < views.size(); ++v)
    for (const glm::dvec3& point : points) {
      if (!sees(views[v], point)) continue;
      ++seen;
      EXPECT_EQ(over(world, selection.draw[v], point).size(), 1u)
          << "step " << step << ", view " << v << ", at " << point.x << " " << point.y;
    }
  return seen;
}

struct WorldKind {
  uint64_t seed;
  size_t failOneIn;
  bool holey;  // with empty and external tiles among the others
};

class AnyWorld : public testing::TestWithParam<WorldKind> {
 protected:
  World make() {
    World world = test::quadtree(6, GetParam().seed);
    std::mt19937_64 random(GetParam().seed + 100);
    if (!GetParam().holey) return world;
    for (TileId id = 1, count = static_cast<TileId>(world.tree.tiles.size()); id < count; ++id) {
      if (random() % 8) continue;
      if (!world.tree.tiles[id].children.empty()) {
        world.makeEmpty(id);
      } else {
        world.tree.tiles[id].external = true;
        world.states[id] = TileState::Resident;
        world.add(id, world.ground[id], 0);
      }
    }
    return world;
  }
};

//! Where nothing fails: a failure would be a reason of its own to stay coarse.
class FlawlessWorld : public AnyWorld {};

TEST_P(AnyWorld, OnceTheRootIsInEveryVisiblePointIsCoveredByOneTile) {
  World world = make();
  world.states[0] = TileState::Resident;
  Walk walk{std::mt19937_64(GetParam().seed)};
  Loader loader{world, std::mt19937_64(GetParam().seed + 7), GetParam().failOneIn};
  auto points = groundPoints(5, 400);
  Selection selection;
  size_t looks = 0;
  for (int step = 0; step < 250; ++step) {
    double divider = walk.unit();
    std::vector<SelectionView> views{viewOf(walk.camera, 0, divider), viewOf(walk.camera, divider, 1)};
    selection = select(world.tree, world.states, views, selection, {});
    looks += expectCoveredOnce(world, views, selection, points, step);
    if (HasFailure()) return;
    for (const auto& draw : selection.draw)
      for (TileId id : draw) ASSERT_EQ(world.states[id], TileState::Resident);
    loader.step(selection);
    walk.step();
  }
  EXPECT_GT(looks, 5000u) << "the camera looked elsewhere: the test proves nothing";
}

//! A point that turned coarser must have been asked to: the tile over it is fine enough now, or something came into sight
//! below it that is not in yet.
void expectReason(const World& world, const SelectionView& now, const SelectionView& before, TileId drawn, int step) {
  if (ssePixels(world, drawn, now) <= 16) return;
  for (TileId id = 0; id < world.tree.tiles.size(); ++id)
    if (world.states[id] != TileState::Resident && world.isBelow(id, drawn) &&
        geo::intersects(now.frustum, world.tree.tiles[id].bounds) &&
        !geo::intersects(before.frustum, world.tree.tiles[id].bounds))
      return;
  FAIL() << "step " << step << ": tile " << drawn << " replaced finer ones without a reason";
}

TEST_P(FlawlessWorld, NothingTurnsCoarserUnlessTheCameraAsks) {
  if (GetParam().failOneIn) GTEST_SKIP() << "a failure is a reason of its own; covered by the test above";
  World world = make();
  world.states[0] = TileState::Resident;
  Walk walk{std::mt19937_64(GetParam().seed + 1)};
  Loader loader{world, std::mt19937_64(GetParam().seed + 8)};
  auto points = groundPoints(6, 200);
  std::vector<TileId> drawnBefore(points.size(), kNoTile);
  SelectionView before = viewOf(walk.camera);
  Selection selection;
  size_t coarser = 0;
  for (int step = 0; step < 250; ++step) {
    SelectionView view = viewOf(walk.camera);
    selection = select(world.tree, world.states, std::span(&view, 1), selection, {});
    for (size_t i = 0; i < points.size(); ++i) {
      auto drawn = sees(view, points[i]) ? over(world, selection.draw[0], points[i]) : std::vector<TileId>{};
      TileId id = drawn.empty() ? kNoTile : drawn[0];
      if (id != kNoTile && drawnBefore[i] != kNoTile && id != drawnBefore[i] && world.isBelow(drawnBefore[i], id)) {
        ++coarser;
        expectReason(world, view, before, id, step);
        if (HasFatalFailure()) return;
      }
      drawnBefore[i] = id;
    }
    before = view;
    loader.step(selection);
    walk.step();
  }
  EXPECT_GT(coarser, 0u) << "the walk never zoomed out: the test proves nothing";
}

TEST_P(FlawlessWorld, ALoadedViewMayTurnAnywhereWithoutTurningCoarser) {
  World world = make();
  Walk walk{std::mt19937_64(GetParam().seed + 2)};
  auto points = groundPoints(8, 300);
  for (int place = 0; place < 20; ++place) {
    for (int i = 0; i < 30; ++i) walk.step();
    SelectionView view = viewOf(walk.camera);
    Selection selection;
    do {
      selection = select(world.tree, world.states, std::span(&view, 1), selection, {});
      for (const WantedTile& wanted : selection.want) world.states[wanted.tile] = TileState::Resident;
    } while (!selection.want.empty());
    ASSERT_TRUE(selection.complete);
    Camera turned = walk.camera;
    turned.headingDegrees += 30 + 60 * walk.unit();
    SelectionView turnedView = viewOf(turned);
    Selection next = select(world.tree, world.states, std::span(&turnedView, 1), selection, {});
    for (const glm::dvec3& point : points) {
      if (!sees(view, point) || !sees(turnedView, point)) continue;
      EXPECT_EQ(over(world, selection.draw[0], point), over(world, next.draw[0], point));
    }
    world.setAll(TileState::Absent);
    for (TileId id = 0; id < world.states.size(); ++id)
      if (world.tree.tiles[id].external) world.states[id] = TileState::Resident;
  }
}

constexpr WorldKind kFlawless[] = {{1, 0, false}, {2, 0, false}, {3, 0, true}, {4, 0, true}};
constexpr WorldKind kFailing[] = {{5, 20, false}, {6, 20, true}};
INSTANTIATE_TEST_SUITE_P(Flawless, AnyWorld, testing::ValuesIn(kFlawless));
INSTANTIATE_TEST_SUITE_P(Failing, AnyWorld, testing::ValuesIn(kFailing));
INSTANTIATE_TEST_SUITE_P(Flawless, FlawlessWorld, testing::ValuesIn(kFlawless));

}  // namespace
}  // namespace cm::tiles
