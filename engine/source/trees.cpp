#include "source/trees.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "geo/ellipsoid.h"
#include "source/matter.h"

namespace cm::source {
namespace {

constexpr double kEarthMetres = 6371008.8;
constexpr float kStreetRowMetres = 9;       // between trees of a street
constexpr float kBesideStreetMetres = 1.7;  // from the kerb
constexpr float kFineTileMetres = 1600;     // larger tiles have trees in parks and forests only
constexpr int kMostRoomCells = 640;         // a side of the map of what is built
constexpr float kRoomMetres = 2;
constexpr int kTopLevel = 8;  // of the lattice: one tree in 4^8

uint32_t mixed(uint32_t h) {
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ h >> 16;
}
uint32_t hashOf(int64_t x, int64_t y, uint32_t salt) {
  return mixed(uint32_t(x) * 0x9e3779b9u ^ mixed(uint32_t(y) + salt * 0x85ebca6bu));
}
float unit(uint32_t hash) { return float(hash >> 8) * (1.0f / 16777216.0f); }

//! Metres east and north fixed to the Earth, in a plane that holds for a degree of latitude.
class EarthPlane {
 public:
  explicit EarthPlane(const glm::dmat4& ecefFromContent) {
    const auto lonLat = [&](double x, double y) {
      const geo::Geodetic place = geo::geodeticFromEcef(glm::dvec3(ecefFromContent * glm::dvec4(x, y, 0, 1)));
      return glm::dvec2(place.lonDegrees, place.latDegrees);
    };
    const glm::dvec2 middle = lonLat(0, 0);
    const double metres = kEarthMetres * 3.14159265358979 / 180;
    const glm::dvec2 scale(metres * std::cos(std::floor(middle.y) * 3.14159265358979 / 180), metres);
    origin_ = middle * scale;
    east_ = (lonLat(500, 0) - middle) * scale / 500.0;
    north_ = (lonLat(0, 500) - middle) * scale / 500.0;
    inverse_ = glm::inverse(glm::dmat2(east_, north_));
  }
  glm::dvec2 fromContent(glm::dvec2 p) const { return origin_ + east_ * p.x + north_ * p.y; }
  glm::dvec2 toContent(glm::dvec2 p) const { return inverse_ * (p - origin_); }

 private:
  glm::dvec2 origin_{0}, east_{1, 0}, north_{0, 1};
  glm::dmat2 inverse_{1.0};
};

//! Where buildings stand, as cells of a grid over the tile.
class Built {
 public:
  Built(const MeshContent& content) : lo_(content.lo) {
    const glm::vec2 size = glm::vec2(content.hi) - lo_;
    cell_ = std::max(kRoomMetres, std::max(size.x, size.y) / kMostRoomCells);
    columns_ = int(size.x / cell_) + 1;
    rows_ = int(size.y / cell_) + 1;
    cells_.assign(size_t(columns_) * size_t(rows_), 0);
  }
  void add(const glm::vec2& a, const glm::vec2& b, const glm::vec2& c) {
    const float margin = cell_ * 0.75f;
    const glm::vec2 from = (glm::min(a, glm::min(b, c)) - margin - lo_) / cell_;
    const glm::vec2 to = (glm::max(a, glm::max(b, c)) + margin - lo_) / cell_;
    const std::array<Edge, 3> edges{edgeOf(a, b, margin), edgeOf(b, c, margin), edgeOf(c, a, margin)};
    for (int r = std::max(0, int(from.y)); r <= std::min(rows_ - 1, int(to.y)); ++r) {
      // The columns whose middles no edge leaves outside.
      float first = std::max(0.0f, from.x), last = std::min(float(columns_ - 1), to.x);
      for (const Edge& e : edges) {
        const float across = e.inward.x * cell_;
        const float least = e.least - e.inward.y * (float(r) + 0.5f) * cell_ - 0.5f * across;
        if (across > 0)
          first = std::max(first, std::ceil(least / across));
        else if (across < 0)
          last = std::min(last, std::floor(least / across));
        else if (least > 0)
          last = -1;
      }
      if (first > last) continue;
      const auto row = cells_.begin() + ptrdiff_t(r) * columns_;
      std::fill(row + int(first), row + int(last) + 1, uint8_t(1));
    }
  }
  bool at(glm::vec2 p) const {
    const glm::ivec2 c((p - lo_) / cell_);
    return c.x >= 0 && c.y >= 0 && c.x < columns_ && c.y < rows_ &&
           cells_[size_t(c.y) * size_t(columns_) + size_t(c.x)] != 0;
  }

 private:
  //! What lies inside of an edge, or no more than a margin beyond it: dot(inward, place) >= least, place from the corner `lo_`.
  struct Edge {
    glm::vec2 inward{0};
    float least = 0;
  };
  Edge edgeOf(glm::vec2 a, glm::vec2 b, float margin) const {
    const glm::vec2 inward(a.y - b.y, b.x - a.x);
    return {inward, glm::dot(inward, a - lo_) - margin * glm::length(inward)};
  }
  glm::vec2 lo_;
  float cell_;
  int columns_, rows_;
  std::vector<uint8_t> cells_;
};

//! Chance of a tree at a place of the lattice, and the share of conifers.
struct Planting {
  float chance = 0, conifers = 0;
};
Planting plantingOf(Soil soil) {
  switch (soil) {
    case Soil::Forest: return {0.88f, 0.45f};
    case Soil::Park: return {0.60f, 0.18f};
    case Soil::Grass: return {0.07f, 0.10f};
    case Soil::Town: return {0.07f, 0.06f};
    case Soil::Orchard: return {0.015f, 0};
    default: return {};
  }
}

class Strewing {
 public:
  using Wanted = std::function<bool(const glm::vec3&)>;
  explicit Strewing(MeshContent& content) : content_(content), plane_(content.ecefFromContent), built_(content) {}

  void run() {
    const glm::vec2 size = glm::vec2(content_.hi) - glm::vec2(content_.lo);
    fine_ = std::max(size.x, size.y) < kFineTileMetres;
    sort();
    if (triangles_.empty() && streets_.empty()) return;
    plantAll();
    if (fine_) lineStreets();
    order();
    if (content_.trees.size() > kMostTrees) content_.trees.resize(kMostTrees);
  }

  void park(glm::vec2 lo, glm::vec2 hi, const Wanted& wanted, uint32_t look) {
    wanted_ = &wanted;
    look_ = look;
    for (const Part& part : content_.parts) {
      if (part.topology != Topology::Triangles) continue;
      for (size_t i = part.firstIndex; i + 2 < size_t(part.firstIndex) + part.indexCount; i += 3) {
        const Triangle t = triangleAt(i);
        const Vertex& first = content_.vertices[content_.indices[i]];
        const auto surface = Surface(first.featureAndSurface >> 24);
        const bool ground = surface == Surface::Ground || surface == Surface::Green || surface == Surface::Road;
        if (!ground || first.normal[2] < 40 || t.area < 0.01f) continue;
        const glm::vec2 a(t.at[0]), b(t.at[1]), c(t.at[2]);
        if (glm::any(glm::greaterThan(glm::min(a, glm::min(b, c)), hi)) ||
            glm::any(glm::lessThan(glm::max(a, glm::max(b, c)), lo)))
          continue;
        triangles_.push_back(t);
        triangles_.back().soil = Soil::Park;
      }
    }
    plantAll();
    order();
  }

 private:
  struct Triangle {
    std::array<glm::vec3, 3> at;
    float area = 0;
    Soil soil = Soil::Bare;
  };

  Triangle triangleAt(size_t index) const {
    Triangle t;
    for (size_t k = 0; k < 3; ++k) t.at[k] = content_.vertices[content_.indices[index + k]].position;
    const glm::vec2 a(t.at[0]), b(t.at[1]), c(t.at[2]);
    t.area = 0.5f * ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    return t;
  }

  void plantAll() {
    double wanted = 0;
    for (const Triangle& t : triangles_) wanted += double(t.area) * plantingOf(t.soil).chance;
    wanted /= double(kTreeSpacingMetres) * kTreeSpacingMetres;
    while (level_ < kTopLevel && wanted > 0.8 * kMostTrees) wanted /= 4, ++level_;
    for (const Triangle& t : triangles_) plant(t);
  }
  void order() {
    std::sort(content_.trees.begin(), content_.trees.end(),
              [](const Tree& a, const Tree& b) { return a.look >> 24 < b.look >> 24; });
  }

  void sort() {
    for (const Part& part : content_.parts) {
      if (part.topology != Topology::Triangles) continue;
      for (size_t i = part.firstIndex; i + 2 < size_t(part.firstIndex) + part.indexCount; i += 3) {
        const Vertex& first = content_.vertices[content_.indices[i]];
        const auto surface = Surface(first.featureAndSurface >> 24);
        if (surface == Surface::Authored || first.normal[2] < 40) continue;  // walls, skirts
        Triangle t = triangleAt(i);
        if (t.area < 0.01f) continue;
        if (surface == Surface::Building || surface == Surface::Structure) {
          if (fine_) built_.add(glm::vec2(t.at[0]), glm::vec2(t.at[1]), glm::vec2(t.at[2]));
          continue;
        }
        t.soil = soilOf(first);
        if (t.soil == Soil::Street)
          streets_.push_back(t);
        else if (plantingOf(t.soil).chance > 0 && (fine_ || t.soil == Soil::Park || t.soil == Soil::Forest))
          triangles_.push_back(t);
      }
    }
  }

  //! The place of the lattice, level 0, that stands for a cell of a coarser one: one of its four quarters, again and again.
  static glm::i64vec2 chosenOf(glm::i64vec2 cell, int level) {
    for (; level > 0; --level) {
      const uint32_t quarter = hashOf(cell.x, cell.y, 100u + uint32_t(level)) & 3u;
      cell = cell * int64_t{2} + glm::i64vec2(quarter & 1u, quarter >> 1u);
    }
    return cell;
  }
  //! The coarsest level whose cell a place of level 0 stands for.
  static int levelOf(glm::i64vec2 place) {
    int level = 0;
    for (; level < kTopLevel; ++level) {
      const glm::i64vec2 above(place.x >> 1, place.y >> 1);
      const uint32_t quarter = hashOf(above.x, above.y, 101u + uint32_t(level)) & 3u;
      if (glm::i64vec2(quarter & 1u, quarter >> 1u) != place - above * int64_t{2}) break;
      place = above;
    }
    return level;
  }

  void plant(const Triangle& t) {
    const Planting planting = plantingOf(t.soil);
    const double step = kTreeSpacingMetres * double(1 << level_);
    glm::dvec2 lo(1e300), hi(-1e300);
    for (const glm::vec3& p : t.at) {
      const glm::dvec2 q = plane_.fromContent(glm::dvec2(p)) / step;
      lo = glm::min(lo, q);
      hi = glm::max(hi, q);
    }
    for (auto y = int64_t(std::floor(lo.y)); y <= int64_t(std::floor(hi.y)); ++y)
      for (auto x = int64_t(std::floor(lo.x)); x <= int64_t(std::floor(hi.x)); ++x) {
        const glm::i64vec2 place = chosenOf({x, y}, level_);
        const uint32_t own = hashOf(place.x, place.y, 1);
        if (unit(own) >= planting.chance * kMostClustered ||  // most places have none: no need to ask further
            unit(own) >= planting.chance * clustered(place, t.soil))
          continue;
        const glm::dvec2 shift(unit(hashOf(place.x, place.y, 2)), unit(hashOf(place.x, place.y, 3)));
        const glm::vec2 at(plane_.toContent((glm::dvec2(place) + 0.1 + 0.8 * shift) * double(kTreeSpacingMetres)));
        const std::optional<float> z = heightIn(t, at);
        if (!z || (wanted_ ? !(*wanted_)({at, *z}) : fine_ && built_.at(at))) continue;
        const bool conifer =
            unit(hashOf(place.x >> 3, place.y >> 3, 4)) * 0.6f + unit(hashOf(place.x, place.y, 5)) * 0.4f <
            planting.conifers;
        add(glm::vec3(at, *z), conifer ? 1 : 0, mixed(own), levelOf(place));
      }
  }

  static constexpr float kMostClustered = 1.8f;
  //! Parks have groves and meadows, blocks their courts.
  static float clustered(glm::i64vec2 place, Soil soil) {
    if (soil != Soil::Park && soil != Soil::Grass && soil != Soil::Town) return 1;
    const float grove = unit(hashOf(place.x >> 3, place.y >> 3, 6)) * 0.5f +
                        unit(hashOf((place.x + 4) >> 3, (place.y + 4) >> 3, 7)) * 0.5f;
    return std::clamp((grove - 0.25f) * 4, 0.15f, kMostClustered);
  }

  static std::optional<float> heightIn(const Triangle& t, glm::vec2 p) {
    const glm::vec2 a(t.at[0]), b(t.at[1]), c(t.at[2]);
    const auto turn = [](glm::vec2 u, glm::vec2 v) { return u.x * v.y - u.y * v.x; };
    const float u = turn(b - a, p - a), v = turn(c - b, p - b), w = turn(a - c, p - c);
    if (u < 0 || v < 0 || w < 0) return {};
    const float sum = u + v + w;
    return sum > 0 ? (t.at[2].z * u + t.at[0].z * v + t.at[1].z * w) / sum : t.at[0].z;
  }

  //! Rows beside the kerbs: edges of streets that no other street lies beyond.
  void lineStreets() {
    struct Kerb {
      uint64_t key = 0;
      glm::vec3 a, b;
    };
    const auto keyOf = [&](const glm::vec3& p) {
      const glm::ivec2 q((glm::vec2(p) - glm::vec2(content_.lo)) * 10.0f + 0.5f);
      return uint64_t(uint32_t(q.x)) << 24 ^ uint64_t(uint32_t(q.y));
    };
    std::vector<Kerb> kerbs;
    kerbs.reserve(streets_.size() * 3);
    for (const Triangle& t : streets_) {
      const std::array<uint64_t, 3> keys{keyOf(t.at[0]), keyOf(t.at[1]), keyOf(t.at[2])};
      for (size_t k = 0; k < 3; ++k) {
        const uint64_t one = keys[k], other = keys[(k + 1) % 3];
        kerbs.push_back(
            {std::min(one, other) * 0x9e3779b97f4a7c15ull ^ std::max(one, other), t.at[k], t.at[(k + 1) % 3]});
      }
    }
    std::sort(kerbs.begin(), kerbs.end(), [](const Kerb& one, const Kerb& other) { return one.key < other.key; });
    const glm::vec2 lo = glm::vec2(content_.lo) + 1.0f, hi = glm::vec2(content_.hi) - 1.0f;
    for (size_t i = 0; i < kerbs.size(); ++i) {
      const Kerb& kerb = kerbs[i];
      const bool shared =
          (i > 0 && kerbs[i - 1].key == kerb.key) || (i + 1 < kerbs.size() && kerbs[i + 1].key == kerb.key);
      if (shared) continue;
      const glm::vec2 a(kerb.a), b(kerb.b), d = b - a;
      const glm::vec2 outward = glm::normalize(glm::vec2(d.y, -d.x) + glm::vec2(1e-9f, 0));
      const glm::dvec2 from = plane_.fromContent(glm::dvec2(a)), to = plane_.fromContent(glm::dvec2(b));
      const int axis = std::abs(to.x - from.x) > std::abs(to.y - from.y) ? 0 : 1;
      const double first = std::min(from[axis], to[axis]) / kStreetRowMetres,
                   last = std::max(from[axis], to[axis]) / kStreetRowMetres;
      for (auto n = int64_t(std::ceil(first)); double(n) < last; ++n) {
        const auto s = float((double(n) * kStreetRowMetres - from[axis]) / (to[axis] - from[axis]));
        const glm::vec3 foot = glm::mix(kerb.a, kerb.b, s) + glm::vec3(outward * kBesideStreetMetres, 0);
        if (glm::any(glm::lessThan(glm::vec2(foot), lo)) || glm::any(glm::greaterThan(glm::vec2(foot), hi))) continue;
        const glm::i64vec2 place(glm::round(plane_.fromContent(glm::dvec2(foot)) * 0.5));
        const uint32_t own = hashOf(place.x, place.y, 8);
        if (unit(own) < 0.18f || unit(hashOf(place.x >> 6, place.y >> 6, 9)) < 0.22f)
          continue;  // gaps, and streets without
        if (built_.at(glm::vec2(foot)) || built_.at(glm::vec2(foot) + outward * 2.0f)) continue;
        add(foot, 2, mixed(own), unit(mixed(own ^ 5u)) < 0.25f ? 1 : 0);
      }
    }
  }

  void add(const glm::vec3& foot, uint32_t kind, uint32_t own, int level) {
    // What stands for coarser cells goes later: between 4^-level and a quarter of it, on a scale of square roots.
    const float order = std::ldexp(1.0f - 0.5f * unit(mixed(own ^ 17u)), -level);
    content_.trees.push_back({foot, kind | look_ | (own & 0xfffe00u) | uint32_t(std::lround(order * 255)) << 24});
  }

  MeshContent& content_;
  EarthPlane plane_;
  Built built_;
  const Wanted* wanted_ = nullptr;
  uint32_t look_ = 0;
  bool fine_ = true;
  int level_ = 0;
  std::vector<Triangle> triangles_, streets_;
};

}  // namespace

Soil soilOf(const Vertex& vertex) {
  // As tiling/ground_matter.h numbers them.
  const int kind = vertex.matter[0];
  if (kind >= 72) return kind < 152 && vertex.matter[1] != 0 && vertex.matter[2] != 255 ? Soil::Street : Soil::Bare;
  if (kind >= 32) return Soil::Bare;
  if (kind > 0) {
    constexpr std::array<Soil, 11> kSoils{Soil::Town, Soil::Town,  Soil::Bare, Soil::Bare,   Soil::Orchard, Soil::Bare,
                                          Soil::Bare, Soil::Grass, Soil::Park, Soil::Forest, Soil::Bare};
    return size_t(kind) <= kSoils.size() ? kSoils[size_t(kind) - 1] : Soil::Bare;
  }
  switch (Surface(vertex.featureAndSurface >> 24)) {
    case Surface::Green: {
      const auto [r, g, b, a] = vertex.colour;
      return g < 70 ? Soil::Forest : r < 60 ? Soil::Park : r > 90 ? Soil::Orchard : Soil::Grass;
    }
    case Surface::Ground:
      return vertex.colour[0] > 105 ? Soil::Bare : Soil::Town;  // squares, sand and piers are lighter
    default: return Soil::Bare;
  }
}

void strewTrees(MeshContent& content) {
  const bool city = std::any_of(content.materials.begin(), content.materials.end(), [](const Material& material) {
    const Surface surface = surfaceNamed(material.name);
    return surface == Surface::Ground || surface == Surface::Green || surface == Surface::Road;
  });
  if (city) Strewing(content).run();
}

void plantTrees(MeshContent& content, glm::vec2 lo, glm::vec2 hi, const std::function<bool(const glm::vec3&)>& wanted,
                uint32_t look) {
  Strewing(content).park(lo, hi, wanted, look);
}

}  // namespace cm::source
