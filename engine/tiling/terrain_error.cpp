#include "tiling/terrain_error.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling {
namespace {

// Twice the finest grid at least, so that every cell has samples within.
constexpr unsigned kFewest = 128, kMost = 512;
constexpr double kStepMetres = 8;
constexpr double kMargin = 1.1, kMarginMetres = 0.01;

}  // namespace

TerrainSamples::TerrainSamples(const Square& square, const HeightFunction& terrainZ) : intervals_(kFewest) {
  while (intervals_ < kMost && square.side / intervals_ > kStepMetres) intervals_ *= 2;
  const double step = square.side / intervals_;
  z_.reserve(size_t(intervals_ + 1) * (intervals_ + 1));
  for (unsigned j = 0; j <= intervals_; ++j)
    for (unsigned i = 0; i <= intervals_; ++i) z_.push_back(terrainZ(square.lo.x + i * step, square.lo.y + j * step));
}

double TerrainSamples::errorOf(unsigned cells) const {
  const unsigned parts = intervals_ / cells;
  double worst = 0;
  for (unsigned r = 0; r < cells; ++r)
    for (unsigned c = 0; c < cells; ++c) {
      const unsigned x = c * parts, y = r * parts;
      const double sw = at(x, y), se = at(x + parts, y), nw = at(x, y + parts), ne = at(x + parts, y + parts);
      for (unsigned b = 0; b <= parts; ++b)
        for (unsigned a = 0; a <= parts; ++a) {
          const double u = double(a) / parts, v = double(b) / parts, z = at(x + a, y + b);
          const double one =
              u + v <= 1 ? sw + u * (se - sw) + v * (nw - sw) : ne + (1 - u) * (nw - ne) + (1 - v) * (se - ne);
          const double two = u >= v ? sw + u * (se - sw) + v * (ne - se) : sw + v * (nw - sw) + u * (ne - nw);
          worst = std::max({worst, std::abs(z - one), std::abs(z - two)});
        }
    }
  return worst * kMargin + kMarginMetres;
}

unsigned TerrainSamples::cellsWithin(double metres, unsigned least, unsigned most) const {
  unsigned cells = least;
  while (cells < most && errorOf(cells) > metres) cells *= 2;
  return cells;
}

}  // namespace cm::tiling
