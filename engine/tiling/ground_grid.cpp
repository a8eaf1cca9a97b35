#include "tiling/ground_grid.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling {
namespace {

// Of 255. Next to a wall the shade falls by 130 within 20 m; what is softer than this is not seen in the colours of a town, nor
// what lies nearer together than the distances the horizon is looked for at.
constexpr double kAllowedShade = 55, kFinestShadeMetres = 10;

}  // namespace

GroundGrid::GroundGrid(const GroundTile& ground)
    : cells_(int(ground.cells)),
      allowedMetres_(ground.levelMetres),
      leastShade_(2 * kFinestShadeMetres * ground.cells / (ground.hi.x - ground.lo.x)) {
  // Slopes are central differences, one node beyond the border on each side: neighbours of equal level agree.
  const double step = (ground.hi.x - ground.lo.x) / cells_;
  const size_t n = size_t(cells_) + 3, nodes = size_t(cells_) + 1;
  std::vector<double> z(n * n);
  for (size_t r = 0; r < n; ++r)
    for (size_t c = 0; c < n; ++c)
      z[r * n + c] = ground.terrainZ(ground.lo.x + (double(c) - 1) * step, ground.lo.y + (double(r) - 1) * step);
  slopes_.resize(nodes * nodes);
  z_.resize(nodes * nodes);
  for (size_t r = 0; r < nodes; ++r)
    for (size_t c = 0; c < nodes; ++c) {
      const size_t i = (r + 1) * n + c + 1;
      z_[r * nodes + c] = z[i];
      slopes_[r * nodes + c] = glm::dvec2(z[i + 1] - z[i - 1], z[i + n] - z[i - n]) / (2 * step);
    }
  if (!ground.heights) return;
  TileMesh sky;
  sky.centreEnu = ground.centre;
  SurfaceMesh& mesh = surfaceOf(sky, source::Surface::Ground);
  for (size_t r = 0; r < nodes; ++r)
    for (size_t c = 0; c < nodes; ++c)
      mesh.positions.emplace_back(glm::dvec3(ground.lo + glm::dvec2(double(c), double(r)) * step, z_[r * nodes + c]) -
                                  ground.centre);
  mesh.normals.assign(mesh.positions.size(), {0, 0, 1});
  bakeSky(sky, *ground.heights);
  shade_.assign(mesh.sky.begin(), mesh.sky.end());
}

double GroundGrid::at(const std::vector<double>& numbers, glm::dvec2 place) const {
  const int c = std::clamp(int(place.x), 0, cells_ - 1), r = std::clamp(int(place.y), 0, cells_ - 1);
  const double u = place.x - c, v = place.y - r;
  const double* sw = &numbers[size_t(r) * size_t(cells_ + 1) + size_t(c)];
  const double* nw = sw + cells_ + 1;
  return glm::mix(glm::mix(sw[0], sw[1], u), glm::mix(nw[0], nw[1], u), v);
}

glm::vec3 GroundGrid::normalAt(glm::dvec2 place) const {
  const int c = std::clamp(int(place.x), 0, cells_ - 1), r = std::clamp(int(place.y), 0, cells_ - 1);
  const double u = place.x - c, v = place.y - r;
  const glm::dvec2* sw = &slopes_[size_t(r) * size_t(cells_ + 1) + size_t(c)];
  const glm::dvec2* nw = sw + cells_ + 1;
  const glm::dvec2 slope = glm::mix(glm::mix(sw[0], sw[1], u), glm::mix(nw[0], nw[1], u), v);
  return glm::vec3(glm::normalize(glm::dvec3(-slope, 1)));
}

bool GroundGrid::straight(glm::dvec2 a, glm::dvec2 b) const {
  auto follows = [&](const std::vector<double>& numbers, double allowed) {
    const double from = at(numbers, a), to = at(numbers, b);
    for (double t : {0.25, 0.5, 0.75})
      if (std::abs(at(numbers, glm::mix(a, b, t)) - glm::mix(from, to, t)) > allowed) return false;
    return true;
  };
  return follows(z_, allowedMetres_) &&
         (shade_.empty() || glm::distance(a, b) < leastShade_ || follows(shade_, kAllowedShade));
}

bool GroundGrid::plain(int column, int row, int side, bool wet) const {
  const int stride = cells_ + 1;
  const size_t corner = size_t(row) * size_t(stride) + size_t(column);
  return (wet || cornersSuffice(&z_[corner], side, stride, allowedMetres_)) &&
         (shade_.empty() || side < leastShade_ || cornersSuffice(&shade_[corner], side, stride, kAllowedShade));
}

bool GroundGrid::cornersSuffice(const double* numbers, int side, int stride, double allowed) {
  const double sw = numbers[0], se = numbers[side], nw = numbers[side * stride], ne = numbers[side * stride + side];
  for (int j = 0; j <= side; ++j)
    for (int i = 0; i <= side; ++i) {
      const double u = double(i) / side, v = double(j) / side, value = numbers[j * stride + i];
      const double one =
          u + v <= 1 ? sw + u * (se - sw) + v * (nw - sw) : ne + (1 - u) * (nw - ne) + (1 - v) * (se - ne);
      const double two = u >= v ? sw + u * (se - sw) + v * (ne - se) : sw + v * (nw - sw) + u * (ne - nw);
      if (std::abs(value - one) > allowed || std::abs(value - two) > allowed) return false;
    }
  return true;
}

}  // namespace cm::tiling
