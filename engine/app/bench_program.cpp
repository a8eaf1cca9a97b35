// Measures along given poses, as the peers are measured: three frames at each pose once everything for it is loaded, the
// rasteriser's work included.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "app/measure.h"
#include "app/programs.h"
#include "app/stage.h"
#include "base/log.h"
#include "source/image.h"

namespace cm::app {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

glm::dvec3 vectorOf(const Json& json) {
  return {json.at(0).get<double>(), json.at(1).get<double>(), json.at(2).get<double>()};
}

struct Poses {
  VkExtent2D extent{};
  double fovYRadians = 1, maxSsePixels = 16;
  glm::vec3 background{0.5f};
  glm::dvec3 sunEcef{0};
  float diffuse = 0.75f, ambient = 0.25f;
  std::vector<size_t> shots;
  std::vector<geo::Eye> eyes;
};

Result<Poses> readPoses(const std::string& uri, source::Fetcher& fetcher) {
  auto bytes = fetcher.read(uri);
  if (!bytes) return bytes.error();
  try {
    Json json = Json::parse(asText(*bytes));
    Poses poses;
    poses.extent = {json.at("width").get<uint32_t>(), json.at("height").get<uint32_t>()};
    poses.fovYRadians = json.at("fovYDeg").get<double>() * geo::kDegree;
    poses.maxSsePixels = json.value("maximumScreenSpaceError", 16.0);
    poses.background = glm::vec3(vectorOf(json.at("background")));
    poses.sunEcef = vectorOf(json.at("light").at("directionToSunEcef"));
    poses.diffuse = json.at("light").value("diffuse", 0.75f);
    poses.ambient = json.at("light").value("ambient", 0.25f);
    for (const Json& shot : json.value("screenshotPoses", Json::array())) poses.shots.push_back(shot.get<size_t>());
    for (const Json& pose : json.at("poses")) {
      geo::Eye eye;
      eye.position = vectorOf(pose.at("position"));
      eye.direction = glm::normalize(vectorOf(pose.at("direction")));
      eye.up = glm::normalize(vectorOf(pose.at("up")));
      eye.fovYRadians = poses.fovYRadians;
      poses.eyes.push_back(eye);
    }
    if (poses.eyes.empty()) return makeError("{}: no poses", uri);
    return poses;
  } catch (const std::exception& problem) {
    return makeError("{}: {}", uri, problem.what());
  }
}

struct Bench {
  gpu::Device& device;
  Stage& stage;
  gpu::Offscreen& picture;
  VkExtent2D extent;
  Clock::time_point start;
  double peakPss = 0;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }

  void frame() {
    stage.step({}, seconds(), extent);
    gpu::Target target = picture.target();
    stage.render(target, 1, {});
    device.wait(device.submitted());
    device.collect();
  }
  //! Until everything for the eye is here. False after a minute.
  bool load() {
    Clock::time_point begun = Clock::now();
    for (int settled = 0; settled < 2;) {
      stage.step({}, seconds(), extent);
      device.collect();
      settled = stage.settled() ? settled + 1 : 0;
      if (!settled) stage.waitForWork(std::chrono::milliseconds(5));
      if (Clock::now() - begun > std::chrono::seconds(60)) return false;
    }
    return true;
  }
};

}  // namespace

int benchProgram(const BenchOptions& options) {
  Clock::time_point start = processStart();
  source::Fetcher fetcher(options.fetch);
  auto poses = readPoses(options.poses, fetcher);
  auto loaded = loadCity(options.tileset, fetcher);
  for (const Error* problem : {poses ? nullptr : &poses.error(), loaded ? nullptr : &loaded.error()})
    if (problem) {
      log::error("{}", problem->text());
      return kExitFailed;
    }
  auto device = gpu::Device::create({});
  if (!device) {
    log::error("{}", device.error().text());
    return kExitFailed;
  }
  gpu::Offscreen picture(**device, poses->extent, VK_FORMAT_R8G8B8A8_UNORM);
  StageOptions stageOptions;
  stageOptions.maxSsePixels = options.maxSsePixels > 0 ? options.maxSsePixels : poses->maxSsePixels;
  stageOptions.budgets.uploadBytesPerFrame = size_t{256} << 20;
  stageOptions.refineWhenStill = false;  // frames as they are while the camera moves
  Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, stageOptions);
  std::vector<city::Command> look{city::SetLook{options.look}, city::SetWeather{options.weather}};
  if (options.swipe) look.push_back(city::SetCompare{city::Compare::Swipe});
  stage.city().apply(look, -10);
  if (options.look == city::Look::Plain)
    stage.setPlainLight(poses->background, poses->sunEcef, poses->diffuse, poses->ambient);

  Bench bench{**device, stage, picture, poses->extent, start};
  stage.overrideEye(poses->eyes.front());
  bool complete = bench.load();
  bench.frame();
  double coldMs = bench.seconds() * 1000;

  std::vector<double> all, triangles, tiles;
  Json records = Json::array();
  std::map<std::string, std::vector<double>> passes;
  for (size_t i = 0; i < poses->eyes.size(); ++i) {
    bool shot = std::find(poses->shots.begin(), poses->shots.end(), i) != poses->shots.end();
    if (i % static_cast<size_t>(options.step) != 0 && !shot) continue;
    stage.overrideEye(poses->eyes[i]);
    complete &= bench.load();
    bench.frame();  // not timed: the first with new tiles
    Json times = Json::array();
    for (int r = 0; r < options.repeats; ++r) {
      Clock::time_point before = Clock::now();
      bench.frame();
      double ms = std::chrono::duration<double, std::milli>(Clock::now() - before).count();
      times.push_back(std::round(ms * 100) / 100);
      all.push_back(ms);
    }
    bench.peakPss = std::max(bench.peakPss, pssMiB());
    const frame::Statistics& statistics = stage.frame().statistics();
    for (const auto& [name, ms] : statistics.passes) passes[name].push_back(ms);
    triangles.push_back(statistics.triangles);
    tiles.push_back(statistics.tiles);
    records.push_back({{"pose", i}, {"ms", times}, {"triangles", statistics.triangles}, {"tiles", statistics.tiles}});
    if (shot && !options.shots.empty()) {
      auto pixels = picture.read();
      auto written = source::writePng(Path(options.shots) / fmt::format("pose{}.png", i), poses->extent.width,
                                      poses->extent.height, pixels);
      if (!written) log::warning("{}", written.error().text());
    }
  }
  for (const std::string& failure : stage.takeFailures()) {
    log::warning("{}", failure);
    complete = false;
  }
  Json result{{"coldMs", coldMs},
              {"frameMedianMs", quantile(all, 0.5)},
              {"frameP95Ms", quantile(all, 0.95)},
              {"peakPssMiB", bench.peakPss},
              {"trianglesMedian", quantile(triangles, 0.5)},
              {"tilesMedian", quantile(tiles, 0.5)},
              {"complete", complete},
              {"look", city::lookName(options.look)},
              {"weather", city::weatherName(options.weather)},
              {"swipe", options.swipe},
              {"device", (*device)->name()},
              {"poses", std::move(records)}};
  for (const auto& [name, ms] : passes) result["passMedianMs"][name] = quantile(ms, 0.5);
  if (auto written = writeFileAtomically(options.json, result.dump(1)); !written) {
    log::error("{}", written.error().text());
    return kExitFailed;
  }
  fmt::print("{}: frame {:.1f} ms (p95 {:.1f}), cold {:.0f} ms, {:.0f} MiB, {:.0f} triangles, {:.0f} tiles\n",
             options.json, quantile(all, 0.5), quantile(all, 0.95), coldMs, bench.peakPss, quantile(triangles, 0.5),
             quantile(tiles, 0.5));
  fmt::print("  milliseconds a pass:");
  for (const auto& [name, ms] : passes) fmt::print(" {} {:.2f}", name, quantile(ms, 0.5));
  fmt::print("\n");
  return complete ? kExitDone : kExitPartial;
}

}  // namespace cm::app
