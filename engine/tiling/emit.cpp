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
constexpr double kLeafCellMetres = 14;
// A flat cell of 250 m stays within 1.2 mm of the ellipsoid.
constexpr double kFlatCellMetres = 250;
// How far the ground of a leaf may be from its grid: less than a kerb, where nobody can compare.
constexpr double kLeafLevelMetres = 0.08, kWildLevelMetres = 0.4;  // where buildings stand, and elsewhere
constexpr double kLevelPixels = 0.25;
// What a parent draws. Twelve of them, 12,000 triangles each, fill a view.
constexpr size_t kInteriorBuildingTriangles = 8'000;
constexpr size_t kInteriorGroundTriangles = 2'500;  // and those of the terrain's grid
constexpr uint32_t kInteriorBuildingCost = 12;      // a box has 10
// The houses that come next are huts of four triangles each, while they are small.
constexpr size_t kInteriorHuts = 800;
constexpr float kHutMetres = 14, kHutReachMetres = 16;
constexpr double kHutPixels = 3;              // lower ones are hardly seen
constexpr unsigned kFewestInteriorCells = 8;  // units of outlines are 1/1024 of a cell: 1/6 pixel here
// A parent's error is at least this share of its side: then about three tiles cover each doubling of the distance, and one
// is at most 1,280 pixels wide before its children take over.
constexpr double kErrorPerSide = 1.0 / 80;
// Children take over when the error covers 16 pixels.
constexpr double kPixelPerError = 1.0 / 16;
// Where the ground has too many triangles at one pixel, it may become this much coarser, by steps of at least the first.
constexpr double kCoarserStep = 1.4, kCoarsest = 4;
// The terrain's error adds to that of what is left out: a sixth of the whole, or a third where there is room. Grids of 64 have
// 8,192 triangles: only where one of 32 would be the greater part of the error.
constexpr double kTerrainLeast = 1.0 / 6, kTerrainMost = 1.0 / 3;
constexpr double kLeastAreaPixels = 20;
// Small greens and squares grow together over gaps of twice this many pixels.
constexpr double kMergePixels = 2.5;
constexpr double kPierShare = 0.6;
// Of the positions, which are 16-bit on a power-of-two step: half a step along three axes.
constexpr double kQuantizationShare = 0.87 / 32767;
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
  glm::dvec2 out = glm::max(
      glm::max(square.lo - (centre - double(entry.reach)), centre + double(entry.reach) - square.hi()), glm::dvec2(0));
  return glm::length(out);
}

//! A bound of how far a left-out building's points are from a ground drawn exactly.
double droppedErrorOf(const BuildingEntry& entry, const Square& square) {
  return std::hypot(entry.rise() + entry.above + 0.005 * entry.reach, overhang(entry, square));
}

uint64_t endKey(const glm::dvec2& lonLat) { return hash64({reinterpret_cast<const char*>(&lonLat), sizeof(lonLat)}); }

size_t trianglesOf(const TileMesh& mesh) {
  size_t count = 0;
  for (const auto& surface : mesh.surfaces) count += surface.indices.size() / 3;
  return count;
}

void bound(const TileMesh& mesh, TileRecord& record) {
  glm::vec3 lo(std::numeric_limits<float>::max()), hi(-std::numeric_limits<float>::max());
  record.triangles = trianglesOf(mesh);
  for (const auto& surface : mesh.surfaces)
    for (const auto& position : surface.positions) {
      lo = glm::min(lo, position);
      hi = glm::max(hi, position);
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
  double terrainError = 0, skirtMetres = 1;
  double levelMetres = 0;  // see GroundTile
  BuildingLod lod;
  double errorMetres = 0;  // what the tile is made for: its error shall not be much more
  double pixelMetres = 0;  // at the distance where children take over; 0: everything as it is
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
  const double largestLeaf = options_.landscape ? options_.landscape->leafMetres : kLargestTerrainLeafMetres;
  auto split = [&](auto&& self, TileId id) -> int {
    Range range = buildingsIn(id);
    Square square = squareOf(root_, id);
    if (options_.landscape && glm::any(glm::greaterThanEqual(square.lo, options_.landscape->end))) return -1;
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
                (!options_.ground || frame_.flat() || square.side <= largestLeaf);
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

glm::dvec2 Emitter::heartLonLat() const {
  constexpr double kCellMetres = 500;
  constexpr int kAround = 1;  // cells on each side
  const glm::ivec2 cells = glm::max(glm::ivec2(glm::ceil(glm::dvec2(root_.side) / kCellMetres)), glm::ivec2(1));
  std::vector<double> volume(size_t(cells.x) * size_t(cells.y));
  for (const auto& entry : buildings_) {
    const glm::dvec2 in = (glm::dvec2(entry.x, entry.y) - root_.lo) / kCellMetres;
    const glm::ivec2 cell = glm::clamp(glm::ivec2(in), glm::ivec2(0), cells - 1);
    volume[size_t(cell.y) * size_t(cells.x) + size_t(cell.x)] += double(entry.height) * entry.area;
  }
  glm::ivec2 best = cells / 2;
  double most = 0;
  for (int y = 0; y < cells.y; ++y)
    for (int x = 0; x < cells.x; ++x) {
      double sum = 0;
      for (int j = std::max(y - kAround, 0); j <= std::min(y + kAround, cells.y - 1); ++j)
        for (int i = std::max(x - kAround, 0); i <= std::min(x + kAround, cells.x - 1); ++i)
          sum += volume[size_t(j) * size_t(cells.x) + size_t(i)];
      if (sum > most) most = sum, best = {x, y};
    }
  const glm::dvec2 at = root_.lo + (glm::dvec2(best) + 0.5) * kCellMetres;
  return frame_.lonLatAt(at.x, at.y);
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
  if (plan.leaf) return {order, order.size(), 0};
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
    const BuildingEntry& entry = buildings_[order[count]];
    triangles += std::min(entry.triangles, kInteriorBuildingCost * entry.rings);
    if (triangles > triangleBudget) break;
  }
  std::vector<size_t> huts;
  const size_t mostHuts = options_.ground ? kInteriorHuts * triangleBudget / kInteriorBuildingTriangles : 0;
  for (size_t i = count; i < order.size(); ++i) {
    const BuildingEntry& entry = buildings_[order[i]];
    const bool seen = entry.height >= kHutPixels * kPixelPerError * kErrorPerSide * square.side;
    const bool small = seen && entry.height <= kHutMetres && entry.reach <= kHutReachMetres && entry.minHeight <= 0;
    if (small && huts.size() < mostHuts) {
      huts.push_back(order[i]);
      continue;
    }
    double error = droppedErrorOf(entry, square);
    if (!options_.ground) {
      // Without a ground the nearest thing drawn is another building.
      double away = std::numeric_limits<double>::max();
      for (size_t k = 0; k < count; ++k) {
        const BuildingEntry& other = buildings_[order[k]];
        away = std::min(away,
                        std::hypot(double(entry.x - other.x), double(entry.y - other.y)) + entry.reach + other.reach);
      }
      error = std::hypot(double(entry.rise()), away);
    }
    chosen.droppedError = std::max(chosen.droppedError, error);
  }
  order.resize(count);
  std::sort(order.begin(), order.end());
  std::sort(huts.begin(), huts.end());
  chosen.whole = count;
  chosen.buildings = std::move(order);
  chosen.buildings.insert(chosen.buildings.end(), huts.begin(), huts.end());
  return chosen;
}

Emitter::Detail Emitter::detailOf(const TilePlan& plan, const TerrainSamples* terrain, double droppedError,
                                  size_t attempt) const {
  Detail detail;
  Square square = squareOf(root_, plan.id);
  if (plan.leaf) {
    double cellMetres = frame_.flat() ? kFlatCellMetres : kLeafCellMetres;
    detail.cells = 1;
    while (detail.cells < 64 && square.side / detail.cells > cellMetres) detail.cells *= 2;
  } else {
    detail.errorMetres = std::max(droppedError, square.side * kErrorPerSide) * double(1u << attempt);
    detail.pixelMetres = detail.errorMetres * kPixelPerError;
    if (terrain) {
      double room = std::clamp(detail.errorMetres - droppedError, kTerrainLeast * detail.errorMetres,
                               kTerrainMost * detail.errorMetres);
      detail.cells = terrain->cellsWithin(room, kFewestInteriorCells, 32);
      if (terrain->errorOf(detail.cells) > detail.errorMetres) detail.cells = 64;
    }
    detail.lod.simplifyMetres = std::max(0.5, detail.pixelMetres);
    detail.lod.flattenMetres = detail.pixelMetres;
    detail.lod.boxOnly = true;
    detail.lod.details = false;
  }
  const Range standing = buildingsIn(plan.id);
  detail.levelMetres = !plan.leaf                       ? kLevelPixels * detail.pixelMetres
                       : standing.first < standing.last ? kLeafLevelMetres
                                                        : kWildLevelMetres;
  detail.terrainError = terrain ? terrain->errorOf(detail.cells) + 2 * detail.levelMetres : 0;
  detail.skirtMetres = frame_.flat() && plan.leaf ? 0.5 : detail.terrainError + 1.5;
  return detail;
}

double Emitter::addBuildings(TileMesh& mesh, const Chosen& chosen, const Detail& detail) {
  Stopwatch watch(times_.buildings);
  double error = 0;
  std::unordered_map<std::string, uint32_t> known;
  SurfaceMesh* surface = nullptr;
  BuildingLod lod = detail.lod;
  for (size_t k = 0; k < chosen.buildings.size(); ++k) {
    lod.hut = k >= chosen.whole;
    const BuildingEntry& entry = buildings_[chosen.buildings[k]];
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
    error = std::max(error, appendBuilding(*surface, mesh.centreEnu, local, lod));
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
  tile.minAreaMetres2 = kLeastAreaPixels * detail.pixelMetres * detail.pixelMetres;
  tile.simplifyMetres = detail.pixelMetres;
  tile.mergeMetres = kMergePixels * detail.pixelMetres;
  tile.levelMetres = detail.levelMetres;
  tile.heights = sky_ ? &*sky_ : nullptr;
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
    if (!entry.bridge && line && !important && entry.width < detail.pixelMetres) continue;
    // What is small may still be part of something larger once it has grown together with its like.
    if (!entry.bridge && !line && kind != GroundClass::Sea && entry.area < 0.3 * tile.minAreaMetres2) continue;
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
    if (important && !feature.bridge)
      local.widthMetres = std::max(local.widthMetres, 1.2 * kPixelPerError * detail.errorMetres);
    if (feature.bridge && local.line.size() >= 2) {
      glm::dvec2 middle = local.line[local.line.size() / 2];
      if (glm::any(glm::lessThan(middle, square.lo)) || glm::any(glm::greaterThanEqual(middle, square.hi()))) continue;
      local.rampAtStart = bridgeEnds_.at(endKey(feature.line.front())) < 2;
      local.rampAtEnd = bridgeEnds_.at(endKey(feature.line.back())) < 2;
      if (entry.length < 8 * detail.pixelMetres) {
        // What stands out of the square may have no ground of this tile under it.
        double outside = glm::length(glm::max(
            glm::max(square.lo - glm::dvec2(entry.loX, entry.loY), glm::dvec2(entry.hiX, entry.hiY) - square.hi()),
            glm::dvec2(0)));
        double rise = bridgeRise(local, tile.terrainZ);
        if (double dropped = std::hypot(rise, outside); dropped < detail.errorMetres) {
          error = std::max(error, dropped);
          continue;
        }
      }
    }
    if (!feature.name.empty()) {
      local.feature = static_cast<uint32_t>(mesh.features.size());
      mesh.features.push_back(
          {feature.id, feature.name, std::string(nameOf(kind)), std::numeric_limits<float>::quiet_NaN(), {}});
    }
    (local.bridge && local.line.size() >= 2 ? bridges : features).push_back(std::move(local));
  }
  GroundStatistics statistics = buildGround(mesh, tile, features);
  geosFailures_ += statistics.geosFailures;
  BridgeLod lod{0.5 * detail.pixelMetres, kPierShare * detail.errorMetres};
  for (const auto& bridge : bridges)
    error = std::max(error, appendBridge(mesh, mesh.centreEnu, bridge, tile.terrainZ, lod));
  if (plan.leaf) return error;
  // Outlines that moved by a pixel are seen as well as heights: where there are any, the tile is as coarse as it was made for.
  if (statistics.outlines) error = std::max(error, detail.errorMetres - detail.terrainError);
  return std::max(error, tile.simplifyMetres + kWaterStepMetres);
}

Result<TileRecord> Emitter::make(const TilePlan& plan) {
  Square square = squareOf(root_, plan.id);
  std::optional<TerrainSamples> terrain;
  if (options_.ground) {
    Stopwatch watch(times_.ground);
    terrain.emplace(square, [this](double x, double y) { return frame_.groundZ(x, y); });
  }
  for (size_t attempt = 0;; ++attempt) {
    Chosen chosen = choose(plan, kInteriorBuildingTriangles >> attempt);
    Detail detail = detailOf(plan, terrain ? &*terrain : nullptr, chosen.droppedError, attempt);
    TileMesh mesh;
    mesh.centreEnu = {square.centre(), 0};
    mesh.centreEnu.z = frame_.groundZ(mesh.centreEnu.x, mesh.centreEnu.y);
    double groundError = 0;
    if (options_.ground) {
      groundError = addGround(mesh, plan, detail);
      const double budget = kInteriorGroundTriangles + 2.0 * detail.cells * detail.cells;
      Detail coarser = detail;
      while (!plan.leaf && double(trianglesOf(mesh)) > budget && coarser.pixelMetres < kCoarsest * detail.pixelMetres) {
        // What there is to draw goes down with the square of the pixel, about.
        double step = std::max(kCoarserStep, std::sqrt(double(trianglesOf(mesh)) / budget));
        coarser.pixelMetres = std::min(coarser.pixelMetres * step, kCoarsest * detail.pixelMetres);
        mesh.surfaces.clear();
        mesh.features.clear();
        groundError = addGround(mesh, plan, coarser);
      }
    }
    double lodError = addBuildings(mesh, chosen, detail);

    TileRecord record;
    record.id = plan.id;
    bound(mesh, record);
    record.terrainError = detail.terrainError;
    record.skirtMetres = detail.skirtMetres;
    if (!plan.leaf) {
      double extent = record.hasContent ? glm::compMax(record.hi - record.lo) : 0;
      // A point above the true ground is as far from the drawn one as it rises, and the terrain's error more.
      record.geometricError =
          std::max({lodError, chosen.droppedError + detail.terrainError, groundError + detail.terrainError}) +
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
