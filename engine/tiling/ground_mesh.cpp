#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <tuple>

#include "tiling/building_mesh.h"
#include "tiling/geometry.h"
#include "tiling/ground_cell.h"
#include "tiling/ground_grid.h"
#include "tiling/ground_matter.h"
#include "tiling/ground_shapes.h"

namespace cm::tiling {
namespace {

constexpr double kSeaDrop = 1.2,
                 kWaterDrop = 0.5;  // metres below sea level and below the banks: the edge shows, quays look built
constexpr double kBankFoot = 0.3;   // banks go on this far below the water
constexpr int kMostSeaCells = 8;    // of a tile that is nothing but flat water, a side
// Cells of the terrain's grid are drawn in patches, whose triangles are as large as what they show allows.
constexpr unsigned kLargestPatch = 8, kFewestPatches = 8;
// A street's bytes and the shore's distance may be off by so much between a triangle's corners: 1 m and 2.5 m.
constexpr int kAllowedAlong = 2;
constexpr double kAllowedShore = 2.5;
constexpr double kQuayLeast = 1.6, kTideMetres = 0.5, kCopeMetres = 0.4;  // of walls that are built
const glm::vec3 kQuayLinear(0.55f, 0.53f, 0.49f);

//! What ends in a wall at the water, not in a bank.
bool isPaved(GroundClass kind) {
  return kind == GroundClass::Plaza || kind == GroundClass::Pier || kind == GroundClass::Commercial ||
         kind == GroundClass::Industrial || kind == GroundClass::Rail || isRoad(kind);
}

bool isWater(GroundClass kind) { return kind == GroundClass::Water || kind == GroundClass::Sea; }

// Local coordinates of where an edge crosses the cell, rounded. Crossings are computed from the whole edge, so that the two cells
// at a border get the same point.
bool clipEdge(const std::array<Point, 2>& edge, int x0, int y0, Point& from, Point& to) {
  const int x1 = x0 + kCellUnits, y1 = y0 + kCellUnits;
  const auto [a, b] = edge;
  std::array<Point, 6> found;
  size_t count = 0;
  auto add = [&](Point p) { found[count++] = p; };
  auto inside = [&](Point p) { return p.x >= x0 && p.x <= x1 && p.y >= y0 && p.y <= y1; };
  if (inside(a)) add(a);
  if (inside(b)) add(b);
  if (count < 2) {
    const double dx = double(b.x) - a.x, dy = double(b.y) - a.y;
    for (int x : {x0, x1}) {
      if ((a.x < x) == (b.x < x) || a.x == x || b.x == x) continue;
      const double y = a.y + dy * ((double(x) - a.x) / dx);
      if (y >= y0 && y <= y1) add({x, static_cast<int>(std::lround(y))});
    }
    for (int y : {y0, y1}) {
      if ((a.y < y) == (b.y < y) || a.y == y || b.y == y) continue;
      const double x = a.x + dx * ((double(y) - a.y) / dy);
      if (x >= x0 && x <= x1) add({static_cast<int>(std::lround(x)), y});
    }
  }
  if (count < 2) return false;
  auto before = [](Point p, Point q) { return p.x != q.x ? p.x < q.x : p.y < q.y; };
  const auto [least, most] = std::minmax_element(found.begin(), found.begin() + std::ptrdiff_t(count), before);
  from = *least - Point(x0, y0);
  to = *most - Point(x0, y0);
  return from != to;
}

struct Edge {
  uint64_t from, to;  // keys of points, from < to
  bool forward;       // the triangle has it in this direction
  int shape;          // -1: plain land
};

class GroundBuilder {
 public:
  GroundBuilder(TileMesh& tile, const GroundTile& ground, std::span<const LocalGround> features)
      : tile_(tile),
        ground_(ground),
        patch_(int(std::clamp(ground.cells / kFewestPatches, 1u, kLargestPatch))),
        cells_(int(ground.cells) / patch_),
        shapes_(ground, features, cells_),
        unit_(shapes_.unitMetres()),
        shores_(ground.lo, ground.hi) {
    if (ground.simplifyMetres == 0) roads_.emplace(ground.lo, ground.hi, features);
    for (const GroundShape& shape : shapes_.shapes()) water_ = water_ || isWater(shape.kind);
  }

  GroundStatistics build() {
    if (!openWater()) {
      statistics_.outlines = !shapes_.shapes().empty();
      grid_.emplace(ground_);
      columnPoints_.resize(size_t(cells_ + 1) * size_t(cells_));
      rowPoints_.resize(size_t(cells_ + 1) * size_t(cells_));
      segments_.resize(size_t(cells_) * size_t(cells_));
      nodes_.resize(size_t(cells_) * size_t(cells_));
      for (int r = 0; r < cells_; ++r)
        for (int c = 0; c < cells_; ++c) cutCell(c, r);
      for (int r = 0; r < cells_; ++r)
        for (int c = 0; c < cells_; ++c) chooseNodes(c, r);
      for (int r = 0; r < cells_; ++r)
        for (int c = 0; c < cells_; ++c) fillCell(c, r);
      banks();
    }
    statistics_.geosFailures = shapes_.geosFailures();
    return statistics_;
  }

 private:
  struct Look {
    GroundClass kind = GroundClass::Land;
    uint32_t feature = source::kNoFeature;
    double level = std::numeric_limits<double>::quiet_NaN();
    int road = -1;  // of roads_
  };

  size_t cellOf(int c, int r) const { return size_t(r) * size_t(cells_) + size_t(c); }
  std::vector<int>& columnLine(int line, int row) { return columnPoints_[size_t(line) * size_t(cells_) + size_t(row)]; }
  std::vector<int>& rowLine(int line, int column) { return rowPoints_[size_t(line) * size_t(cells_) + size_t(column)]; }
  static uint64_t keyOf(Point p) { return uint64_t(uint32_t(p.x)) << 32 | uint32_t(p.y); }
  static Point pointOf(uint64_t key) { return {int(key >> 32), int(key & 0xffffffff)}; }
  glm::dvec2 placeOf(Point p) const { return ground_.lo + glm::dvec2(p) * unit_; }

  Look lookOf(int shape) const {
    if (shape < 0) return {};
    const GroundShape& s = shapes_.shapes()[size_t(shape)];
    return {s.kind, s.feature, s.level, -1};
  }

  double seaZ(glm::dvec2 p) const { return ground_.seaZ ? ground_.seaZ(p.x, p.y) : ground_.terrainZ(p.x, p.y); }

  double heightOf(const Look& look, glm::dvec2 p) const {
    if (look.kind == GroundClass::Sea) return seaZ(p) - kSeaDrop;
    if (look.kind == GroundClass::Water)
      return std::isnan(look.level) ? ground_.terrainZ(p.x, p.y) - kWaterDrop : seaZ(p) + look.level;
    return ground_.terrainZ(p.x, p.y);
  }

  // In cells of the terrain's grid.
  glm::dvec2 gridPlace(Point p) const { return glm::dvec2(p) * (double(patch_) / kCellUnits); }

  glm::vec3 normalAt(const Look& look, Point p) const {
    return isWater(look.kind) || !grid_ ? glm::vec3(0, 0, 1) : grid_->normalAt(gridPlace(p));
  }

  MeshWriter writerFor(GroundClass kind, uint32_t feature) {
    return {surfaceOf(tile_, surfaceOf(kind)), glm::dvec3(ground_.lo, 0) - ground_.centre, feature};
  }

  uint32_t vertexAt(MeshWriter& writer, const Look& look, Point p) {
    const glm::dvec2 local = glm::dvec2(p) * unit_;
    const uint8_t shore = isWater(look.kind) ? shores_.at(ground_.lo + local) : uint8_t(0);
    writer.matter = {matterKind(look.kind, defaultWidthMetres(look.kind) / 2), shore, 0};
    if (look.road >= 0) writer.matter = roads_->at(look.road, ground_.lo + local);
    return writer.vertex({local, heightOf(look, ground_.lo + local)}, normalAt(look, p), groundColour(look.kind));
  }

  void count(GroundClass kind, Point a, Point b, Point c) {
    const double area = 0.5 * unit_ * unit_ * (double(b.x - a.x) * (c.y - a.y) - double(b.y - a.y) * (c.x - a.x));
    statistics_.areaMetres2 += area;
    statistics_.areaByClass[size_t(kind)] += area;
    ++statistics_.triangles;
  }

  // A square of nothing but one flat water needs few triangles: just enough for the curvature of the Earth.
  bool openWater() {
    const int shape = shapes_.base(0, 0);
    if (shape < 0) return false;
    const Look look = lookOf(shape);
    if (look.kind != GroundClass::Sea && !(look.kind == GroundClass::Water && !std::isnan(look.level))) return false;
    std::vector<LocalShape> locals;
    for (int r = 0; r < cells_; ++r)
      for (int c = 0; c < cells_; ++c) {
        shapes_.locals(c, r, locals);
        if (shapes_.base(c, r) != shape || !locals.empty()) return false;
      }
    const int side = std::min(cells_, kMostSeaCells), step = cells_ * kCellUnits / side;
    MeshWriter writer = writerFor(look.kind, look.feature);
    const auto first = static_cast<uint32_t>(writer.mesh.positions.size());
    for (int r = 0; r <= side; ++r)
      for (int c = 0; c <= side; ++c) vertexAt(writer, look, {c * step, r * step});
    for (int r = 0; r < side; ++r)
      for (int c = 0; c < side; ++c) {
        const uint32_t i = first + uint32_t(r * (side + 1) + c), up = uint32_t(side + 1);
        writer.triangle(i, i + 1, i + up + 1);
        writer.triangle(i, i + up + 1, i + up);
        const Point p(c * step, r * step), q = p + step;
        count(look.kind, p, {q.x, p.y}, q);
        count(look.kind, p, q, {p.x, q.y});
        skirt(writer, i, i + 1, p, {q.x, p.y});
        skirt(writer, i + 1, i + up + 1, {q.x, p.y}, q);
        skirt(writer, i + up + 1, i + up, q, {p.x, q.y});
        skirt(writer, i + up, i, {p.x, q.y}, p);
      }
    return true;
  }

  // First pass: the outlines that show in this cell, cut where they cross, and where they meet the cell's borders.
  void cutCell(int c, int r) {
    shapes_.locals(c, r, locals_);
    if (locals_.empty()) return;
    const int x0 = c * kCellUnits, y0 = r * kCellUnits;
    std::vector<CellSegment>& segments = segments_[cellOf(c, r)];
    for (int l = 0; l < int(locals_.size()); ++l)
      for (int e : locals_[size_t(l)].edges) {
        CellSegment segment{{}, {}, l};
        const GroundShape& shape = shapes_.shapes()[size_t(locals_[size_t(l)].shape)];
        if (clipEdge(shape.edges[size_t(e)], x0, y0, segment.a, segment.b))
          addBent(segments, segment, {x0, y0}, shape.kind);
      }
    nodeSegments(segments);
    std::erase_if(segments, [&](const CellSegment& s) { return hidden(s, c, r); });
    if (water_)
      for (const CellSegment& s : segments) addShore(s, c, r);
    for (CellSegment& s : segments) {
      if (s.b.x < s.a.x || (s.b.x == s.a.x && s.b.y < s.a.y)) std::swap(s.a, s.b);
      s.owner = 0;
    }
    auto order = [](const CellSegment& l, const CellSegment& m) {
      return std::tie(l.a.x, l.a.y, l.b.x, l.b.y) < std::tie(m.a.x, m.a.y, m.b.x, m.b.y);
    };
    std::sort(segments.begin(), segments.end(), order);
    segments.erase(
        std::unique(segments.begin(), segments.end(), [](auto& l, auto& m) { return l.a == m.a && l.b == m.b; }),
        segments.end());
    for (const CellSegment& s : segments)
      for (Point p : {s.a, s.b}) {
        if (p.x == 0) columnLine(c, r).push_back(p.y);
        if (p.x == kCellUnits) columnLine(c + 1, r).push_back(p.y);
        if (p.y == 0) rowLine(r, c).push_back(p.x);
        if (p.y == kCellUnits) rowLine(r + 1, c).push_back(p.x);
      }
  }

  // An outline in pieces, so that each is straight in all that its ends alone will tell.
  void addBent(std::vector<CellSegment>& segments, const CellSegment& s, Point corner, GroundClass kind) const {
    const Point d = s.b - s.a, middle = s.a + d / 2;
    const bool shortest = std::max(std::abs(d.x), std::abs(d.y)) <= kCellUnits / patch_;
    if (shortest || (grid_->straight(gridPlace(corner + s.a), gridPlace(corner + s.b)) &&
                     straightRoad(placeOf(corner + s.a), placeOf(corner + s.b), kind))) {
      segments.push_back(s);
      return;
    }
    addBent(segments, {s.a, middle, s.owner}, corner, kind);
    addBent(segments, {middle, s.b, s.owner}, corner, kind);
  }

  // Whether the way to the next junction changes evenly along the edge of a road.
  bool straightRoad(glm::dvec2 a, glm::dvec2 b, GroundClass kind) const {
    if (!roads_ || !isRoad(kind)) return true;
    const int road = roads_->nearest(kind, (a + b) / 2.0);
    if (road < 0) return true;
    const double from = roads_->at(road, a)[2], to = roads_->at(road, b)[2];
    for (double t : {0.25, 0.5, 0.75})
      if (std::abs(roads_->at(road, glm::mix(a, b, t))[2] - glm::mix(from, to, t)) > kAllowedAlong) return false;
    return true;
  }

  // A shore has water on one of its sides.
  void addShore(const CellSegment& s, int c, int r) {
    const auto [left, right] = sidesOf(s, c, r);
    const Point corner = Point(c, r) * kCellUnits;
    if (isWater(lookOf(left).kind) != isWater(lookOf(right).kind))
      shores_.add(placeOf(s.a + corner), placeOf(s.b + corner));
  }

  // The highest shape at a point (in units) of the cell whose locals are at hand.
  int topAt(int c, int r, glm::dvec2 p) const {
    for (size_t l = locals_.size(); l-- > 0;)
      if (shapes_.covers(locals_[l], c, r, p)) return locals_[l].shape;
    return shapes_.base(c, r);
  }

  // Which nodes of the terrain's grid a patch needs: squares are quartered until their corners tell what is within.
  void chooseNodes(int c, int r) {
    if (patch_ == 1) return;
    shapes_.locals(c, r, locals_);
    const GroundClass base = lookOf(shapes_.base(c, r)).kind;
    const bool open = locals_.empty() && base == GroundClass::Sea;
    std::vector<double> shore;  // metres from it, on land below zero
    if (isWater(base) || std::any_of(locals_.begin(), locals_.end(), [&](const LocalShape& local) {
          return isWater(shapes_.shapes()[size_t(local.shape)].kind);
        }))
      for (int j = 0; j <= patch_; ++j)
        for (int i = 0; i <= patch_; ++i) {
          const Point p = Point(c, r) * kCellUnits + Point(i, j) * (kCellUnits / patch_);
          const double metres = shores_.at(placeOf(p)) * (kShoreMetres / 255);
          shore.push_back(isWater(lookOf(topAt(c, r, glm::dvec2(p))).kind) ? metres : -metres);
        }
    quarter(c, r, {0, 0}, patch_, open, shore);
  }

  void quarter(int c, int r, Point at, int side, bool open, const std::vector<double>& shore) {
    if (side == 1) return;
    const int stride = patch_ + 1;
    if (grid_->plain(c * patch_ + at.x, r * patch_ + at.y, side, open) &&
        (shore.empty() ||
         GroundGrid::cornersSuffice(&shore[size_t(at.y * stride + at.x)], side, stride, kAllowedShore)))
      return;
    const int half = side / 2;
    for (const Point& node :
         {at + Point(half, 0), at + Point(0, half), at + half, at + Point(side, half), at + Point(half, side)}) {
      const Point p = node * (kCellUnits / patch_);
      if (node.x == 0) columnLine(c, r).push_back(p.y);
      if (node.x == patch_) columnLine(c + 1, r).push_back(p.y);
      if (node.y == 0) rowLine(r, c).push_back(p.x);
      if (node.y == patch_) rowLine(r + 1, c).push_back(p.x);
      nodes_[cellOf(c, r)].push_back(p);
    }
    for (const Point& part : {Point(0, 0), Point(half, 0), Point(0, half), Point(half, half)})
      quarter(c, r, at + part, half, open, shore);
  }

  // An outline does not show under what lies above it, nor inside another shape that looks the same.
  bool hidden(const CellSegment& s, int c, int r) const {
    const glm::dvec2 middle = glm::dvec2(s.a + s.b) / 2.0 + glm::dvec2(c, r) * double(kCellUnits);
    const GroundShape& mine = shapes_.shapes()[size_t(locals_[size_t(s.owner)].shape)];
    for (int l = 0; l < int(locals_.size()); ++l) {
      if (l == s.owner) continue;
      const bool above = l > s.owner;
      if (!above && !mine.looksLike(shapes_.shapes()[size_t(locals_[size_t(l)].shape)])) continue;
      if (shapes_.covers(locals_[size_t(l)], c, r, middle)) return !dividesLooks(s, c, r);
    }
    return false;
  }

  // Where two shapes end in the same line each may seem to lie within the other.
  bool dividesLooks(const CellSegment& s, int c, int r) const {
    const auto [left, right] = sidesOf(s, c, r);
    if (left < 0 || right < 0) return left != right;
    return !shapes_.shapes()[size_t(left)].looksLike(shapes_.shapes()[size_t(right)]);
  }

  // The highest shapes on both sides of a segment.
  std::pair<int, int> sidesOf(const CellSegment& s, int c, int r) const {
    const glm::dvec2 d = s.b - s.a, aside = glm::dvec2(-d.y, d.x) / glm::length(d);
    const glm::dvec2 middle = glm::dvec2(s.a + s.b) / 2.0 + glm::dvec2(c, r) * double(kCellUnits);
    return {topAt(c, r, middle + aside), topAt(c, r, middle - aside)};
  }

  // Second pass: the cell with its outlines and all that its neighbours have on the common borders, in triangles.
  void fillCell(int c, int r) {
    shapes_.locals(c, r, locals_);
    mesh_.reset();
    for (int y : columnLine(c, r)) mesh_.insert({0, y});
    for (int y : columnLine(c + 1, r)) mesh_.insert({kCellUnits, y});
    for (int x : rowLine(r, c)) mesh_.insert({x, 0});
    for (int x : rowLine(r + 1, c)) mesh_.insert({x, kCellUnits});
    for (Point p : nodes_[cellOf(c, r)]) mesh_.insert(p);
    const std::vector<CellSegment>& segments = segments_[cellOf(c, r)];
    ends_.clear();
    for (const CellSegment& s : segments) {
      const int a = mesh_.insert(s.a);
      ends_.push_back({a, mesh_.insert(s.b)});
    }
    for (const auto& [a, b] : ends_) mesh_.constrain(a, b);

    const Point corner(c * kCellUnits, r * kCellUnits);
    owned_.clear();
    for (int t = 0; t < int(mesh_.triangles().size()); ++t) {
      const auto& v = mesh_.triangles()[size_t(t)].vertex;
      const auto& points = mesh_.points();
      const glm::dvec2 middle =
          glm::dvec2(corner) + glm::dvec2(points[size_t(v[0])] + points[size_t(v[1])] + points[size_t(v[2])]) / 3.0;
      const int shape = topAt(c, r, middle);
      const uint32_t feature = shape < 0 ? source::kNoFeature : shapes_.featureAt(shape, c, r, middle);
      const GroundClass kind = lookOf(shape).kind;
      const int road = roads_ && isRoad(kind) ? roads_->nearest(kind, ground_.lo + middle * unit_) : -1;
      owned_.push_back({shape, feature, road, t});
    }
    std::sort(owned_.begin(), owned_.end(), [](const Owned& l, const Owned& m) {
      return std::tie(l.shape, l.feature, l.road, l.triangle) < std::tie(m.shape, m.feature, m.road, m.triangle);
    });
    for (size_t i = 0; i < owned_.size();) {
      size_t end = i;
      while (end < owned_.size() && owned_[end].shape == owned_[i].shape && owned_[end].feature == owned_[i].feature &&
             owned_[end].road == owned_[i].road)
        ++end;
      emit({owned_.data() + i, end - i}, corner);
      i = end;
    }
  }

  struct Owned {
    int shape;
    uint32_t feature;
    int road;
    int triangle;
  };

  void emit(std::span<const Owned> same, Point corner) {
    Look look = lookOf(same[0].shape);
    look.feature = same[0].feature;
    look.road = same[0].road;
    MeshWriter writer = writerFor(look.kind, look.feature);
    vertexOf_.assign(mesh_.points().size(), 0xffffffff);
    for (const Owned& owned : same) {
      std::array<uint32_t, 3> index;
      std::array<Point, 3> at;
      for (size_t k = 0; k < 3; ++k) {
        const auto v = size_t(mesh_.triangles()[size_t(owned.triangle)].vertex[k]);
        at[k] = corner + mesh_.points()[v];
        if (vertexOf_[v] == 0xffffffff) vertexOf_[v] = vertexAt(writer, look, at[k]);
        index[k] = vertexOf_[v];
      }
      writer.triangle(index[0], index[1], index[2]);
      count(look.kind, at[0], at[1], at[2]);
      for (size_t k = 0; k < 3; ++k) {
        const size_t next = (k + 1) % 3;
        skirt(writer, index[k], index[next], at[k], at[next]);
        if (!water_) continue;
        const uint64_t from = keyOf(at[k]), to = keyOf(at[next]);
        edges_.push_back({std::min(from, to), std::max(from, to), from < to, owned.shape});
      }
    }
  }

  // Hides the hair cracks beside a neighbour of another level: a curtain that is lit as the ground it hangs from.
  void skirt(MeshWriter& writer, uint32_t a, uint32_t b, Point pa, Point pb) {
    const int end = cells_ * kCellUnits;
    if (ground_.skirtMetres <= 0) return;
    const bool border = (pa.x == pb.x && (pa.x == 0 || pa.x == end)) || (pa.y == pb.y && (pa.y == 0 || pa.y == end));
    if (!border) return;
    SurfaceMesh& mesh = writer.mesh;
    const auto low = static_cast<uint32_t>(mesh.positions.size());
    for (uint32_t v : {a, b}) {
      const glm::vec3 position = mesh.positions[v] - glm::vec3(0, 0, float(ground_.skirtMetres));
      const glm::vec3 normal = mesh.normals[v];
      const Colour colour = mesh.colours[v];
      const GroundMatter matter = mesh.matter[v];
      mesh.skyOf.push_back({static_cast<uint32_t>(mesh.positions.size()), v});
      mesh.positions.push_back(position);
      mesh.normals.push_back(normal);
      mesh.colours.push_back(colour);
      mesh.sky.push_back(255);
      mesh.features.push_back(writer.feature);
      mesh.matter.push_back(matter);
    }
    writer.triangle(low, low + 1, b);
    writer.triangle(low, b, a);
  }

  // Where ground of one height meets water of another, a wall closes the step.
  void banks() {
    std::sort(edges_.begin(), edges_.end(), [](const Edge& l, const Edge& m) {
      return std::tie(l.from, l.to, l.forward) < std::tie(m.from, m.to, m.forward);
    });
    for (size_t i = 0; i + 1 < edges_.size(); ++i) {
      const Edge &one = edges_[i], &two = edges_[i + 1];
      if (one.from != two.from || one.to != two.to || one.forward == two.forward) continue;
      const Look a = lookOf(one.forward ? one.shape : two.shape), b = lookOf(one.forward ? two.shape : one.shape);
      if (!isWater(a.kind) && !isWater(b.kind)) continue;
      bank(pointOf(one.from), pointOf(one.to), a, b);
    }
  }

  // `left` lies to the left of from -> to.
  void bank(Point from, Point to, Look left, Look right) {
    glm::dvec2 p = placeOf(from), q = placeOf(to);
    double lp = heightOf(left, p), lq = heightOf(left, q), rp = heightOf(right, p), rq = heightOf(right, q);
    if (std::abs(lp - rp) < 0.01 && std::abs(lq - rq) < 0.01) return;
    if (lp + lq < rp + rq) {  // the higher one shall be left: its wall looks right
      std::swap(p, q);
      std::tie(lp, lq, rp, rq) = std::tuple(rq, rp, lq, lp);
      std::swap(left, right);
    }
    MeshWriter writer{surfaceOf(tile_, source::Surface::Ground), -ground_.centre, source::kNoFeature};
    const glm::dvec2 d = glm::normalize(q - p);
    const double foot = isWater(right.kind) ? kBankFoot : 0;
    // Half stone, half of what it holds up: a beach stays a beach.
    const Colour above = groundColour(left.kind);
    const glm::vec3 held = glm::vec3(above[0], above[1], above[2]) / 255.0f;
    const glm::vec3 stone = isWater(left.kind) ? kQuayLinear : glm::mix(held, kQuayLinear, 0.5f);
    const bool built = roads_ && isPaved(left.kind) && isWater(right.kind) && std::min(lp - rp, lq - rq) > kQuayLeast;
    if (!built) {
      writer.quad({p, rp - foot}, {q, rq - foot}, {q, lq}, {p, lp}, glm::vec3(d.y, -d.x, 0), linearColour(stone));
      statistics_.triangles += 2;
      return;
    }
    // A wall of courses under a light cope, dark and green where the tide stands.
    const double topP = lp - rp, topQ = lq - rq;
    auto course = [&](double fromP, double fromQ, double toP, double toQ, glm::vec3 colour) {
      writer.quad({p, rp + fromP}, {q, rq + fromQ}, {q, rq + toQ}, {p, rp + toP}, glm::vec3(d.y, -d.x, 0),
                  linearColour(colour));
      statistics_.triangles += 2;
    };
    course(-foot, -foot, kTideMetres, kTideMetres, stone * glm::vec3(0.58f, 0.62f, 0.56f));
    course(kTideMetres, kTideMetres, (topP + kTideMetres) / 2, (topQ + kTideMetres) / 2, stone * 0.80f);
    course((topP + kTideMetres) / 2, (topQ + kTideMetres) / 2, topP - kCopeMetres, topQ - kCopeMetres, stone * 0.92f);
    course(topP - kCopeMetres, topQ - kCopeMetres, topP, topQ, glm::min(stone * 1.3f, glm::vec3(0.72f)));
  }

  TileMesh& tile_;
  const GroundTile& ground_;
  int patch_, cells_;  // cells of the terrain's grid in a patch, patches in the tile, a side; "cell" below is a patch
  GroundShapes shapes_;
  double unit_;
  std::optional<RoadLines> roads_;
  Shores shores_;
  bool water_ = false;
  GroundStatistics statistics_;
  std::optional<GroundGrid> grid_;
  std::vector<std::vector<int>> columnPoints_, rowPoints_;  // points on the grid's lines, by line and cell
  std::vector<std::vector<CellSegment>> segments_;
  std::vector<std::vector<Point>> nodes_;  // of the terrain's grid, by cell
  std::vector<LocalShape> locals_;
  CellTriangulation mesh_;
  std::vector<std::array<int, 2>> ends_;
  std::vector<Owned> owned_;
  std::vector<uint32_t> vertexOf_;
  std::vector<Edge> edges_;
};

}  // namespace

double defaultWidthMetres(GroundClass kind) {
  switch (kind) {
    case GroundClass::Path: return 2.5;
    case GroundClass::RoadMinor: return 6;
    case GroundClass::RoadMajor: return 12;
    case GroundClass::Motorway: return 16;
    case GroundClass::Rail: return 3;
    case GroundClass::Runway: return 45;
    case GroundClass::Pier: return 5;
    case GroundClass::Water: return 6;
    default: return 4;
  }
}

source::Surface surfaceOf(GroundClass kind) {
  switch (kind) {
    case GroundClass::Grass:
    case GroundClass::Park:
    case GroundClass::Forest:
    case GroundClass::Pitch:
    case GroundClass::Farmland: return source::Surface::Green;
    case GroundClass::Water:
    case GroundClass::Sea: return source::Surface::Water;
    case GroundClass::Path:
    case GroundClass::RoadMinor:
    case GroundClass::RoadMajor:
    case GroundClass::Motorway:
    case GroundClass::Runway: return source::Surface::Road;
    case GroundClass::Rail: return source::Surface::Rail;
    default: return source::Surface::Ground;
  }
}

Colour groundColour(GroundClass kind) {
  switch (kind) {
    case GroundClass::Land: return linearColour({0.385f, 0.375f, 0.340f});
    case GroundClass::Residential: return linearColour({0.375f, 0.380f, 0.325f});
    case GroundClass::Commercial: return linearColour({0.400f, 0.380f, 0.352f});
    case GroundClass::Industrial: return linearColour({0.355f, 0.350f, 0.340f});
    case GroundClass::Farmland: return linearColour({0.40f, 0.42f, 0.25f});
    case GroundClass::Sand: return linearColour({0.60f, 0.53f, 0.38f});
    case GroundClass::Rock: return linearColour({0.36f, 0.345f, 0.32f});
    case GroundClass::Grass: return linearColour({0.27f, 0.385f, 0.150f});
    case GroundClass::Park: return linearColour({0.205f, 0.335f, 0.115f});
    case GroundClass::Forest: return linearColour({0.098f, 0.205f, 0.075f});
    case GroundClass::Pitch: return linearColour({0.25f, 0.36f, 0.20f});
    case GroundClass::Plaza: return linearColour({0.52f, 0.49f, 0.44f});
    case GroundClass::Water: return linearColour({0.29f, 0.45f, 0.54f});
    case GroundClass::Sea: return linearColour({0.21f, 0.385f, 0.49f});
    case GroundClass::Path: return linearColour({0.53f, 0.48f, 0.40f});
    case GroundClass::RoadMinor: return linearColour({0.315f, 0.31f, 0.305f});
    case GroundClass::RoadMajor: return linearColour({0.36f, 0.335f, 0.295f});
    case GroundClass::Motorway: return linearColour({0.42f, 0.35f, 0.25f});
    case GroundClass::Rail: return linearColour({0.17f, 0.165f, 0.16f});
    case GroundClass::Runway: return linearColour({0.31f, 0.315f, 0.32f});
    case GroundClass::Pier: return linearColour({0.50f, 0.47f, 0.42f});
  }
  return linearColour({0.385f, 0.375f, 0.340f});
}

GroundStatistics buildGround(TileMesh& tile, const GroundTile& ground, std::span<const LocalGround> features) {
  CM_CHECK(ground.cells > 0 && ground.cells <= 256, "{} cells a side; 1 to 256 fit exact arithmetic", ground.cells);
  CM_CHECK(bool(ground.terrainZ), "a ground tile needs a terrain function");
  const auto begin = std::chrono::steady_clock::now();
  GroundStatistics statistics = GroundBuilder(tile, ground, features).build();
  statistics.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return statistics;
}

}  // namespace cm::tiling
