// citymirror: the window, and the programs without one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <sstream>

#include "app/programs.h"
#include "base/log.h"

namespace {

using namespace cm::app;
namespace source = cm::source;

std::string parseCamera(const std::string& text, std::optional<cm::city::CameraPose>& camera) {
  cm::city::CameraPose c;
  std::istringstream in(text);
  char comma = 0;
  if (!(in >> c.lonDegrees >> comma >> c.latDegrees >> comma >> c.heightMetres >> comma >> c.headingDegrees >> comma >>
        c.pitchDegrees) ||
      in.peek() != std::istringstream::traits_type::eof())
    return fmt::format("--camera: found \"{}\", expected lon,lat,height,heading,pitch", text);
  if (std::abs(c.lonDegrees) > 180 || std::abs(c.latDegrees) > 90 || std::abs(c.pitchDegrees) > 90)
    return fmt::format("--camera: \"{}\" is outside lon -180..180, lat -90..90, pitch -90..90", text);
  camera = c;
  return {};
}

std::string parseSize(const std::string& text, unsigned& width, unsigned& height) {
  if (std::sscanf(text.c_str(), "%ux%u", &width, &height) == 2 && width >= 16 && height >= 16 && width <= 16384 &&
      height <= 16384)
    return {};
  return fmt::format("--size: found \"{}\", expected WIDTHxHEIGHT between 16x16 and 16384x16384", text);
}

std::string hourOfDay(const std::string& text) {
  double hour = -1;
  int used = 0;
  if (std::sscanf(text.c_str(), "%lf%n", &hour, &used) == 1 && size_t(used) == text.size() && hour >= 0 && hour <= 24)
    return {};
  return fmt::format("“{0}”不是 0 到 24 之间的钟点，例如 17.5 / found \"{0}\", expected an hour 0..24 such as 17.5",
                     text);
}

const auto kLooks = [] {
  std::map<std::string, cm::city::Look> looks;
  for (const auto& [look, name] : cm::city::kLooks) looks.emplace(name, look);
  return looks;
}();

//! "--weather" by its name.
void weatherOption(CLI::App& app, cm::city::Weather& weather) {
  const auto read = [&weather](const std::string& text) {
    for (const auto& [value, name] : cm::city::kWeathers)
      if (name == text) weather = value;
  };
  const auto known = [](const std::string& text) -> std::string {
    for (const auto& [value, name] : cm::city::kWeathers)
      if (name == text) return {};
    return fmt::format(
        "没有“{0}”这种天气，有 clear 晴、overcast 多云、fog 雾、rain 雨、snow 雪 / there is no weather \"{0}\"; there "
        "are "
        "clear, overcast, fog, rain, snow",
        text);
  };
  app.add_option_function<std::string>(
         "--weather", read, "clear 晴 | overcast 多云 | fog 雾 | rain 雨 | snow 雪；素模与日景 / looks clay and day")
      ->check(known);
}

}  // namespace

int main(int count, char** values) {
  CLI::App program{"城镜 CityMirror — 城市数字孪生，更新前后一目了然 / a city digital twin, before and after"};
  program.get_formatter()->column_width(44);
  program.require_subcommand(0, 1);
  WindowOptions window;
  program.add_option("CITY", window.city,
                     "city.json、tileset.json、layer.json、文件夹、归档（.zip、.3tz）或网址 / city.json, tileset.json, "
                     "layer.json, folder, archive (.zip, .3tz) or URL; none: the built-in city");
  program.add_flag("--fullscreen", window.fullscreen, "全屏 / fill the screen");
  program.add_flag("--fresh", window.forget, "不恢复上次的状态 / do not take up the last run's state");
  const auto fadeOption = [](CLI::App& app, auto& seconds, const char* usual) {
    app.add_option(
           "--level-fade", seconds,
           fmt::format("细节层级渐变的秒数，0 为不用 / seconds in which a level of detail gives way to the next; 0: at "
                       "once ({})",
                       usual))
        ->check(CLI::Range(0.0, 10.0));
  };
  fadeOption(program, window.levelFadeSeconds, "0.25, 软件渲染 on a software renderer 0");
  program.add_flag("--reduced-motion", window.reducedMotion,
                   "少用动画：风格、时刻立即切换，开场不飞行 / looks and hours change at once, no opening flight");
  std::string windowSize;
  program.add_option("--size", windowSize, "窗口大小 / size of the window, WIDTHxHEIGHT");

  RenderOptions render;
  std::string size, camera, compare, lens, language = "zh";
  bool noUi = false;
  CLI::App* renderApp = program.add_subcommand("render", "输出一张图片 / write a picture; needs no display");
  renderApp->add_option("--out", render.out, "PNG 文件 / the PNG file to write")->required();
  renderApp->add_option("--view", render.view, "已存视角的编号或名称 / id or name of a saved view");
  FilmOptions film;
  CLI::App* filmApp =
      program.add_subcommand("film", "输出一段影片（用 ffmpeg）/ write a film (through ffmpeg); needs no display");
  filmApp->add_option("--out", render.out, "影片文件 / the film to write: .mp4, .mov, .webm")->required();
  filmApp->add_option("--view", film.views, "依次经过的视角 / ids or names of views to fly along (all saved ones)");
  filmApp->add_flag("--turntable", film.turntable, "绕视角中心一周 / once round the middle of the first view");
  filmApp->add_option("--seconds", film.seconds, "片长 / how long it is (20)")->check(CLI::Range(0.1, 3600.0));
  filmApp->add_option("--fps", film.framesPerSecond, "每秒画面数 / frames a second (30)")
      ->check(CLI::Range(1.0, 120.0));
  for (CLI::App* app : {renderApp, filmApp}) {
    app->add_option("CITY", render.city, "city.json, tileset.json, folder, .zip, .3tz or URL")->required();
    app->add_option("--size", size, app == filmApp ? "WIDTHxHEIGHT (1920x1080)" : "WIDTHxHEIGHT (1280x720)");
    app->add_option("--camera", camera,
                    "lon,lat,height,heading,pitch: 度与米，椭球高 / degrees, metres above the ellipsoid")
        ->allow_extra_args(false);
    app->add_option(
        "--date", render.date,
        "2030-06-01 或 2030-06-01T10:00+08:00；对比时作用于右侧；给出时刻或 --hour 时也是光照的日期 / of the "
        "scenario (of --against in a swipe); with a time or --hour the day of the light, too");
    app->add_option(
           "--hour", render.hour,
           "0..24，光照的钟点：当地平太阳时（按城市经度，无夏令时）；日期取 --date，默认 10 月 14 日 / hour of the "
           "light: local mean solar time by the city's longitude, no summer time (14:04); on the day of --date, else "
           "14 October")
        ->check(hourOfDay);
    app->add_option("--scenario", render.scenario, "方案编号 / scenario id");
    app->add_option("--compare", compare,
                    "swipe: 左右卷帘 / left and right of a divider; lens: 透镜 / in a round glass")
        ->check(CLI::IsMember({"swipe", "lens", "off"}));
    app->add_option("--against", render.against,
                    "卷帘右侧或透镜内的方案 / scenario right of the divider, or in the lens (by itself the other one)");
    app->add_option(
        "--lens", lens,
        "透镜的中心与半径：x,y,半径，占宽、高、高的比例 / its middle and radius, parts of width, height, height "
        "(0.5,0.5,0.28)");
    app->add_option("--divider", render.divider, "0..1 (0.5)")->check(CLI::Range(0.0, 1.0));
    app->add_option("--look", render.look, "clay 素模 | plain 简洁 | day 日景 | tech 科技蓝 | plan 规划图")
        ->transform(CLI::CheckedTransformer(kLooks));
    weatherOption(*app, render.weather);
    app->add_option("--style", render.style, "按属性着色的样式编号 / id of a style of the city");
    app->add_option("--lang", language, "zh | en")->check(CLI::IsMember({"zh", "en"}));
    app->add_option("--select", render.select,
                    "高亮的建筑、项目或线路编号 / id of a building, project or line to highlight");
    app->add_option(
           "--samples", render.samples,
           fmt::format("每像素采样数 / samples averaged a pixel ({})", app == filmApp ? kFilmSamples : kStillSamples))
        ->check(CLI::Range(1, 256));
    app->add_option("--timeout", render.timeoutSeconds, "秒 / seconds to wait for data (300)");
    app->add_flag("--underground", render.underground,
                  "地下视图：隧道与车站 / see through the ground: tunnels and stations");
    app->add_flag("!--no-differences", render.differences,
                  "建筑不着项目色 / buildings that projects concern keep their own colours");
    app->add_flag("--no-ui", noUi, "不画界面，只注明数据来源 / without the control layer: only whose data it is");
  }

  BenchOptions bench;
  CLI::App* benchApp = program.add_subcommand("bench", "按给定视点测速 / measure along given poses");
  benchApp->add_option("--tileset", bench.tileset, "tileset.json (file or URL) or .3tz");
  benchApp->add_option("--poses", bench.poses, "poses.json: file or URL");
  benchApp->add_option("--look", bench.look, "plain | clay | day | tech | plan")
      ->transform(CLI::CheckedTransformer(kLooks));
  weatherOption(*benchApp, bench.weather);
  benchApp->add_flag("--swipe", bench.swipe, "two sides, divider in the middle");
  benchApp->add_option("--repeats", bench.repeats, "frames timed at each pose (3)")->check(CLI::Range(1, 1000));
  benchApp->add_option("--step", bench.step, "every n-th pose (1)")->check(CLI::Range(1, 100000));
  benchApp->add_option("--sse", bench.maxSsePixels, "pixels; default: what poses.json says, else 16");
  benchApp->add_option("--json", bench.json, "figures are written here");
  benchApp->add_option("--shots", bench.shots, "folder for pictures of the screenshot poses");

  FlightOptions flight;
  std::string flightSize;
  benchApp->add_option("--flight", flight.city,
                       "一段连续飞行的帧时间 / frame times of a flight over CITY instead, as a histogram");
  benchApp->add_option("--hour", flight.hour, "0..24，光照的钟点 / hour of the light, of the flight (14:04)")
      ->check(hourOfDay);
  benchApp->add_option("--seconds", flight.seconds, "of the flight (60)")->check(CLI::Range(1.0, 86400.0));
  benchApp
      ->add_option("--frames", flight.frames,
                   "长时运行：检查内存与句柄是否增长 / a soak of so many frames instead of seconds: does what it holds "
                   "grow?")
      ->check(CLI::Range(1u, 100'000'000u));
  benchApp->add_option("--budget", flight.budgetMiB, "of the flight's tiles on the GPU, MiB (512)")
      ->check(CLI::Range(1.0, 1048576.0));
  benchApp->add_option("--size", flightSize, "of the flight's picture (1280x720)");
  fadeOption(*benchApp, flight.levelFadeSeconds, "0, of the flight");
  bool flightNoUi = false;
  Quality fixed;
  benchApp->add_flag("--no-ui", flightNoUi, "the flight without the control layer");
  benchApp
      ->add_option("--resolution", fixed.resolution,
                   "of the flight's scene, fixed: nothing is given up to keep the rate")
      ->check(CLI::Range(0.25, 1.0));
  int flightSamples = 1;
  benchApp->add_option("--samples", flightSamples, "of the flight's pixels, drawn at once, fixed: 1 or 4")
      ->check(CLI::IsMember({1, 4}));
  benchApp->add_option("--coarseness", fixed.coarseness, "factor on the flight's screen-space error, fixed")
      ->check(CLI::Range(0.25, 16.0));

  std::string checked;
  CLI::App* checkApp = program.add_subcommand("check", "检查城市文件 / list what is wrong with a city.json");
  checkApp->add_option("CITY", checked, "city.json, tileset.json, folder, .zip, .3tz or URL")->required();
  source::Fetcher::Options fetch = source::Fetcher::Options::fromEnvironment();
  std::string cache;
  bool noCache = false;
  for (CLI::App* app : {&program, renderApp, filmApp, benchApp, checkApp}) {
    CLI::Option* none = app->add_flag("--no-cache", noCache, "不用网络缓存 / keep nothing of what comes from the web");
    app->add_option("--cache", cache, "网络缓存的文件夹 / folder for what is kept of the web")->excludes(none);
  }
  program.footer(
      "环境变量 / environment: CITYMIRROR_CACHE_MIB 网络缓存的大小，0 为不用 size of the web cache (1024), 0: none · "
      "CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG 该主机的口令 credentials for that host · "
      "CITYMIRROR_LAYER_NAME 城市文件中某图层的口令：服务器、空格、口令 those of a layer of the city.json: server, "
      "space, token · "
      "SSL_CERT_FILE 自有证书颁发机构 certificate authorities\n"
      "退出码 / exit codes: 0 完成 done · 1 失败 failed · 2 参数有误 wrong call · 3 完成但有数据缺失 done, some data "
      "missing");

  try {
    program.parse(count, values);
  } catch (const CLI::ParseError& problem) {
    int code = program.exit(problem);
    return code == 0 ? kExitDone : kExitUsage;
  }
  auto refuse = [](const std::string& sentence) {
    if (!sentence.empty()) cm::log::error("{}", sentence);
    return !sentence.empty();
  };
  if (noCache) {
    fetch.cacheFolder.clear();
  } else if (!cache.empty()) {
    fetch.cacheFolder = cache;
    if (fetch.cacheBytes == 0) fetch.cacheBytes = source::Fetcher::Options{}.cacheBytes;
  }
  render.fetch = bench.fetch = flight.fetch = window.fetch = fetch;
  if (*checkApp) return checkProgram(checked, fetch);
  if (*benchApp && !flight.city.empty()) {
    if (!flightSize.empty() && refuse(parseSize(flightSize, flight.width, flight.height))) return kExitUsage;
    if (benchApp->count("--look")) flight.look = bench.look;
    flight.weather = bench.weather;
    flight.json = bench.json;
    flight.swipe = bench.swipe;
    flight.ui = !flightNoUi;
    fixed.samplesAcross = flightSamples == 4 ? 2 : 1;
    if (benchApp->count("--resolution") + benchApp->count("--coarseness") + benchApp->count("--samples"))
      flight.quality = fixed;
    return flightProgram(flight);
  }
  if (*benchApp) {
    for (const auto& [option, value] :
         {std::pair{"--tileset", &bench.tileset}, {"--poses", &bench.poses}, {"--json", &bench.json}})
      if (value->empty() && refuse(fmt::format("bench needs {} (or --flight CITY)", option))) return kExitUsage;
    return benchProgram(bench);
  }
  if (*renderApp || *filmApp) {
    if (*filmApp) render.width = 1920, render.height = 1080;
    if (*filmApp && filmApp->count("--samples") == 0) render.samples = kFilmSamples;
    if (!size.empty() && refuse(parseSize(size, render.width, render.height))) return kExitUsage;
    if (!camera.empty() && refuse(parseCamera(camera, render.camera))) return kExitUsage;
    if (compare == "swipe") render.compare = cm::city::Compare::Swipe;
    if (compare == "lens") render.compare = cm::city::Compare::Lens;
    if (!lens.empty()) {
      cm::city::LensPlace& place = render.lens;
      int used = 0;
      const bool read = std::sscanf(lens.c_str(), "%lf,%lf,%lf%n", &place.x, &place.y, &place.radius, &used) == 3 &&
                        size_t(used) == lens.size() && place == cm::city::kept(place);
      if (!read && refuse(fmt::format("--lens：“{}”不是 x,y,半径 / found \"{}\", expected x,y,radius: 0..1,0..1,{}..{}",
                                      lens, lens, cm::city::kLeastLens, cm::city::kLargestLens)))
        return kExitUsage;
    }
    if (render.compare == cm::city::Compare::Swipe && render.against.empty() &&
        refuse("--compare swipe needs --against SCENARIO"))
      return kExitUsage;
    render.language = language == "en" ? cm::Language::English : cm::Language::Chinese;
    render.ui = !noUi;
    if (*renderApp) return renderProgram(render);
    film.picture = render;
    return filmProgram(film);
  }
  if (!windowSize.empty() && refuse(parseSize(windowSize, window.width, window.height))) return kExitUsage;
  return windowProgram(window);
}
