#include "tiles/streaming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <set>
#include <thread>

#include "fake_device.h"
#include "flat_world.h"
#include "tile_files.h"
#include "unit/source/http_server.h"

namespace cm::tiles {
namespace {

using namespace std::chrono_literals;
using test::childrenJson;
using test::Device;
using test::tileJson;
using test::viewOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr size_t kTriangles = 100;

struct StreamingTest : testing::Test {
  test::TileFiles files;
  static source::Fetcher::Options options() {
    source::Fetcher::Options chosen;
    chosen.retries = 0;  // whoever waits, waits for streaming's own
    return chosen;
  }
  source::Fetcher fetcher{options()};
  std::unique_ptr<Streaming> streaming = std::make_unique<Streaming>(fetcher, 2);
  Device device;
  Budgets budgets;
  Selection selection;
  std::vector<TileFailure> failures;
  bool quiet = true;  // nothing came in the last frame
  double maxSsePixels = 16;
  SelectionView near = viewOf({{500, -700, 500}, 0, -25});
  SelectionView far = viewOf({{500, -60000, 9000}, 0, -8});

  //! One frame of the loop, without a picture.
  void frame(const SelectionView& view) {
    streaming->drain();
    selection = select(
        streaming->tree(), streaming->states(), std::span(&view, 1), selection,
        {.maxSsePixels = maxSsePixels, .fullAt = streaming->statistics().fullAt, .yielding = streaming->yielding()});
    for (TileId id : selection.keep) EXPECT_EQ(streaming->states()[id], TileState::Resident);
    for (TileId id : selection.draw[0]) EXPECT_TRUE(device.held.count(id)) << "drawn but not there";
    const std::vector<TileId> came = device.obey(streaming->update(selection, budgets), budgets);
    for (TileId id : came) streaming->uploaded(id);
    quiet = came.empty();
    for (TileFailure& failure : streaming->takeFailures()) failures.push_back(std::move(failure));
  }
  //! Frames until nothing moves any more; false when that takes too long.
  bool settle(const SelectionView& view) {
    for (int i = 0; i < 20000; ++i) {
      frame(view);
      bool rootsIn = std::all_of(streaming->tree().tilesets.begin(), streaming->tree().tilesets.end(),
                                 [](const TilesetEntry& entry) { return entry.failed || entry.root != kNoTile; });
      bool nothingComes = std::none_of(selection.want.begin(), selection.want.end(), [&](const WantedTile& wanted) {
        return streaming->states()[wanted.tile] == TileState::Absent && !streaming->statistics().starved;
      });
      if (rootsIn && nothingComes && !streaming->busy()) {
        frame(view);  // what arrived last is drawn now
        if (quiet && !streaming->busy()) return true;
      }
      streaming->waitForWork(20ms);
    }
    return false;
  }
  std::vector<std::string> drawnUris() const {
    std::vector<std::string> names;
    for (TileId id : selection.draw[0])
      names.push_back(Path(streaming->tree().tiles[id].contentUris.front()).filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  void writeQuarters() {
    for (const char* name : {"root.glb", "a.glb", "b.glb", "c.glb", "d.glb"}) files.writeGlb(name, kTriangles);
    files.writeTileset(
        "tileset.json",
        tileJson(0, 0, 1000, 1000, 100, "root.glb",
                 childrenJson({tileJson(0, 0, 500, 500, 0, "a.glb"), tileJson(500, 0, 1000, 500, 0, "b.glb"),
                               tileJson(0, 500, 500, 1000, 0, "c.glb"), tileJson(500, 500, 1000, 1000, 0, "d.glb")})));
  }
  size_t tileBytes() {
    writeQuarters();
    streaming->add(files.path("tileset.json"));
    EXPECT_TRUE(settle(far));
    return device.bytesOf.begin()->second;
  }
};

TEST_F(StreamingTest, LoadsWhatIsSeenAndThenIsQuiet) {
  writeQuarters();
  EXPECT_FALSE(streaming->busy());
  TilesetId id = streaming->add(files.path("tileset.json"));
  EXPECT_TRUE(streaming->busy());
  ASSERT_TRUE(settle(near));
  EXPECT_NE(streaming->tree().tilesets[id].root, kNoTile);
  EXPECT_THAT(drawnUris(), ElementsAre("a.glb", "b.glb", "c.glb", "d.glb"));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(failures, IsEmpty());
  StreamingStatistics statistics = streaming->statistics();
  EXPECT_EQ(statistics.tiles, 5u);
  EXPECT_EQ(statistics.resident, 5u);
  EXPECT_EQ(statistics.gpuBytes, device.bytes);
  EXPECT_GT(statistics.fetchedBytes, 5 * kTriangles * 36);
  EXPECT_FALSE(statistics.starved);
}

TEST_F(StreamingTest, EveryContentIsFinishedOnceByTheWorkerThatDecodedIt) {
  writeQuarters();
  std::atomic<int> calls = 0, onLoop = 0;
  streaming->setFinish([&, loop = std::this_thread::get_id()](source::MeshContent& content) {
    EXPECT_THAT(content.indices, SizeIs(3 * kTriangles));
    ++calls;
    onLoop += std::this_thread::get_id() == loop;
  });
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(calls, 5);
  EXPECT_EQ(onLoop, 0);
}

//! Where frames are long, two decodes a frame would leave the worker idle for most of it.
TEST_F(StreamingTest, NoWorkerWaitsForTheNextFrameWhereDecodesMayWait) {
  budgets.decodes = 16;
  constexpr int kAcross = 8;
  std::vector<std::string> children;
  for (int i = 0; i < kAcross * kAcross; ++i) {
    const std::string name = fmt::format("{}.glb", i);
    files.writeGlb(name, kTriangles);
    const double x = i % kAcross * 125.0, y = i / kAcross * 125.0;
    children.push_back(tileJson(x, y, x + 125, y + 125, 0, name));
  }
  files.writeGlb("root.glb", kTriangles);
  files.writeTileset("tileset.json", tileJson(0, 0, 1000, 1000, 100, "root.glb", childrenJson(children)));
  streaming = std::make_unique<Streaming>(fetcher, 1);
  streaming->add(files.path("tileset.json"));
  const SelectionView above = viewOf({{500, 499, 2500}, 0, -89});
  int frames = 0;
  while (streaming->statistics().resident <= kAcross * kAcross && frames < 200) {
    frame(above);
    std::this_thread::sleep_for(20ms);
    ++frames;
  }
  EXPECT_LT(frames, 25);
}

TEST_F(StreamingTest, SharesOneTreeAmongTilesets) {
  writeQuarters();
  files.writeGlb("other.glb", 1);
  files.writeTileset("other.json", tileJson(0, 0, 1000, 1000, 0, "other.glb"));
  streaming->add(files.path("tileset.json"));
  EXPECT_EQ(streaming->add(files.path("other.json")), 1);
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris(), (std::vector<std::string>{"a.glb", "b.glb", "c.glb", "d.glb", "other.glb"}));
}

TEST_F(StreamingTest, GraftsExternalTilesetsWhateverTheirName) {
  files.writeGlb("root.glb", 1);
  files.writeGlb("inner.glb", 1);
  files.writeTileset("district.bin", tileJson(0, 0, 1000, 1000, 0, "inner.glb"));
  files.writeTileset("tileset.json", tileJson(0, 0, 1000, 1000, 100, "root.glb",
                                              childrenJson({tileJson(0, 0, 1000, 1000, 50, "district.bin")})));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("inner.glb"));
  ASSERT_EQ(streaming->tree().tiles.size(), 3u);
  EXPECT_TRUE(streaming->tree().tiles[1].external);
  EXPECT_EQ(streaming->tree().tiles[2].parent, 1u);
  ASSERT_TRUE(settle(far));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
}

TEST_F(StreamingTest, ATilesetThatRefersToItselfIsAnErrorAndNoLoop) {
  files.writeGlb("root.glb", 1);
  files.writeTileset("tileset.json", tileJson(0, 0, 1000, 1000, 100, "root.glb",
                                              childrenJson({tileJson(0, 0, 1000, 1000, 50, "b.json")})));
  files.writeTileset("b.json",
                     tileJson(0, 0, 1000, 1000, 40, "", childrenJson({tileJson(0, 0, 1000, 1000, 30, "b.json")})));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message, HasSubstr("refers to itself"));
}

TEST_F(StreamingTest, SeveralContentsOfOneTileBecomeOneMesh) {
  files.writeGlb("a.glb", 3);
  files.writeGlb("b.glb", 4);
  std::string tile = tileJson(0, 0, 1000, 1000, 0, "");
  tile.pop_back();
  files.writeTileset("tileset.json", tile + R"(,"contents":[{"uri":"a.glb"},{"uri":"b.glb"}]})");
  streaming->add(files.path("tileset.json"));
  std::shared_ptr<source::MeshContent> mesh;
  for (int i = 0; i < 2000 && !mesh; ++i) {
    streaming->drain();
    selection = select(streaming->tree(), streaming->states(), std::span(&near, 1), selection, {});
    for (Upload& upload : streaming->update(selection, budgets).uploads) mesh = std::move(upload.content);
    if (!mesh) streaming->waitForWork(20ms);
  }
  ASSERT_TRUE(mesh);
  EXPECT_EQ(mesh->indices.size(), 21u);
  ASSERT_EQ(mesh->parts.size(), 2u);
  EXPECT_EQ(mesh->parts[1].firstIndex, mesh->parts[0].indexCount);
  for (uint32_t index : mesh->indices) EXPECT_LT(index, mesh->vertices.size());
}

TEST_F(StreamingTest, ImplicitTilesAppearAsTheirSubtreesAreRead) {
  for (const char* name : {"0.0.0.glb", "1.0.0.glb", "1.1.0.glb", "1.0.1.glb", "1.1.1.glb", "2.3.3.glb"})
    files.writeGlb(name, 1);
  files.writeTileset(
      "tileset.json",
      R"({"boundingVolume":{"box":[500,500,15,500,0,0,0,500,0,0,0,15]},"geometricError":100,"refine":"REPLACE",)"
      R"("content":{"uri":"{level}.{x}.{y}.glb"},"implicitTiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":2,)"
      R"("availableLevels":3,"subtrees":{"uri":"{level}.{x}.{y}.subtree"}}})");
  // All five tiles of the first subtree; below, only the north-easternmost one (Morton 15), whose bits lie in another file.
  files.write("0.0.0.subtree",
              asBytes(R"({"buffers":[{"uri":"more.bin","byteLength":2}],"bufferViews":[{"buffer":0,"byteLength":2}],)"
                      R"("tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],)"
                      R"("childSubtreeAvailability":{"bitstream":0}})"));
  const Bytes bits = {std::byte{0}, std::byte{0x80}};
  files.write("more.bin", bits);
  files.write("2.3.3.subtree", asBytes(R"({"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],)"
                                       R"("childSubtreeAvailability":{"constant":0}})"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(failures, IsEmpty());
  EXPECT_THAT(drawnUris(), testing::Contains("2.3.3.glb"));
  EXPECT_THAT(drawnUris(), Not(testing::Contains("1.1.1.glb")));
  ASSERT_TRUE(settle(far));
  EXPECT_THAT(drawnUris(), ElementsAre("0.0.0.glb"));
}

TEST_F(StreamingTest, AMissingSubtreeLeavesItsParent) {
  files.writeGlb("0.glb", 1);
  files.writeTileset(
      "tileset.json",
      R"({"boundingVolume":{"box":[500,500,15,500,0,0,0,500,0,0,0,15]},"geometricError":100,"refine":"REPLACE",)"
      R"("content":{"uri":"{level}.glb"},"implicitTiling":{"subdivisionScheme":"QUADTREE","subtreeLevels":1,)"
      R"("availableLevels":3,"subtrees":{"uri":"{level}.{x}.{y}.subtree"}}})");
  files.write("0.0.0.subtree", asBytes(R"({"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],)"
                                       R"("childSubtreeAvailability":{"constant":1}})"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("0.glb"));
  EXPECT_FALSE(failures.empty());
}

TEST_F(StreamingTest, WhatAContentRefersToIsFetchedToo) {
  files.write(
      "tile.gltf",
      asBytes(
          R"({"asset":{"version":"2.0"},"nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],)"
          R"("accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],)"
          R"("bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,"uri":"data/points.bin"}]})"));
  const std::vector<float> positions = {0, 0, 0, 1, 0, 0, 0, 1, 0};
  files.write("data/points.bin", std::as_bytes(std::span(positions)));
  files.write("broken.gltf", asBytes(R"({"asset":{"version":"2.0"},"nodes":[{"mesh":0}],)"
                                     R"("meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],)"
                                     R"("accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],)"
                                     R"("bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,)"
                                     R"("uri":"absent.bin"}]})"));
  files.writeTileset("tileset.json", tileJson(0, 0, 1000, 1000, 100, "",
                                              childrenJson({tileJson(0, 0, 1000, 1000, 0, "tile.gltf"),
                                                            tileJson(0, 0, 1000, 1000, 0, "broken.gltf")})));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("tile.gltf"));
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message, testing::AllOf(HasSubstr("broken.gltf"), HasSubstr("absent.bin")));
}

TEST_F(StreamingTest, AMissingTilesetSaysSoAndTheOthersAreShown) {
  writeQuarters();
  TilesetId missing = streaming->add(files.path("nowhere.json"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_TRUE(streaming->tree().tilesets[missing].failed);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message, HasSubstr("nowhere.json"));
  EXPECT_TRUE(selection.complete);
}

TEST_F(StreamingTest, AMissingChildLeavesItsParentAndIsReportedOnce) {
  writeQuarters();
  std::filesystem::remove(files.path("c.glb"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message, HasSubstr("c.glb"));
  EXPECT_THAT(failures[0].message, HasSubstr("its parent stays"));
  EXPECT_TRUE(selection.complete);
  EXPECT_EQ(streaming->statistics().failed, 1u);
}

TEST_F(StreamingTest, ABrokenContentIsAFailureThatNamesIt) {
  writeQuarters();
  Bytes glb = test::tinyGlb(kTriangles);
  glb.resize(glb.size() / 2);
  files.write("b.glb", glb);
  files.write("d.glb", asBytes("no tile at all"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  ASSERT_THAT(failures, SizeIs(2));
  std::string both = failures[0].message + failures[1].message;
  EXPECT_THAT(both, HasSubstr("b.glb"));
  EXPECT_THAT(both, HasSubstr("d.glb"));
}

TEST_F(StreamingTest, EvictsTheLeastRecentlyWantedAndComesBack) {
  size_t one = tileBytes();
  // Room for the root, and two of the four: the whole cannot be refined, the west alone can.
  budgets.gpuBytes = one * 5;
  files.writeGlb("other.glb", 2 * kTriangles);
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u);
  files.writeTileset("other.json", tileJson(0, 0, 1000, 1000, 0, "other.glb"));
  TilesetId other = streaming->add(files.path("other.json"));
  SelectionView otherOnly = near;
  otherOnly.tilesets = {false, true};
  ASSERT_TRUE(settle(otherOnly));
  EXPECT_THAT(drawnUris(), ElementsAre("other.glb"));
  EXPECT_EQ(streaming->tree().tilesets[other].failed, false);
  EXPECT_EQ(device.held.size(), 4u) << "two of the five had to go";
  SelectionView firstOnly = near;
  firstOnly.tilesets = {true, false};
  ASSERT_TRUE(settle(firstOnly));
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_LE(device.mostBytes, budgets.gpuBytes);
}

TEST_F(StreamingTest, OfWhatNothingAsksForOnlySoMuchIsKept) {
  const size_t one = tileBytes();
  ASSERT_TRUE(settle(near));
  ASSERT_EQ(device.held.size(), 5u);
  budgets.idleBytes = 2 * one;
  ASSERT_TRUE(settle(far));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  EXPECT_EQ(device.held.size(), 3u) << "the root, and two of the four quarters for a way back";
  budgets.idleBytes = 0;
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u) << "what is in use is not limited";
  ASSERT_TRUE(settle(far));
  EXPECT_EQ(device.held.size(), 1u);
}

TEST_F(StreamingTest, AFullBudgetLowersDetailAndThenRests) {
  size_t one = tileBytes();
  budgets.gpuBytes = one * 3;
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  EXPECT_FALSE(selection.complete);
  EXPECT_TRUE(streaming->statistics().starved);
  size_t uploads = device.uploads, fetched = streaming->statistics().fetchedBytes;
  for (int i = 0; i < 50; ++i) {
    frame(near);
    EXPECT_FALSE(streaming->busy());
  }
  EXPECT_EQ(device.uploads, uploads) << "nothing is loaded in vain";
  EXPECT_EQ(streaming->statistics().fetchedBytes, fetched);
  budgets.gpuBytes = one * 5;
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u) << "and goes on when there is room";
}

TEST_F(StreamingTest, ATileLargerThanTheBudgetFailsWithASentence) {
  writeQuarters();
  files.writeGlb("a.glb", 50 * kTriangles);
  budgets.gpuBytes = kTriangles * 3 * 28 * 10;
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message, HasSubstr("a.glb: 需要"));
  EXPECT_THAT(failures[0].message, HasSubstr("budget"));
}

TEST_F(StreamingTest, ATilesetWhoseRootsDoNotFitIsLeftOutAndTheOthersGoOn) {
  const size_t one = tileBytes();
  files.writeGlb("large.glb", 10 * kTriangles);
  files.writeTileset("large.json", tileJson(0, 0, 1000, 1000, 100, "large.glb",
                                            childrenJson({tileJson(0, 0, 1000, 1000, 0, "other.glb")})));
  files.writeGlb("other.glb", kTriangles);
  budgets.gpuBytes = one * 21 / 2;  // as much as the large one is, but not the other root too
  const TilesetId large = streaming->add(files.path("large.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris(), (std::vector<std::string>{"a.glb", "b.glb", "c.glb", "d.glb"}));
  EXPECT_TRUE(selection.complete) << "of what is left";
  ASSERT_THAT(failures, SizeIs(1));
  const std::string needed = fmt::format("{:.1f} MiB", 10.0 * double(one) / (1 << 20)),
                    budget = fmt::format("{:.1f} MiB", double(budgets.gpuBytes) / (1 << 20));
  for (const std::string& part :
       {std::string("large.json"), needed, budget, std::string("预算"), std::string("left out")})
    EXPECT_THAT(failures[0].message, HasSubstr(part));
  EXPECT_THAT(streaming->tree().tilesets[large].error, HasSubstr("large.json"));
  for (int i = 0; i < 20; ++i) frame(far);
  EXPECT_THAT(failures, SizeIs(1)) << "told once";
  budgets.gpuBytes = one * 20;
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), testing::Contains("other.glb")) << "a larger budget lets it in";
  EXPECT_THAT(failures, SizeIs(1));
}

TEST_F(StreamingTest, DetailMakesRoomForTheRootOfAnotherTileset) {
  budgets.gpuBytes = tileBytes() * 5;
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u);
  files.writeGlb("other.glb", kTriangles);
  files.writeTileset("other.json", tileJson(0, 0, 1000, 1000, 0, "other.glb"));
  streaming->add(files.path("other.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("other.glb", "root.glb"));
  EXPECT_THAT(failures, IsEmpty());
  EXPECT_TRUE(streaming->statistics().starved);
}

TEST_F(StreamingTest, ALoweredBudgetIsObeyedAtOnceWhereNothingDrawnIsLost) {
  size_t one = tileBytes();
  ASSERT_TRUE(settle(near));
  ASSERT_TRUE(settle(far));
  EXPECT_EQ(device.held.size(), 5u) << "the cache keeps what fits";
  budgets.gpuBytes = one * 2;
  streaming->drain();
  selection = select(streaming->tree(), streaming->states(), std::span(&far, 1), selection, {});
  Orders orders = streaming->update(selection, budgets);
  EXPECT_EQ(orders.evictions.size(), 3u);
  EXPECT_EQ(streaming->states()[0], TileState::Resident);
}

TEST_F(StreamingTest, ALoweredBudgetTakesDetailAway) {
  const size_t one = tileBytes();
  ASSERT_TRUE(settle(near));
  ASSERT_EQ(drawnUris().size(), 4u);
  budgets.gpuBytes = one * 3;
  for (int i = 0; i < 2; ++i) {  // what is drawn can only go once its parent stands in
    streaming->drain();
    selection = select(streaming->tree(), streaming->states(), std::span(&near, 1), selection,
                       {.yielding = streaming->yielding()});
    device.bytes -= one * streaming->update(selection, budgets).evictions.size();
  }
  EXPECT_LE(device.bytes, budgets.gpuBytes);
  EXPECT_EQ(streaming->statistics().gpuBytes, device.bytes);
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
}

TEST_F(StreamingTest, CancelsWhatIsNoLongerWanted) {
  writeQuarters();
  budgets.fetches = 1;
  streaming->add(files.path("tileset.json"));
  for (int i = 0; i < 2000 && streaming->states().empty(); ++i) {
    streaming->waitForWork(20ms);
    streaming->drain();
  }
  frame(near);
  SelectionView nothing = near;
  nothing.tilesets = {false};
  frame(nothing);
  EXPECT_FALSE(streaming->busy());
  EXPECT_EQ(streaming->statistics().fetching + streaming->statistics().decoding, 0u);
  for (TileState state : streaming->states()) EXPECT_EQ(state, TileState::Absent);
  ASSERT_TRUE(settle(near)) << "and takes it up again";
  EXPECT_EQ(drawnUris().size(), 4u);
}

TEST_F(StreamingTest, ALostDeviceIsFilledAgain) {
  writeQuarters();
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(near));
  streaming->forgetResident();
  device = {};
  EXPECT_EQ(streaming->statistics().gpuBytes, 0u);
  EXPECT_EQ(streaming->tree().tiles.size(), 5u);
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_EQ(device.uploads, 5u);
}

TEST_F(StreamingTest, NoMemoryOnTheDeviceLowersTheBudgetInsteadOfFailing) {
  writeQuarters();
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(far));
  ASSERT_EQ(device.held.size(), 1u);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    streaming->drain();
    selection = select(streaming->tree(), streaming->states(), std::span(&near, 1), selection, {});
    EXPECT_EQ(selection.draw[0].size(), 1u);
    for (const Upload& upload : streaming->update(selection, budgets).uploads) {
      streaming->uploadFailed(upload.tile);
      ++refused;
    }
    streaming->waitForWork(2ms);
  }
  EXPECT_GE(refused, 1);
  EXPECT_LE(refused, 4) << "it does not ask again and again";
  EXPECT_THAT(streaming->takeFailures(), IsEmpty());
}

TEST_F(StreamingTest, MayEndWhileEverythingIsUnderWay) {
  writeQuarters();
  for (int i = 0; i < 20; ++i) {
    streaming = std::make_unique<Streaming>(fetcher, 2);
    selection = {};
    device = {};
    streaming->add(files.path("tileset.json"));
    for (int k = 0; k < i; ++k) {
      frame(near);
      streaming->waitForWork(1ms);
    }
  }
}

//! A town of 85 tiles whose detail follows the camera.
std::string town(test::TileFiles& files, int levels, double west, double south, double side, double error,
                 const std::string& name) {
  files.writeGlb(name + ".glb", 20 + 10 * static_cast<unsigned>(levels));
  if (levels == 0) return tileJson(west, south, west + side, south + side, 0, name + ".glb");
  std::vector<std::string> children;
  for (int i = 0; i < 4; ++i)
    children.push_back(town(files, levels - 1, west + (i % 2) * side / 2, south + (i / 2) * side / 2, side / 2,
                            error / 2, name + std::to_string(i)));
  return tileJson(west, south, west + side, south + side, error, name + ".glb", childrenJson(children));
}

TEST_F(StreamingTest, ATinyCacheAndAHugeOneDrawTheSameFinalPicture) {
  files.writeTileset("tileset.json", town(files, 3, 0, 0, 2000, 60, "t"));
  std::vector<SelectionView> views;
  for (double heading : {-60.0, 0.0, 50.0, 180.0}) views.push_back(viewOf({{1000, 900, 60}, heading, -12}));
  auto pictures = [&](size_t gpuBytes) {
    streaming = std::make_unique<Streaming>(fetcher, 2);
    selection = {};
    device = {};
    budgets.gpuBytes = gpuBytes;
    streaming->add(files.path("tileset.json"));
    std::vector<std::vector<std::string>> drawn;
    for (const SelectionView& view : views) {
      EXPECT_TRUE(settle(view));
      EXPECT_TRUE(selection.complete);
      drawn.push_back(drawnUris());
    }
    return drawn;
  };
  auto huge = pictures(size_t{1} << 30);
  size_t needed = device.bytes;
  auto tiny = pictures(needed / 2);
  EXPECT_EQ(huge, tiny);
  EXPECT_LE(device.mostBytes, needed / 2);
  EXPECT_GT(device.uploads, device.held.size()) << "the tiny cache never filled: the test proves nothing";
}

TEST_F(StreamingTest, AFullBudgetLowersDetailEvenlyWhateverWasThereBefore) {
  maxSsePixels = 1;  // everything seen is wanted in full
  files.writeTileset("tileset.json", town(files, 4, 0, 0, 2000, 120, "t"));
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(viewOf({{1000, -300, 60}, 0, -12})));
  budgets.gpuBytes = device.bytes / 3;
  streaming = std::make_unique<Streaming>(fetcher, 2);
  selection = {};
  device = {};
  streaming->add(files.path("tileset.json"));
  size_t exchanged = 0;
  // From the south, then suddenly elsewhere: what was near is far, and holds all of the budget.
  for (const test::Camera& camera : {test::Camera{{1000, -300, 60}, 0, -12},
                                     {{1000, 2300, 60}, 180, -12},
                                     {{-300, 1000, 60}, 90, -12},
                                     {{2300, 1900, 60}, -120, -12}}) {
    const SelectionView view = viewOf(camera);
    const size_t before = device.uploads;
    ASSERT_TRUE(settle(view));
    exchanged += device.uploads - before;
    ASSERT_TRUE(streaming->statistics().starved) << "the budget was too large for it to prove anything";
    ASSERT_FALSE(selection.yields.empty());
    const double missed = -streaming->statistics().fullAt;  // pixels
    EXPECT_GT(missed, 0);
    EXPECT_THAT(budgetIsFull(streaming->statistics()).en, HasSubstr(fmt::format("{:.0f} pixels", missed)));
    for (const WantedTile& detail : selection.yields)
      EXPECT_GE(-detail.priority, missed / 1.6) << "detail that is worth less";
    const size_t uploads = device.uploads;
    for (int i = 0; i < 30; ++i) frame(view);
    EXPECT_EQ(device.uploads, uploads) << "it rests";
  }
  EXPECT_GT(exchanged, 20u);
}

TEST_F(StreamingTest, SmallFrameBudgetsOnlyTakeLonger) {
  files.writeTileset("tileset.json", town(files, 2, 0, 0, 2000, 60, "t"));
  budgets.uploadBytesPerFrame = 1;
  budgets.decodedBytes = 1;
  budgets.fetches = 1;
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(viewOf({{1000, 900, 60}, 0, -12})));
  EXPECT_TRUE(selection.complete);
}

// ------------------------------------------------------------------------------------------------- from a bad server

//! Serves the files of the test over HTTP, as badly as `trouble` says.
struct WebStreaming : StreamingTest {
  using Talk = cm::test::HttpServer::Talk;
  //! Asked first with the name and how often it was asked for before; true where it has answered.
  std::function<std::optional<bool>(const Talk&, const std::string& name, int before)> trouble;
  std::mutex mutex;
  std::map<std::string, int> asked;
  std::chrono::steady_clock::time_point time{};
  cm::test::HttpServer server{cm::test::HttpServer::Talker([this](const Talk& talk) {
    const std::string name = talk.path.substr(1);
    int before = 0;
    {
      std::lock_guard lock(mutex);
      before = asked[name]++;
    }
    if (trouble)
      if (auto goesOn = trouble(talk, name, before)) return *goesOn;
    auto bytes = readFile(files.path(name));
    return talk.send(bytes ? cm::test::HttpServer::ok(std::string(asText(*bytes))) : cm::test::HttpServer::status(404));
  })};

  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    streaming->setClock([this] { return time; });
  }
  int askedFor(const std::string& name) {
    std::lock_guard lock(mutex);
    return asked[name];
  }
  static bool isTile(const std::string& name) { return name.ends_with(".glb") && name != "root.glb"; }
};

TEST_F(WebStreaming, TheViewCompletesWhenTheServerRecovers) {
  using cm::test::HttpServer;
  writeQuarters();
  std::atomic<bool> broken{true};
  trouble = [&](const Talk& talk, const std::string& name, int) -> std::optional<bool> {
    if (!broken || !isTile(name)) return {};
    if (name == "a.glb") return false;
    if (name == "b.glb") return talk.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nglTF") && false;
    return talk.send(HttpServer::status(500));
  };
  streaming->add(server.uri("/tileset.json"));
  ASSERT_TRUE(settle(far));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  ASSERT_THAT(failures, SizeIs(1)) << "one line for a server that is down";
  EXPECT_THAT(failures[0].message, HasSubstr("; tile skipped, its parent stays"));
  EXPECT_EQ(streaming->statistics().failed, 4u);
  time += 21s;
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(askedFor("c.glb"), 2) << "asked again, in vain";
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  broken = false;
  ASSERT_TRUE(settle(near));
  EXPECT_EQ(askedFor("c.glb"), 2) << "not before its time";
  time += 41s;
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("a.glb", "b.glb", "c.glb", "d.glb"));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(failures, SizeIs(1));
}

TEST_F(WebStreaming, WhateverIsBackBringsTheRestBack) {
  writeQuarters();
  files.writeGlb("other.glb", 1);
  files.writeTileset("other.json", tileJson(0, 0, 1000, 1000, 0, "other.glb"));
  std::atomic<bool> broken{true};
  trouble = [&](const Talk& talk, const std::string& name, int) -> std::optional<bool> {
    if (!broken || !isTile(name)) return {};
    return talk.send(cm::test::HttpServer::status(503));
  };
  streaming->add(server.uri("/tileset.json"));
  ASSERT_TRUE(settle(far));
  ASSERT_TRUE(settle(near));
  broken = false;
  streaming->add(server.uri("/other.json"));  // an answer: the server is there, and nobody's clock has moved
  ASSERT_TRUE(settle(near));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("a.glb", "b.glb", "c.glb", "d.glb", "other.glb"));
}

TEST_F(WebStreaming, WhatIsNotThereIsToldOnceAndNotAskedForAgain) {
  writeQuarters();
  std::filesystem::remove(files.path("c.glb"));
  streaming->add(server.uri("/tileset.json"));
  ASSERT_TRUE(settle(near));
  time += 24h;
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  EXPECT_EQ(askedFor("c.glb"), 1);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].message,
            server.uri("/c.glb") + ": HTTP status 404, expected 200; tile skipped, its parent stays");
}

TEST_F(WebStreaming, ATilesetThatCouldNotBeReadIsTriedAgain) {
  writeQuarters();
  trouble = [&](const Talk& talk, const std::string& name, int before) -> std::optional<bool> {
    if (!name.starts_with("tileset.json")) return {};
    if (before == 0) return talk.send(cm::test::HttpServer::status(500));
    return talk.send(cm::test::HttpServer::ok(std::string(asText(*readFile(files.path("tileset.json"))))));
  };
  const TilesetId id = streaming->add(server.uri("/tileset.json?key=s3cret"));
  ASSERT_TRUE(settle(near));
  EXPECT_TRUE(streaming->tree().tilesets[id].failed);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].message,
              testing::AllOf(HasSubstr("left out until it can be read"), Not(HasSubstr("s3cret"))));
  time += 21s;
  ASSERT_TRUE(settle(near));
  ASSERT_TRUE(settle(near));
  EXPECT_FALSE(streaming->tree().tilesets[id].failed);
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_THAT(failures, SizeIs(1));
}

TEST_F(WebStreaming, ATilesetThatWasCutShortIsTriedAFewTimes) {
  writeQuarters();
  trouble = [&](const Talk& talk, const std::string& name, int before) -> std::optional<bool> {
    if (name == "tileset.json" && before == 0) return talk.send(cm::test::HttpServer::ok("{\"asset\":"));
    if (name == "never.json") return talk.send(cm::test::HttpServer::ok("{}"));
    return {};
  };
  streaming->add(server.uri("/tileset.json"));
  const TilesetId never = streaming->add(server.uri("/never.json"));
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(settle(near));
    time += 700s;
  }
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_TRUE(streaming->tree().tilesets[never].failed);
  EXPECT_EQ(askedFor("never.json"), 4);
  EXPECT_THAT(failures, SizeIs(2));
}

TEST_F(WebStreaming, WhatWasDamagedOnItsWayIsAskedForAFewTimes) {
  writeQuarters();
  std::atomic<int> damaged{2};
  trouble = [&](const Talk& talk, const std::string& name, int before) -> std::optional<bool> {
    if (name != "c.glb" || before >= damaged) return {};
    return talk.send(cm::test::HttpServer::ok("glTF and nothing more", "ETag: \"c\"\r\n"));
  };
  streaming->add(server.uri("/tileset.json"));
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(settle(near));
    time += 700s;
  }
  EXPECT_EQ(drawnUris().size(), 4u);
  EXPECT_EQ(askedFor("c.glb"), 3);
  EXPECT_THAT(failures, SizeIs(1));
}

TEST_F(WebStreaming, WhatAFileRefersToIsRelativeToWhereItWasFound) {
  writeQuarters();
  files.writeTileset("inner.json", tileJson(0, 0, 500, 500, 0, "a.glb"));
  files.writeTileset(
      "tileset.json",
      tileJson(0, 0, 1000, 1000, 100, "root.glb",
               childrenJson({tileJson(0, 0, 500, 500, 50, "inner.json"), tileJson(500, 0, 1000, 500, 0, "b.glb")})));
  trouble = [&](const Talk& talk, const std::string& name, int) -> std::optional<bool> {
    const auto moved = [&](const std::string& to) {
      return talk.send("HTTP/1.1 302 x\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
    };
    if (name == "latest/tileset.json") return moved("/v2/tileset.json");
    if (name == "v2/inner.json") return moved("/parts/7/inner.json");
    // Each file is in one folder and nowhere else.
    const std::string folder = name.substr(0, name.rfind('/') + 1), file = name.substr(folder.size());
    const bool inner = file == "inner.json" || file == "a.glb";
    if (folder != (inner ? "parts/7/" : "v2/")) return talk.send(cm::test::HttpServer::status(404));
    return talk.send(cm::test::HttpServer::ok(std::string(asText(*readFile(files.path(file))))));
  };
  streaming->add(server.uri("/latest/tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("a.glb", "b.glb"));
  EXPECT_TRUE(selection.complete);
  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(WebStreaming, ATilesetFromTheWebStaysOnItsServerAndOffThisMachine) {
  cm::test::HttpServer other([&](const std::string& path) {
    auto bytes = readFile(files.path(path.substr(1)));
    return bytes ? cm::test::HttpServer::ok(std::string(asText(*bytes))) : cm::test::HttpServer::status(404);
  });
  files.writeGlb("root.glb", 1);
  files.writeGlb("a.glb", 1);
  files.writeTileset("inner.json", tileJson(0, 0, 500, 500, 0, "file://" + files.path("a.glb")));
  files.writeTileset("tileset.json",
                     tileJson(0, 0, 1000, 1000, 100, "root.glb",
                              childrenJson({tileJson(0, 0, 500, 500, 0, "file://" + files.path("a.glb")),
                                            tileJson(500, 0, 1000, 500, 0, other.uri("/a.glb")),
                                            tileJson(0, 500, 500, 1000, 50, other.uri("/inner.json"))})));
  streaming->add(server.uri("/tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_THAT(drawnUris(), ElementsAre("root.glb"));
  EXPECT_EQ(other.connections(), 0u);
  ASSERT_THAT(failures, SizeIs(3));
  std::string told;
  for (const TileFailure& failure : failures) told += failure.message + "\n";
  EXPECT_THAT(told, HasSubstr("is not on the web"));
  EXPECT_THAT(told, HasSubstr("\"allowedOrigins\" of the city does not name " + other.uri("")));

  failures.clear();
  fetcher.allowOrigins({other.uri("")});
  streaming = std::make_unique<Streaming>(fetcher, 2);
  selection = {};
  device = {};
  streaming->add(server.uri("/tileset.json"));
  ASSERT_TRUE(settle(near));
  EXPECT_GT(other.connections(), 0u);
  ASSERT_THAT(failures, SizeIs(2)) << "both files of this machine, one named by the allowed server";
  for (const TileFailure& failure : failures) EXPECT_THAT(failure.message, HasSubstr("is not on the web"));
}

TEST_F(WebStreaming, ATownComesWholeFromAServerThatFailsEveryTileOnce) {
  files.writeTileset("tileset.json", town(files, 3, 0, 0, 2000, 60, "t"));
  trouble = [&](const Talk& talk, const std::string& name, int before) -> std::optional<bool> {
    if (before > 0 || name == "tileset.json") return {};
    switch (std::accumulate(name.begin(), name.end(), 0) % 4) {
      case 0: return talk.send(cm::test::HttpServer::status(502));
      case 1: return talk.send("HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\ncut") && false;
      case 2: return talk.send(cm::test::HttpServer::ok("glTF"));
      default: return false;
    }
  };
  streaming->add(server.uri("/tileset.json"));
  const SelectionView view = viewOf({{1000, 900, 60}, 0, -12});
  size_t rounds = 0;
  do {
    ASSERT_TRUE(settle(view));
    time += 700s;
  } while (streaming->statistics().failed > 0 && ++rounds < 20);
  ASSERT_TRUE(settle(view));
  EXPECT_EQ(streaming->statistics().failed, 0u);
  const auto fromTheWeb = drawnUris();
  EXPECT_GT(fromTheWeb.size(), 10u);
  for (const std::string& name : fromTheWeb) EXPECT_GE(askedFor(name), 2) << name;
  EXPECT_LE(server.openConnections(), options().connections);
  streaming = std::make_unique<Streaming>(fetcher, 2);
  selection = {};
  device = {};
  streaming->add(files.path("tileset.json"));
  ASSERT_TRUE(settle(view));
  EXPECT_EQ(drawnUris(), fromTheWeb);
}

}  // namespace
}  // namespace cm::tiles
