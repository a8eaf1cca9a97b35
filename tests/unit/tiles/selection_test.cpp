#include "tiles/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "flat_world.h"

namespace cm::tiles {
namespace {

using test::Camera;
using test::Rectangle;
using test::viewOf;
using test::World;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

Selection selectOne(const World& world, const SelectionView& view, const Selection& previous = {}) {
  return select(world.tree, world.states, std::span(&view, 1), previous, {});
}

std::vector<TileId> wantedTiles(const Selection& selection) {
  std::vector<TileId> ids;
  for (const WantedTile& wanted : selection.want) ids.push_back(wanted.tile);
  return ids;
}

//! A root and four quarters, seen whole from the south.
struct Quarters : testing::Test {
  World world;
  TileId root = world.add(kNoTile, {0, 0, 1000, 1000}, 100);
  TileId southWest = world.add(root, {0, 0, 500, 500}, 0);
  TileId southEast = world.add(root, {500, 0, 1000, 500}, 0);
  TileId northWest = world.add(root, {0, 500, 500, 1000}, 0);
  TileId northEast = world.add(root, {500, 500, 1000, 1000}, 0);
  SelectionView whole = viewOf({{500, -700, 500}, 0, -25});
  SelectionView west = viewOf({{250, -250, 100}, -45, -10});  // the eastern quarters are behind the right edge
};

TEST_F(Quarters, AnswersTheFormulaOfTheStandard) {
  // 3D Tiles 1.1, 6.8: the error that just meets the limit at this distance.
  SelectionView view = viewOf({{500, -1000, 15}, 0, 0});
  double k = 720 / (2 * std::tan(25 * geo::kDegree));
  world.setAll(TileState::Resident);
  world.tree.tiles[root].geometricError = 16 * 1000 / k * 1.0001;
  EXPECT_EQ(selectOne(world, view).draw[0].size(), 4u);
  world.tree.tiles[root].geometricError = 16 * 1000 / k * 0.9999;
  EXPECT_THAT(selectOne(world, view).draw[0], ElementsAre(root));
}

TEST_F(Quarters, ParentStaysUntilEveryVisibleChildIsIn) {
  world.states = {TileState::Resident, TileState::Resident, TileState::Resident, TileState::Resident,
                  TileState::Uploading};
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], ElementsAre(root));
  EXPECT_THAT(wantedTiles(selection), ElementsAre(northEast));
  EXPECT_FALSE(selection.complete);
  world.states[northEast] = TileState::Resident;
  selection = selectOne(world, whole, selection);
  EXPECT_THAT(selection.draw[0], UnorderedElementsAre(southWest, southEast, northWest, northEast));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(selection.keep, UnorderedElementsAre(root, southWest, southEast, northWest, northEast));
}

TEST_F(Quarters, ARequestVolumeIsSeenFromInsideOnly) {
  world.tree.tiles[southWest].requestVolume = geo::Sphere{{250, 250, 0}, 100};
  world.setAll(TileState::Resident);
  world.states[southWest] = TileState::Absent;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], UnorderedElementsAre(southEast, northWest, northEast));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(wantedTiles(selection), Not(Contains(southWest)));
  world.tree.tiles[southWest].requestVolume = geo::Sphere{{250, 250, 0}, 5000};
  EXPECT_THAT(wantedTiles(selectOne(world, whole)), Contains(southWest));
}

TEST_F(Quarters, DrawsNearestFirst) {
  world.setAll(TileState::Resident);
  Selection selection = selectOne(world, viewOf({{900, -700, 500}, -10, -25}));
  ASSERT_EQ(selection.draw[0].size(), 4u);
  for (size_t i = 1; i < 4; ++i)
    EXPECT_LE(geo::distanceTo(world.tree.tiles[selection.draw[0][i - 1]].bounds, {900, -700, 500}),
              geo::distanceTo(world.tree.tiles[selection.draw[0][i]].bounds, {900, -700, 500}));
}

TEST_F(Quarters, RootIsWantedFirstAndKeptWhateverTheCameraSees) {
  SelectionView away = viewOf({{500, -700, 500}, 180, 0});
  Selection selection = selectOne(world, away);
  EXPECT_THAT(wantedTiles(selection), ElementsAre(root));
  EXPECT_EQ(wantedTiles(selectOne(world, whole)).front(), root);
  world.states[root] = TileState::Resident;
  EXPECT_THAT(selectOne(world, away).keep, ElementsAre(root));
  EXPECT_THAT(selectOne(world, away).draw[0], IsEmpty());
}

TEST_F(Quarters, ChildrenOutsideTheFrustumNeedNotBeInButAreLoadedLast) {
  world.states[root] = world.states[southWest] = world.states[northWest] = TileState::Resident;
  Selection selection = selectOne(world, west);
  ASSERT_THAT(selection.draw[0], UnorderedElementsAre(southWest, northWest));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(wantedTiles(selection), UnorderedElementsAre(southEast, northEast));
  world.states[southEast] = TileState::Resident;
  selection = selectOne(world, west, selection);
  EXPECT_THAT(selection.keep, Not(Contains(southEast)));
  ASSERT_EQ(selection.useful.size(), 1u);
  EXPECT_EQ(selection.useful[0].tile, southEast);
}

TEST_F(Quarters, ZoomedOutChildrenStayUntilTheParentIsIn) {
  world.setAll(TileState::Resident);
  Selection near = selectOne(world, whole);
  SelectionView far = viewOf({{500, -9000, 2000}, 0, -12});
  world.states[root] = TileState::Absent;
  Selection first = selectOne(world, far, near);
  EXPECT_EQ(first.draw[0].size(), 4u);
  EXPECT_THAT(wantedTiles(first), ElementsAre(root));
  EXPECT_FALSE(first.complete);
  Selection second = selectOne(world, far, first);
  EXPECT_EQ(second.draw[0].size(), 4u) << "and not for one frame only";
  world.states[root] = TileState::Resident;
  EXPECT_THAT(selectOne(world, far, second).draw[0], ElementsAre(root));
}

TEST_F(Quarters, ChildrenAreNotShownBeforeTheirParentIsIn) {
  world.tree.tiles[northEast].geometricError = 90;
  TileId left = world.add(northEast, {500, 500, 750, 1000}, 0), right = world.add(northEast, {750, 500, 1000, 1000}, 0);
  world.setAll(TileState::Resident);
  world.states[northEast] = TileState::Uploading;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], ElementsAre(root)) << "a zoom out would find nothing between the root and the leaves";
  EXPECT_THAT(wantedTiles(selection), ElementsAre(northEast));
  std::vector<TileId> useful;
  for (const WantedTile& tile : selection.useful) useful.push_back(tile.tile);
  EXPECT_THAT(useful, testing::IsSupersetOf({southWest, left, right})) << "loaded for this: not to be thrown away";
  world.states[northEast] = TileState::Resident;
  EXPECT_THAT(selectOne(world, whole).draw[0], UnorderedElementsAre(southWest, southEast, northWest, left, right));
}

TEST_F(Quarters, AFailedLeafLeavesItsParentStanding) {
  world.setAll(TileState::Resident);
  world.states[northEast] = TileState::Failed;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], ElementsAre(root));
  EXPECT_TRUE(selection.complete) << "nothing better will come";
  EXPECT_THAT(selection.want, IsEmpty());
}

TEST_F(Quarters, AFailedRootIsReplacedByItsChildren) {
  world.setAll(TileState::Resident);
  world.states[root] = TileState::Failed;
  SelectionView far = viewOf({{500, -9000, 2000}, 0, -12});
  EXPECT_EQ(selectOne(world, far).draw[0].size(), 4u);
  world.states[northEast] = TileState::Failed;
  EXPECT_EQ(selectOne(world, far).draw[0].size(), 3u) << "nothing stands above: the rest of the city is shown";
}

TEST_F(Quarters, AnEmptyRootShowsWhatIsThere) {
  world.makeEmpty(root);
  world.states[southWest] = TileState::Resident;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], ElementsAre(southWest));
  EXPECT_EQ(selection.want.size(), 3u);
  SelectionView away = viewOf({{500, -700, 500}, 180, 0});
  EXPECT_EQ(selectOne(world, away).want.size(), 3u) << "these are the ground floor now: pinned";
}

TEST_F(Quarters, AnExternalTilesetIsPassedThrough) {
  world.tree.tiles[northEast].external = true;
  TileId grafted = world.add(northEast, world.ground[northEast], 0);
  world.setAll(TileState::Resident);
  world.states[grafted] = TileState::Absent;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], ElementsAre(root)) << "its content is not in yet";
  EXPECT_THAT(wantedTiles(selection), ElementsAre(grafted));
  world.states[grafted] = TileState::Resident;
  EXPECT_THAT(selectOne(world, whole).draw[0], UnorderedElementsAre(southWest, southEast, northWest, grafted));
}

TEST_F(Quarters, AddedChildrenComeOneByOneAndTheParentStays) {
  world.tree.tiles[root].refine = source::Refine::Add;
  world.states[root] = world.states[northWest] = TileState::Resident;
  Selection selection = selectOne(world, whole);
  EXPECT_THAT(selection.draw[0], UnorderedElementsAre(root, northWest));
  EXPECT_THAT(wantedTiles(selection), UnorderedElementsAre(southWest, southEast, northEast));
  world.setAll(TileState::Resident);
  EXPECT_EQ(selectOne(world, whole).draw[0].size(), 5u);
  EXPECT_THAT(selectOne(world, viewOf({{500, -9000, 2000}, 0, -12})).draw[0], ElementsAre(root));
}

TEST_F(Quarters, TwoSidesShareTheCutAndDrawTheirOwnPart) {
  world.setAll(TileState::Resident);
  Camera camera{{500, -200, 200}, 0, -10};
  std::vector<SelectionView> sides{viewOf(camera, 0, 0.5), viewOf(camera, 0.5, 1)};
  Selection selection = select(world.tree, world.states, sides, {}, {});
  ASSERT_EQ(selection.draw.size(), 2u);
  EXPECT_THAT(selection.draw[0], Contains(northWest));
  EXPECT_THAT(selection.draw[1], Contains(northEast));
  for (const auto& draw : selection.draw) EXPECT_THAT(draw, Not(Contains(root)));
  std::set<TileId> both(selection.draw[0].begin(), selection.draw[0].end());
  both.insert(selection.draw[1].begin(), selection.draw[1].end());
  EXPECT_EQ(both.size(), 4u);
}

TEST_F(Quarters, APrefetchedTilesetIsLoadedUnseenAndAppearsWhole) {
  TileId scheme = world.add(kNoTile, {0, 0, 1000, 1000}, 100);
  TileId schemeWest = world.add(scheme, {0, 0, 500, 1000}, 0);
  TileId schemeEast = world.add(scheme, {500, 0, 1000, 1000}, 0);
  whole.tilesets = {true, false};
  EXPECT_THAT(wantedTiles(selectOne(world, whole)), Not(Contains(scheme)));
  whole.prefetch = {false, true};
  Selection selection = selectOne(world, whole);
  std::vector<TileId> wanted = wantedTiles(selection);
  EXPECT_THAT(wanted, testing::IsSupersetOf({scheme, schemeWest, schemeEast}));
  EXPECT_EQ(wanted.front(), root) << "what is seen comes first";
  EXPECT_LT(std::find(wanted.begin(), wanted.end(), northEast), std::find(wanted.begin(), wanted.end(), scheme));

  world.setAll(TileState::Resident);
  selection = selectOne(world, whole, selection);
  EXPECT_EQ(selection.draw[0].size(), 4u);
  EXPECT_TRUE(selection.complete);
  whole.tilesets = {true, true};
  selection = selectOne(world, whole, selection);
  EXPECT_THAT(selection.draw[0], testing::IsSupersetOf({schemeWest, schemeEast}))
      << "in the very frame it is switched on";
  EXPECT_THAT(selection.draw[0], Not(Contains(scheme)));
}

TEST_F(Quarters, ATilesetDrawnOnOneSideOnlyIsNotDrawnOnTheOther) {
  world.setAll(TileState::Resident);
  std::vector<SelectionView> sides{whole, whole};
  sides[0].tilesets = {false};
  Selection selection = select(world.tree, world.states, sides, {}, {});
  EXPECT_THAT(selection.draw[0], IsEmpty());
  EXPECT_EQ(selection.draw[1].size(), 4u);
}

TEST(SelectionPriority, AncestorsComeFirstAndTheMiddleBeforeTheEdge) {
  World world = test::quadtree(5, 3);
  Selection selection = selectOne(world, viewOf({}));
  std::vector<size_t> place(world.tree.tiles.size(), SIZE_MAX);
  for (size_t i = 0; i < selection.want.size(); ++i) place[selection.want[i].tile] = i;
  for (const WantedTile& wanted : selection.want) {
    TileId parent = world.tree.tiles[wanted.tile].parent;
    if (parent != kNoTile) EXPECT_LT(place[parent], place[wanted.tile]);
  }
  World row;
  TileId root = row.add(kNoTile, {-5000, 0, 5000, 1000}, 500);
  TileId left = row.add(root, {-700, 1198, -600, 1298}, 0), middle = row.add(root, {-50, 1340, 50, 1440}, 0);
  Selection wanted = selectOne(row, viewOf({{0, 0, 50}, 0, 0}));
  ASSERT_THAT(wantedTiles(wanted), UnorderedElementsAre(root, left, middle));
  EXPECT_EQ(wanted.want[1].tile, middle) << "as far as the other, but where one looks";
}

TEST(SelectionPriority, IsTheSameWhateverTheOrderOfCalls) {
  World world = test::quadtree(5, 9);
  Selection a = selectOne(world, viewOf({})), b = selectOne(world, viewOf({}));
  ASSERT_EQ(a.want.size(), b.want.size());
  for (size_t i = 0; i < a.want.size(); ++i) EXPECT_EQ(a.want[i].tile, b.want[i].tile);
}

//! The reference selection that is used to check other engines: straight from its definition.
std::set<TileId> referencePlan(const World& world, const Camera& camera, double aspect, double fovY, double height) {
  double h = camera.headingDegrees * geo::kDegree, p = camera.pitchDegrees * geo::kDegree;
  glm::dvec3 d{std::sin(h) * std::cos(p), std::cos(h) * std::cos(p), std::sin(p)};
  glm::dvec3 u{-std::sin(h) * std::sin(p), -std::cos(h) * std::sin(p), std::cos(p)}, r = glm::cross(d, u);
  double ty = std::tan(fovY / 2), tx = ty * aspect, k = height / (2 * ty);
  std::vector<glm::dvec3> normals{d * tx + r, d * tx - r, d * ty + u, d * ty - u};
  std::set<TileId> chosen;
  auto walk = [&](auto&& self, TileId id) -> void {
    const auto& box = std::get<geo::OrientedBox>(world.tree.tiles[id].bounds);
    glm::dvec3 half{box.halfAxes[0].x, box.halfAxes[1].y, box.halfAxes[2].z}, lo = box.centre - half,
                                                                              hi = box.centre + half;
    auto corner = [&](glm::dvec3 n) {
      return glm::dvec3(n.x > 0 ? hi.x : lo.x, n.y > 0 ? hi.y : lo.y, n.z > 0 ? hi.z : lo.z) - camera.position;
    };
    for (const glm::dvec3& n : normals)
      if (glm::dot(n, corner(n)) < 0) return;
    if (glm::dot(d, corner(d)) < 1) return;
    double distance = glm::length(glm::max(glm::max(lo - camera.position, camera.position - hi), glm::dvec3(0)));
    const Tile& tile = world.tree.tiles[id];
    if (!tile.children.empty() && tile.geometricError * k / std::max(distance, 1e-6) > 16)
      for (TileId child : tile.children) self(self, child);
    else
      chosen.insert(id);
  };
  walk(walk, 0);
  return chosen;
}

TEST(Selection, EqualsTheReferencePlanWhenEverythingIsLoaded) {
  World world = test::quadtree(9, 21);
  world.setAll(TileState::Resident);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> place(-500, 4600), up(5, 900), turn(0, 360), pitch(-85, 10);
  size_t drawn = 0;
  for (int i = 0; i < 300; ++i) {
    Camera camera{{place(random), place(random), up(random)}, turn(random), pitch(random)};
    Selection selection = selectOne(world, viewOf(camera));
    std::set<TileId> ours(selection.draw[0].begin(), selection.draw[0].end());
    ASSERT_EQ(ours.size(), selection.draw[0].size());
    ASSERT_EQ(ours, referencePlan(world, camera, 16.0 / 9, 50 * geo::kDegree, 720));
    ASSERT_TRUE(selection.complete);
    drawn += ours.size();
  }
  EXPECT_GT(world.tree.tiles.size(), 5000u);
  EXPECT_GT(drawn, 4000u);
}

TEST(SelectionFog, RelaxesTheLimitWithDistanceByTheBellCurve) {
  const SelectionOptions options{.maxSsePixels = 16, .fogDensity = 1e-3, .fogPixels = 10};
  EXPECT_EQ(fogPixelsAt(0, 1, options), 0);
  EXPECT_NEAR(fogPixelsAt(1000, 1, options), 10 * (1 - std::exp(-1.0)), 1e-9);
  EXPECT_NEAR(fogPixelsAt(1000, 0.5, options), 10 * (1 - std::exp(-0.25)), 1e-9);
  EXPECT_NEAR(fogPixelsAt(9000, 1, options), 10, 1e-9);

  // A tile whose error is seen as 20 pixels: too much near by, little enough in the fog.
  World world;
  const TileId root = world.add(kNoTile, {0, 0, 100, 100}, 1);
  world.add(root, {0, 0, 100, 100}, 0);
  world.setAll(TileState::Resident);
  const auto drawnAt = [&](double distance, double share) {
    SelectionView view = viewOf({{50, -distance, 15}, 0, 0});
    view.fogShare = share;
    world.tree.tiles[root].geometricError = 20 * distance * 2 * std::tan(view.fovYRadians / 2) / 720;
    return select(world.tree, world.states, std::span(&view, 1), {}, options).draw[0].front();
  };
  EXPECT_NE(drawnAt(100, 1), root);
  EXPECT_EQ(drawnAt(1000, 1), root);
  EXPECT_NE(drawnAt(1000, 0), root) << "looking down there is no fog";
}

TEST(SelectionFog, TakesFarDetailOnlyAndLeavesNoHole) {
  World world = test::quadtree(9, 21);
  world.setAll(TileState::Resident);
  const SelectionView view = viewOf({{2048, -100, 60}, 0, -4});
  const auto clear = select(world.tree, world.states, std::span(&view, 1), {}, {.maxSsePixels = 4});
  const auto foggy = select(world.tree, world.states, std::span(&view, 1), {}, {.maxSsePixels = 4, .fogDensity = 1e-3});
  EXPECT_LT(foggy.draw[0].size() * 4, clear.draw[0].size() * 3);
  EXPECT_EQ(foggy.draw[0].front(), clear.draw[0].front());
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> place(0, 4096);
  for (int i = 0; i < 300; ++i) {
    const glm::dvec3 point{place(random), place(random), 10};
    if (test::sees(view, point)) EXPECT_EQ(test::over(world, foggy.draw[0], point).size(), 1u);
  }
}

}  // namespace
}  // namespace cm::tiles
