#include "tiling/city_build.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <variant>

#include "tiling/city_document.h"
#include "tiling/coast.h"

namespace cm::tiling {
namespace {

using Clock = std::chrono::steady_clock;

//! Changes whenever an input, an option or this program's way of building does.
std::string fingerprintOf(const CityOptions& options) {
  constexpr int kRevision = 2;
  std::string text = fmt::format("citymirror {};", kRevision);
  for (const auto& input : options.inputs) {
    struct stat info {};
    bool file = ::stat(input.file.c_str(), &info) == 0;
    text += fmt::format("{}|{}|{}|{}|{}|{}|{}.{};", static_cast<int>(input.kind), input.file, input.crs,
                        input.fields.height, input.fields.levels, file ? info.st_size : -1,
                        file ? info.st_mtim.tv_sec : 0, file ? info.st_mtim.tv_nsec : 0);
  }
  if (options.bboxDegrees)
    text += fmt::format("{} {} {} {};", options.bboxDegrees->x, options.bboxDegrees->y, options.bboxDegrees->z,
                        options.bboxDegrees->w);
  text += options.uncompressedTwin ? "twin" : "";
  return fmt::format("{:016x}", hash64(text));
}

class CityBuild {
 public:
  explicit CityBuild(const CityOptions& options) : options_(options) {
    out_ = options.out;
    if (!out_.has_filename()) out_ = out_.parent_path();
    work_ = out_.string() + ".work";
    stage_ = work_ / "city";
  }

  std::variant<CityReport, CityError> run() {
    if (auto checked = checkOut(); !checked) return CityError{CityFailure::Output, checked.error()};
    auto outcome = build();
    // What cannot be gone on with is litter.
    std::error_code ignored;
    Path begun = work_ / "city.work";
    if (std::holds_alternative<CityError>(outcome) &&
        !std::filesystem::exists(begun / "tiles" / "state.json", ignored)) {
      std::filesystem::remove_all(begun, ignored);
      std::filesystem::remove_all(stage_, ignored);
      std::filesystem::remove(work_, ignored);  // only where it is empty
    }
    return outcome;
  }

 private:
  std::variant<CityReport, CityError> build() {
    BuildOptions build;
    build.out = stage_;
    build.memoryBytes = options_.memoryBytes;
    build.jobs = options_.jobs;
    build.progress = options_.progress;
    build.uncompressedTwin = options_.uncompressedTwin;
    build.fingerprint = fingerprintOf(options_);
    build.attribution = attribution();
    build.bboxDegrees = options_.bboxDegrees;
    auto builder = std::make_unique<Builder>(build);
    removeUnfinished(work_);
    bool resumed = builder->alreadyRead();
    if (resumed) {
      report_.notes.push_back("going on with the interrupted build in " + work_.string());
    } else {
      if (auto failure = readInputs(*builder)) return *failure;
    }
    glm::dvec4 box = options_.bboxDegrees.value_or(builder->bboxDegrees());
    auto terrain = readTerrain(box);
    if (!terrain) return CityError{CityFailure::Input, terrain.error()};
    if (!resumed) {
      if (auto sea = addSea(*builder, box); !sea) return CityError{CityFailure::Output, sea.error()};
      if (auto places = writePlaces(stage_, places_, terrain->terrain); !places)
        return CityError{CityFailure::Output, places.error()};
    }
    builder->setTerrain(terrain->terrain, terrain->name);
    auto built = builder->finish();
    if (!built) return CityError{CityFailure::Output, built.error()};
    report_.build = std::move(*built);
    report_.build.stages.insert(report_.build.stages.begin(), {"read inputs", readSeconds_});
    CityFacts facts{options_.name, sourcesOf(), report_.build, terrain->terrain};
    if (auto written = writeCityDocument(stage_, facts); !written)
      return CityError{CityFailure::Output, written.error()};
    if (auto published = publish(); !published) return CityError{CityFailure::Output, published.error()};
    return std::move(report_);
  }

  //! Never replaces a folder that is not a city.
  Result<void> checkOut() const {
    std::error_code failure;
    if (!std::filesystem::exists(out_, failure)) return {};
    if (!std::filesystem::is_directory(out_, failure))
      return makeError("{}: 是一个文件，应为文件夹或尚不存在 / is a file, expected a folder or nothing", out_.string());
    auto inside = std::filesystem::directory_iterator(out_, failure);
    if (failure) return makeError("{}: 无法打开 / cannot be opened: {}", out_.string(), failure.message());
    bool empty = inside == std::filesystem::directory_iterator{};
    if (empty || std::filesystem::exists(out_ / "city.json", failure)) return {};
    return makeError(
        "{}: 有其他文件而没有 city.json，应为空文件夹或以前生成的城市 / holds other files and no city.json, expected "
        "an empty folder or an earlier city",
        out_.string());
  }

  void progress(const CityInput& input, double done, double total, Clock::time_point since) const {
    if (!options_.progress) return;
    double seconds = std::chrono::duration<double>(Clock::now() - since).count();
    Progress now{"read " + Path(input.file).filename().string(), done, total, "", -1};
    if (input.kind == CityInput::Kind::Osm)
      now.done /= 1e6, now.total /= 1e6, now.unit = "MB";
    else
      now.unit = "footprints";
    if (done > 0 && total > 0) now.secondsLeft = seconds * (total - done) / done;
    options_.progress(now);
  }

  std::optional<CityError> readInputs(Builder& builder) {
    auto since = Clock::now();
    for (const auto& input : options_.inputs) {
      if (input.kind == CityInput::Kind::Dem) continue;
      ReadOptions read{input.crs, options_.bboxDegrees, options_.memoryBytes, work_,
                       [&, begin = Clock::now()](double done, double total) { progress(input, done, total, begin); }};
      auto result = input.kind == CityInput::Kind::Osm ? readOsm(input.file, read, builder)
                                                       : readFootprints(input.file, input.fields, read, builder);
      if (!result) {
        bool disk =
            result.error().text().starts_with(work_.string()) || result.error().text().find(work_.string()) == 0;
        return CityError{disk ? CityFailure::Output : CityFailure::Input, result.error()};
      }
      take(input, *result, builder);
      if (result->cutOff && result->buildings + result->ground == 0)
        return CityError{CityFailure::Input, *result->cutOff};
    }
    readSeconds_ = std::chrono::duration<double>(Clock::now() - since).count();
    return {};
  }

  void take(const CityInput& input, ReadReport& read, Builder& builder) {
    for (auto& problem : read.problems) report_.problems.push_back(std::move(problem));
    if (read.cutOff) {
      report_.problems.push_back(read.cutOff->text());
      builder.notePartial();
    }
    report_.notes.push_back(fmt::format("{}: {} buildings, {} ground features, {} labels", input.file, read.buildings,
                                        read.ground, read.labels));
    if (!read.crs.empty()) {
      std::string residual = read.residualMetres < 0 ? "no accuracy is stated for it"
                                                     : fmt::format("residual {:.2g} m", read.residualMetres);
      report_.notes.push_back(fmt::format("{}: converted from {} to WGS84, {}", input.file, read.crs, residual));
    }
    std::move(read.places.begin(), read.places.end(), std::back_inserter(places_));
    std::move(read.coastlines.begin(), read.coastlines.end(), std::back_inserter(coastlines_));
  }

  Result<Dem> readTerrain(const glm::dvec4& box) {
    std::vector<Dem> models;
    glm::dvec4 wide = box + glm::dvec4(-0.02, -0.02, 0.02, 0.02);
    for (const auto& input : options_.inputs) {
      if (input.kind != CityInput::Kind::Dem) continue;
      auto dem = readDem(input.file, input.crs, wide);
      if (!dem) return dem.error();
      report_.notes.push_back(
          fmt::format("{}: heights for {:.0f} % of its cells under the city", input.file, dem->knownShare * 100));
      models.push_back(std::move(*dem));
    }
    return combined(models);
  }

  Result<void> addSea(Builder& builder, const glm::dvec4& box) {
    if (coastlines_.empty()) return {};
    // The tiles cover a square around the box, so the sea has to reach as far.
    double lat = (box.y + box.w) / 2, shrink = std::cos(lat * geo::kDegree);
    double half = std::max((box.z - box.x) * shrink, box.w - box.y) / 2 + 0.01;
    glm::dvec2 middle((box.x + box.z) / 2, lat), reach(half / shrink, half);
    Coast coast = seaFromCoastlines(coastlines_, middle - reach, middle + reach);
    for (auto& problem : coast.problems) {
      builder.noteRepaired(problem);
      report_.problems.push_back(std::move(problem));
    }
    for (size_t i = 0; i < coast.sea.size(); ++i) {
      GroundFeature sea;
      sea.id = fmt::format("sea/{}", i);
      sea.kind = GroundClass::Sea;
      sea.rings = std::move(coast.sea[i]);
      if (auto added = builder.add(std::move(sea)); !added) return added;
    }
    return {};
  }

  bool anyOsm() const {
    return std::any_of(options_.inputs.begin(), options_.inputs.end(),
                       [](const CityInput& input) { return input.kind == CityInput::Kind::Osm; });
  }
  std::string attribution() const { return anyOsm() ? "© OpenStreetMap contributors, ODbL 1.0" : ""; }

  std::vector<city::Source> sourcesOf() const {
    std::vector<city::Source> sources;
    for (const auto& input : options_.inputs) {
      city::Source source;
      source.id = fmt::format("source-{}", sources.size() + 1);
      // A visitor reads the name on every picture: what it is, not what its file is called.
      source.uri = Path(input.file).filename().string();
      switch (input.kind) {
        case CityInput::Kind::Osm:
          source.name = {"开放街道地图", "OpenStreetMap"};
          source.licence = "ODbL 1.0, © OpenStreetMap contributors";
          source.note = {"建筑、道路、水系与绿地", "Buildings, roads, water and green"};
          break;
        case CityInput::Kind::Footprints: source.name = {"建筑轮廓", "Building footprints"}; break;
        case CityInput::Kind::Dem: source.name = {"地形高程", "Terrain heights"}; break;
      }
      sources.push_back(std::move(source));
    }
    return sources;
  }

  Result<void> publish() const {
    std::error_code failure;
    Path old = work_ / "old";
    std::filesystem::remove_all(old, failure);
    std::filesystem::rename(out_, old, failure);  // there may be none
    std::filesystem::rename(stage_, out_, failure);
    if (failure) {
      std::error_code ignored;
      std::filesystem::rename(old, out_, ignored);
      return makeError("{}: 无法移到目标位置 / cannot be renamed into place: {}", out_.string(), failure.message());
    }
    std::filesystem::remove_all(work_, failure);
    return {};
  }

  const CityOptions& options_;
  Path out_, work_, stage_;
  CityReport report_;
  std::vector<PlaceLabel> places_;
  std::vector<Ring> coastlines_;
  double readSeconds_ = 0;
};

}  // namespace

std::variant<CityReport, CityError> buildCity(const CityOptions& options) { return CityBuild(options).run(); }

}  // namespace cm::tiling
