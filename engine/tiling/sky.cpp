#include <algorithm>
#include <array>
#include <cmath>

#include "tiling/geometry.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

constexpr double kStepZ = 0.1;  // metres of one step of a cell's height
constexpr int kDirections = 8;
// Distances at which the horizon is looked for: growing, so that near walls are seen sharply and far towers at all.
constexpr std::array<float, 9> kDistances{3, 6, 10.5f, 16.5f, 25, 37, 55, 80, 115};
static_assert(kDistances.back() <= kSkyReachMetres);
constexpr float kBias = 1;          // metres: lower steps (parapets, the vertex's own roof) are not horizon
constexpr float kWallOffset = 3;    // metres a wall's eye stands before it: out of its own building's cells
constexpr float kUnderRoof = 2.5f;  // ground this far below its own cell's height lies under a building

// A patch of horizon at elevation h hides, of the cosine-weighted sky (integrals over elevation from h to the zenith):
//   of what faces up:   cos^2(h)               (1 at h = 0)
//   of what faces it:   1 - (2h + sin 2h) / pi  (1 at h = 0)
// tabulated over s = t / (1 + t), t = tan(h).
struct Table {
  static constexpr int kSize = 256;
  std::array<float, kSize + 1> up{}, side{};
  Table() {
    for (int i = 0; i <= kSize; ++i) {
      const double s = double(i) / kSize, h = i == kSize ? M_PI / 2 : std::atan(s / (1 - s));
      up[size_t(i)] = float(std::cos(h) * std::cos(h));
      side[size_t(i)] = float(1 - (2 * h + std::sin(2 * h)) / M_PI);
    }
  }
};

const Table& table() {
  static const Table values;
  return values;
}

struct Directions {
  std::array<glm::vec2, kDirections> unit;
  Directions() {
    for (int i = 0; i < kDirections; ++i) {
      const double a =
          2 * M_PI * (i + 0.5) / kDirections;  // none along the axes: streets often are, and cells alias there
      unit[size_t(i)] = {float(std::cos(a)), float(std::sin(a))};
    }
  }
};

const Directions& directions() {
  static const Directions values;
  return values;
}

// Light enough for a narrow street to stay readable: 0.25 -> 0.41, 0.5 -> 0.64.
uint8_t curved(float visibility) {
  static const auto values = [] {
    std::array<uint8_t, 1025> out{};
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<uint8_t>(std::lround(255 * std::pow(std::max(double(i) / 1024, 0.02), 0.64)));
    return out;
  }();
  return values[static_cast<size_t>(std::clamp(visibility, 0.0f, 1.0f) * 1024)];
}

}  // namespace

HeightField::HeightField(glm::dvec2 lo, glm::dvec2 hi, double cellMetres, double lowestZ)
    : lo_(lo),
      cell_(cellMetres),
      lowestZ_(lowestZ),
      columns_(std::max(1, static_cast<int>(std::ceil((hi.x - lo.x) / cellMetres)))),
      rows_(std::max(1, static_cast<int>(std::ceil((hi.y - lo.y) / cellMetres)))),
      cells_(size_t(columns_) * size_t(rows_), 0) {}

void HeightField::fillTerrain(const HeightFunction& terrainZ, double stepMetres) {
  const int step = std::max(1, static_cast<int>(std::lround(stepMetres / cell_)));
  const int across = (columns_ + step - 1) / step + 1;
  auto sampleRow = [&](int row, std::vector<float>& out) {
    out.resize(size_t(across));
    for (int i = 0; i < across; ++i)
      out[size_t(i)] =
          static_cast<float>(terrainZ(lo_.x + (i * step + 0.5) * cell_, lo_.y + (row + 0.5) * cell_) - lowestZ_);
  };
  std::vector<float> below, above;
  sampleRow(0, below);
  for (int y0 = 0; y0 < rows_; y0 += step) {
    sampleRow(y0 + step, above);
    for (int y = y0; y < std::min(y0 + step, rows_); ++y) {
      const float v = float(y - y0) / float(step);
      for (int x = 0; x < columns_; ++x) {
        const size_t i = size_t(x / step);
        const float u = float(x % step) / float(step);
        const float z = glm::mix(glm::mix(below[i], below[i + 1], u), glm::mix(above[i], above[i + 1], u), v);
        uint16_t& cell = cells_[size_t(y) * size_t(columns_) + size_t(x)];
        cell = std::max(cell, static_cast<uint16_t>(std::clamp(z / float(kStepZ), 0.0f, 65535.0f)));
      }
    }
    below.swap(above);
  }
}

void HeightField::raise(const Rings& rings, double top) {
  if (rings.empty() || rings[0].empty()) return;
  const auto value = static_cast<uint16_t>(std::clamp((top - lowestZ_) / kStepZ, 0.0, 65535.0));
  auto lift = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= columns_ || y >= rows_) return;
    uint16_t& cell = cells_[size_t(y) * size_t(columns_) + size_t(x)];
    cell = std::max(cell, value);
  };
  double south = 1e300, north = -1e300;
  for (const glm::dvec2& p : rings[0]) south = std::min(south, p.y), north = std::max(north, p.y);
  const int y0 = std::max(0, static_cast<int>(std::floor((south - lo_.y) / cell_)));
  const int y1 = std::min(rows_ - 1, static_cast<int>(std::floor((north - lo_.y) / cell_)));
  std::vector<double> crossings;
  bool any = false;
  for (int y = y0; y <= y1; ++y) {
    const double at = lo_.y + (y + 0.5) * cell_;
    crossings.clear();
    for (const Ring& ring : rings)
      for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        if ((ring[i].y <= at) != (ring[j].y <= at))
          crossings.push_back(ring[i].x + (ring[j].x - ring[i].x) * (at - ring[i].y) / (ring[j].y - ring[i].y));
    std::sort(crossings.begin(), crossings.end());
    for (size_t k = 0; k + 1 < crossings.size(); k += 2) {
      const int from = std::max(0, static_cast<int>(std::ceil((crossings[k] - lo_.x) / cell_ - 0.5)));
      const int to = std::min(columns_ - 1, static_cast<int>(std::floor((crossings[k + 1] - lo_.x) / cell_ - 0.5)));
      for (int x = from; x <= to; ++x) lift(x, y);
      any = any || to >= from;
    }
  }
  if (any) return;
  const glm::dvec2 middle = (centroidOf(rings[0]) - lo_) / cell_;  // smaller than a cell, yet it stands there
  lift(static_cast<int>(std::floor(middle.x)), static_cast<int>(std::floor(middle.y)));
}

void HeightField::raise(const LocalBuilding& building) {
  raise(building.rings, (eavesZ(building) + topZ(building)) / 2);
}

float HeightField::at(double x, double y) const {
  const double u = (x - lo_.x) / cell_, v = (y - lo_.y) / cell_;
  if (!(u >= 0 && v >= 0 && u < columns_ && v < rows_)) return -1e30f;
  return static_cast<float>(lowestZ_ + kStepZ * cells_[size_t(v) * size_t(columns_) + size_t(u)]);
}

namespace {

// Where to look for the horizon from a place, in 1/256 of a cell: whole numbers, for a float to cell conversion costs more than
// all the rest.
struct Probe {
  int x, y;
};
constexpr int kSubcells = 256;

class Horizon {
 public:
  explicit Horizon(const HeightField& heights)
      : cells_(heights.data()), columns_(heights.columns()), rows_(heights.rows()) {
    for (size_t d = 0; d < kDirections; ++d)
      for (size_t k = 0; k < kDistances.size(); ++k) {
        const glm::vec2 at = directions().unit[d] * kDistances[k] * float(kSubcells / heights.cellMetres());
        probes_[d][k] = {int(std::lround(at.x)), int(std::lround(at.y))};
        reach_ = std::max({reach_, std::abs(probes_[d][k].x), std::abs(probes_[d][k].y)});
      }
    for (size_t k = 0; k < kDistances.size(); ++k) perMetre_[k] = 1 / kDistances[k];
  }

  //! The greatest tangent of elevation in a direction, at least 0. `z` in metres above the field's zero.
  float slope(size_t direction, int x, int y, float z, bool inner) const {
    float most = 0;
    for (size_t k = 0; k < kDistances.size(); ++k) {
      const int cx = (x + probes_[direction][k].x) >> 8, cy = (y + probes_[direction][k].y) >> 8;
      if (!inner && (cx < 0 || cy < 0 || cx >= columns_ || cy >= rows_)) break;
      most = std::max(most, (float(cells_[cy * columns_ + cx]) * float(kStepZ) - z) * perMetre_[k]);
    }
    return most;
  }

  //! All probes from here stay within the field.
  bool isInner(int x, int y) const {
    return x >= reach_ && y >= reach_ && x < columns_ * kSubcells - reach_ && y < rows_ * kSubcells - reach_;
  }

  bool isUnderRoof(int x, int y, float z) const {
    const int cx = x >> 8, cy = y >> 8;
    return cx >= 0 && cy >= 0 && cx < columns_ &&
           cy<rows_&& float(cells_[cy * columns_ + cx]) * float(kStepZ)> z + kUnderRoof;
  }

 private:
  const uint16_t* cells_;
  int columns_, rows_, reach_ = 0;
  std::array<std::array<Probe, kDistances.size()>, kDirections> probes_{};
  std::array<float, kDistances.size()> perMetre_{};
};

}  // namespace

void bakeSky(TileMesh& tile, const HeightField& heights) {
  const Table& hidden = table();
  const Horizon horizon(heights);
  const double inverse = kSubcells / heights.cellMetres();
  const glm::dvec2 shift = (glm::dvec2(tile.centreEnu) - heights.lo()) * inverse;
  const double shiftZ = tile.centreEnu.z - heights.lowestZ();
  for (SurfaceMesh& mesh : tile.surfaces) {
    mesh.sky.resize(mesh.positions.size());
    for (size_t i = 0; i < mesh.positions.size(); ++i) {
      const glm::vec3 p = mesh.positions[i], n = mesh.normals[i];
      const glm::vec2 across(n.x, n.y);
      const float lean = glm::length(across);
      const float offset = lean > 0.7f ? kWallOffset : 0;
      const int x = int(std::floor((p.x + offset * n.x) * inverse + shift.x));
      const int y = int(std::floor((p.y + offset * n.y) * inverse + shift.y));
      const float z = float(p.z + shiftZ);
      if (n.z > 0.9f && horizon.isUnderRoof(x, y, z)) {
        mesh.sky[i] = curved(0.3f);  // between the buildings around it, where interpolation will need it
        continue;
      }
      const bool inner = horizon.isInner(x, y);
      float seen = 0, open = 0;
      for (size_t d = 0; d < kDirections; ++d) {
        const float upPart = 0.5f * n.z, sidePart = glm::dot(across, directions().unit[d]) * float(M_PI / 4);
        if (upPart + sidePart <= 0) continue;
        open += upPart + sidePart;
        const float slope = horizon.slope(d, x, y, z + kBias, inner);
        const auto at = size_t(slope / (1 + slope) * Table::kSize);
        seen += std::max(0.0f, upPart * hidden.up[at] + sidePart * hidden.side[at]);
      }
      const float ratio = open > 0 ? seen / open : 0;
      mesh.sky[i] = curved(ratio * 0.5f * (1 + n.z));
    }
    for (const auto& [vertex, other] : mesh.skyOf) mesh.sky[vertex] = mesh.sky[other];
  }
}

}  // namespace cm::tiling
