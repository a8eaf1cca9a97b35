#include "tiling/demo_rail.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling::demo {
namespace {

constexpr double kStepMetres = 120;

//! Cubic Hermite between b and c: the direction at a point is that from the one before it to the one after it.
glm::dvec2 curve(glm::dvec2 a, glm::dvec2 b, glm::dvec2 c, glm::dvec2 d, double t) {
  const double length = glm::distance(b, c);
  const auto direction = [&](glm::dvec2 from, glm::dvec2 to) {
    const double away = glm::distance(from, to);
    return away > 1 ? (to - from) * (length / away) : c - b;
  };
  const glm::dvec2 mb = direction(a, c), mc = direction(b, d);
  const double t2 = t * t, t3 = t2 * t;
  return b * (2 * t3 - 3 * t2 + 1) + mb * (t3 - 2 * t2 + t) + c * (3 * t2 - 2 * t3) + mc * (t3 - t2);
}

}  // namespace

std::vector<RailPiece> railPieces(const MetroLine& line, const Facts& facts, const Land& land) {
  std::vector<glm::dvec2> points;
  for (const RailPoint& point : line.path) points.push_back(planeFrom(point.at));
  if (points.empty())
    for (size_t s : line.stations) points.push_back(planeFrom(facts.stations[s].lonLat));
  // Halfway to the neighbour a station's structure ends and the neighbour's begins.
  const auto structureAt = [&](double place) -> std::string {
    if (!line.path.empty()) return line.path[static_cast<size_t>(place)].structure;
    for (const auto& [from, to] : line.elevated)
      if (place >= double(from) - 0.5 && place <= double(to) + 0.5) return "elevated";
    return "underground";
  };
  std::vector<RailPiece> pieces;
  const auto add = [&](glm::dvec2 plane, const std::string& structure) {
    const bool water = land.height(plane) < 0;
    if (pieces.empty() || pieces.back().structure != structure || pieces.back().water != water) {
      const bool joined = !pieces.empty();
      const glm::dvec2 last = joined ? pieces.back().lonLat.back() : glm::dvec2(0);
      pieces.push_back({structure, water, {}});
      if (joined) pieces.back().lonLat.push_back(last);
    }
    pieces.back().lonLat.push_back(lonLatFrom(plane));
  };
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    const glm::dvec2 b = points[i], c = points[i + 1];
    const glm::dvec2 a = i > 0 ? points[i - 1] : b, d = i + 2 < points.size() ? points[i + 2] : c;
    const int steps = std::max(1, static_cast<int>(std::ceil(glm::distance(b, c) / kStepMetres)));
    for (int k = i > 0 ? 1 : 0; k <= steps; ++k) {
      const double t = double(k) / steps;
      add(curve(a, b, c, d, t), structureAt(std::min(double(i) + t, double(points.size()) - 1.001)));
    }
  }
  std::erase_if(pieces, [](const RailPiece& piece) { return piece.lonLat.size() < 2; });
  return pieces;
}

std::vector<std::vector<glm::dvec2>> aboveGround(const std::vector<RailPiece>& pieces, double ramp) {
  std::vector<std::vector<glm::dvec2>> lines;
  const auto isUnder = [&](size_t i) { return i >= pieces.size() || pieces[i].structure == "underground"; };
  //! The points of a piece from one of its ends on.
  const auto part = [&](std::vector<glm::dvec2> points) {
    double metres = 0;
    size_t n = 1;
    for (; n < points.size() && metres < ramp; ++n)
      metres += glm::distance(planeFrom(points[n - 1]), planeFrom(points[n]));
    points.resize(n);
    return points;
  };
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::vector<glm::dvec2>& points = pieces[i].lonLat;
    if (!isUnder(i)) {
      lines.push_back(points);
      continue;
    }
    if (i > 0 && !isUnder(i - 1)) lines.push_back(part(points));
    if (!isUnder(i + 1)) lines.push_back(part({points.rbegin(), points.rend()}));
  }
  return lines;
}

double lengthMetres(const std::vector<RailPiece>& pieces) {
  double metres = 0;
  for (const RailPiece& piece : pieces)
    for (size_t i = 1; i < piece.lonLat.size(); ++i)
      metres += glm::distance(planeFrom(piece.lonLat[i - 1]), planeFrom(piece.lonLat[i]));
  return metres;
}

}  // namespace cm::tiling::demo
