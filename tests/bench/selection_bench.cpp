//! Selection over 10,000 tiles: what a frame pays. The aim is below a millisecond.
#include <benchmark/benchmark.h>

#include "../unit/tiles/flat_world.h"

namespace cm::tiles {
namespace {

//! A regular quadtree, 8 levels at most, cut off at `count` tiles.
test::World regularTown(size_t count) {
  test::World world;
  world.add(kNoTile, {0, 0, 16384, 16384}, 512);
  for (TileId id = 0; world.tree.tiles.size() + 4 <= count; ++id) {
    test::Rectangle r = world.ground[id];
    double x = (r.west + r.east) / 2, y = (r.south + r.north) / 2, error = world.tree.tiles[id].geometricError / 2;
    for (test::Rectangle part : {test::Rectangle{r.west, r.south, x, y},
                                 {x, r.south, r.east, y},
                                 {r.west, y, x, r.north},
                                 {x, y, r.east, r.north}})
      world.add(id, part, error);
  }
  return world;
}

void run(benchmark::State& state, double sse, size_t views) {
  test::World world = regularTown(10000);
  world.setAll(TileState::Resident);
  std::vector<SelectionView> sides;
  for (size_t v = 0; v < views; ++v)
    sides.push_back(
        test::viewOf({{8192, -200, 400}, 0, -12}, double(v) / double(views), double(v + 1) / double(views)));
  Selection selection;
  for (auto _ : state) selection = select(world.tree, world.states, sides, selection, {sse});
  size_t drawn = 0;
  for (const auto& draw : selection.draw) drawn += draw.size();
  state.counters["tiles"] = double(world.tree.tiles.size());
  state.counters["drawn"] = double(drawn);
}

void selectionOfAnOrdinaryView(benchmark::State& state) { run(state, 16, 1); }
void selectionOfASwipe(benchmark::State& state) { run(state, 16, 2); }
void selectionThatVisitsEveryVisibleTile(benchmark::State& state) { run(state, 0.01, 1); }
BENCHMARK(selectionOfAnOrdinaryView)->Unit(benchmark::kMicrosecond);
BENCHMARK(selectionOfASwipe)->Unit(benchmark::kMicrosecond);
BENCHMARK(selectionThatVisitsEveryVisibleTile)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cm::tiles
