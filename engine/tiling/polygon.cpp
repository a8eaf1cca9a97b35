#include "tiling/polygon.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "source/triangulate.h"

namespace cm::tiling {
namespace {

// Ear clipping is quadratic to cubic: past this many points GEOS is faster.
constexpr size_t kMostEarPoints = 96;

bool inside(glm::dvec2 a, glm::dvec2 b, glm::dvec2 c, glm::dvec2 p) {
  return turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0;
}

bool clipEars(std::span<const glm::dvec2> ring, std::vector<uint32_t>& triangles) {
  const size_t first = triangles.size();
  thread_local std::vector<uint32_t> left;
  left.resize(ring.size());
  for (uint32_t i = 0; i < left.size(); ++i) left[i] = i;
  double covered = 0;
  while (left.size() > 3) {
    // The ear whose smallest angle is widest: slivers make ugly shading and bad quantization.
    size_t best = left.size();
    double bestShape = 0;
    for (size_t i = 0; i < left.size(); ++i) {
      const uint32_t ia = left[(i + left.size() - 1) % left.size()], ib = left[i], ic = left[(i + 1) % left.size()];
      const glm::dvec2 a = ring[ia], b = ring[ib], c = ring[ic];
      const double area = turn(a, b, c);
      if (area <= 0) continue;
      const glm::dvec2 ab = b - a, bc = c - b, ca = a - c;
      const double shape = area / (glm::dot(ab, ab) + glm::dot(bc, bc) + glm::dot(ca, ca));
      if (shape <= bestShape) continue;
      bool empty = true;
      for (uint32_t other : left) {
        if (other == ia || other == ib || other == ic) continue;
        const glm::dvec2 p = ring[other];
        if (p == a || p == b || p == c) continue;
        if (inside(a, b, c, p)) {
          empty = false;
          break;
        }
      }
      if (!empty) continue;
      best = i;
      bestShape = shape;
    }
    if (best == left.size()) {
      triangles.resize(first);
      return false;
    }
    const uint32_t ia = left[(best + left.size() - 1) % left.size()], ib = left[best],
                   ic = left[(best + 1) % left.size()];
    covered += turn(ring[ia], ring[ib], ring[ic]);
    triangles.insert(triangles.end(), {ia, ib, ic});
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
  }
  const double last = turn(ring[left[0]], ring[left[1]], ring[left[2]]);
  if (last > 0) {
    covered += last;
    triangles.insert(triangles.end(), {left[0], left[1], left[2]});
  }
  const double whole = 2 * signedArea(ring);
  if (std::abs(covered - whole) > 1e-6 * whole + 1e-9) {
    triangles.resize(first);
    return false;
  }
  return true;
}

void douglasPeucker(std::span<const glm::dvec2> points, size_t from, size_t to, double tolerance,
                    std::vector<bool>& keep, double& error) {
  std::vector<std::pair<size_t, size_t>> work{{from, to}};
  while (!work.empty()) {
    const auto [a, b] = work.back();
    work.pop_back();
    double farthest = 0;
    size_t at = a;
    for (size_t i = a + 1; i < b; ++i) {
      const double d = distanceToSegment(points[i], points[a], points[b]);
      if (d > farthest) farthest = d, at = i;
    }
    if (farthest > tolerance) {
      keep[at] = true;
      work.push_back({a, at});
      work.push_back({at, b});
    } else {
      error = std::max(error, farthest);
    }
  }
}

bool segmentsCross(glm::dvec2 a, glm::dvec2 b, glm::dvec2 c, glm::dvec2 d) {
  const double abc = turn(a, b, c), abd = turn(a, b, d), cda = turn(c, d, a), cdb = turn(c, d, b);
  return ((abc >= 0) != (abd >= 0) || abc == 0 || abd == 0) && ((cda >= 0) != (cdb >= 0) || cda == 0 || cdb == 0) &&
         std::max(std::min(a.x, b.x), std::min(c.x, d.x)) <= std::min(std::max(a.x, b.x), std::max(c.x, d.x)) &&
         std::max(std::min(a.y, b.y), std::min(c.y, d.y)) <= std::min(std::max(a.y, b.y), std::max(c.y, d.y));
}

}  // namespace

double signedArea(std::span<const glm::dvec2> ring) {
  double sum = 0;
  for (size_t i = 1; i + 1 < ring.size(); ++i) sum += turn(ring[0], ring[i], ring[i + 1]);
  return sum / 2;
}

glm::dvec2 centroidOf(std::span<const glm::dvec2> ring) {
  glm::dvec2 sum(0);
  double area = 0;
  for (size_t i = 1; i + 1 < ring.size(); ++i) {
    const double t = turn(ring[0], ring[i], ring[i + 1]);
    sum += t * (ring[0] + ring[i] + ring[i + 1]) / 3.0;
    area += t;
  }
  if (area != 0) return sum / area;
  sum = glm::dvec2(0);
  for (const glm::dvec2& p : ring) sum += p;
  return ring.empty() ? sum : sum / static_cast<double>(ring.size());
}

bool isConvex(std::span<const glm::dvec2> ring) {
  const size_t n = ring.size();
  double turned = 0;  // a star polygon turns left everywhere too, but more than once around
  for (size_t i = 0; i < n; ++i) {
    const glm::dvec2 u = ring[(i + 1) % n] - ring[i], v = ring[(i + 2) % n] - ring[(i + 1) % n];
    const double c = cross(u, v);
    if (c < -1e-9 * (glm::dot(u, u) + glm::dot(v, v))) return false;
    if (n > 4) turned += std::atan2(c, glm::dot(u, v));
  }
  return n <= 4 || turned < 7;
}

bool isSimple(std::span<const glm::dvec2> ring) {
  const size_t n = ring.size();
  if (n < 3) return false;
  // Edges from west to east: only those that overlap in x can meet.
  auto west = [&](size_t i) { return std::min(ring[i].x, ring[(i + 1) % n].x); };
  thread_local std::vector<size_t> order;
  order.resize(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return west(i) < west(j); });
  for (size_t k = 0; k < n; ++k) {
    const size_t i = order[k];
    const double east = std::max(ring[i].x, ring[(i + 1) % n].x);
    for (size_t l = k + 1; l < n && west(order[l]) <= east; ++l) {
      const size_t j = order[l];
      if ((i + 1) % n == j || (j + 1) % n == i) continue;
      if (segmentsCross(ring[i], ring[(i + 1) % n], ring[j], ring[(j + 1) % n])) return false;
    }
  }
  return true;
}

bool contains(std::span<const glm::dvec2> ring, glm::dvec2 p) {
  bool in = false;
  for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
    const glm::dvec2 a = ring[i], b = ring[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
  }
  return in;
}

double distanceToSegment(glm::dvec2 p, glm::dvec2 a, glm::dvec2 b) {
  const glm::dvec2 ab = b - a;
  const double length2 = glm::dot(ab, ab);
  const double t = length2 > 0 ? std::clamp(glm::dot(p - a, ab) / length2, 0.0, 1.0) : 0.0;
  return glm::length(p - a - t * ab);
}

bool triangulateRings(const Rings& rings, std::vector<glm::dvec2>& points, std::vector<uint32_t>& triangles) {
  points.clear();
  triangles.clear();
  if (rings.empty() || rings[0].size() < 3) return false;
  if (rings.size() == 1) {
    const Ring& ring = rings[0];
    points.assign(ring.begin(), ring.end());
    if (ring.size() == 4 && isConvex(ring)) {
      const bool first = glm::length(ring[2] - ring[0]) <= glm::length(ring[3] - ring[1]);
      if (first)
        triangles = {0, 1, 2, 0, 2, 3};
      else
        triangles = {0, 1, 3, 1, 2, 3};
      return true;
    }
    if (ring.size() <= kMostEarPoints && clipEars(ring, triangles)) return true;
  }
  auto result = source::triangulate(rings);
  if (!result) return false;
  points = std::move(result->points);
  triangles = std::move(result->triangles);
  return true;
}

Ring simplifyRing(const Ring& ring, double tolerance, double& error) {
  error = 0;
  const size_t n = ring.size();
  if (n <= 3 || tolerance <= 0) return ring;
  // Anchors: the two points farthest apart, roughly: the farthest from the first, and the farthest from that one.
  auto farthestFrom = [&](size_t from) {
    size_t best = from;
    double distance = -1;
    for (size_t i = 0; i < n; ++i)
      if (const double d = glm::length(ring[i] - ring[from]); d > distance) distance = d, best = i;
    return best;
  };
  const size_t a = farthestFrom(0), b = farthestFrom(a);
  Ring turned(ring.begin() + static_cast<std::ptrdiff_t>(a), ring.end());
  turned.insert(turned.end(), ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(a) + 1);  // closed
  const size_t opposite = (b + n - a) % n;
  std::vector<bool> keep(n + 1, false);
  keep[0] = keep[opposite] = keep[n] = true;
  double worst = 0;
  douglasPeucker(turned, 0, opposite, tolerance, keep, worst);
  douglasPeucker(turned, opposite, n, tolerance, keep, worst);
  Ring out;
  for (size_t i = 0; i < n; ++i)
    if (keep[i]) out.push_back(turned[i]);
  if (out.size() == n) return ring;
  const double before = signedArea(ring), after = signedArea(out);
  if (out.size() < 3 || after * before <= 0 || std::abs(after) < 0.5 * std::abs(before) || !isSimple(out)) return ring;
  error = worst;
  return out;
}

std::vector<glm::dvec2> simplifyLine(const std::vector<glm::dvec2>& line, double tolerance) {
  if (line.size() < 3 || tolerance <= 0) return line;
  std::vector<bool> keep(line.size(), false);
  keep.front() = keep.back() = true;
  double error = 0;
  douglasPeucker(line, 0, line.size() - 1, tolerance, keep, error);
  std::vector<glm::dvec2> out;
  for (size_t i = 0; i < line.size(); ++i)
    if (keep[i]) out.push_back(line[i]);
  return out;
}

std::array<glm::dvec2, 4> Rectangle::corners() const {
  const glm::dvec2 u = axis * halfLength, v = glm::dvec2(-axis.y, axis.x) * halfWidth;
  return {centre - u - v, centre + u - v, centre + u + v, centre - u + v};
}

Rectangle rectangleAlong(std::span<const glm::dvec2> points, glm::dvec2 axis) {
  const glm::dvec2 across(-axis.y, axis.x);
  glm::dvec2 lo(std::numeric_limits<double>::max()), hi(-lo);
  for (const glm::dvec2& p : points) {
    const glm::dvec2 q(glm::dot(p, axis), glm::dot(p, across));
    lo = glm::min(lo, q);
    hi = glm::max(hi, q);
  }
  const glm::dvec2 middle = (lo + hi) / 2.0;
  return {axis * middle.x + across * middle.y, axis, (hi.x - lo.x) / 2, (hi.y - lo.y) / 2};
}

Rectangle smallestRectangle(std::span<const glm::dvec2> points) {
  // One side of the smallest rectangle lies on an edge of the hull (Freeman and Shapira 1975). Trying every edge of the ring is as
  // good for footprints and needs no hull; past 32 edges only the longest matter.
  std::vector<std::pair<double, size_t>> edges;
  const size_t n = points.size();
  edges.reserve(n);
  for (size_t i = 0; i < n; ++i) edges.push_back({-glm::length(points[(i + 1) % n] - points[i]), i});
  if (n > 32) {
    std::partial_sort(edges.begin(), edges.begin() + 32, edges.end());
    edges.resize(32);
  }
  Rectangle best;
  double bestArea = std::numeric_limits<double>::max();
  for (const auto& [length, i] : edges) {
    if (length == 0) continue;
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): there is an edge, so there is a point
    const Rectangle r = rectangleAlong(points, (points[(i + 1) % n] - points[i]) / -length);
    if (r.halfLength * r.halfWidth < bestArea * (1 - 1e-9)) bestArea = r.halfLength * r.halfWidth, best = r;
  }
  if (best.halfWidth > best.halfLength) {
    best.axis = {-best.axis.y, best.axis.x};
    std::swap(best.halfLength, best.halfWidth);
  }
  return best;
}

void clipConvex(std::vector<glm::dvec2>& polygon, glm::dvec2 normal, double offset, std::vector<glm::dvec2>& scratch) {
  scratch.clear();
  const size_t n = polygon.size();
  for (size_t i = 0; i < n; ++i) {
    const glm::dvec2 a = polygon[i], b = polygon[(i + 1) % n];
    const double da = glm::dot(normal, a) - offset, db = glm::dot(normal, b) - offset;
    if (da <= 0) scratch.push_back(a);
    if ((da < 0 && db > 0) || (da > 0 && db < 0)) scratch.push_back(a + (b - a) * (da / (da - db)));
  }
  polygon.swap(scratch);
}

}  // namespace cm::tiling
