#include "tiling/ground_shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "source/geos.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

namespace geos = source::geos;

constexpr double kSmallMerges = 12;  // areas of up to this many times the reach of merging, squared, are small

// Their surfaces have heights of their own: what is not drawn of them is an error, not only a colour.
bool isWet(GroundClass kind) { return kind == GroundClass::Water || kind == GroundClass::Sea; }

bool lexicographic(Point a, Point b) { return a.x != b.x ? a.x < b.x : a.y < b.y; }

// Pieces of a line that come within `margin` of the square; whole segments, so that ends lie outside it.
void nearPieces(const std::vector<glm::dvec2>& line, glm::dvec2 lo, glm::dvec2 hi,
                std::vector<std::vector<glm::dvec2>>& out) {
  bool open = false;
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    const glm::dvec2 a = glm::min(line[i], line[i + 1]), b = glm::max(line[i], line[i + 1]);
    const bool near = a.x <= hi.x && b.x >= lo.x && a.y <= hi.y && b.y >= lo.y;
    if (near && !open) out.push_back({line[i]});
    if (near) out.back().push_back(line[i + 1]);
    open = near;
  }
}

}  // namespace

bool GroundShape::looksLike(const GroundShape& other) const {
  return kind == other.kind && feature == other.feature &&
         (level == other.level || (std::isnan(level) && std::isnan(other.level)));
}

GroundShapes::GroundShapes(const GroundTile& ground, std::span<const LocalGround> features, int cells)
    : ground_(ground), cells_(cells), unit_((ground.hi.x - ground.lo.x) / (double(cells) * kCellUnits)) {
  addAreas(features);
  addLines(features);
  std::stable_sort(shapes_.begin(), shapes_.end(),
                   [](const GroundShape& a, const GroundShape& b) { return a.kind < b.kind; });
  const size_t count = size_t(cells_) * size_t(cells_);
  base_.assign(count, -1);
  touched_.assign(count, -1);
  crossings_.resize(size_t(cells_));
  for (int s = 0; s < int(shapes_.size()); ++s) spread(s);

  firstOfCell_.assign(count + 1, 0);
  for (const Entry& entry : entries_) ++firstOfCell_[entry.cell + 1];
  for (size_t i = 0; i < count; ++i) firstOfCell_[i + 1] += firstOfCell_[i];
  std::vector<Entry> sorted(entries_.size());
  std::vector<uint32_t> next(firstOfCell_.begin(), firstOfCell_.end() - 1);
  for (const Entry& entry : entries_) sorted[next[entry.cell]++] = entry;
  entries_ = std::move(sorted);
  edgesOfEntries_.reserve(entries_.size());
  for (const Entry& entry : entries_) edgesOfEntries_.push_back(entry.edge);
  nameLines(features);
}

Point GroundShapes::snap(glm::dvec2 p) const {
  // Far away points only have to be far away: 2^24 units leave room for exact products.
  const glm::dvec2 q = glm::clamp((p - ground_.lo) / unit_, glm::dvec2(-16777216.0), glm::dvec2(16777216.0));
  return {static_cast<int>(std::lround(q.x)), static_cast<int>(std::lround(q.y))};
}

void GroundShapes::addRings(GroundShape& shape, const Rings& rings, double simplifyMetres) const {
  for (const Ring& ring : rings) {
    if (ring.size() < 3) continue;
    if (!isWet(shape.kind) && &ring != &rings[0] && std::abs(signedArea(ring)) < ground_.minAreaMetres2) continue;
    double error = 0;
    const Ring simple = simplifyMetres > 0 ? simplifyRing(ring, simplifyMetres, error) : Ring();
    const Ring& used = simplifyMetres > 0 ? simple : ring;
    Point from = snap(used.back());
    for (const glm::dvec2& p : used) {
      const Point to = snap(p);
      if (to != from) shape.edges.push_back(lexicographic(from, to) ? std::array{from, to} : std::array{to, from});
      from = to;
    }
  }
}

void GroundShapes::addAreas(std::span<const LocalGround> features) {
  // By class and part of the square: the time GEOS takes grows with the square of their number.
  constexpr double kParts = 12;
  std::map<std::tuple<GroundClass, int, int>, std::vector<const LocalGround*>> small;
  const double smallMetres2 = std::pow(kSmallMerges * ground_.mergeMetres, 2);
  for (const LocalGround& feature : features) {
    if (feature.bridge || feature.tunnel || feature.rings.empty() || feature.kind == GroundClass::Land) continue;
    glm::dvec2 lo(1e300), hi(-1e300);
    for (const glm::dvec2& p : feature.rings[0]) lo = glm::min(lo, p), hi = glm::max(hi, p);
    if (lo.x >= ground_.hi.x || hi.x <= ground_.lo.x || lo.y >= ground_.hi.y || hi.y <= ground_.lo.y) continue;
    const double area = std::abs(signedArea(feature.rings[0]));
    if (area < smallMetres2 && feature.feature == source::kNoFeature && !isWet(feature.kind)) {
      const glm::dvec2 part = glm::floor((lo - ground_.lo) / (ground_.hi - ground_.lo) * kParts);
      small[{feature.kind, int(part.x), int(part.y)}].push_back(&feature);
      continue;
    }
    if (feature.kind != GroundClass::Sea && area < ground_.minAreaMetres2) continue;
    GroundShape shape{feature.kind, feature.feature, feature.levelZOffset, false, {}};
    addRings(shape, feature.rings, ground_.simplifyMetres);
    if (!shape.edges.empty()) shapes_.push_back(std::move(shape));
  }
  for (const auto& [key, areas] : small) addMerged(std::get<0>(key), areas);
}

// Widened, united and narrowed again: gaps close, corners stay.
void GroundShapes::addMerged(GroundClass kind, const std::vector<const LocalGround*>& small) {
  std::vector<GEOSGeometry*> parts;
  for (const LocalGround* area : small)
    if (geos::Geometry part = geos::polygonFrom(area->rings)) parts.push_back(part.release());
  geos::Geometry all(
      GEOSGeom_createCollection_r(geos::context(), GEOS_MULTIPOLYGON, parts.data(), unsigned(parts.size())));
  auto widened = [](const geos::Geometry& from, double metres) {
    constexpr double kMitreLimit = 2;
    return geos::Geometry(from ? GEOSBufferWithStyle_r(geos::context(), from.get(), metres, 1, GEOSBUF_CAP_FLAT,
                                                       GEOSBUF_JOIN_MITRE, kMitreLimit)
                               : nullptr);
  };
  const geos::Geometry wide = widened(all, ground_.mergeMetres), merged = widened(wide, -ground_.mergeMetres);
  if (!merged) {
    failures_ += small.size();
    return;
  }
  for (const Rings& rings : geos::polygonsOf(merged.get())) {
    if (rings.empty() || std::abs(signedArea(rings[0])) < ground_.minAreaMetres2) continue;
    GroundShape shape{kind, source::kNoFeature, std::numeric_limits<double>::quiet_NaN(), false, {}};
    addRings(shape, rings, ground_.simplifyMetres);
    if (!shape.edges.empty()) shapes_.push_back(std::move(shape));
  }
}

void GroundShapes::addLines(std::span<const LocalGround> features) {
  // Lines of one class and width are one shape: GEOS unites them as it widens them. Its time grows with their square, so many of
  // them are several shapes, whose common parts look the same and are united cell by cell.
  constexpr size_t kMostLines = 256;
  std::multimap<std::pair<GroundClass, double>, std::vector<std::vector<glm::dvec2>>> groups;
  std::vector<std::vector<glm::dvec2>> pieces;
  for (const LocalGround& feature : features) {
    if (feature.bridge || feature.tunnel || feature.line.size() < 2) continue;
    const double width = feature.widthMetres > 0 ? feature.widthMetres : defaultWidthMetres(feature.kind);
    if (width < ground_.minLineWidthMetres) continue;
    pieces.clear();
    nearPieces(feature.line, ground_.lo - width, ground_.hi + width, pieces);
    const std::pair key{feature.kind, width};
    auto last = groups.upper_bound(key);
    const bool room =
        last != groups.begin() && std::prev(last)->first == key && std::prev(last)->second.size() < kMostLines;
    auto& group =
        room ? std::prev(last)->second : groups.emplace_hint(last, key, std::vector<std::vector<glm::dvec2>>())->second;
    for (auto& piece : pieces) group.push_back(simplifyLine(piece, std::max(0.7 * ground_.simplifyMetres, 0.05)));
  }
  using Parameters = std::unique_ptr<GEOSBufferParams, void (*)(GEOSBufferParams*)>;
  Parameters parameters(GEOSBufferParams_create_r(geos::context()),
                        [](GEOSBufferParams* p) { GEOSBufferParams_destroy_r(geos::context(), p); });
  const bool coarse = ground_.simplifyMetres > 0;
  GEOSBufferParams_setEndCapStyle_r(geos::context(), parameters.get(), coarse ? GEOSBUF_CAP_SQUARE : GEOSBUF_CAP_ROUND);
  GEOSBufferParams_setJoinStyle_r(geos::context(), parameters.get(), coarse ? GEOSBUF_JOIN_BEVEL : GEOSBUF_JOIN_ROUND);
  for (auto& [key, lines] : groups) {
    // A quarter circle in two chords errs by 4 % of the half width: 0.15 m on a street, 0.6 m on a wide river, hence more there.
    GEOSBufferParams_setQuadrantSegments_r(geos::context(), parameters.get(),
                                           key.second > 8 * std::max(1.0, ground_.simplifyMetres) ? 3 : 2);
    geos::Geometry geometry = geos::linesFrom(lines);
    geos::Geometry wide(
        geometry ? GEOSBufferWithParams_r(geos::context(), geometry.get(), parameters.get(), key.second / 2) : nullptr);
    if (!wide) {
      failures_ += lines.size();
      continue;
    }
    GroundShape shape{key.first, source::kNoFeature, std::numeric_limits<double>::quiet_NaN(), true, {}};
    for (const Rings& rings : geos::polygonsOf(wide.get()))
      addRings(shape, rings,
               std::min(0.3 * ground_.simplifyMetres, key.second / 5));  // with the line's own, the whole tolerance
    if (!shape.edges.empty()) shapes_.push_back(std::move(shape));
  }
}

void GroundShapes::nameLines(std::span<const LocalGround> features) {
  for (const LocalGround& feature : features) {
    if (feature.feature == source::kNoFeature || feature.bridge || feature.tunnel) continue;
    const double width = feature.widthMetres > 0 ? feature.widthMetres : defaultWidthMetres(feature.kind);
    if (feature.line.size() < 2 || width < ground_.minLineWidthMetres) continue;
    if (namedOfCell_.empty()) namedOfCell_.resize(base_.size());
    for (size_t i = 0; i + 1 < feature.line.size(); ++i) {
      const NamedLine line{(feature.line[i] - ground_.lo) / unit_, (feature.line[i + 1] - ground_.lo) / unit_,
                           width / 2 / unit_, feature.feature, feature.kind};
      const glm::dvec2 lo = (glm::min(line.a, line.b) - line.halfWidth) / double(kCellUnits);
      const glm::dvec2 hi = (glm::max(line.a, line.b) + line.halfWidth) / double(kCellUnits);
      if (hi.x < 0 || hi.y < 0 || lo.x >= cells_ || lo.y >= cells_) continue;
      named_.push_back(line);
      for (int r = std::max(0, int(lo.y)); r <= std::min(cells_ - 1, int(hi.y)); ++r)
        for (int c = std::max(0, int(lo.x)); c <= std::min(cells_ - 1, int(hi.x)); ++c)
          namedOfCell_[cellOf(c, r)].push_back(uint32_t(named_.size() - 1));
    }
  }
}

// Which cells the shape's edges touch, and which of the others it covers.
void GroundShapes::spread(int s) {
  const GroundShape& shape = shapes_[size_t(s)];
  const size_t firstEntry = entries_.size();
  for (auto& row : crossings_) row.clear();
  int lowRow = cells_, highRow = -1, highColumn = -1;
  for (size_t e = 0; e < shape.edges.size(); ++e) {
    const auto [a, b] = shape.edges[e];  // a.x <= b.x
    const int south = std::min(a.y, b.y), north = std::max(a.y, b.y);
    lowRow = std::min(lowRow, int(std::floor(double(south) / kCellUnits)));
    highRow = std::max(highRow, int(std::floor(double(north) / kCellUnits)));
    highColumn = std::max(highColumn, int(std::floor(double(b.x) / kCellUnits)));
    if (north < 0 || south > cells_ * kCellUnits) continue;
    const double run = double(b.x) - a.x, rise = double(b.y) - a.y;
    // Rows whose lower border it crosses (half open, as in `covers`), for coverage of corners.
    const int k0 = std::max(0, int(std::ceil(double(south) / kCellUnits)));
    for (int k = k0; k < cells_ && k * kCellUnits < north; ++k)
      crossings_[size_t(k)].push_back(a.x + run * ((double(k) * kCellUnits - a.y) / rise));
    // Cells it touches, their borders included.
    const int r0 = std::max(0, int(std::floor((south - 1.0) / kCellUnits))),
              r1 = std::min(cells_ - 1, int(std::floor(double(north) / kCellUnits)));
    for (int r = r0; r <= r1; ++r) {
      double x0 = a.x, x1 = b.x;
      if (rise != 0) {
        const double ta = (double(r) * kCellUnits - a.y) / rise, tb = (double(r + 1) * kCellUnits - a.y) / rise;
        x0 = a.x + run * std::clamp(std::min(ta, tb), 0.0, 1.0);
        x1 = a.x + run * std::clamp(std::max(ta, tb), 0.0, 1.0);
      }
      const int c0 = std::max(0, int(std::floor((x0 - 1) / kCellUnits))),
                c1 = std::min(cells_ - 1, int(std::floor((x1 + 1) / kCellUnits)));
      for (int c = c0; c <= c1; ++c) {
        entries_.push_back({uint32_t(cellOf(c, r)), s, int(e)});
        touched_[cellOf(c, r)] = s;
      }
    }
  }
  std::vector<Entry> edges(entries_.begin() + std::ptrdiff_t(firstEntry), entries_.end());
  entries_.resize(firstEntry);
  for (int r = std::max(0, lowRow - 1); r <= std::min(cells_ - 1, highRow); ++r) {
    auto& xs = crossings_[size_t(r)];
    std::sort(xs.begin(), xs.end());
    size_t passed = 0;
    for (int c = 0; c <= std::min(cells_ - 1, highColumn); ++c) {
      while (passed < xs.size() && xs[passed] <= double(c) * kCellUnits) ++passed;
      const bool in = passed % 2 == 1;
      const size_t cell = cellOf(c, r);
      if (touched_[cell] == s)
        entries_.push_back({uint32_t(cell), s, in ? -2 : -1});
      else if (in)
        base_[cell] = s;
    }
  }
  // Touched cells beyond the last column looked at have their corner outside.
  for (const Entry& edge : edges)
    if (int(edge.cell) % cells_ > highColumn && touched_[edge.cell] == s) {
      entries_.push_back({edge.cell, s, -1});
      touched_[edge.cell] = -1;
    }
  entries_.insert(entries_.end(), edges.begin(), edges.end());
}

void GroundShapes::locals(int column, int row, std::vector<LocalShape>& out) const {
  out.clear();
  const size_t cell = cellOf(column, row);
  for (size_t i = firstOfCell_[cell]; i < firstOfCell_[cell + 1]; ++i) {
    const Entry& entry = entries_[i];
    if (entry.shape <= base_[cell]) continue;
    if (out.empty() || out.back().shape != entry.shape) out.push_back({entry.shape, false, {}});
    LocalShape& local = out.back();
    if (entry.edge < 0) {
      local.corner = entry.edge == -2;
      local.edges = std::span<const int>(edgesOfEntries_).subspan(i + 1, 0);
    } else {
      local.edges = {local.edges.data(), local.edges.size() + 1};
    }
  }
}

bool GroundShapes::covers(const LocalShape& local, int column, int row, glm::dvec2 p) const {
  const double x0 = double(column) * kCellUnits, y0 = double(row) * kCellUnits;
  const auto& edges = shapes_[size_t(local.shape)].edges;
  bool in = local.corner;
  // From p straight down to the cell's lower border, then west to its corner: every edge on that way changes the side.
  for (int e : local.edges) {
    const glm::dvec2 a(edges[size_t(e)][0]), b(edges[size_t(e)][1]);
    if ((a.x <= p.x) != (b.x <= p.x)) {
      const double y = a.y + (b.y - a.y) * ((p.x - a.x) / (b.x - a.x));
      if (y > y0 && y < p.y) in = !in;
    }
    if ((a.y <= y0) != (b.y <= y0)) {
      const double x = a.x + (b.x - a.x) * ((y0 - a.y) / (b.y - a.y));
      if (x > x0 && x <= p.x) in = !in;
    }
  }
  return in;
}

uint32_t GroundShapes::featureAt(int shape, int column, int row, glm::dvec2 p) const {
  const GroundShape& at = shapes_[size_t(shape)];
  if (!at.lines || namedOfCell_.empty()) return at.feature;
  uint32_t feature = source::kNoFeature;
  double nearest = 1e300;
  for (uint32_t i : namedOfCell_[cellOf(column, row)]) {
    const NamedLine& line = named_[i];
    if (line.kind != at.kind) continue;
    const double distance = distanceToSegment(p, line.a, line.b);
    if (distance <= line.halfWidth * 1.05 && distance < nearest) nearest = distance, feature = line.feature;
  }
  return feature;
}

}  // namespace cm::tiling
