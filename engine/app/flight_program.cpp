// A flight over the city in real time, as the window would draw it: every frame's time from its start to the next, with tiles
// streaming in, labels, control layer and all. Shown as a histogram.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

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
constexpr double kSettlingSeconds = 0.5;  // the first frames bring pipelines and glyphs into being
constexpr double kBinMs = 10;
constexpr double kSoakFrameSeconds = 1.0 / 30;
constexpr double kSoakGrowthPercent = 3;
constexpr double kSoakWarmShare = 0.1;  // of a soak, in which caches and pools fill

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

//! What a flight came to.
struct Figures {
  std::vector<double> frameMs, submitMs, triangles;
  std::map<std::string, std::vector<double>> passes;
  double processorMs = 0, peakPssMiB = 0, peakTilesMiB = 0, seconds = 0;
  // A soak: what was held at the end of each round of the stops, when the camera stands where it stood the round before.
  struct Round {
    size_t frame = 0;
    Held held;
    size_t gpuObjects = 0;
    double peakResidentMiB = 0, peakTilesMiB = 0;  // within the round
  };
  std::vector<Round> rounds;
};

//! Least and greatest of a soak's rounds after the first tenth of its frames.
template <class Of>
std::pair<double, double> spanOf(const Figures& figures, Of of) {
  std::pair<double, double> span{std::numeric_limits<double>::max(), 0};
  for (const Figures::Round& round : figures.rounds) {
    if (double(round.frame) < kSoakWarmShare * double(figures.frameMs.size())) continue;
    span = {std::min(span.first, double(of(round))), std::max(span.second, double(of(round)))};
  }
  return span;
}

Figures fly(gpu::Device& device, Stage& stage, gpu::Offscreen& picture, UiPicture* layer,
            const FlightOptions& options) {
  const VkExtent2D extent{options.width, options.height};
  const std::vector<city::CameraPose> stops = stopsOf(stage.document());
  Figures figures;
  Pace pace;
  double last = 0, processor = processorSeconds();
  const Clock::time_point start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const size_t roundFrames = static_cast<size_t>(std::lround(double(stops.size()) * kLegSeconds / kSoakFrameSeconds));
  size_t count = 0;
  Figures::Round round;
  for (double real = 0; options.frames ? count < options.frames : real < options.seconds; real = seconds(), ++count) {
    const double took = real - std::exchange(last, real);
    const double now = options.frames ? double(count) * kSoakFrameSeconds : real;
    if (real > kSettlingSeconds) figures.frameMs.push_back(took * 1000);
    const auto leg = static_cast<size_t>(now / kLegSeconds);
    const city::Flight flight{stops[leg % stops.size()], stops[(leg + 1) % stops.size()], double(leg) * kLegSeconds,
                              kLegSeconds};
    stage.options().quality = options.quality ? *options.quality : pace.next(now, took, true);
    stage.step({city::SetCamera{city::poseOf(flight, now)}}, now, extent);
    if (layer) layer->draw(now, float(took));
    gpu::Target target = picture.target();
    stage.render(target, 1, layer ? layer->pass() : frame::UiPass{});
    figures.submitMs.push_back((seconds() - real) * 1000);
    device.collect();
    const frame::Statistics& statistics = stage.frame().statistics();
    for (const auto& [name, ms] : statistics.passes) figures.passes[name].push_back(ms);
    figures.triangles.push_back(statistics.triangles);
    round.peakTilesMiB = std::max(round.peakTilesMiB, double(stage.streamingStatistics().gpuBytes) / 1048576);
    if (count % 32 == 0) {
      round.peakResidentMiB = std::max(round.peakResidentMiB, residentMiB());
      figures.peakPssMiB = std::max(figures.peakPssMiB, pssMiB());
    }
    figures.peakTilesMiB = std::max(figures.peakTilesMiB, round.peakTilesMiB);
    if (options.frames && (count + 1) % roundFrames == 0) {
      round.frame = count + 1;
      round.held = heldNow();
      round.gpuObjects = device.allocations();
      figures.rounds.push_back(std::exchange(round, {}));
      const Figures::Round& done = figures.rounds.back();
      log::info("{} / {} 帧 frames: {:.1f} MiB, 堆 heap {:.1f} MiB, {} GPU", count + 1, options.frames,
                done.peakResidentMiB, done.held.heapMiB, done.gpuObjects);
    }
  }
  figures.seconds = seconds();
  device.wait(device.submitted());
  figures.processorMs = (processorSeconds() - processor) * 1000 / double(figures.submitMs.size());
  return figures;
}

std::vector<int> histogram(const std::vector<double>& frameMs) {
  std::vector<int> bins;
  for (double ms : frameMs) {
    const auto bin = static_cast<size_t>(ms / kBinMs);
    if (bins.size() <= bin) bins.resize(bin + 1);
    ++bins[bin];
  }
  return bins;
}

void print(const Figures& f, const std::vector<int>& bins) {
  const double median = quantile(f.frameMs, 0.5), p99 = quantile(f.frameMs, 0.99), count = double(f.frameMs.size());
  fmt::print(
      "{} frames in {:.0f} s: {:.1f} a second; median {:.1f} ms, p95 {:.1f}, p99 {:.1f} ({:.2f} x median), longest "
      "{:.1f}\n",
      f.frameMs.size(), f.seconds, count / f.seconds, median, quantile(f.frameMs, 0.95), p99,
      median > 0 ? p99 / median : 0, quantile(f.frameMs, 1));
  for (size_t i = 0; i < bins.size(); ++i)
    if (bins[i])
      fmt::print("{:4.0f}-{:<4.0f} ms {:5}  {}\n", double(i) * kBinMs, double(i + 1) * kBinMs, bins[i],
                 std::string(static_cast<size_t>(std::lround(bins[i] / count * 60)), '#'));
  fmt::print("{:.0f} triangles, {:.0f} MiB of memory, {:.0f} MiB of tiles; milliseconds a pass:",
             quantile(f.triangles, 0.5), f.peakPssMiB, f.peakTilesMiB);
  for (const auto& [name, ms] : f.passes) fmt::print(" {} {:.1f}", name, quantile(ms, 0.5));
  fmt::print("; until submitted {:.1f}; processor of all threads {:.1f} a frame\n", quantile(f.submitMs, 0.5),
             f.processorMs);
  if (f.rounds.empty()) return;
  const auto [least, most] = spanOf(f, [](const auto& round) { return round.peakResidentMiB; });
  const auto [fewFiles, manyFiles] = spanOf(f, [](const auto& round) { return round.held.descriptors; });
  const auto [fewThreads, manyThreads] = spanOf(f, [](const auto& round) { return round.held.threads; });
  const auto [fewObjects, manyObjects] = spanOf(f, [](const auto& round) { return round.gpuObjects; });
  fmt::print(
      "{} rounds; after the first tenth: {:.1f}-{:.1f} MiB resident at most in a round ({:.2f} %), {}-{} descriptors, "
      "{}-{} threads, {}-{} GPU buffers and images\n",
      f.rounds.size(), least, most, least > 0 ? (most / least - 1) * 100 : 0, fewFiles, manyFiles, fewThreads,
      manyThreads, fewObjects, manyObjects);
}

//! Whether a soak's memory differed by more than 3 % between rounds, or its last round held more of anything else than the
//! first after the warm tenth.
bool grew(const Figures& f) {
  if (f.rounds.size() < 2) return false;
  const auto [least, most] = spanOf(f, [](const auto& round) { return round.peakResidentMiB; });
  const auto first = std::find_if(f.rounds.begin(), f.rounds.end(), [&](const Figures::Round& round) {
    return double(round.frame) >= kSoakWarmShare * double(f.frameMs.size());
  });
  const Figures::Round& last = f.rounds.back();
  return most > least * (1 + kSoakGrowthPercent / 100) || last.held.descriptors > first->held.descriptors ||
         last.held.threads > first->held.threads || last.gpuObjects > first->gpuObjects;
}

Json toJson(const Figures& f, const std::vector<int>& bins, const FlightOptions& options, const std::string& device) {
  Json json{{"city", options.city},
            {"look", city::lookName(options.look)},
            {"weather", city::weatherName(options.weather)},
            {"hour", options.hour ? Json(*options.hour) : Json()},
            {"swipe", options.swipe},
            {"ui", options.ui},
            {"device", device},
            {"seconds", f.seconds},
            {"frames", f.frameMs.size()},
            {"framesPerSecond", double(f.frameMs.size()) / f.seconds},
            {"frameMedianMs", quantile(f.frameMs, 0.5)},
            {"frameP95Ms", quantile(f.frameMs, 0.95)},
            {"frameP99Ms", quantile(f.frameMs, 0.99)},
            {"frameMaxMs", quantile(f.frameMs, 1)},
            {"trianglesMedian", quantile(f.triangles, 0.5)},
            {"peakPssMiB", f.peakPssMiB},
            {"peakTilesMiB", f.peakTilesMiB},
            {"processorMsPerFrame", f.processorMs},
            {"histogramBinMs", kBinMs},
            {"histogram", bins}};
  for (const auto& [name, ms] : f.passes) json["passMedianMs"][name] = quantile(ms, 0.5);
  for (const Figures::Round& round : f.rounds)
    json["rounds"].push_back({{"frame", round.frame},
                              {"peakResidentMiB", round.peakResidentMiB},
                              {"peakTilesMiB", round.peakTilesMiB},
                              {"residentMiB", round.held.residentMiB},
                              {"heapMiB", round.held.heapMiB},
                              {"descriptors", round.held.descriptors},
                              {"threads", round.held.threads},
                              {"gpuObjects", round.gpuObjects}});
  return json;
}

}  // namespace

int flightProgram(const FlightOptions& options) {
  source::Fetcher fetcher(options.fetch);
  auto loaded = loadCity(options.city, fetcher);
  auto device = gpu::Device::create({});
  for (const Error* problem : {loaded ? nullptr : &loaded.error(), device ? nullptr : &device.error()})
    if (problem) {
      log::error("{}", problem->text());
      return kExitFailed;
    }
  const VkExtent2D extent{options.width, options.height};
  gpu::Offscreen picture(**device, extent, VK_FORMAT_R8G8B8A8_UNORM);
  StageOptions stageOptions;
  stageOptions.refineWhenStill = false;
  stageOptions.levelFadeSeconds = options.levelFadeSeconds;
  if (options.budgetMiB > 0) stageOptions.budgets.gpuBytes = static_cast<size_t>(options.budgetMiB * 1048576);
  Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, stageOptions);
  std::vector<city::Command> first{city::SetLook{options.look}, city::SetWeather{options.weather}};
  if (options.hour) first.push_back(city::SetHour{*options.hour});
  if (options.swipe) first.push_back(city::SetCompare{city::Compare::Swipe});
  stage.city().apply(first, -10);
  std::unique_ptr<UiPicture> layer;
  if (options.ui) layer = std::make_unique<UiPicture>(**device, stage, extent);

  const Figures figures = fly(**device, stage, picture, layer.get(), options);
  const std::vector<int> bins = histogram(figures.frameMs);
  print(figures, bins);
  int code = kExitDone;
  if (grew(figures)) {
    log::error("占用有增长 / what the program holds has grown");
    code = kExitPartial;
  }
  for (const std::string& failure : stage.takeFailures()) {
    log::warning("{}", failure);
    code = kExitPartial;
  }
  if (options.json.empty()) return code;
  if (auto written = writeFileAtomically(options.json, toJson(figures, bins, options, (*device)->name()).dump(1));
      !written) {
    log::error("{}", written.error().text());
    return kExitFailed;
  }
  return code;
}

}  // namespace cm::app
