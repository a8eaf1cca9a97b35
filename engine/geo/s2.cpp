#include "geo/s2.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cm::geo {
namespace {

// The Hilbert curve on a face: which quarter comes at which position, and how the curve is turned in it (s2cell_id.cc, kPosToIJ).
constexpr unsigned kSwap = 1, kInvert = 2;
constexpr unsigned kQuarterAt[4][4] = {{0, 1, 3, 2}, {0, 2, 3, 1}, {3, 2, 0, 1}, {3, 1, 0, 2}};
constexpr unsigned kTurnAt[4] = {kSwap, 0, 0, kInvert | kSwap};

double uvOf(double st) {  // the quadratic projection
  return st >= 0.5 ? (4 * st * st - 1) / 3 : (1 - 4 * (1 - st) * (1 - st)) / 3;
}

Geodetic placeOf(const S2Cell& cell, double column, double row, double height) {
  const double size = std::ldexp(1.0, -cell.level);
  const double u = uvOf((static_cast<double>(cell.i) + column) * size),
               v = uvOf((static_cast<double>(cell.j) + row) * size);
  const glm::dvec3 axes[6] = {{1, u, v}, {-u, 1, v}, {-u, -v, 1}, {-1, -v, -u}, {v, -1, -u}, {v, u, -1}};
  const glm::dvec3 p = glm::normalize(axes[cell.face]);
  return {std::atan2(p.y, p.x) / kDegree, std::asin(std::clamp(p.z, -1.0, 1.0)) / kDegree, height};
}

}  // namespace

std::optional<S2Cell> s2CellFromToken(std::string_view token) {
  if (token.empty() || token.size() > 16) return {};
  uint64_t id = 0;
  for (size_t k = 0; k < 16; ++k) {
    const char c = k < token.size() ? token[k] : '0';
    const char lower = static_cast<char>(c | 32);
    if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f')) return {};
    id = id << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : lower - 'a' + 10);
  }
  const int zeros = id == 0 ? 64 : std::countr_zero(id);
  S2Cell cell;
  cell.face = static_cast<int>(id >> 61);
  if (zeros > 60 || zeros % 2 != 0 || cell.face > 5) return {};
  cell.level = 30 - zeros / 2;
  unsigned turn = static_cast<unsigned>(cell.face) & kSwap;
  for (int k = 1; k <= cell.level; ++k) {
    const auto position = static_cast<unsigned>(id >> (61 - 2 * k)) & 3;
    const unsigned quarter = kQuarterAt[turn][position];
    cell.i = cell.i << 1 | quarter >> 1;
    cell.j = cell.j << 1 | (quarter & 1);
    turn ^= kTurnAt[position];
  }
  return cell;
}

S2Cell s2Descendant(const S2Cell& cell, int levels, uint64_t x, uint64_t y) {
  return {cell.face, cell.level + levels, (cell.i << levels) + x, (cell.j << levels) + y};
}

Geodetic s2CentreOf(const S2Cell& cell) { return placeOf(cell, 0.5, 0.5, 0); }

OrientedBox boxOf(const S2Cell& cell, double minHeight, double maxHeight) {
  constexpr int kSteps = 8;
  const EnuFrame frame = enuFrameAt(s2CentreOf(cell));
  glm::dvec3 lo(1e30), hi(-1e30);
  double spacing = 0;
  for (double height : {minHeight, maxHeight})
    for (int y = 0; y <= kSteps; ++y) {
      glm::dvec3 before(0);
      for (int x = 0; x <= kSteps; ++x) {
        const glm::dvec3 at =
            frame.toEnu(ecefFromGeodetic(placeOf(cell, double(x) / kSteps, double(y) / kSteps, height)));
        if (x > 0) spacing = std::max(spacing, glm::length(at - before));
        before = at;
        lo = glm::min(lo, at);
        hi = glm::max(hi, at);
      }
    }
  // Between two samples the surface bulges by at most the sagitta of a chord that long; twice, for both directions.
  const glm::dvec3 margin(spacing * spacing / (4 * kSemiMinorMetres));
  const glm::dvec3 half = (hi - lo) * 0.5 + margin;
  OrientedBox box;
  box.centre = frame.toEcef((lo + hi) * 0.5);
  for (int k = 0; k < 3; ++k) box.halfAxes[k] = glm::dvec3(frame.ecefFromEnu[k]) * half[k];
  return box;
}

}  // namespace cm::geo
