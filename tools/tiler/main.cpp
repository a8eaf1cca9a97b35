//! citymirror-tiler: city data to 3D Tiles. A main over engine/tiling.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "tiling/city_build.h"
#include "tiling/demo.h"
#include "tiling/pack.h"

namespace {

using namespace cm;
using namespace cm::tiling;

// Exit codes; --help names them too.
enum Exit : int { kDone = 0, kUsage = 2, kInput = 3, kOutput = 4, kPartly = 5 };

constexpr const char* kHelp = R"(citymirror-tiler: city data in, a city of 3D Tiles out
城镜切片工具：读入城市数据，输出三维瓦片城市

  citymirror-tiler build --out CITY [--osm FILE]... [--footprints FILE [--height-field NAME] [--levels-field NAME]]...
                         [--dem FILE]... [--crs EPSG:n|GCJ02|BD09] [--bbox w,s,e,n] [--name zh,en]
                         [--memory 2GiB] [--jobs N] [--raw] [--quiet]
  citymirror-tiler demo  --out CITY [--memory 2GiB] [--jobs N] [--quiet]
  citymirror-tiler pack  CITY --out CITY.zip|TILES.3tz [--jobs N] [--quiet]

build reads   读取
  --osm FILE          OpenStreetMap: .osm .osm.gz .osm.bz2 .osm.pbf
  --footprints FILE   whatever OGR opens: GeoJSON, GeoPackage, Shapefile, "PG:dbname=..."
    --height-field N    its field with heights in metres        高度字段（米）
    --levels-field N    its field with storey counts (3 m each) 层数字段
  --dem FILE          an elevation model that GDAL opens, orthometric heights  高程模型（正高）
  --crs CRS           of the FILE named before it: EPSG:n, GCJ02, BD09         前一个文件的坐标系
and takes
  --out CITY          the folder to make; it appears whole or not at all       输出文件夹
  --bbox w,s,e,n      only this part, degrees of WGS84                         只取此范围
  --name zh,en        the city's name in Chinese and English                   城市名称（中,英）
  --memory SIZE       how much to use, e.g. 512MiB or 2GiB; the result is the same for any
  --jobs N            threads; the result is the same for any
  --raw               also writes tiles_raw/, uncompressed, for validators
demo makes the built-in city 青岛 · Qingdao Bay (示意数据 / illustrative).
pack makes one file of a folder, and citymirror opens it as it is, read-only  打包成一个文件，直接打开（只读）
  CITY --out X.zip    a city's folder (city.json)                              城市文件夹
  TILES --out X.3tz   a tileset's folder (tileset.json), as a 3D Tiles archive 瓦片文件夹
  What hardly gets smaller is stored as it is; hidden files stay out; the same folder makes the same file.
  Inside is an index (3TZ 1.3), so that it opens at once whatever its size.
An interrupted build goes on where it stopped when the same command is run again (CITY.work/).

exit codes  退出码
  0  done 完成
  2  the command line is wrong 命令有误
  3  an input cannot be used 输入不可用
  4  the output cannot be written, e.g. a full disk 无法写出
  5  done, but an input is damaged: the city holds what could be read 部分完成
)";

//! One line on standard error, rewritten in place on a terminal and every few seconds elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO)) {}

  void operator()(const Progress& progress) {
    if (quiet_) return;
    std::lock_guard lock(mutex_);
    auto now = Clock::now();
    bool fresh = progress.stage != stage_;
    if (fresh) {
      stage_ = progress.stage;
      began_ = now;
    }
    double since = std::chrono::duration<double>(now - told_).count();
    bool whole = progress.total > 0 && progress.done >= progress.total && !complete_;
    if (!fresh && !whole && since < (terminal_ ? 0.2 : 5.0)) return;
    complete_ = whole || (complete_ && !fresh);
    told_ = now;
    double seconds = std::chrono::duration<double>(now - began_).count();
    std::string line = fmt::format("{:<28}", progress.stage);
    if (progress.total > 0)
      line += fmt::format("{:3.0f} %  {:.0f} of {:.0f} {}", 100 * progress.done / progress.total, progress.done,
                          progress.total, progress.unit);
    if (seconds > 0.5 && progress.done > 0)
      line += fmt::format("  {:.3g} {}/s", progress.done / seconds, progress.unit);
    if (progress.secondsLeft >= 0) line += fmt::format("  {:.0f} s left", progress.secondsLeft);
    if (terminal_)
      fmt::print(stderr, "\r\033[K{}", line);
    else
      fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
  }
  void end() const {
    if (terminal_ && !quiet_ && !stage_.empty()) fmt::print(stderr, "\r\033[K");
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_, terminal_;
  std::mutex mutex_;
  std::string stage_;
  bool complete_ = false;  // the stage's last line has been shown
  Clock::time_point began_{}, told_{};
};

Result<double> numberFrom(std::string_view text, std::string_view option) {
  double value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size())
    return makeError("{0}: “{1}”不是数 / found \"{1}\", expected a number", option, text);
  return value;
}

Result<size_t> sizeFrom(std::string_view text) {
  size_t digits = text.find_first_not_of("0123456789.");
  auto value = numberFrom(text.substr(0, digits), "--memory");
  if (!value)
    return makeError(
        "--memory: “{0}”不是大小，例如 512MiB 或 2GiB / found \"{0}\", expected a size such as 512MiB or 2GiB", text);
  std::string_view unit = digits == std::string_view::npos ? "" : text.substr(digits);
  double scale = 0;
  if (unit.empty() || unit == "B") scale = 1;
  if (unit == "KiB" || unit == "K") scale = 1024;
  if (unit == "MiB" || unit == "M" || unit == "MB") scale = 1024.0 * 1024;
  if (unit == "GiB" || unit == "G" || unit == "GB") scale = 1024.0 * 1024 * 1024;
  if (scale == 0 || *value <= 0)
    return makeError(
        "--memory: “{0}”不是大小，例如 512MiB 或 2GiB / found \"{0}\", expected a size such as 512MiB or 2GiB", text);
  return static_cast<size_t>(*value * scale);
}

Result<glm::dvec4> boxFrom(std::string_view text) {
  glm::dvec4 box(0);
  for (int i = 0; i < 4; ++i) {
    size_t end = std::min(text.find(','), text.size());
    auto value = numberFrom(text.substr(0, end), "--bbox");
    if (!value)
      return makeError("--bbox: {}; 应为西、南、东、北四个度数 / expected west,south,east,north in degrees",
                       value.error().text());
    box[i] = *value;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  bool sound =
      box.x < box.z && box.y < box.w && box.x >= -180 && box.z <= 180 && box.y >= -85 && box.w <= 85 && text.empty();
  if (!sound)
    return makeError(
        "--bbox: {0},{1},{2},{3} 应满足西 < 东、南 < 北（度） / found {0},{1},{2},{3}, expected west < east and south "
        "< north in degrees",
        box.x, box.y, box.z, box.w);
  return box;
}

struct Arguments {
  std::string command;
  CityOptions city;
  std::string from;  // what is packed
  bool quiet = false;
};

Result<Arguments> parse(std::span<char*> words) {
  Arguments arguments;
  arguments.command = words.empty() ? "" : words[0];
  const bool pack = arguments.command == "pack";
  if (arguments.command != "build" && arguments.command != "demo" && !pack)
    return makeError("命令“{0}”应为 build、demo 或 pack / found \"{0}\", expected build, demo or pack; see citymirror-tiler --help",
                     arguments.command);
  CityOptions& city = arguments.city;
  for (size_t i = 1; i < words.size(); ++i) {
    std::string option = words[i];
    if (option == "--quiet") {
      arguments.quiet = true;
      continue;
    }
    if (pack && !option.starts_with("--") && arguments.from.empty()) {
      arguments.from = option;
      continue;
    }
    if (option == "--raw" && !pack) {
      city.uncompressedTwin = true;
      continue;
    }
    if (i + 1 >= words.size() || !option.starts_with("--"))
      return makeError("{}: {}", option,
                       option.starts_with("--") ? "后面应有值 / a value has to follow"
                                                : "前面没有选项 / found a word without an option");
    std::string value = words[++i];
    bool build = arguments.command == "build";
    if (option == "--out") {
      city.out = value;
    } else if (option == "--memory" && !pack) {
      auto size = sizeFrom(value);
      if (!size) return size.error();
      city.memoryBytes = *size;
    } else if (option == "--jobs") {
      auto jobs = numberFrom(value, option);
      if (!jobs || *jobs < 1 || *jobs > 1024)
        return makeError("--jobs: “{0}”应为 1 至 1024 / found \"{0}\", expected 1 to 1024", value);
      city.jobs = static_cast<unsigned>(*jobs);
    } else if (build && option == "--osm") {
      city.inputs.push_back({CityInput::Kind::Osm, value, "", {}});
    } else if (build && option == "--footprints") {
      city.inputs.push_back({CityInput::Kind::Footprints, value, "", {}});
    } else if (build && option == "--dem") {
      city.inputs.push_back({CityInput::Kind::Dem, value, "", {}});
    } else if (build && (option == "--crs" || option == "--height-field" || option == "--levels-field")) {
      if (city.inputs.empty())
        return makeError(
            "{} {}: 应写在所说明的文件之后 / stands before any FILE, expected it after the one it describes", option,
            value);
      CityInput& last = city.inputs.back();
      if (option != "--crs" && last.kind != CityInput::Kind::Footprints)
        return makeError(
            "{0} {1}: 前一个文件是 {2}，应为 --footprints / the FILE before it is {2}, expected --footprints", option,
            value, last.file);
      (option == "--crs" ? last.crs : option == "--height-field" ? last.fields.height : last.fields.levels) = value;
    } else if (build && option == "--bbox") {
      auto box = boxFrom(value);
      if (!box) return box.error();
      city.bboxDegrees = *box;
    } else if (build && option == "--name") {
      size_t comma = value.find(',');
      city.name.zh = value.substr(0, comma);
      city.name.en = comma == std::string::npos ? city.name.zh : value.substr(comma + 1);
    } else {
      return makeError("{0}: {1} 没有此选项 / is not known to {1}; see citymirror-tiler --help", option,
                       arguments.command);
    }
  }
  if (city.out.empty()) return makeError("缺少 --out {0} / --out {0} is missing", pack ? "CITY.zip or TILES.3tz" : "CITY");
  if (pack && arguments.from.empty()) return makeError("缺少要打包的文件夹 / the folder to pack is missing; see citymirror-tiler --help");
  bool readable = false;
  for (const auto& input : city.inputs) readable = readable || input.kind != CityInput::Kind::Dem;
  if (arguments.command == "build" && !readable)
    return makeError(
        "没有输入：请用 --osm FILE 或 --footprints FILE / nothing to build from: name --osm FILE or --footprints FILE");
  if (city.name.empty()) {
    Path named = city.out.has_filename() ? city.out : city.out.parent_path();
    city.name = {named.filename().string(), named.filename().string()};
  }
  return arguments;
}

void tell(const BuildReport& report, const Path& out, double seconds) {
  fmt::print("{}: {} buildings, {} ground features, {} tiles, {} triangles, {:.1f} MB (root {:.0f} KiB) in {:.1f} s\n",
             out.string(), report.buildings, report.groundFeatures, report.tiles, report.triangles,
             double(report.bytes) / 1e6, double(report.rootBytes) / 1024, seconds);
  for (const auto& stage : report.stages) fmt::print("  {:<18}{:7.1f} s\n", stage.stage, stage.seconds);
  if (!report.repaired.empty() || !report.dropped.empty())
    fmt::print("  {} repaired, {} left out: {}\n", report.repaired.size(), report.dropped.size(),
               (out / "tiles" / "report.json").string());
}

int codeOf(CityFailure kind) {
  return kind == CityFailure::Usage ? kUsage : kind == CityFailure::Input ? kInput : kOutput;
}

int build(const Arguments& arguments) {
  auto begin = std::chrono::steady_clock::now();
  ProgressLine line(arguments.quiet);
  CityOptions options = arguments.city;
  options.progress = [&](const Progress& progress) { line(progress); };
  auto outcome = buildCity(options);
  line.end();
  if (auto* failure = std::get_if<CityError>(&outcome)) {
    log::error("{}", failure->error.text());
    std::string work = (options.out.has_filename() ? options.out : options.out.parent_path()).string() + ".work";
    std::error_code none;
    if (failure->kind == CityFailure::Output && std::filesystem::is_directory(work, none))
      log::info(
          "{}: 再次运行同一命令即从此处继续；不再需要时可删除 / the same command goes on from here; delete it when not "
          "needed",
          work);
    return codeOf(failure->kind);
  }
  const auto& report = std::get<CityReport>(outcome);
  constexpr size_t kShown = 10;
  for (size_t i = 0; i < std::min(kShown, report.problems.size()); ++i) log::warning("{}", report.problems[i]);
  if (report.problems.size() > kShown)
    log::warning("…另有 {0} 条，见 report.json / and {0} more, in report.json", report.problems.size() - kShown);
  for (const auto& note : report.notes) fmt::print("  {}\n", note);
  tell(report.build, options.out, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return report.build.partial ? kPartly : kDone;
}

int demo(const Arguments& arguments) {
  auto begin = std::chrono::steady_clock::now();
  ProgressLine line(arguments.quiet);
  DemoOptions options;
  options.out = arguments.city.out;
  options.memoryBytes = arguments.city.memoryBytes;
  options.jobs = arguments.city.jobs;
  options.progress = [&](const Progress& progress) { line(progress); };
  auto report = buildDemo(options);
  line.end();
  if (!report) {
    log::error("{}", report.error().text());
    return kOutput;
  }
  tell(*report, options.out, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return kDone;
}

int packUp(const Arguments& arguments) {
  auto begin = std::chrono::steady_clock::now();
  ProgressLine line(arguments.quiet);
  PackOptions options;
  options.from = arguments.from;
  options.out = arguments.city.out;
  options.jobs = arguments.city.jobs;
  options.progress = [&](const Progress& progress) { line(progress); };
  auto outcome = pack(options);
  line.end();
  if (auto* failure = std::get_if<CityError>(&outcome)) {
    log::error("{}", failure->error.text());
    return codeOf(failure->kind);
  }
  const auto& report = std::get<PackReport>(outcome);
  fmt::print("{}: {} 个文件 / files, {:.1f} MB -> {:.1f} MB, {:.1f} s\n", options.out.string(), report.files,
             double(report.bytes) / 1e6, double(report.packedBytes) / 1e6,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return kDone;
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows past a limit is a write that fails, and is told as one
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    if (word == "--help" || word == "-h") {
      fmt::print("{}", kHelp);
      return kDone;
    }
  }
  if (count < 2) {
    fmt::print(stderr, "{}", kHelp);
    return kUsage;
  }
  auto arguments = parse(std::span(words + 1, static_cast<size_t>(count - 1)));
  if (!arguments) {
    log::error("{}", arguments.error().text());
    return kUsage;
  }
  if (arguments->command == "pack") return packUp(*arguments);
  return arguments->command == "build" ? build(*arguments) : demo(*arguments);
}
