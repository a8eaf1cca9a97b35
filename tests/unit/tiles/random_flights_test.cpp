//! A thousand random flights over random cities, with tiles that come in any order, fail, and are thrown out: whatever
//! happens, what was promised of every single frame holds, and in the end the picture is the one an endless memory shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "random_city.h"

namespace cm::tiles {
namespace {

using test::Camera;
using test::GrowingWorld;
using test::Plan;
using test::sees;
using test::viewOf;

constexpr size_t kEndless = std::numeric_limits<size_t>::max();

struct Pilot {
  std::mt19937_64& random;
  Camera camera{{Plan::kSide / 2, -200, 300}, 0, -30};
  double turn = 0, climb = 0, divider = 0.5;
  size_t sides = 1;

  double unit() { return std::uniform_real_distribution<double>(0, 1)(random); }
  void jump() {
    camera.position = {Plan::kSide * unit(), Plan::kSide * unit(), 10 + 1200 * unit() * unit()};
    camera.headingDegrees = 360 * unit();
    camera.pitchDegrees = -75 * unit();
  }
  //! Mostly a steady flight, sometimes a stop, sometimes a jump, sometimes the picture is divided.
  void step() {
    if (random() % 6 == 0) divider = 0.1 + 0.8 * unit();
    if (random() % 25 == 0) sides = 1 + random() % 3;
    if (random() % 4 == 0) return;
    if (random() % 20 == 0) return jump();
    if (random() % 8 == 0) turn = 24 * unit() - 12, climb = 120 * unit() - 60;
    camera.headingDegrees += turn;
    const double h = camera.headingDegrees * geo::kDegree;
    camera.position += glm::dvec3(std::sin(h), std::cos(h), 0) * 30.0;
    camera.position = glm::clamp(camera.position, glm::dvec3(-400, -400, 20), glm::dvec3(2450, 2450, 2000));
    camera.position.z = std::clamp(camera.position.z + climb, 20.0, 2000.0);
  }
  //! Where it may be going: known or not, right or wrong.
  SelectionView somewhere() {
    SelectionView view = viewOf({{Plan::kSide * unit(), Plan::kSide * unit(), 50 + 300 * unit()}, 360 * unit(), -20});
    view.ahead = true;
    return view;
  }
  std::vector<SelectionView> views() const {
    if (sides == 1) return {viewOf(camera)};
    if (sides == 2) return {viewOf(camera, 0, divider), viewOf(camera, divider, 1)};
    Camera back = camera;
    back.headingDegrees += 180;
    return {viewOf(camera, 0, divider), viewOf(camera, divider, 1), viewOf(back)};
  }
};

//! Stands for streaming: never more than `budget`, never evicts what must be kept.
struct Loader {
  GrowingWorld& world;
  std::mt19937_64& random;
  size_t budget = kEndless;
  size_t arrivalsOneIn = 3, evictionsOneIn = 40;
  std::vector<TileId> fresh;  // came in this step: the selection does not know of it

  bool makeRoom(const Selection& selection, size_t bytes, double priority) {
    size_t used = world.residentBytes();
    if (used + bytes <= budget) return true;
    std::vector<uint8_t> stays(world.states.size());
    for (const TileId id : selection.keep) stays[id] = 1;
    for (const TileId id : fresh) stays[id] = 1;
    for (const WantedTile& useful : selection.useful)
      if (useful.priority <= priority) stays[useful.tile] = 1;
    std::vector<TileId> go;
    for (TileId id = 0; id < world.states.size() && used + bytes > budget; ++id)
      if (world.drawable(id) && !stays[id]) {
        go.push_back(id);
        used -= world.bytes(id);
      }
    if (used + bytes > budget) return false;
    for (const TileId id : go) world.states[id] = TileState::Absent;
    return true;
  }
  bool load(const Selection& selection, const WantedTile& wanted) {
    const bool mesh = !world.node(wanted.tile).gate && !world.node(wanted.tile).fails;
    if (mesh && !makeRoom(selection, world.bytes(wanted.tile), wanted.priority)) return false;
    world.arrive(wanted.tile);
    fresh.push_back(wanted.tile);
    return true;
  }
  //! In any order, and what need not stay may go.
  void stepInFlight(const Selection& selection, SelectionOptions& options) {
    for (TileId id = 0; id < world.states.size(); ++id)
      if (world.drawable(id) && random() % evictionsOneIn == 0 &&
          std::find(selection.keep.begin(), selection.keep.end(), id) == selection.keep.end())
        world.states[id] = TileState::Absent;
    fresh.clear();
    std::vector<WantedTile> order = selection.want;
    std::shuffle(order.begin(), order.end(), random);
    options.fullAt = std::numeric_limits<double>::infinity();
    for (const WantedTile& wanted : order)
      if (random() % arrivalsOneIn == 0 && !load(selection, wanted))
        options.fullAt = std::min(options.fullAt, wanted.priority);
  }
  //! Strictly by urgency. False when nothing will come any more.
  bool stepAtRest(const Selection& selection, SelectionOptions& options) {
    fresh.clear();
    const double was = std::exchange(options.fullAt, std::numeric_limits<double>::infinity());
    for (const WantedTile& wanted : selection.want) {
      if (fresh.size() == 4) break;
      if (load(selection, wanted)) continue;
      options.fullAt = wanted.priority;
      break;
    }
    return !fresh.empty() || options.fullAt != was;
  }
};

//! Drawn tiles of one tileset over a point, from the top down.
std::vector<TileId> drawnOver(const GrowingWorld& world, const std::vector<TileId>& draw, TilesetId tileset,
                              const glm::dvec3& point) {
  std::vector<TileId> found;
  for (const TileId id : draw)
    if (world.tree.tiles[id].tileset == tileset && world.ground[id].contains(point)) found.push_back(id);
  std::sort(found.begin(), found.end(),
            [&](TileId a, TileId b) { return world.tree.tiles[a].depth < world.tree.tiles[b].depth; });
  return found;
}

//! The topmost tile over a point that has a picture or may still get one.
TileId floorAt(const GrowingWorld& world, TileId at, const glm::dvec3& point) {
  while (at != kNoTile && world.ground[at].contains(point)) {
    if (world.hasContent(at) && world.states[at] != TileState::Failed) return at;
    TileId next = kNoTile;
    for (const TileId child : world.tree.tiles[at].children)
      if (world.ground[child].contains(point)) next = child;
    at = next;
  }
  return kNoTile;
}

class Flight {
 public:
  explicit Flight(uint64_t seed)
      : random_(seed), plan_(test::Planner(random_).make()), world_(plan_), pilot_{random_}, loader_{world_, random_} {
    std::uniform_real_distribution<double> place(0, Plan::kSide), up(0, test::World::kHeight);
    points_.resize(40);
    for (glm::dvec3& point : points_) point = {place(random_), place(random_), up(random_)};
    loader_.arrivalsOneIn = 1 + random_() % 6;
    loader_.evictionsOneIn = 3 + random_() % 60;
    size_t roots = 0;
    for (const TileId id : pinned()) roots += world_.bytes(id);
    if (random_() % 3 != 0) loader_.budget = roots + 6 + random_() % 150;
    if (random_() % 2 == 0) options_.maxSsePixels = 8;
    if (random_() % 3 == 0) options_.fogDensity = 5e-4;
    if (random_() % 2 == 0) options_.skipLevels = 2 + random_() % 3;
    looksAhead_ = random_() % 2 == 0;
    sunny_ = random_() % 2 == 0;
  }

  void run() {
    constexpr int kSteps = 50;
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      lookAndCheck();
      loader_.stepInFlight(selection_, options_);
      pilot_.step();
    }
    looksAhead_ = sunny_ = false;
    int rest = 0;
    do {
      lookAndCheck();
    } while (loader_.stepAtRest(selection_, options_) && ++rest < 1000 && !testing::Test::HasFailure());
    EXPECT_LT(rest, 1000) << "never comes to rest";
    if (!testing::Test::HasFailure()) checkEnd();
  }

  size_t looks = 0, coarser = 0, complete = 0, starved = 0;

 private:
  //! The roots, or what stands in for them as long as that is little.
  std::vector<TileId> pinned() const {
    std::vector<TileId> found;
    for (const TilesetEntry& entry : world_.tree.tilesets)
      if (world_.hasContent(entry.root)) found.push_back(entry.root);
    return found;
  }

  void lookAndCheck() {
    std::vector<SelectionView> views = pilot_.views();
    if (views.size() != before_.size()) drawnBefore_.clear();
    if (sunny_)
      for (SelectionView& view : views)
        view.sun = SunLight{.direction = glm::normalize(glm::dvec3(1, pilot_.unit(), 0.4)), .up = {0, 0, 1}};
    std::vector<SelectionView> all = views;
    for (size_t i = looksAhead_ ? random_() % 3 : 0; i > 0; --i) all.push_back(pilot_.somewhere());
    selection_ = select(world_.tree, world_.states, all, selection_, options_);
    checkLists(views.size());
    checkCover(views);
    checkChange(views);
    EXPECT_TRUE(loader_.budget == kEndless || world_.residentBytes() <= loader_.budget);
    before_ = std::move(views);
  }

  void checkLists(size_t views) {
    ASSERT_GE(selection_.draw.size(), views);
    for (size_t v = views; v < selection_.draw.size(); ++v) ASSERT_TRUE(selection_.draw[v].empty());
    const std::set<TileId> keep(selection_.keep.begin(), selection_.keep.end());
    for (const TileId id : keep) ASSERT_TRUE(world_.drawable(id)) << "keeps what is not there";
    for (const TileId root : pinned())
      if (world_.drawable(root)) EXPECT_TRUE(keep.contains(root)) << "a root may go";
    for (const auto& draw : selection_.draw)
      for (const TileId id : draw) {
        ASSERT_TRUE(world_.drawable(id)) << "draws what is not there";
        for (TileId at = id; at != kNoTile; at = world_.tree.tiles[at].parent)
          ASSERT_TRUE(!world_.drawable(at) || keep.contains(at)) << "what stands in when the camera turns may go";
      }
    for (size_t v = 0; v < views; ++v)
      for (const TileId id : selection_.cast[v])
        ASSERT_TRUE(world_.drawable(id) && std::count(selection_.draw[v].begin(), selection_.draw[v].end(), id) == 0);
    std::set<TileId> once;
    for (size_t i = 0; i < selection_.want.size(); ++i) {
      const WantedTile& wanted = selection_.want[i];
      ASSERT_TRUE(once.insert(wanted.tile).second) << "wanted twice";
      ASSERT_TRUE(world_.states[wanted.tile] != TileState::Resident && world_.states[wanted.tile] != TileState::Failed);
      if (i > 0) ASSERT_LE(selection_.want[i - 1].priority, wanted.priority);
    }
    for (const WantedTile& useful : selection_.useful)
      ASSERT_TRUE(world_.drawable(useful.tile) && !keep.contains(useful.tile));
  }

  //! No hole, and nothing twice: over a point only what adds has something below it.
  void checkCover(const std::vector<SelectionView>& views) {
    for (size_t v = 0; v < views.size(); ++v)
      for (const glm::dvec3& point : points_) {
        if (!sees(views[v], point)) continue;
        for (TilesetId tileset = 0; tileset < world_.tree.tilesets.size(); ++tileset) {
          const TileId floor = floorAt(world_, world_.tree.tilesets[tileset].root, point);
          if (floor == kNoTile || !world_.drawable(floor)) continue;
          ++looks;
          const std::vector<TileId> drawn = drawnOver(world_, selection_.draw[v], tileset, point);
          ASSERT_FALSE(drawn.empty()) << "a hole in view " << v << " at " << point.x << " " << point.y;
          for (size_t i = 0; i + 1 < drawn.size(); ++i) ASSERT_NE(drawn[i], drawn[i + 1]);
          for (TileId at = world_.tree.tiles[drawn.back()].parent; at != kNoTile; at = world_.tree.tiles[at].parent) {
            if (!world_.drawable(at)) continue;
            ASSERT_EQ(std::count(drawn.begin(), drawn.end(), at) == 1,
                      world_.tree.tiles[at].refine == source::Refine::Add)
                << "tile " << at << " above " << drawn.back();
          }
        }
      }
  }

  //! No flash: what is drawn gives way to coarser only where the camera asks for no more than that, where something came
  //! into sight below it that is not in, so that a hole would be the price, or where memory is full.
  void checkChange(const std::vector<SelectionView>& views) {
    std::vector<TileId> drawnNow;
    for (size_t v = 0; v < views.size(); ++v)
      for (const glm::dvec3& point : points_)
        for (TilesetId tileset = 0; tileset < world_.tree.tilesets.size(); ++tileset) {
          const TileId floor = floorAt(world_, world_.tree.tilesets[tileset].root, point);
          const bool counts = floor != kNoTile && world_.drawable(floor) && sees(views[v], point);
          const auto drawn = counts ? drawnOver(world_, selection_.draw[v], tileset, point) : std::vector<TileId>{};
          const TileId now = drawn.empty() ? kNoTile : drawn.back();
          const TileId before = drawnNow.size() < drawnBefore_.size() ? drawnBefore_[drawnNow.size()] : kNoTile;
          drawnNow.push_back(now);
          if (now == kNoTile || before == kNoTile || now == before || !world_.isBelow(before, now)) continue;
          ++coarser;
          ASSERT_TRUE(hasReason(views, now))
              << "tile " << now << " replaced " << before << " below it without a reason";
        }
    drawnBefore_ = std::move(drawnNow);
  }

  bool hasReason(const std::vector<SelectionView>& views, TileId drawn) const {
    if (std::none_of(views.begin(), views.end(), [&](const SelectionView& view) { return asks(view, drawn); }))
      return true;
    for (TileId id = 0; id < world_.tree.tiles.size(); ++id) {
      if (world_.drawable(id) || !world_.isBelow(id, drawn) || !seenBy(views, id)) continue;
      if (!seenBy(before_, id)) return true;
      // Finer tiles gave way to one that would do, and had no room beside them.
      const bool full = options_.fullAt < std::numeric_limits<double>::infinity();
      if (full && std::none_of(views.begin(), views.end(), [&](const auto& view) { return asks(view, id); }))
        return true;
    }
    return false;
  }
  bool asks(const SelectionView& view, TileId id) const {
    const double distance = geo::distanceTo(world_.tree.tiles[id].bounds, view.eyeEcef);
    return geo::intersects(view.frustum, world_.tree.tiles[id].bounds) &&
           test::ssePixels(world_, id, view) > options_.maxSsePixels + fogPixelsAt(distance, 1, options_);
  }
  bool seenBy(const std::vector<SelectionView>& views, TileId id) const {
    return std::any_of(views.begin(), views.end(), [&](const SelectionView& view) {
      return geo::intersects(view.frustum, world_.tree.tiles[id].bounds);
    });
  }

  //! What an endless memory and a fresh start show here.
  void checkEnd() {
    GrowingWorld fresh(plan_);
    Selection whole;
    const std::vector<SelectionView> views = pilot_.views();
    do {
      whole = select(fresh.tree, fresh.states, views, whole, options_);
      for (const WantedTile& wanted : whole.want) fresh.arrive(wanted.tile);
    } while (!whole.want.empty());
    ASSERT_TRUE(whole.complete);
    size_t needed = fresh.residentBytes(), largest = 0;
    for (TileId id = 0; id < fresh.states.size(); ++id) largest = std::max(largest, fresh.bytes(id));
    if (loader_.budget == kEndless) EXPECT_TRUE(selection_.want.empty());
    if (loader_.budget == kEndless || loader_.budget >= needed + largest)
      EXPECT_TRUE(selection_.complete) << "needs " << needed << " of " << loader_.budget;
    if (!selection_.complete) {
      ++starved;
      return;
    }
    ++complete;
    for (size_t v = 0; v < views.size(); ++v) EXPECT_EQ(nodes(world_, selection_, v), nodes(fresh, whole, v));
  }
  static std::set<size_t> nodes(const GrowingWorld& world, const Selection& selection, size_t view) {
    std::set<size_t> found;
    for (const TileId id : selection.draw[view]) found.insert(world.nodeOf[id]);
    return found;
  }

  std::mt19937_64 random_;
  Plan plan_;
  GrowingWorld world_;
  Pilot pilot_;
  Loader loader_;
  SelectionOptions options_;
  bool looksAhead_ = false, sunny_ = false;
  Selection selection_;
  std::vector<glm::dvec3> points_;
  std::vector<SelectionView> before_;
  std::vector<TileId> drawnBefore_;  // the finest over each point, by view, point and tileset
};

TEST(RandomFlights, AThousandHaveNoHoleNoFlashAndEndInTheSamePicture) {
  size_t looks = 0, coarser = 0, complete = 0, starved = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE("flight " + std::to_string(seed));
    Flight flight(seed);
    flight.run();
    if (HasFailure()) return;
    looks += flight.looks;
    coarser += flight.coarser;
    complete += flight.complete;
    starved += flight.starved;
  }
  // Else it proves nothing.
  EXPECT_GT(looks, 500'000u);
  EXPECT_GT(coarser, 2'000u);
  EXPECT_GT(complete, 300u);
  EXPECT_GT(starved, 50u);
}

}  // namespace
}  // namespace cm::tiles
