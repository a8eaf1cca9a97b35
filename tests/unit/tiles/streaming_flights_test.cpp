//! Random flights through the real Streaming, with its threads, from files: whatever comes when, the budget is never exceeded,
//! nothing is drawn that is not there, and it comes to rest at the picture an endless memory shows.
#include <gtest/gtest.h>

#include "fake_device.h"
#include "random_city.h"
#include "tile_files.h"

namespace cm::tiles {
namespace {

using namespace std::chrono_literals;
using test::Plan;
using test::viewOf;

//! As files: meshes of one to six sizes, tilesets within tilesets, and names that lead nowhere.
class PlanFiles {
 public:
  explicit PlanFiles(const Plan& plan) : plan_(plan) {
    for (unsigned size = 1; size <= 6; ++size) files_.writeGlb(std::to_string(size) + ".glb", 10 * size);
    for (size_t i = 0; i < plan.roots.size(); ++i)
      files_.writeTileset("tileset" + std::to_string(i) + ".json", tile(plan.roots[i]));
  }
  std::string tileset(size_t index) const { return files_.path("tileset" + std::to_string(index) + ".json"); }

 private:
  std::string children(const Plan::Node& node) {
    std::vector<std::string> list;
    for (const size_t child : node.children) list.push_back(tile(child));
    return test::childrenJson(list);
  }
  std::string tile(size_t index) {
    const Plan::Node& node = plan_.nodes[index];
    const test::Rectangle& g = node.ground;
    // What a tile is called afterwards is its place in the plan.
    std::string uri = node.fails     ? fmt::format("missing.glb?{}", index)
                      : node.gate    ? fmt::format("gate{}.json?{}", index, index)
                      : node.content ? fmt::format("{}.glb?{}", node.bytes, index)
                                     : "";
    if (node.gate && !node.fails)
      files_.writeTileset(fmt::format("gate{}.json", index),
                          test::tileJson(g.west, g.south, g.east, g.north, 1e9, "", children(node)));
    std::string json = test::tileJson(g.west, g.south, g.east, g.north, node.error, uri,
                                      node.gate || node.children.empty() ? "" : children(node));
    if (node.refine == source::Refine::Add) json.replace(json.find("REPLACE"), 7, "ADD");
    return json;
  }

  const Plan& plan_;
  test::TileFiles files_;
};

struct Flyer {
  source::Fetcher& fetcher;
  const PlanFiles& files;
  size_t tilesets;
  Budgets budgets;
  Streaming streaming{fetcher, 2};
  test::Device device;
  Selection selection;
  std::vector<TileId> uploading;
  unsigned skipLevels = 0;

  void open() {
    for (size_t i = 0; i < tilesets; ++i) streaming.add(files.tileset(i));
  }
  //! One frame; uploads are reported as `reports` says, which may be later.
  template <class Reports>
  void frame(const SelectionView& view, Reports reports) {
    streaming.drain();
    selection =
        select(streaming.tree(), streaming.states(), std::span(&view, 1), selection,
               {.skipLevels = skipLevels, .fullAt = streaming.statistics().fullAt, .yielding = streaming.yielding()});
    for (const TileId id : selection.keep) ASSERT_EQ(streaming.states()[id], TileState::Resident);
    for (const TileId id : selection.draw[0]) ASSERT_TRUE(device.held.contains(id)) << "drawn but not there";
    for (const TileId id : device.obey(streaming.update(selection, budgets), budgets)) uploading.push_back(id);
    ASSERT_LE(device.bytes, budgets.gpuBytes);
    std::erase_if(uploading, [&](TileId id) {
      if (!reports()) return false;
      streaming.uploaded(id);
      return true;
    });
  }
  bool settle(const SelectionView& view) {
    for (int i = 0, quiet = 0; i < 5000 && !testing::Test::HasFatalFailure(); ++i) {
      frame(view, [] { return true; });
      const bool rootsIn =
          std::none_of(streaming.tree().tilesets.begin(), streaming.tree().tilesets.end(),
                       [](const TilesetEntry& entry) { return entry.root == kNoTile && !entry.failed; });
      const bool rests = rootsIn && !streaming.busy() && (selection.want.empty() || streaming.statistics().starved);
      if ((quiet = rests ? quiet + 1 : 0) == 5) return true;
      if (!rests) streaming.waitForWork(20ms);
    }
    return false;
  }
  std::vector<std::string> drawn() const {
    std::vector<std::string> names;
    for (const TileId id : selection.draw[0])
      names.push_back(Path(streaming.tree().tiles[id].contentUris.front()).filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST(StreamingFlights, NeverExceedTheBudgetAndComeToRestAtTheSamePicture) {
  source::Fetcher fetcher;
  size_t complete = 0, starved = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("flight " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    const Plan plan = test::Planner(random).make();
    const PlanFiles files(plan);
    Flyer flyer{fetcher, files, plan.roots.size(), {}};
    constexpr size_t kTileBytes = 3 * 10 * 6 * 36;  // more than the largest needs
    flyer.budgets.gpuBytes = (2 + random() % 18) * kTileBytes;
    flyer.budgets.fetches = 1 + static_cast<unsigned>(random() % 16);
    flyer.budgets.uploadBytesPerFrame = (1 + random() % 8) * kTileBytes;
    flyer.skipLevels = static_cast<unsigned>(random() % 4);
    flyer.open();
    test::Camera camera{{Plan::kSide / 2, -200, 300}, 0, -30};
    for (int step = 0; step < 60 && !HasFailure(); ++step) {
      camera.headingDegrees += 20 * unit(random) - 10;
      camera.position.z = std::clamp(camera.position.z + 60 * unit(random) - 30, 10.0, 1500.0);
      const double h = camera.headingDegrees * geo::kDegree;
      camera.position += glm::dvec3(std::sin(h), std::cos(h), 0) * 30.0;
      if (random() % 15 == 0)
        camera.position = {Plan::kSide * unit(random), Plan::kSide * unit(random), 20 + 600 * unit(random)};
      flyer.frame(viewOf(camera), [&] { return random() % 3 != 0; });
      if (random() % 3 == 0) flyer.streaming.waitForWork(2ms);
    }
    const SelectionView view = viewOf(camera);
    if (HasFailure()) return;
    ASSERT_TRUE(flyer.settle(view)) << "never comes to rest";
    Flyer endless{fetcher, files, plan.roots.size(), {}};
    endless.open();
    ASSERT_TRUE(endless.settle(view));
    ASSERT_TRUE(endless.selection.complete);
    if (flyer.selection.complete) {
      ++complete;
      EXPECT_EQ(flyer.drawn(), endless.drawn());
    } else {
      ++starved;
      EXPECT_TRUE(flyer.streaming.statistics().starved);
    }
    const size_t uploads = flyer.device.uploads;
    for (int i = 0; i < 10; ++i) flyer.frame(view, [] { return true; });
    EXPECT_EQ(flyer.device.uploads, uploads) << "loads in vain at rest";
    if (HasFailure()) return;
  }
  EXPECT_GT(complete, 10u) << "the budgets were too small for it to prove anything";
  EXPECT_GT(starved, 3u) << "the budgets were too large for it to prove anything";
}

}  // namespace
}  // namespace cm::tiles
