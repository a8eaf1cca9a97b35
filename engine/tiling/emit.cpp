#include "tiling/emit.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <glm/gtx/component_wise.hpp>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace cm::tiling {
namespace {

constexpr size_t kLeafBuildings = 500;
constexpr size_t kLeafTriangles = 20'000;
constexpr size_t kLeafGroundPoints = 6'000;
constexpr double kSmallestLeafMetres = 60;
// A leaf's terrain grid has at most 64 cells of 12 to 16 m.
constexpr double kLargestTerrainLeafMetres = 1'100;
constexpr size_t kInteriorTriangles = 24'000;
constexpr double kLeafCellMetres = 14;
// A flat cell of 250 m stays within 1.2 mm of the ellipsoid.
constexpr double kFlatCellMetres = 250;
// Of the positions, which are 16-bit on a power-of-two step: half a step along three axes.
constexpr double kQuantizationShare = 0.87 / 32767;
// The rise of a deck above the ground per layer, at most.
constexpr double kBridgeRiseMetres = 7;
// Banks, quays and beds differ from level to level by the drop of the water below its shore and the foot of the bank.
constexpr double kWaterStepMetres = 1.5;
constexpr double kHeightFieldCells = 64e6;

class Stopwatch {
 public:
  explicit Stopwatch(std::atomic<int64_t>& total) : total_(total) {}
  ~Stopwatch() {
    total_ += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::atomic<int64_t>& total_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

template <class Entry>
size_t firstFrom(std::span<const Entry> entries, uint64_t key) {
  return static_cast<size_t>(std::lower_bound(entries.begin(), entries.end(), key,
                                              [](const Entry& entry, uint64_t k) { return entry.key < k; }) -
                             entries.begin());
}

//! How far a building stands out of the square, whose ground alone is sure to be drawn.
double overhang(const BuildingEntry& entry, const Square& square) {
  glm::dvec2 centre(entry.x, entry.y);
  glm::dvec2 out = glm::max(glm::max(square.lo - (centre - double(entry.reach)), centre + double(entry.reach) - square.hi()),
                            glm::dvec2(0));
  return glm::length(out);
}

//! A bound of how far a left-out building's points are from a ground drawn exactly.
double droppedErrorOf(const BuildingEntry& entry, const Square& square) {
  return std::hypot(entry.rise() + 0.005 * entry.reach, overhang(entry, square));
}

uint64_t endKey(const glm::dvec2& lonLat) {
  return hash64({reinterpret_cast<const char*>(&lonLat), sizeof(lonLat)});
}

void bound(const TileMesh& mesh, TileRecord& record) {
  glm::vec3 lo(std::numeric_limits<float>::max()), hi(-std::numeric_limits<float>::max());
  for (const auto& surface : mesh.surfaces) {
    record.triangles += surface.indices.size() / 3;
    for (const auto& position : surface.positions) {
      lo = glm::min(lo, position);
      hi = glm::max(hi, position);
    }
  }
  record.features = mesh.features.size();
  record.hasContent = record.triangles > 0;
  if (record.hasContent) {
    record.lo = mesh.centreEnu + glm::dvec3(lo);
    record.hi = mesh.centreEnu + glm::dvec3(hi);
  }
}

}  // namespace

//! What a tile draws, by its size and by how many levels lie under it.
struct Emitter::Detail {
  unsigned cells = 32;
  double skirtMetres = 1;
  BuildingLod lod;
  double pixelMetres = 0;            // 0: everything as it is
  size_t triangleBudget = kInteriorTriangles;
  double terrainError = 0;
};

Emitter::Emitter(EmitOptions options, const Path& work, const LocalFrame& frame, const Square& root)
    : options_(std::move(options)), work_(work), frame_(frame), root_(root) {}

Result<void> Emitter::open() {
  struct Wanted {
    MappedFile& file;
    const char* name;
  };
  for (auto [file, name] : {Wanted{buildingFile_, "buildings.rec"}, Wanted{buildingIndex_, "buildings.idx"},
                            Wanted{groundFile_, "ground.rec"}, Wanted{groundIndex_, "ground.idx"}}) {
    auto opened = MappedFile::open(work_ / name);
    if (!opened) return opened.error();
    file = std::move(*opened);
  }
  buildings_ = buildingIndex_.as<BuildingEntry>();
  ground_ = groundIndex_.as<GroundEntry>();
  for (const auto& entry : ground_) {
    if (!entry.bridge) continue;
    GroundFeature feature = decodeGround(groundFile_.text().substr(entry.offset, entry.size));
    if (feature.line.size() < 2) continue;
    ++bridgeEnds_[endKey(feature.line.front())];
    ++bridgeEnds_[endKey(feature.line.back())];
  }
  return {};
}

Emitter::Range Emitter::buildingsIn(const TileId& id) const {
  KeyRange keys = pointKeys(id);
  return {firstFrom(buildings_, keys.first), firstFrom(buildings_, keys.last)};
}

std::vector<size_t> Emitter::groundIn(const TileId& id) const {
  std::vector<size_t> found;
  Square square = squareOf(root_, id);
  for (uint32_t z = 0; z <= id.z; ++z) {
    TileId ancestor{z, id.x >> (id.z - z), id.y >> (id.z - z)};
    KeyRange keys = z == id.z ? boxKeys(id) : ownBoxKeys(ancestor);
    for (size_t i = firstFrom(ground_, keys.first); i < ground_.size() && ground_[i].key < keys.last; ++i)
      if (ground_[i].touches(square)) found.push_back(i);
  }
  return found;
}

std::vector<TilePlan> Emitter::plan() const {
  std::vector<TilePlan> plans;
  auto split = [&](auto&& self, TileId id) -> int {
    Range range = buildingsIn(id);
    Square square = squareOf(root_, id);
    size_t triangles = 0;
    for (size_t i = range.first; i < range.last; ++i) triangles += buildings_[i].triangles;
    double points = 0;
    if (options_.ground)
      for (size_t i : groundIn(id)) {
        const GroundEntry& entry = ground_[i];
        glm::dvec2 lo(entry.loX, entry.loY), hi(entry.hiX, entry.hiY);
        glm::dvec2 common = glm::max(glm::min(hi, square.hi()) - glm::max(lo, square.lo), glm::dvec2(0));
        glm::dvec2 whole = hi - lo;
        points += entry.points * std::clamp(common.x * common.y / (whole.x * whole.y), 0.0, 1.0);
      }
    else if (range.first == range.last)
      return -1;
    bool leaf = range.last - range.first <= kLeafBuildings && triangles <= kLeafTriangles &&
                points <= double(kLeafGroundPoints) &&
                (!options_.ground || frame_.flat() || square.side <= kLargestTerrainLeafMetres);
    leaf = leaf || square.side / 2 < kSmallestLeafMetres;
    auto index = static_cast<int>(plans.size());
    plans.push_back({id, leaf, 0, {-1, -1, -1, -1}});
    for (uint32_t i = 0; i < 4 && !leaf; ++i) {
      int child = self(self, id.child(i));
      auto& mine = plans[static_cast<size_t>(index)];
      mine.children[i] = child;
      if (child >= 0) mine.depthBelow = std::max(mine.depthBelow, plans[static_cast<size_t>(child)].depthBelow + 1);
    }
    return index;
  };
  split(split, TileId{});
  return plans;
}

void Emitter::prepareSky() {
  double cell = 4;
  while ((root_.side / cell) * (root_.side / cell) > kHeightFieldCells) cell *= 2;
  double margin = kSkyReachMetres;
  double lowest = std::numeric_limits<double>::max();
  for (int j = 0; j <= 32; ++j)
    for (int i = 0; i <= 32; ++i)
      lowest = std::min(lowest, frame_.groundZ(root_.lo.x + root_.side * i / 32, root_.lo.y + root_.side * j / 32));
  sky_.emplace(root_.lo - margin, root_.hi() + margin, cell, lowest - 500);
  sky_->fillTerrain([this](double x, double y) { return frame_.groundZ(x, y); });
  constexpr size_t kBatch = 4096;
  std::vector<LocalBuilding> batch;
  for (size_t first = 0; first < buildings_.size(); first += kBatch) {
    batch.assign(std::min(kBatch, buildings_.size() - first), {});
    tbb::parallel_for(size_t{0}, batch.size(), [&](size_t i) {
      const BuildingEntry& entry = buildings_[first + i];
      batch[i] = localBuilding(decodeBuilding(buildingFile_.text().substr(entry.offset, entry.size)), entry);
    });
    for (const auto& building : batch) sky_->raise(building);
  }
}

double Emitter::maxHeight() const {
  float highest = 0;
  for (const auto& entry : buildings_) highest = std::max(highest, entry.height);
  return highest;
}

LocalBuilding Emitter::localBuilding(const Building& building, const BuildingEntry& entry) const {
  LocalBuilding local;
  double sum = 0, low = std::numeric_limits<double>::max();
  for (const auto& ring : building.rings) {
    auto& out = local.rings.emplace_back();
    out.reserve(ring.size());
    for (const auto& corner : ring) {
      glm::dvec3 at = frame_.fromOrthometric(corner.x, corner.y, entry.base);
      out.emplace_back(at);
      if (local.rings.size() > 1) continue;
      sum += at.z;
      low = std::min(low, at.z);
    }
  }
  // Away from the origin the ground leans against the plane (15 cm in 100 m at 10 km): walls start below its lowest corner.
  local.baseZ = sum / static_cast<double>(building.rings.front().size());
  local.groundZ = low - (entry.base - entry.low) - 0.02;
  local.height = building.height;
  local.minHeight = building.minHeight;
  local.roof = building.roof;
  local.roofHeight = building.roofHeight;
  local.roofDirectionDegrees = building.roofDirectionDegrees;
  local.kind = building.kind;
  local.heightSource = building.heightSource;
  local.colour = building.colour;
  local.roofColour = building.roofColour;
  local.idHash = hash64(building.parent.empty() ? building.id : building.parent);
  return local;
}

Emitter::Chosen Emitter::choose(const TilePlan& plan, size_t triangleBudget) const {
  Chosen chosen;
  Range range = buildingsIn(plan.id);
  std::vector<size_t> order(range.last - range.first);
  std::iota(order.begin(), order.end(), range.first);
  if (plan.leaf) return {std::move(order), 0};
  // A building costs the same at every level, so what a tile draws its children draw too. What would be missed most comes
  // first: what rises high and, among equals, what is large.
  Square square = squareOf(root_, plan.id);
  std::vector<double> scores(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const BuildingEntry& entry = buildings_[order[i]];
    scores[i] = droppedErrorOf(entry, square) + 0.02 * std::sqrt(double(entry.area));
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    double scoreA = scores[a - range.first], scoreB = scores[b - range.first];
    return scoreA != scoreB ? scoreA > scoreB : a < b;
  });
  size_t triangles = 0, count = 0;
  for (; count < order.size(); ++count) {
    triangles += std::min<uint32_t>(buildings_[order[count]].triangles, 24);
    if (triangles > triangleBudget) break;
  }
  for (size_t i = count; i < order.size(); ++i) {
    const BuildingEntry& entry = buildings_[order[i]];
    double error = droppedErrorOf(entry, square);
    if (!options_.ground) {
      // Without a ground the nearest thing drawn is another building.
      double away = std::numeric_limits<double>::max();
      for (size_t k = 0; k < count; ++k) {
        const BuildingEntry& other = buildings_[order[k]];
        away = std::min(away, std::hypot(double(entry.x - other.x), double(entry.y - other.y)) + entry.reach + other.reach);
      }
      error = std::hypot(double(entry.rise()), away);
    }
    chosen.droppedError = std::max(chosen.droppedError, error);
  }
  order.resize(count);
  std::sort(order.begin(), order.end());
  chosen.buildings = std::move(order);
  return chosen;
}

double Emitter::terrainError(const Square& square, unsigned cells) const {
  if (frame_.flat()) return 0.002;
  double cell = square.side / cells, worst = 0;
  int parts = std::clamp(static_cast<int>(cell / 8), 2, 16);
  std::vector<double> row(cells + 1), next(cells + 1);
  auto fill = [&](std::vector<double>& z, unsigned j) {
    for (unsigned i = 0; i <= cells; ++i) z[i] = frame_.groundZ(square.lo.x + i * cell, square.lo.y + j * cell);
  };
  fill(next, 0);
  for (unsigned j = 0; j < cells; ++j) {
    std::swap(row, next);
    fill(next, j + 1);
    for (unsigned i = 0; i < cells; ++i)
      for (int b = 0; b <= parts; ++b)
        for (int a = 0; a <= parts; ++a) {
          double u = double(a) / parts, v = double(b) / parts;
          double z = frame_.groundZ(square.lo.x + (i + u) * cell, square.lo.y + (j + v) * cell);
          // Either diagonal may have been taken.
          double one = u + v <= 1 ? row[i] + u * (row[i + 1] - row[i]) + v * (next[i] - row[i])
                                  : next[i + 1] + (1 - u) * (next[i] - next[i + 1]) + (1 - v) * (row[i + 1] - next[i + 1]);
          double two = u >= v ? row[i] + u * (row[i + 1] - row[i]) + v * (next[i + 1] - row[i + 1])
                              : row[i] + v * (next[i] - row[i]) + u * (next[i + 1] - next[i]);
          worst = std::max({worst, std::abs(z - one), std::abs(z - two)});
        }
  }
  return worst * 1.1 + 0.01;
}

Emitter::Detail Emitter::detailOf(const TilePlan& plan, size_t attempt) const {
  Detail detail;
  Square square = squareOf(root_, plan.id);
  double cellMetres = frame_.flat() ? kFlatCellMetres : plan.leaf ? kLeafCellMetres : square.side / 48;
  detail.cells = 1;
  while (detail.cells < 64 && square.side / detail.cells > cellMetres) detail.cells *= 2;
  if (attempt > 1 && !frame_.flat()) detail.cells = 32;
  detail.terrainError = options_.ground ? terrainError(square, detail.cells) : 0;
  detail.skirtMetres = frame_.flat() ? 0.5 : detail.terrainError + 1.5;
  detail.triangleBudget = kInteriorTriangles >> attempt;
  if (plan.leaf && attempt == 0) return detail;
  // A tile is looked at about 500 pixels wide before its children take over.
  detail.pixelMetres = square.side / 512 * double(1u << attempt);
  detail.lod.simplifyMetres = std::max(0.5, detail.pixelMetres);
  detail.lod.details = false;
  detail.lod.flatRoofs = plan.depthBelow >= 2;
  detail.lod.boxOnly = plan.depthBelow >= 3;
  return detail;
}

double Emitter::addBuildings(TileMesh& mesh, const Chosen& chosen, const Detail& detail) {
  Stopwatch watch(times_.buildings);
  double error = 0;
  std::unordered_map<std::string, uint32_t> known;
  SurfaceMesh* surface = nullptr;
  for (size_t i : chosen.buildings) {
    const BuildingEntry& entry = buildings_[i];
    Building building = decodeBuilding(buildingFile_.text().substr(entry.offset, entry.size));
    const std::string& id = building.parent.empty() ? building.id : building.parent;
    auto [at, fresh] = known.try_emplace(id, static_cast<uint32_t>(mesh.features.size()));
    if (fresh) {
      mesh.features.push_back({id, building.name, std::string(nameOf(building.kind)), building.height,
                               std::string(nameOf(building.heightSource))});
    } else {
      auto& feature = mesh.features[at->second];
      feature.heightMetres = std::max(feature.heightMetres, building.height);
      if (building.parent.empty() && !building.name.empty()) feature.name = building.name;
    }
    LocalBuilding local = localBuilding(building, entry);
    local.feature = at->second;
    if (!surface) surface = &surfaceOf(mesh, source::Surface::Building);
    error = std::max(error, appendBuilding(*surface, mesh.centreEnu, local, detail.lod));
  }
  return error;
}

double Emitter::addGround(TileMesh& mesh, const TilePlan& plan, const Detail& detail) {
  Stopwatch watch(times_.ground);
  Square square = squareOf(root_, plan.id);
  GroundTile tile;
  tile.lo = square.lo;
  tile.hi = square.hi();
  tile.centre = mesh.centreEnu;
  tile.cells = detail.cells;
  tile.skirtMetres = detail.skirtMetres;
  tile.minLineWidthMetres = 0;
  tile.minAreaMetres2 = 9 * detail.pixelMetres * detail.pixelMetres;
  tile.simplifyMetres = 0.7 * detail.pixelMetres;
  tile.terrainZ = [this](double x, double y) { return frame_.groundZ(x, y); };
  tile.seaZ = [this](double x, double y) { return frame_.seaZ(x, y); };

  double error = 0;
  std::vector<LocalGround> features;
  std::vector<LocalGround> bridges;
  for (size_t i : groundIn(plan.id)) {
    const GroundEntry& entry = ground_[i];
    auto kind = static_cast<GroundClass>(entry.kind);
    bool line = entry.length > 0 && entry.area == 0;
    bool important = kind == GroundClass::Motorway || kind == GroundClass::RoadMajor || kind == GroundClass::Rail;
    if (entry.tunnel) continue;
    if (!entry.bridge && line && !important && entry.width < 0.5 * detail.pixelMetres) continue;
    if (!entry.bridge && !line && entry.area < tile.minAreaMetres2) continue;
    GroundFeature feature = decodeGround(groundFile_.text().substr(entry.offset, entry.size));
    LocalGround local;
    local.kind = kind;
    local.layer = feature.layer;
    local.bridge = feature.bridge;
    auto place = [&](const glm::dvec2& p) {
      return glm::dvec2(frame_.fromOrthometric(p.x, p.y, frame_.terrain(p.x, p.y)));
    };
    for (const auto& ring : feature.rings) {
      auto& out = local.rings.emplace_back();
      for (const auto& p : ring) out.push_back(place(p));
    }
    for (const auto& p : feature.line) local.line.push_back(place(p));
    local.widthMetres = feature.widthMetres;
    // From afar the main roads stay visible as thin lines.
    if (important && !feature.bridge) local.widthMetres = std::max(local.widthMetres, 0.6 * detail.pixelMetres);
    if (feature.bridge && local.line.size() >= 2) {
      glm::dvec2 middle = local.line[local.line.size() / 2];
      if (glm::any(glm::lessThan(middle, square.lo)) || glm::any(glm::greaterThanEqual(middle, square.hi()))) continue;
      if (entry.length < 8 * detail.pixelMetres) {
        error = std::max(error, kBridgeRiseMetres * std::max(1, std::abs(int(feature.layer))));
        continue;
      }
      local.rampAtStart = bridgeEnds_.at(endKey(feature.line.front())) < 2;
      local.rampAtEnd = bridgeEnds_.at(endKey(feature.line.back())) < 2;
    }
    if (!feature.name.empty()) {
      local.feature = static_cast<uint32_t>(mesh.features.size());
      mesh.features.push_back({feature.id, feature.name, std::string(nameOf(kind)), std::numeric_limits<float>::quiet_NaN(), {}});
    }
    (local.bridge && local.line.size() >= 2 ? bridges : features).push_back(std::move(local));
  }
  GroundStatistics statistics = buildGround(mesh, tile, features);
  geosFailures_ += statistics.geosFailures;
  for (const auto& bridge : bridges) {
    appendBridge(mesh, mesh.centreEnu, bridge, tile.terrainZ, !plan.leaf);
    if (!plan.leaf) error = std::max(error, kBridgeRiseMetres * 0.5 * std::max(1, std::abs(int(bridge.layer))));
  }
  return plan.leaf ? error : std::max(error, tile.simplifyMetres) + kWaterStepMetres;
}

Result<TileRecord> Emitter::make(const TilePlan& plan) {
  for (size_t attempt = 0;; ++attempt) {
    Detail detail = detailOf(plan, attempt);
    Square square = squareOf(root_, plan.id);
    TileMesh mesh;
    mesh.centreEnu = {square.centre(), 0};
    mesh.centreEnu.z = frame_.groundZ(mesh.centreEnu.x, mesh.centreEnu.y);
    Chosen chosen = choose(plan, detail.triangleBudget);
    double lodError = addBuildings(mesh, chosen, detail);
    double groundError = options_.ground ? addGround(mesh, plan, detail) : 0;

    TileRecord record;
    record.id = plan.id;
    bound(mesh, record);
    record.terrainError = detail.terrainError;
    record.skirtMetres = detail.skirtMetres;
    if (!plan.leaf) {
      double extent = record.hasContent ? glm::compMax(record.hi - record.lo) : 0;
      // A point above the true ground is as far from the drawn one as it rises, and the terrain's error more.
      record.geometricError = std::max({lodError, chosen.droppedError + detail.terrainError, groundError + detail.terrainError}) +
                              extent * kQuantizationShare + 0.02;
    }
    if (!record.hasContent) return record;
    if (sky_) {
      Stopwatch watch(times_.sky);
      bakeSky(mesh, *sky_);
    }
    Stopwatch watch(times_.write);
    auto bytes = writeGlb(mesh, {true, options_.copyright});
    if (!bytes) return bytes.error().within("tile {}", plan.id.text());
    bool root = plan.id == TileId{};
    if (root && bytes->size() > kRootBytesLimit && !plan.leaf && attempt < 6) continue;
    record.bytes = bytes->size();
    Path name = plan.id.text() + ".glb";
    if (auto written = writeFileAtomically(options_.folder / name, *bytes); !written) return written.error();
    if (!options_.rawFolder.empty()) {
      auto raw = writeGlb(mesh, {false, options_.copyright});
      if (!raw) return raw.error().within("tile {}, uncompressed", plan.id.text());
      if (auto written = writeFileAtomically(options_.rawFolder / name, *raw); !written) return written.error();
    }
    return record;
  }
}

}  // namespace cm::tiling
