#include "tiling/arrange.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <queue>

#include "tiling/geometry.h"
#include "tiling/parts.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

//! Calls `visit(payload, offset)` for every record in [begin, end of chunk); returns where the next chunk begins.
template <class Visit>
uint64_t visitRecords(std::string_view spool, uint64_t begin, uint64_t chunkBytes, Visit&& visit) {
  uint64_t at = begin;
  while (at + 4 <= spool.size() && at - begin < chunkBytes) {
    uint32_t size;
    std::memcpy(&size, spool.data() + at, 4);
    if (at + 4 + size > spool.size()) break;
    visit(spool.substr(at + 4, size), at);
    at += 4 + size;
  }
  return at;
}

template <class Entry>
struct Placed {
  std::optional<Entry> entry;  // none: the record is left out
  std::string payload;         // replaces the record's where it is not empty
};

//! Sorts a spool by Entry::key, records of equal key in spool order: runs of at most `chunkBytes`, then one merge.
template <class Entry, class Place>
class Sorter {
 public:
  Sorter(Path work, std::string name, uint64_t chunkBytes, Place place)
      : work_(std::move(work)), name_(std::move(name)), chunkBytes_(chunkBytes), place_(std::move(place)) {}

  Result<size_t> run(const std::function<void(double)>& progress) {
    auto spool = MappedFile::open(work_ / (name_ + ".spool"));
    if (!spool) return spool.error();
    uint64_t at = 0;
    size_t runs = 0;
    while (at < spool->text().size()) {
      auto next = writeRun(*spool, at, runs++);
      if (!next) return next.error();
      if (*next == at)
        return makeError(
            "{0}: 第 {1} 字节处的记录不完整；请删除该文件夹后重新生成 / record at byte {1} is cut off; remove the "
            "folder and build again",
            name_, at);
      spool->forget(at, *next - at);
      at = *next;
      progress(static_cast<double>(at));
    }
    return merge(runs);
  }

 private:
  Path runPath(size_t run, const char* suffix) const { return work_ / fmt::format("{}.{}.{}", name_, run, suffix); }

  Result<uint64_t> writeRun(const MappedFile& spool, uint64_t begin, size_t run) {
    std::vector<std::pair<std::string_view, uint64_t>> records;
    uint64_t end = visitRecords(spool.text(), begin, chunkBytes_, [&](std::string_view payload, uint64_t offset) {
      records.emplace_back(payload, offset);
    });
    std::vector<Placed<Entry>> placed(records.size());
    tbb::parallel_for(size_t{0}, records.size(),
                      [&](size_t i) { placed[i] = place_(records[i].first, records[i].second); });
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < placed.size(); ++i)
      if (placed[i].entry) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return placed[a].entry->key < placed[b].entry->key; });

    auto index = FileWriter::create(runPath(run, "idx"));
    auto data = FileWriter::create(runPath(run, "rec"));
    if (!index) return index.error();
    if (!data) return data.error();
    for (uint32_t i : order) {
      std::string_view payload = placed[i].payload.empty() ? records[i].first : std::string_view(placed[i].payload);
      Entry entry = *placed[i].entry;
      entry.offset = data->bytesWritten();
      entry.size = static_cast<uint32_t>(payload.size());
      if (auto ok = index->writePod(entry); !ok) return ok.error();
      if (auto ok = data->write(payload); !ok) return ok.error();
    }
    if (auto ok = index->finish(); !ok) return ok.error();
    if (auto ok = data->finish(); !ok) return ok.error();
    return end;
  }

  struct Run {
    MappedFile index, data;
    size_t at = 0;
  };

  Result<size_t> merge(size_t runCount) {
    std::vector<Run> runs(runCount);
    using Head = std::pair<uint64_t, size_t>;  // key, run: runs follow each other in the spool
    std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
    for (size_t i = 0; i < runCount; ++i) {
      auto index = MappedFile::open(runPath(i, "idx"));
      auto data = MappedFile::open(runPath(i, "rec"));
      if (!index) return index.error();
      if (!data) return data.error();
      runs[i].index = std::move(*index);
      runs[i].data = std::move(*data);
      auto entries = runs[i].index.template as<Entry>();
      if (!entries.empty()) heads.emplace(entries[0].key, i);
    }
    auto index = FileWriter::create(work_ / (name_ + ".idx"));
    auto data = FileWriter::create(work_ / (name_ + ".rec"));
    if (!index) return index.error();
    if (!data) return data.error();
    size_t count = 0;
    while (!heads.empty()) {
      size_t i = heads.top().second;
      heads.pop();
      auto entries = runs[i].index.template as<Entry>();
      Entry entry = entries[runs[i].at++];
      std::string_view payload = runs[i].data.text().substr(entry.offset, entry.size);
      entry.offset = data->bytesWritten();
      if (auto ok = index->writePod(entry); !ok) return ok.error();
      if (auto ok = data->write(payload); !ok) return ok.error();
      ++count;
      if (runs[i].at < entries.size()) heads.emplace(entries[runs[i].at].key, i);
    }
    if (auto ok = index->finish(); !ok) return ok.error();
    if (auto ok = data->finish(); !ok) return ok.error();
    runs.clear();
    for (size_t i = 0; i < runCount; ++i) {
      std::error_code ignored;
      std::filesystem::remove(runPath(i, "idx"), ignored);
      std::filesystem::remove(runPath(i, "rec"), ignored);
    }
    return count;
  }

  Path work_;
  std::string name_;
  uint64_t chunkBytes_;
  Place place_;
};

//! Mean and lowest ground at the corners of the outer ring.
glm::vec2 groundUnder(const LocalFrame& frame, const std::vector<glm::dvec2>& ring) {
  if (frame.flat() || ring.empty()) return glm::vec2(0);
  double sum = 0, low = std::numeric_limits<double>::max();
  for (const auto& corner : ring) {
    double height = frame.terrain(corner.x, corner.y);
    sum += height;
    low = std::min(low, height);
  }
  return {static_cast<float>(sum / static_cast<double>(ring.size())), static_cast<float>(low)};
}

BuildingEntry placeBuilding(const LocalFrame& frame, const Square& root, const Building& building) {
  BuildingEntry entry;
  glm::vec2 ground = groundUnder(frame, building.rings.front());
  std::vector<glm::dvec2> outer;
  size_t corners = 0;
  for (size_t r = 0; r < building.rings.size(); ++r) {
    corners += building.rings[r].size();
    std::vector<glm::dvec2> ring;
    for (const auto& corner : building.rings[r]) ring.emplace_back(frame.fromOrthometric(corner.x, corner.y, ground.x));
    entry.area += static_cast<float>((r == 0 ? 1 : -1) * std::abs(signedArea(ring)));
    if (r == 0) outer = std::move(ring);
  }
  glm::dvec2 centre = centroidOf(outer);
  for (const auto& corner : outer)
    entry.reach = std::max(entry.reach, static_cast<float>(glm::distance(corner, centre)));
  entry.key = pointKey(root, centre);
  entry.triangles = static_cast<uint32_t>(3 * corners);
  entry.x = static_cast<float>(centre.x);
  entry.y = static_cast<float>(centre.y);
  entry.base = ground.x;
  entry.low = ground.y;
  entry.height = building.height;
  entry.minHeight = building.minHeight;
  entry.above = static_cast<float>(heightAboveTop(building));
  entry.rings = static_cast<uint32_t>(building.rings.size());
  return entry;
}

GroundEntry placeGround(const LocalFrame& frame, const Square& root, const GroundFeature& feature) {
  GroundEntry entry;
  glm::dvec2 lo(std::numeric_limits<double>::max()), hi(-std::numeric_limits<double>::max());
  auto local = [&](const glm::dvec2& p) {
    // The ground's height moves a point of the plane by less than a hundredth of it: enough for a box with a margin.
    glm::dvec2 q(frame.fromOrthometric(p.x, p.y, 0));
    lo = glm::min(lo, q);
    hi = glm::max(hi, q);
    return q;
  };
  for (size_t r = 0; r < feature.rings.size(); ++r) {
    std::vector<glm::dvec2> ring;
    for (const auto& p : feature.rings[r]) ring.push_back(local(p));
    entry.area += static_cast<float>((r == 0 ? 1 : -1) * std::abs(signedArea(ring)));
    entry.points += static_cast<uint32_t>(ring.size());
  }
  glm::dvec2 last(0);
  for (size_t i = 0; i < feature.line.size(); ++i) {
    glm::dvec2 now = local(feature.line[i]);
    if (i > 0) entry.length += static_cast<float>(glm::distance(now, last));
    last = now;
  }
  entry.points += static_cast<uint32_t>(2 * feature.line.size());
  double margin = feature.widthMetres + 2;
  entry.width = feature.widthMetres;
  entry.loX = static_cast<float>(lo.x - margin);
  entry.loY = static_cast<float>(lo.y - margin);
  entry.hiX = static_cast<float>(hi.x + margin);
  entry.hiY = static_cast<float>(hi.y + margin);
  entry.key = boxKey(root, lo - margin, hi + margin);
  entry.kind = static_cast<uint8_t>(feature.kind);
  entry.bridge = feature.bridge;
  entry.tunnel = feature.tunnel;
  entry.layer = feature.layer;
  return entry;
}

}  // namespace

void frameRecord(std::string_view payload, std::string& out) {
  auto size = static_cast<uint32_t>(payload.size());
  out.append(reinterpret_cast<const char*>(&size), 4);
  out.append(payload);
}

Result<ArrangeReport> arrange(const ArrangeOptions& options, const LocalFrame& frame, const Square& root) {
  ArrangeReport report;
  std::error_code ignored;
  auto total = static_cast<double>(std::filesystem::file_size(options.work / "buildings.spool", ignored) +
                                   std::filesystem::file_size(options.work / "ground.spool", ignored));
  // A decoded record takes about eight times its packed size while a run is placed.
  uint64_t chunkBytes = std::max<uint64_t>(options.memoryBytes / 16, 64 << 10);

  PartFinder parts;
  {
    auto spool = MappedFile::open(options.work / "buildings.spool");
    if (!spool) return spool.error();
    visitRecords(spool->text(), 0, spool->text().size() + 1,
                 [&](std::string_view payload, uint64_t offset) { parts.addIfPart(payload, offset); });
    if (!parts.empty())
      visitRecords(spool->text(), 0, spool->text().size() + 1,
                   [&](std::string_view payload, uint64_t offset) { parts.claimFor(payload, offset); });
    parts.finish();
    report.partsPlaced = parts.placed();
    report.outlinesReplaced = parts.replaced();
  }

  auto place = [&](std::string_view payload, uint64_t offset) {
    Placed<BuildingEntry> placed;
    if (parts.isReplaced(offset)) return placed;
    Building building = decodeBuilding(payload);
    placed.entry = placeBuilding(frame, root, building);
    if (const PartFinder::Outline* outline = parts.outlineOf(offset)) {
      Building whole;
      whole.rings = outline->rings;
      BuildingEntry stands = placeBuilding(frame, root, whole);
      placed.entry->key = stands.key;
      placed.entry->base = stands.base;
      placed.entry->low = stands.low;
      building.parent = outline->id;
      if (building.name.empty()) building.name = outline->name;
      building.kind = outline->kind;
      encode(building, placed.payload);
    }
    return placed;
  };
  double before = 0;
  auto progress = [&](double bytes) {
    if (options.progress) options.progress(before + bytes, total);
  };
  auto buildings = Sorter<BuildingEntry, decltype(place)>(options.work, "buildings", chunkBytes, place).run(progress);
  if (!buildings) return buildings.error();
  report.buildings = *buildings;
  before = static_cast<double>(std::filesystem::file_size(options.work / "buildings.spool", ignored));

  auto placeLine = [&](std::string_view payload, uint64_t) {
    return Placed<GroundEntry>{placeGround(frame, root, decodeGround(payload)), {}};
  };
  auto ground = Sorter<GroundEntry, decltype(placeLine)>(options.work, "ground", chunkBytes, placeLine).run(progress);
  if (!ground) return ground.error();
  report.ground = *ground;
  return report;
}

}  // namespace cm::tiling
