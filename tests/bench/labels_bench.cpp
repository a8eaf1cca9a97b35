//! Labels: what a frame pays to choose, place and draw up those of a whole city while the picture pans. The aim is below a
//! millisecond for thousands.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "frame/drape_shapes.h"
#include "frame/label_layout.h"

namespace cm::frame {
namespace {

void labelsOfACity(benchmark::State& state) {
  const Path cache = std::filesystem::temp_directory_path() / fmt::format("citymirror-bench-glyphs-{}", ::getpid());
  auto glyphs = Glyphs::create(cache);
  if (!glyphs) {
    state.SkipWithError(glyphs.error().text().c_str());
    return;
  }
  // Places strewn over three pictures' width and height: a ninth of them is in sight, as over a city seen from above.
  std::mt19937 random(1);
  std::uniform_real_distribution<double> x(-1280, 2560), y(-720, 1440);
  std::vector<Label> labels;
  for (int64_t i = 0; i < state.range(0); ++i)
    labels.push_back({.kind = i % 40 ? LabelKind::Place : LabelKind::District,
                      .selection = {city::PickKind::Place, fmt::format("place{}", i)},
                      .text = {fmt::format("{}号广场", i), fmt::format("Square {}", i)},
                      .position = {x(random), y(random), 0},
                      .rank = int(i % 7),
                      .item = kNoItem});
  const city::Document document;
  const city::Layers layers;
  float shift = 0;
  LabelView view;
  view.project = [&](const glm::dvec3& p) { return glm::vec3(float(p.x) + shift, float(p.y), 1000); };
  view.rectangle = {{0, 0}, {1280, 720}};
  LabelLayout layout;
  std::vector<LabelQuad> quads;
  const auto turn = [&] {
    view.nowSeconds += 1.0 / 60;
    quads.clear();
    layout.layOut(labels, document, layers, {2030, 1, 1}, {}, Language::Chinese, {}, view, **glyphs, quads);
  };
  turn();
  (*glyphs)->waitAll();
  for (int i = 0; i < 60; ++i) turn();
  for (auto _ : state) {
    shift += 0.5f;
    if (shift > 300) shift = -300;
    turn();
  }
  state.counters["shown"] = double(layout.shown().size());
  std::filesystem::remove_all(cache);
}
BENCHMARK(labelsOfACity)->Arg(1000)->Arg(5000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cm::frame
