#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <thread>

#include "app/facts.h"
#include "app/picture.h"
#include "app/ui_picture.h"
#include "base/log.h"
#include "source/image.h"

namespace cm::app {
namespace {

using Clock = std::chrono::steady_clock;
constexpr uint32_t kWholeWidth = 1280;           // of the small picture before the bands of a poster
constexpr uint32_t kPixelsAtOnce = 3840 * 2160;  // what is drawn at once of a larger picture
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

//! "2030-06-01" or "2030-06-01T10:00[:00][Z|+08:00]": the civil date, and with a time the place's mean solar hour and its date then.
struct When {
  city::Date date, lightDate;
  std::optional<double> solarHour;
};
Result<When> parseWhen(const std::string& text, double lonDegrees) {
  auto date = city::parseDate(text.substr(0, text.find('T')));
  if (!date) return date.error().within("--date {}", text);
  When when{*date, *date, std::nullopt};
  size_t t = text.find('T');
  if (t == std::string::npos) return when;
  int hour = 0, minute = 0, used = 0;
  std::string rest = text.substr(t + 1);
  if (std::sscanf(rest.c_str(), "%d:%d%n", &hour, &minute, &used) != 2 || hour < 0 || hour > 24 || minute < 0 ||
      minute > 59)
    return makeError("--date {}: “{}”不是时刻 / found time \"{}\", expected hh:mm with Z or an offset like +08:00",
                     text, rest, rest);
  size_t zone = rest.find_first_of("Z+-", static_cast<size_t>(used));
  double offset = std::round(lonDegrees / 15);  // without a zone: that of the place, by longitude
  if (zone != std::string::npos) {
    int zh = 0, zm = 0;
    if (rest[zone] != 'Z' && std::sscanf(rest.c_str() + zone + 1, "%d:%d", &zh, &zm) < 1)
      return makeError("--date {}: “{}”不是时区 / found zone \"{}\", expected Z or an offset like +08:00", text,
                       rest.substr(zone), rest.substr(zone));
    offset = (rest[zone] == '-' ? -1 : 1) * (zh + zm / 60.0);
  }
  const double solar = hour + minute / 60.0 - offset + lonDegrees / 15, day = std::floor(solar / 24);
  when.solarHour = solar - day * 24;
  using namespace std::chrono;
  const year_month_day there(
      sys_days(year(date->year) / month(unsigned(date->month)) / std::chrono::day(unsigned(date->day))) +
      days(int(day)));
  when.lightDate = {int(there.year()), int(unsigned(there.month())), int(unsigned(there.day()))};
  return when;
}

}  // namespace

Result<city::CameraPose> cameraFor(const city::Document& document, const RenderOptions& options) {
  if (options.camera) return *options.camera;
  if (options.view.empty()) return city::homeOf(document);
  for (const city::SavedView& view : document.views)
    if (view.id == options.view || view.name.zh == options.view || view.name.en == options.view) return view.camera;
  for (const city::Project& project : document.projects)
    if (project.id == options.view || project.name.zh == options.view || project.name.en == options.view)
      return project.view;
  std::string known;
  for (const city::SavedView& view : document.views) known += (known.empty() ? "" : ", ") + view.id;
  for (const city::Project& project : document.projects) known += ", " + project.id;
  return makeError("--view: there is no view \"{}\"; there are {}", options.view, known);
}

Result<void> setUpPicture(Stage& stage, const RenderOptions& options) {
  const city::Document& document = stage.document();
  std::vector<city::Command> commands;
  auto camera = cameraFor(document, options);
  if (!camera) return camera.error();
  commands.push_back(city::SetCamera{*camera});
  commands.push_back(city::SetLook{options.look});
  commands.push_back(city::SetWeather{options.weather});
  commands.push_back(city::SetLanguage{options.language});
  if (!options.style.empty() && !document.style(options.style)) {
    std::string known;
    for (const city::Style& style : document.styles) known += (known.empty() ? "" : ", ") + style.id;
    return makeError("there is no style \"{}\"; there are: {}", options.style, known.empty() ? "none" : known);
  }
  commands.push_back(city::SetStyle{options.style});
  for (const std::string& id : {options.scenario, options.against})
    if (!id.empty() && !document.scenario(id)) {
      std::string known;
      for (const city::Scenario& scenario : document.scenarios) known += (known.empty() ? "" : ", ") + scenario.id;
      return makeError("there is no scenario \"{}\"; there are: {}", id, known.empty() ? "none" : known);
    }
  // The plan is the after side's: one picture of it shows that side, as the window's toggle would.
  const bool swipe = options.compare == city::Compare::Swipe, lens = options.compare == city::Compare::Lens;
  bool after = !swipe && (!lens || options.against != options.scenario) && document.scenarios.size() > 1 &&
               options.scenario == stage.session().after.scenario;
  if (after)
    commands.push_back(city::ShowSide{true});
  else if (!options.scenario.empty())
    commands.push_back(city::SetScenario{city::SideName::Before, options.scenario});
  if (options.compare != city::Compare::Off) {
    // What is compared against is right of the divider, or in the lens.
    if (!options.against.empty())
      commands.push_back(city::SetScenario{after ? city::SideName::Before : city::SideName::After, options.against});
    commands.push_back(city::SetCompare{options.compare});
    commands.push_back(city::SetDivider{options.divider});
    commands.push_back(city::SetLens{options.lens});
  }
  if (!options.date.empty()) {
    auto when = parseWhen(options.date, document.origin.lonDegrees);
    if (!when) return when.error();
    commands.push_back(
        city::SetDate{swipe || lens || after ? city::SideName::After : city::SideName::Before, when->date});
    if (when->solarHour) commands.push_back(city::SetHour{*when->solarHour});
    if (when->solarHour || options.hour) stage.options().lightDate = options.hour ? when->date : when->lightDate;
  }
  if (options.hour) commands.push_back(city::SetHour{*options.hour});
  if (!options.select.empty()) commands.push_back(city::Select{selectionOf(stage, options.select)});
  if (options.underground || !options.differences) {
    city::Layers layers = stage.session().layers;
    layers.underground = options.underground;
    layers.differences = options.differences;
    commands.push_back(city::SetLayers{layers});
  }
  stage.city().apply(commands, -10);  // long ago: no transition is under way in the picture
  if (lens) stage.placeLens(double(options.width) / std::max(1u, options.height));
  return {};
}

void warmUp(gpu::Device& device, Stage& stage, VkExtent2D extent, UiPicture& layer, double nowSeconds) {
  gpu::Offscreen band(device, {extent.width, std::min(extent.height, 64u)}, VK_FORMAT_R8G8B8A8_UNORM);
  stage.options().labelsAlone = true;
  for (int turn = 0;; ++turn) {
    nowSeconds += 0.25;
    stage.step({}, nowSeconds, extent);
    layer.draw(nowSeconds, 0.25f);  // cards finish sliding in within a few frames
    if (turn >= 3 && (turn > 400 || !(stage.frame().wantsAnotherFrame() || layer.awaits()))) break;
    if (layer.awaits()) stage.waitForWork(std::chrono::milliseconds(20));
    stage.setBand(extent.height, 0);
    gpu::Target target = band.target();
    stage.render(target, 1, {});
    device.wait(device.submitted());
    device.collect();
  }
  stage.options().labelsAlone = false;
}

unsigned samplesAcrossOf(int samples) { return samples >= 4 ? 2 : 1; }

std::vector<uint8_t> drawInBands(gpu::Device& device, Stage& stage, VkExtent2D extent, uint32_t rowsAtOnce, int samples,
                                 const UiPicture& layer) {
  const auto drawn = [&](gpu::Offscreen& picture, int samplesOfIt, const frame::UiPass& ui) {
    int turn = 0;
    do {  // until more samples would change nothing
      gpu::Target target = picture.target();
      stage.render(target, samplesOfIt, ui);
      device.wait(device.submitted());
      device.collect();
    } while (stage.frame().wantsAnotherFrame() && ++turn < 64);
  };
  const uint32_t held = std::min(extent.height, rowsAtOnce + 2 * kBandMargin);
  if (held < extent.height) {
    // Which names near the ground are hidden behind houses shows in a whole picture only: a small one tells the bands.
    const double scale = std::min(1.0, double(kWholeWidth) / extent.width);
    gpu::Offscreen whole(device,
                         {std::max(1u, uint32_t(extent.width * scale)), std::max(1u, uint32_t(extent.height * scale))},
                         VK_FORMAT_R8G8B8A8_UNORM);
    stage.setBand(0, 0);
    const unsigned samplesOfBands = std::exchange(stage.options().stillSamples, 1);
    drawn(whole, 1, {});
    stage.options().stillSamples = samplesOfBands;
  }
  gpu::Offscreen band(device, {extent.width, held}, VK_FORMAT_R8G8B8A8_UNORM);
  std::vector<uint8_t> picture(size_t{extent.width} * extent.height * 4);
  const size_t rowBytes = size_t{extent.width} * 4;
  for (uint32_t row = 0; row < extent.height; row += rowsAtOnce) {
    const uint32_t rows = std::min(rowsAtOnce, extent.height - row);
    const uint32_t top = std::min(row - std::min(row, kBandMargin), extent.height - held);
    stage.setBand(extent.height, top);
    drawn(band, samples, layer.band(top, held));
    const std::vector<uint8_t> pixels = band.read();
    if (pixels.empty()) return {};
    std::copy_n(pixels.begin() + ptrdiff_t((row - top) * rowBytes), rows * rowBytes,
                picture.begin() + ptrdiff_t(row * rowBytes));
    if (held < extent.height) log::info("{} / {} 行 rows", row + rows, extent.height);
  }
  stage.setBand(0, 0);
  return picture;
}

int renderProgram(const RenderOptions& options) {
  source::Fetcher fetcher(options.fetch);
  auto loading = std::async(std::launch::async, [&] { return loadCity(options.city, fetcher); });
  auto device = gpu::Device::create({});  // takes as long
  auto loaded = loading.get();
  if (!loaded) {
    log::error("{}", loaded.error().text());
    return kExitFailed;
  }
  bool complete = loaded->failures.empty() && loaded->problems.empty();
  for (const city::Problem& problem : loaded->problems)
    log::warning("{}: {}: {}", loaded->uri, problem.path, problem.message);
  for (const std::string& failure : loaded->failures) log::warning("{}", failure);
  if (!device) {
    log::error("{}", device.error().text());
    return kExitFailed;
  }
  VkExtent2D extent{options.width, options.height};
  if (const uint32_t most = (*device)->maxImageSide(); extent.width > most) {
    log::error("--size: 宽 {} 像素，此设备最多 {} / {} pixels wide, this device draws {} at most", extent.width, most,
               extent.width, most);
    return kExitUsage;
  }
  StageOptions stageOptions;
  stageOptions.maxSsePixels = options.look == city::Look::Plain ? 16 : kPictureSsePixels;
  stageOptions.decodeThreads = std::thread::hardware_concurrency();  // no frame waits for the loop
  stageOptions.clockRuns = false;  // a picture of a moment is the same picture whenever it is made
  Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, stageOptions);
  if (auto ready = setUpPicture(stage, options); !ready) {
    log::error("{}", ready.error().text());
    return kExitUsage;
  }
  auto start = Clock::now();
  bool timedOut = false;
  int settledFor = 0;
  while (settledFor < 2) {  // twice: what arrived last may ask for more
    stage.step({}, secondsSince(start), extent);
    for (const std::string& failure : stage.takeFailures()) {
      log::warning("{}", failure);
      complete = false;
    }
    settledFor = stage.settled() ? settledFor + 1 : 0;
    if (!settledFor) stage.waitForWork(std::chrono::milliseconds(20));
    if (secondsSince(start) > options.timeoutSeconds) {
      timedOut = true;
      log::warning("{} s passed and not everything was there (--timeout)", options.timeoutSeconds);
      break;
    }
    (*device)->collect();
  }
  if (const tiles::StreamingStatistics t = stage.streamingStatistics(); t.starved && t.fullAt < 0)
    log::warning("{} / {}", tiles::budgetIsFull(t).zh, tiles::budgetIsFull(t).en);
  const double loadedAfter = secondsSince(start);
  auto layer = std::make_unique<UiPicture>(**device, stage, extent,
                                           options.ui ? UiPicture::Shows::Everything : UiPicture::Shows::Attribution);
  const unsigned across = samplesAcrossOf(options.samples);
  const uint32_t rowsAtOnce = std::max(64u, kPixelsAtOnce / (across * across) / extent.width);
  warmUp(**device, stage, extent, *layer, secondsSince(start) + 10);
  stage.options().stillSamples = unsigned(options.samples);
  stage.options().quality.samplesAcross = across;
  const auto pixels = drawInBands(**device, stage, extent, rowsAtOnce, options.samples, *layer);
  if (pixels.empty()) {
    log::error("显卡停止响应 / the graphics device was lost");
    return kExitFailed;
  }
  if (auto written = source::writePng(options.out, options.width, options.height, pixels); !written) {
    log::error("{}", written.error().text());
    return kExitFailed;
  }
  layer.reset();
  const double drawnAfter = secondsSince(start) - loadedAfter;
  log::info("{:.1f} 秒载入，{:.1f} 秒绘制 / {:.1f} s to load, {:.1f} s to draw", loadedAfter, drawnAfter, loadedAfter,
            drawnAfter);
  fmt::print("{}\n", options.out);
  return complete && !timedOut ? kExitDone : kExitPartial;
}

}  // namespace cm::app
