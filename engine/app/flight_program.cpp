// A flight over the city in real time, as the window would draw it: every frame's time from its start to the next, with tiles
// streaming in, labels, control layer and all. Shown as a histogram.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "app/measure.h"
#include "app/programs.h"
#include "app/stage.h"
#include "app/ui_picture.h"
#include "base/log.h"

namespace cm::app {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr double kLegSeconds = 5;

//! The saved views, or a round trip about the home view where there are fewer than two.
std::vector<city::CameraPose> stopsOf(const city::Document& document) {
  std::vector<city::CameraPose> stops;
  for (const city::SavedView& view : document.views) stops.push_back(view.camera);
  if (stops.size() >= 2) return stops;
  const city::CameraPose home = city::homeOf(document);
  stops.clear();
  const double metre = 1 / 111320.0, lower = home.heightMetres * 0.45;
  for (int i = 0; i < 6; ++i) {
    city::CameraPose stop = home;
    stop.headingDegrees = home.headingDegrees + 60.0 * i;
    const double angle = stop.headingDegrees * geo::kDegree;
    if (i % 2) {
      stop.heightMetres = lower;
      stop.lonDegrees += std::sin(angle) * home.heightMetres * metre / std::cos(home.latDegrees * geo::kDegree);
      stop.latDegrees += std::cos(angle) * home.heightMetres * metre;
    }
    stops.push_back(stop);
  }
  return stops;
}

std::string bar(double share) {
  std::string text;
  for (int i = 0; i < int(std::lround(share * 60)); ++i) text += "#";
  return text;
}

}  // namespace

int flightProgram(const FlightOptions& options) {
  source::Fetcher fetcher(source::Fetcher::Options::fromEnvironment());
  auto loaded = loadCity(options.city, fetcher);
  if (!loaded) {
    log::error("{}", loaded.error().text());
    return kExitFailed;
  }
  auto device = gpu::Device::create({});
  if (!device) {
    log::error("{}", device.error().text());
    return kExitFailed;
  }
  const VkExtent2D extent{options.width, options.height};
  gpu::Offscreen picture(**device, extent, VK_FORMAT_R8G8B8A8_UNORM);
  StageOptions stageOptions;
  stageOptions.refineWhenStill = false;
  Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, stageOptions);
  std::vector<city::Command> first{city::SetLook{options.look}};
  if (options.swipe) first.push_back(city::SetCompare{city::Compare::Swipe});
  stage.city().apply(first, -10);
  std::unique_ptr<UiPicture> layer;
  if (options.ui) layer = std::make_unique<UiPicture>(**device, stage, extent);

  const std::vector<city::CameraPose> stops = stopsOf(stage.document());
  std::vector<double> times, cpu, triangles;
  std::map<std::string, std::vector<double>> passes;
  size_t leg = 0;
  double legStart = 0, peakPss = 0, last = 0, peakGpu = 0;
  Pace pace;
  const double processorBefore = processorSeconds();
  const Clock::time_point start = Clock::now();
  for (;;) {
    const double now = std::chrono::duration<double>(Clock::now() - start).count();
    if (now >= options.seconds) break;
    if (now - legStart >= kLegSeconds) ++leg, legStart += kLegSeconds;
    const city::Flight flight{stops[leg % stops.size()], stops[(leg + 1) % stops.size()], legStart, kLegSeconds};
    const double took = now - last;
    last = now;
    if (now > 0.5) times.push_back(took * 1000);  // the first frames bring pipelines and glyphs into being
    stage.options().quality = options.quality ? *options.quality : pace.next(now, took, true);
    stage.step({city::SetCamera{city::poseOf(flight, now)}}, now, extent);
    if (layer) layer->draw(now, float(took));
    gpu::Target target = picture.target();
    stage.render(target, 1, layer ? layer->pass() : frame::UiPass{});
    cpu.push_back((std::chrono::duration<double>(Clock::now() - start).count() - now) * 1000);
    (*device)->collect();
    const frame::Statistics& statistics = stage.frame().statistics();
    for (const auto& [name, ms] : statistics.passes) passes[name].push_back(ms);
    triangles.push_back(statistics.triangles);
    peakGpu = std::max(peakGpu, double(stage.streamingStatistics().gpuBytes) / 1048576);
    if (times.size() % 32 == 0) peakPss = std::max(peakPss, pssMiB());
  }
  (*device)->wait((*device)->submitted());
  const double processorMs = (processorSeconds() - processorBefore) * 1000 / double(std::max<size_t>(cpu.size(), 1));
  int code = kExitDone;
  for (const std::string& failure : stage.takeFailures()) {
    log::warning("{}", failure);
    code = kExitPartial;
  }

  const double median = quantile(times, 0.5), p99 = quantile(times, 0.99);
  constexpr double kBinMs = 10;
  std::vector<int> bins;
  for (double ms : times) {
    const size_t bin = size_t(ms / kBinMs);
    if (bins.size() <= bin) bins.resize(bin + 1);
    ++bins[bin];
  }
  fmt::print(
      "{} frames in {:.0f} s: {:.1f} a second; median {:.1f} ms, p95 {:.1f}, p99 {:.1f} ({:.2f} x median), longest "
      "{:.1f}\n",
      times.size(), options.seconds, double(times.size()) / options.seconds, median, quantile(times, 0.95), p99,
      median > 0 ? p99 / median : 0, quantile(times, 1));
  for (size_t i = 0; i < bins.size(); ++i)
    if (bins[i])
      fmt::print("{:4.0f}-{:<4.0f} ms {:5}  {}\n", double(i) * kBinMs, double(i + 1) * kBinMs, bins[i],
                 bar(double(bins[i]) / double(times.size())));
  Json result{{"city", options.city},
              {"look", options.look == city::Look::Plain ? "plain" : "clay"},
              {"swipe", options.swipe},
              {"ui", options.ui},
              {"device", (*device)->name()},
              {"seconds", options.seconds},
              {"frames", times.size()},
              {"framesPerSecond", double(times.size()) / options.seconds},
              {"frameMedianMs", median},
              {"frameP95Ms", quantile(times, 0.95)},
              {"frameP99Ms", p99},
              {"frameMaxMs", quantile(times, 1)},
              {"trianglesMedian", quantile(triangles, 0.5)},
              {"peakPssMiB", peakPss},
              {"peakTilesMiB", peakGpu},
              {"processorMsPerFrame", processorMs},
              {"histogramBinMs", kBinMs},
              {"histogram", bins}};
  fmt::print("{:.0f} triangles, {:.0f} MiB of memory, {:.0f} MiB of tiles; milliseconds a pass:",
             quantile(triangles, 0.5), peakPss, peakGpu);
  for (const auto& [name, ms] : passes) {
    result["passMedianMs"][name] = quantile(ms, 0.5);
    fmt::print(" {} {:.1f}", name, quantile(ms, 0.5));
  }
  fmt::print("; until submitted {:.1f}; processor of all threads {:.1f} a frame\n", quantile(cpu, 0.5), processorMs);
  if (!options.json.empty())
    if (auto written = writeFileAtomically(options.json, result.dump(1)); !written) {
      log::error("{}", written.error().text());
      return kExitFailed;
    }
  return code;
}

}  // namespace cm::app
