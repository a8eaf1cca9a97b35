// A film of the city: every frame a finished picture, kept as a PNG until ffmpeg has made one file of all. What is interrupted is
// gone on with: frames that are there are not drawn again.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/film_path.h"
#include "app/picture.h"
#include "app/ui_picture.h"
#include "base/files.h"
#include "base/log.h"
#include "source/image.h"

namespace cm::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double kLevelFadeSeconds = 0.5;

//! Runs a program of the system's and waits, without its standard output; its exit code, or 127 where there is none of that name.
int runProgram(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int problem = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) return 127;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

//! All that decides what the frames look like, as text beside them: frames of another film are not taken for this one's.
std::string describe(const FilmOptions& options, size_t frames) {
  const RenderOptions& p = options.picture;
  std::string text = fmt::format("{} {}x{} {} frames {} fps {} samples\n", p.city, p.width, p.height, frames,
                                 options.framesPerSecond, p.samples);
  text += fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}\n", city::lookName(p.look), city::weatherName(p.weather),
                      p.style, p.date, p.hour.value_or(-1), p.scenario, p.against, int(p.compare), p.divider,
                      int(p.language), p.ui, p.select, p.underground);
  text += options.turntable ? "turntable" : "along";
  for (const std::string& view : options.views) text += " " + view;
  if (p.camera)
    text += fmt::format(" {} {} {} {} {}", p.camera->lonDegrees, p.camera->latDegrees, p.camera->heightMetres,
                        p.camera->headingDegrees, p.camera->pitchDegrees);
  return text + "\n";
}

Result<std::vector<city::CameraPose>> viewsOf(const city::Document& document, const FilmOptions& options) {
  std::vector<city::CameraPose> poses;
  RenderOptions one = options.picture;
  for (const std::string& view : options.views) {
    one.view = view;
    auto pose = cameraFor(document, one);
    if (!pose) return pose.error();
    poses.push_back(*pose);
  }
  if (options.views.empty() && options.picture.camera) poses.push_back(*options.picture.camera);
  if (poses.empty() && !options.turntable)
    for (const city::SavedView& view : document.views) poses.push_back(view.camera);
  if (poses.empty()) poses.push_back(city::homeOf(document));
  return poses;
}

fs::path frameFile(const fs::path& folder, size_t frame) { return folder / fmt::format("{:06}.png", frame); }

//! Steps until all of this moment's picture is here; false when `seconds` pass without.
bool waitForPicture(gpu::Device& device, Stage& stage, const city::CameraPose& pose, double now, VkExtent2D extent,
                    double seconds) {
  const Clock::time_point start = Clock::now();
  for (int settledFor = 0; settledFor < 2;) {  // twice: what arrived last may ask for more
    stage.step({city::SetCamera{pose}}, now, extent);
    settledFor = stage.settled() ? settledFor + 1 : 0;
    if (!settledFor) stage.waitForWork(std::chrono::milliseconds(20));
    device.collect();
    if (std::chrono::duration<double>(Clock::now() - start).count() > seconds) return false;
  }
  return true;
}

//! Draws what is missing of the frames in `folder`. An error is the disk's; `complete` becomes false where data was missing.
Result<void> drawFrames(gpu::Device& device, Stage& stage, const FilmOptions& options, const fs::path& folder,
                        size_t frames, const std::vector<city::CameraPose>& views, bool& complete) {
  const VkExtent2D extent{options.picture.width, options.picture.height};
  gpu::Offscreen picture(device, extent, VK_FORMAT_R8G8B8A8_UNORM);
  UiPicture layer(device, stage, extent,
                  options.picture.ui ? UiPicture::Shows::Everything : UiPicture::Shows::Attribution);
  const double pivot = stage.document().origin.heightMetres;
  const Clock::time_point start = Clock::now();
  size_t drawn = 0;
  int toldPercent = -1;
  for (size_t frame = 0; frame < frames; ++frame) {
    const fs::path file = frameFile(folder, frame);
    if (fs::exists(file)) continue;
    const double at = frames > 1 ? double(frame) / double(options.turntable ? frames : frames - 1) : 0;
    const double now = double(frame) / options.framesPerSecond;
    const city::CameraPose pose = options.turntable ? turntable(views.front(), pivot, at) : alongViews(views, at);
    // The first picture of a run brings labels and glyphs into being, and levels of detail come and go before it. Afterwards both
    // fade by the film's own clock.
    const int turns = drawn == 0 ? 12 : 0;
    constexpr double kTurnSeconds = 0.25;
    if (!waitForPicture(device, stage, pose, now - turns * kTurnSeconds, extent, options.picture.timeoutSeconds)) {
      log::warning("画面 {} 的数据未能及时到齐 / frame {}: not everything was there after {} s (--timeout)", frame,
                   frame, options.picture.timeoutSeconds);
      complete = false;
    }
    for (const std::string& failure : stage.takeFailures()) {
      log::warning("{}", failure);
      complete = false;
    }
    for (int turn = turns; turn >= 0; --turn) {
      const double moment = now - turn * kTurnSeconds;
      stage.step({city::SetCamera{pose}}, moment, extent);
      if (drawn == 0 && turn == 0) stage.frame().waitForGlyphs();
      layer.draw(moment, drawn == 0 ? float(kTurnSeconds) : float(1 / options.framesPerSecond));
      stage.options().labelsAlone = turn > 0;
      gpu::Target target = picture.target();
      stage.render(target, turn > 0 ? 1 : options.picture.samples, layer.pass());
      device.wait(device.submitted());
      device.collect();
    }
    const auto pixels = picture.read();
    if (auto written = source::writePng(file, extent.width, extent.height, pixels); !written) return written.error();
    ++drawn;
    const int percent = int(100 * (frame + 1) / frames);
    if (percent / 5 != toldPercent / 5 || toldPercent < 0) {
      const double each = std::chrono::duration<double>(Clock::now() - start).count() / double(drawn);
      log::info("{} / {} 帧 frames · {:.2f} s 一帧 each · 余下 left {:.0f} s", frame + 1, frames, each,
                each * double(frames - frame - 1));
      toldPercent = percent;
    }
  }
  return {};
}

Result<void> encode(const FilmOptions& options, const fs::path& folder, const fs::path& out) {
  // The ending tells ffmpeg the container, so it stays last while the file is not whole.
  const fs::path part = out.parent_path() / ("." + out.stem().string() + ".part" + out.extension().string());
  const int code = runProgram({"ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-framerate",
                               fmt::format("{}", options.framesPerSecond), "-i", (folder / "%06d.png").string(), "-vf",
                               "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-pix_fmt", "yuv420p", "-crf", "17", "-movflags",
                               "+faststart", part.string()});
  std::error_code problem;
  if (code != 0) {
    fs::remove(part, problem);
    return makeError(
        "ffmpeg 未能写出 {}（退出码 {}），画面留在 {} / ffmpeg could not write it (exit code {}); the frames stay",
        out.string(), code, folder.string(), code);
  }
  fs::rename(part, out, problem);
  if (problem) return makeError("{}: {}", out.string(), problem.message());
  fs::remove_all(folder, problem);
  return {};
}

}  // namespace

int filmProgram(const FilmOptions& options) {
  if (runProgram({"ffmpeg", "-hide_banner", "-loglevel", "quiet", "-version"}) == 127) {
    log::error("找不到 ffmpeg，请安装：apt install ffmpeg / no ffmpeg here; apt install ffmpeg");
    return kExitFailed;
  }
  const RenderOptions& look = options.picture;
  source::Fetcher fetcher(look.fetch);
  auto loaded = loadCity(look.city, fetcher);
  auto device = gpu::Device::create({});
  for (const Error* problem : {loaded ? nullptr : &loaded.error(), device ? nullptr : &device.error()})
    if (problem) {
      log::error("{}", problem->text());
      return kExitFailed;
    }
  bool complete = loaded->failures.empty() && loaded->problems.empty();
  for (const std::string& failure : loaded->failures) log::warning("{}", failure);
  StageOptions stageOptions;
  stageOptions.maxSsePixels = kPictureSsePixels;
  stageOptions.levelFadeSeconds = kLevelFadeSeconds;
  stageOptions.stillSamples = unsigned(look.samples);
  stageOptions.quality.samplesAcross = samplesAcrossOf(look.samples);
  Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, stageOptions);
  RenderOptions still = look;
  still.view.clear();
  auto views = viewsOf(stage.document(), options);
  auto ready = views ? setUpPicture(stage, still) : Result<void>(views.error());
  if (!ready) {
    log::error("{}", ready.error().text());
    return kExitUsage;
  }
  const auto frames = std::max<size_t>(1, size_t(std::lround(options.seconds * options.framesPerSecond)));
  const fs::path out = look.out, folder = out.string() + ".frames", told = folder / "film.txt";
  const std::string description = describe(options, frames);
  if (auto kept = readFile(told); kept && asText(*kept) == description) {
    log::info("接着 {} 继续 / going on with the frames there", folder.string());
  } else {
    std::error_code problem;
    fs::remove_all(folder, problem);
    fs::create_directories(folder, problem);
    if (auto written = writeFileAtomically(told, description); !written) {
      log::error("{}", written.error().text());
      return kExitFailed;
    }
  }
  auto done = drawFrames(**device, stage, options, folder, frames, *views, complete);
  if (done) done = encode(options, folder, out);
  if (!done) {
    log::error("{}", done.error().text());
    return kExitFailed;
  }
  fmt::print("{}\n", out.string());
  return complete ? kExitDone : kExitPartial;
}

}  // namespace cm::app
