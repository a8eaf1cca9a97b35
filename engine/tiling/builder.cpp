#include "tiling/builder.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "tiling/emit.h"
#include "tiling/journal.h"

namespace cm::tiling {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSmallestSideMetres = 64;
constexpr double kLargestSideMetres = 300e3;
constexpr size_t kLongestList = 100'000;  // of repaired and dropped things in the report

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

bool onEarth(const glm::dvec2& p) {
  return std::isfinite(p.x) && std::isfinite(p.y) && std::abs(p.x) <= 180 && std::abs(p.y) <= 85;
}

struct Box {
  glm::dvec2 lo{std::numeric_limits<double>::max()}, hi{-std::numeric_limits<double>::max()};
  bool empty() const { return lo.x > hi.x; }
  void add(const glm::dvec2& p) {
    lo = glm::min(lo, p);
    hi = glm::max(hi, p);
  }
  void add(const city::Polygon& rings) {
    for (const auto& ring : rings)
      for (const auto& p : ring) add(p);
  }
  glm::dvec4 degrees() const { return empty() ? glm::dvec4(0) : glm::dvec4(lo, hi); }
};

void note(std::vector<std::string>& list, std::string what) {
  if (list.size() < kLongestList) list.push_back(std::move(what));
}

}  // namespace

struct Builder::Impl {
  BuildOptions options;
  Path work, stage, target;
  BuildState state;
  std::string terrainName;
  TerrainFunction terrain;
  Box buildingBox, groundBox;
  std::optional<FileWriter> buildings, ground;
  std::string scratch, framed;
  std::optional<Error> broken;  // of opening the spool; told at the first chance
  BuildReport report;
  Clock::time_point begin = Clock::now();

  explicit Impl(BuildOptions given) : options(std::move(given)) {
    std::string flat = options.tilesetName;
    std::replace(flat.begin(), flat.end(), '/', '_');
    Path beside = options.out;
    if (!beside.has_filename()) beside = beside.parent_path();
    target = options.out / options.tilesetName;
    work = beside.string() + ".work";
    work /= flat;
    stage = work / "tiles";
    std::error_code failure;
    state = readState(work / "state.json");
    if (options.fingerprint.empty() || state.fingerprint != options.fingerprint) state = {};
    if (state.stage.empty()) {
      std::filesystem::remove_all(work, failure);
      state.fingerprint = options.fingerprint;
      openSpools();
    }
  }

  bool read() const { return !state.stage.empty(); }

  void openSpools() {
    for (auto [writer, name] : {std::pair{&buildings, "buildings.spool"}, std::pair{&ground, "ground.spool"}}) {
      auto created = FileWriter::create(work / name);
      if (!created) {
        broken = created.error();
        return;
      }
      writer->emplace(std::move(*created));
    }
  }

  template <class Record>
  Result<void> spool(std::optional<FileWriter>& writer, const Record& record) {
    scratch.clear();
    framed.clear();
    encode(record, scratch);
    frameRecord(scratch, framed);
    return writer->write(framed);
  }

  void tell(const char* name, double done, double total, const char* unit, Clock::time_point since) const {
    if (!options.progress) return;
    double left = done > 0 && total > 0 ? secondsSince(since) * (total - done) / done : -1;
    options.progress({name, done, total, unit, left});
  }

  void timed(const char* name, Clock::time_point since) { report.stages.push_back({name, secondsSince(since)}); }

  Result<void> closeSpools();
  Result<std::pair<LocalFrame, Square>> place() const;
  Result<std::vector<TileRecord>> emit(Emitter& emitter, const std::vector<TilePlan>& plans);
  Result<void> describe(const std::vector<TilePlan>& plans, const std::vector<TileRecord>& records,
                        const LocalFrame& frame);
  Result<void> publish();
};

Builder::Builder(BuildOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Builder::~Builder() = default;
Builder::Builder(Builder&&) noexcept = default;
Builder& Builder::operator=(Builder&&) noexcept = default;

bool Builder::alreadyRead() const { return impl_->read(); }
void Builder::noteRepaired(std::string what) { note(impl_->state.repaired, std::move(what)); }
void Builder::noteDropped(std::string what) { note(impl_->state.dropped, std::move(what)); }
void Builder::notePartial() { impl_->state.partial = true; }
glm::dvec4 Builder::bboxDegrees() const {
  if (impl_->read()) return impl_->state.bboxDegrees;
  return (impl_->buildingBox.empty() ? impl_->groundBox : impl_->buildingBox).degrees();
}

Result<void> Builder::add(Building building) {
  if (impl_->read()) return {};
  if (impl_->broken) return *impl_->broken;
  RepairedRings repaired = repairRings(building.rings);
  if (repaired.polygons.empty()) {
    noteDropped(fmt::format("{}: {}", building.id, repaired.problem.empty() ? "no area" : repaired.problem));
    return {};
  }
  if (!repaired.problem.empty()) noteRepaired(fmt::format("{}: {}", building.id, repaired.problem));
  if (!std::isfinite(building.height) || building.height <= 0) {
    noteRepaired(
        fmt::format("{}: height {} m, expected more than 0; the class default is used", building.id, building.height));
    building.height = static_cast<float>(defaultHeightMetres(building.kind));
    building.heightSource = HeightSource::ClassDefault;
  }
  if (!(building.minHeight < building.height)) {
    noteRepaired(fmt::format("{}: min_height {} m is not below height {} m; drawn from the ground", building.id,
                             building.minHeight, building.height));
    building.minHeight = 0;
  }
  for (auto& polygon : repaired.polygons) {
    if (!onEarth(polygon.front().front())) {
      notePartial();
      noteDropped(fmt::format("{}: at {}, {}, expected longitude and latitude in degrees", building.id,
                              polygon.front().front().x, polygon.front().front().y));
      continue;
    }
    building.rings = std::move(polygon);
    impl_->buildingBox.add(building.rings);
    if (auto written = impl_->spool(impl_->buildings, building); !written) return written;
  }
  return {};
}

Result<void> Builder::add(GroundFeature feature) {
  if (impl_->read()) return {};
  if (impl_->broken) return *impl_->broken;
  if (!feature.line.empty()) {
    std::vector<glm::dvec2> line;
    for (const auto& p : feature.line)
      if (onEarth(p) && (line.empty() || line.back() != p)) line.push_back(p);
    if (line.size() < 2) {
      noteDropped(fmt::format("{}: a line of {} usable points, expected two", feature.id, line.size()));
      return {};
    }
    if (feature.widthMetres <= 0) feature.widthMetres = static_cast<float>(defaultWidthMetres(feature.kind));
    feature.line = std::move(line);
    feature.rings.clear();
    for (const auto& p : feature.line) impl_->groundBox.add(p);
    return impl_->spool(impl_->ground, feature);
  }
  RepairedRings repaired = repairRings(feature.rings);
  if (repaired.polygons.empty()) {
    noteDropped(fmt::format("{}: {}", feature.id, repaired.problem.empty() ? "no area" : repaired.problem));
    return {};
  }
  if (!repaired.problem.empty()) noteRepaired(fmt::format("{}: {}", feature.id, repaired.problem));
  for (auto& polygon : repaired.polygons) {
    feature.rings = std::move(polygon);
    impl_->groundBox.add(feature.rings);
    if (auto written = impl_->spool(impl_->ground, feature); !written) return written;
  }
  return {};
}

void Builder::setTerrain(TerrainFunction terrain, std::string name) {
  impl_->terrain = std::move(terrain);
  impl_->terrainName = std::move(name);
}

Result<void> Builder::Impl::closeSpools() {
  if (broken) return *broken;
  if (auto done = buildings->finish(); !done) return done;
  if (auto done = ground->finish(); !done) return done;
  state.stage = "read";
  state.bboxDegrees = (buildingBox.empty() ? groundBox : buildingBox).degrees();
  return writeState(work / "state.json", state);
}

Result<std::pair<LocalFrame, Square>> Builder::Impl::place() const {
  glm::dvec4 box = options.bboxDegrees.value_or(state.bboxDegrees);
  if (box == glm::dvec4(0))
    return makeError(
        "{}: 没有可生成的内容：未读到建筑或地面要素 / nothing to build: no building and no ground feature was read",
        options.out.string());
  geo::Geodetic origin = options.origin.value_or(geo::Geodetic{(box.x + box.z) / 2, (box.y + box.w) / 2, 0});
  glm::dvec2 margin(0.05, 0.05);
  auto geoid = geo::Geoid::egm96();
  if (!options.origin) origin.heightMetres = geoid.undulationMetres(origin.lonDegrees, origin.latDegrees);
  LocalFrame frame(origin, geoid, {box.x - margin.x, box.y - margin.y, box.z + margin.x, box.w + margin.y}, terrain);
  Box plane;
  for (int i = 0; i <= 8; ++i)
    for (int j = 0; j <= 8; ++j)
      plane.add(glm::dvec2(frame.fromOrthometric(box.x + (box.z - box.x) * i / 8, box.y + (box.w - box.y) * j / 8, 0)));
  double side = std::max({plane.hi.x - plane.lo.x, plane.hi.y - plane.lo.y, kSmallestSideMetres}) + 8;
  if (side > kLargestSideMetres)
    return makeError(
        "{0}: 数据跨度 {1:.0f} 公里（经度 {2:.4f} 至 {3:.4f}，纬度 {4:.4f} 至 {5:.4f}），城市至多 {6:.0f} 公里；请用 "
        "--bbox w,s,e,n 指定范围 / the data spans {1:.0f} km (longitude {2:.4f} to {3:.4f}, latitude {4:.4f} to "
        "{5:.4f}), expected a city of at most {6:.0f} km; name the part to build with --bbox w,s,e,n",
        options.out.string(), side / 1000, box.x, box.z, box.y, box.w, kLargestSideMetres / 1000);
  side = std::ceil(side / 16) * 16;
  Square root{(plane.lo + plane.hi) / 2.0 - side / 2, side};
  if (options.landscape) root = options.landscape->square;
  frame.coverPlane(root.lo - 512.0, root.hi() + 512.0);
  return std::pair{std::move(frame), root};
}

Result<std::vector<TileRecord>> Builder::Impl::emit(Emitter& emitter, const std::vector<TilePlan>& plans) {
  Journal journal;
  if (auto opened = journal.open(work / "tiles.journal"); !opened) return opened.error();
  std::vector<TileRecord> records(plans.size());
  std::atomic<size_t> done{0};
  std::mutex mutex;
  std::optional<Error> failure;
  auto since = Clock::now();
  // Big tiles first, so that no thread is left alone with the root at the end.
  tbb::parallel_for(size_t{0}, plans.size(), [&](size_t i) {
    {
      std::lock_guard lock(mutex);
      if (failure) return;
    }
    std::error_code ignored;
    const TileRecord* earlier = journal.find(plans[i].id);
    if (earlier && (!earlier->hasContent ||
                    std::filesystem::file_size(stage / (plans[i].id.text() + ".glb"), ignored) == earlier->bytes)) {
      records[i] = *earlier;
    } else {
      auto made = emitter.make(plans[i]);
      auto kept = made ? journal.append(*made) : Result<void>(made.error());
      std::lock_guard lock(mutex);
      if (!kept) {
        if (!failure) failure = kept.error();
        return;
      }
      records[i] = *made;
    }
    size_t now = ++done;
    std::lock_guard lock(mutex);
    tell("emit", static_cast<double>(now), static_cast<double>(plans.size()), "tiles", since);
  });
  if (failure) return *failure;
  return records;
}

namespace {

//! The tree with honest errors: a parent answers for the ground of the leaves below it too, and never has less than a child.
TileNode nodeOf(const std::vector<TilePlan>& plans, const std::vector<TileRecord>& records, size_t i,
                double& leafGround) {
  const TileRecord& record = records[i];
  TileNode node;
  node.lo = record.lo;
  node.hi = record.hi;
  node.geometricError = record.geometricError;
  bool any = record.hasContent;
  if (any) node.contentUri = record.id.text() + ".glb";
  leafGround = plans[i].leaf ? record.terrainError + record.skirtMetres : 0;
  for (int child : plans[i].children) {
    if (child < 0) continue;
    double below = 0;
    TileNode under = nodeOf(plans, records, static_cast<size_t>(child), below);
    leafGround = std::max(leafGround, below);
    if (under.contentUri.empty() && under.children.empty()) continue;
    node.lo = any ? glm::min(node.lo, under.lo) : under.lo;
    node.hi = any ? glm::max(node.hi, under.hi) : under.hi;
    any = true;
    node.geometricError = std::max(node.geometricError, under.geometricError);
    node.children.push_back(std::move(under));
  }
  if (!plans[i].leaf) node.geometricError = std::max(node.geometricError, leafGround + record.terrainError + 0.02);
  if (node.children.empty()) node.geometricError = 0;
  return node;
}

}  // namespace

Result<void> Builder::Impl::describe(const std::vector<TilePlan>& plans, const std::vector<TileRecord>& records,
                                     const LocalFrame& frame) {
  double leafGround = 0;
  TileNode root = nodeOf(plans, records, 0, leafGround);
  for (const auto& record : records) {
    if (!record.hasContent) continue;
    ++report.tiles;
    report.triangles += record.triangles;
    report.bytes += record.bytes;
    if (record.id == TileId{}) report.rootBytes = record.bytes;
  }
  std::string text = writeTileset(root, frame.enu().ecefFromEnu, options.attribution, options.synthetic);
  if (auto written = writeFileAtomically(stage / "tileset.json", text); !written) return written;
  if (options.uncompressedTwin)
    if (auto written = writeFileAtomically(work / "raw" / "tileset.json", text); !written) return written;

  nlohmann::ordered_json json;
  json["buildings"] = report.buildings;
  json["groundFeatures"] = report.groundFeatures;
  json["buildingPartsPlaced"] = state.partsPlaced;
  json["outlinesReplacedByParts"] = state.outlinesReplaced;
  json["tiles"] = report.tiles;
  json["triangles"] = report.triangles;
  json["bytes"] = report.bytes;
  json["rootBytes"] = report.rootBytes;
  json["terrain"] = terrain ? terrainName : "sea level";
  json["geoid"] = geo::Geoid::egm96().name();
  json["synthetic"] = options.synthetic;
  json["partial"] = state.partial;
  json["repaired"] = state.repaired;
  json["dropped"] = state.dropped;
  return writeFileAtomically(stage / "report.json",
                             json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

//! Finished folders take their places by renames; what stood there before goes last.
Result<void> Builder::Impl::publish() {
  std::error_code failure;
  std::filesystem::create_directories(target.parent_path(), failure);
  if (failure)
    return makeError("{}: 无法创建文件夹 / folder cannot be made: {}", target.parent_path().string(),
                     failure.message());
  std::vector<std::pair<Path, Path>> moves{{stage, target}};
  if (options.uncompressedTwin) moves.emplace_back(work / "raw", target.string() + "_raw");
  for (const auto& [from, to] : moves) {
    Path old = work / ("old_" + to.filename().string());
    std::filesystem::remove_all(old, failure);
    std::filesystem::rename(to, old, failure);  // there may be none
    std::filesystem::rename(from, to, failure);
    if (failure)
      return makeError("{}: 无法移到目标位置 / cannot be renamed into place: {}", to.string(), failure.message());
  }
  std::filesystem::remove_all(work, failure);
  std::filesystem::remove(work.parent_path(), failure);  // only where it is empty
  return {};
}

Result<BuildReport> Builder::finish() {
  Impl& self = *impl_;
  BuildReport& report = self.report;
  self.timed("read", self.begin);
  auto since = Clock::now();
  if (!self.read())
    if (auto closed = self.closeSpools(); !closed) return closed.error();
  auto placed = self.place();
  if (!placed) return placed.error();
  const LocalFrame& frame = placed->first;
  const Square& root = placed->second;
  report.square = root;

  unsigned jobs = self.options.jobs ? self.options.jobs : std::max(1u, std::thread::hardware_concurrency());
  tbb::global_control atMost(tbb::global_control::max_allowed_parallelism, jobs);
  tbb::task_arena arena(static_cast<int>(jobs));
  std::optional<Error> failure;
  auto attempt = [&](const Result<void>& result) {
    if (!result) failure = result.error();
    return static_cast<bool>(result);
  };

  if (self.state.stage == "read") {
    ArrangeOptions options{self.work, self.options.memoryBytes,
                           [&](double done, double total) { self.tell("sort", done / 1e6, total / 1e6, "MB", since); }};
    Result<ArrangeReport> arranged = arena.execute([&] { return arrange(options, frame, root); });
    if (!arranged) return arranged.error();
    self.state.stage = "sorted";
    self.state.partsPlaced = arranged->partsPlaced;
    self.state.outlinesReplaced = arranged->outlinesReplaced;
    if (!attempt(writeState(self.work / "state.json", self.state))) return *failure;
  }
  self.timed("sort", since);

  since = Clock::now();
  Emitter emitter({self.stage, self.options.uncompressedTwin ? self.work / "raw" : Path{}, self.options.attribution,
                   self.options.ground, self.options.landscape},
                  self.work, frame, root);
  if (!attempt(emitter.open())) return *failure;
  report.buildings = emitter.buildingCount();
  report.groundFeatures = emitter.groundCount();
  report.maxHeight = emitter.maxHeight();
  report.heartLonLat = emitter.heartLonLat();
  auto plans = emitter.plan();
  self.timed("plan", since);
  since = Clock::now();
  self.tell("bake", 0, 1, "city", since);
  arena.execute([&] { emitter.prepareSky(); });
  self.timed("bake", since);

  since = Clock::now();
  auto records = arena.execute([&] { return self.emit(emitter, plans); });
  if (!records) return records.error();
  self.timed("emit", since);
  const EmitTimes& times = emitter.times();
  for (auto [name, nanoseconds] :
       {std::pair{"emit: buildings", times.buildings.load()}, std::pair{"emit: ground", times.ground.load()},
        std::pair{"emit: sky", times.sky.load()}, std::pair{"emit: write", times.write.load()}})
    report.stages.push_back({name, static_cast<double>(nanoseconds) * 1e-9});
  if (emitter.geosFailures() > 0)
    note(self.state.dropped,
         fmt::format("{} ground pieces in all tiles that GEOS could not work with", emitter.geosFailures()));

  since = Clock::now();
  report.origin = frame.enu().origin;
  report.bboxDegrees = self.options.bboxDegrees.value_or(self.state.bboxDegrees);
  if (!attempt(self.describe(plans, *records, frame))) return *failure;
  report.repaired = self.state.repaired;
  report.dropped = self.state.dropped;
  report.partial = self.state.partial;
  if (!attempt(self.publish())) return *failure;
  self.timed("publish", since);
  return report;
}

}  // namespace cm::tiling
