#include "frame/polyline.h"

#include <algorithm>
#include <cmath>

namespace cm::frame {
namespace {

template <class V>
std::vector<V> withoutRepeats(std::span<const V> points, double nearer) {
  std::vector<V> kept;
  for (const V& p : points)
    if (kept.empty() || glm::distance(kept.back(), p) > nearer) kept.push_back(p);
  return kept;
}

//! The point at `t` in [t1, t2] of the curve through p0..p3 with knots t0..t3 (Barry and Goldman 1988).
glm::dvec3 barryGoldman(const glm::dvec3 (&p)[4], const double (&t)[4], double at) {
  auto mix = [&](const glm::dvec3& a, const glm::dvec3& b, double ta, double tb) {
    return a * ((tb - at) / (tb - ta)) + b * ((at - ta) / (tb - ta));
  };
  const glm::dvec3 a1 = mix(p[0], p[1], t[0], t[1]), a2 = mix(p[1], p[2], t[1], t[2]), a3 = mix(p[2], p[3], t[2], t[3]);
  const glm::dvec3 b1 = mix(a1, a2, t[0], t[2]), b2 = mix(a2, a3, t[1], t[3]);
  return mix(b1, b2, t[1], t[2]);
}

}  // namespace

std::vector<glm::dvec3> smoothed(std::span<const glm::dvec3> input, double step) {
  const std::vector<glm::dvec3> points = withoutRepeats(input, 0.01);
  if (points.size() < 2) return {};
  std::vector<glm::dvec3> curve{points.front()};
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    const glm::dvec3& b = points[i];
    const glm::dvec3& c = points[i + 1];
    const int pieces = std::clamp(static_cast<int>(std::ceil(glm::distance(b, c) / step)), 1, 256);
    if (points.size() == 2) {
      for (int k = 1; k <= pieces; ++k) curve.push_back(glm::mix(b, c, double(k) / pieces));
      continue;
    }
    // The ends repeat their last direction.
    const glm::dvec3 p[4] = {i > 0 ? points[i - 1] : 2.0 * b - c, b, c, i + 2 < points.size() ? points[i + 2] : 2.0 * c - b};
    double t[4] = {0};
    for (int k = 1; k < 4; ++k) t[k] = t[k - 1] + std::sqrt(glm::distance(p[k - 1], p[k]));
    for (int k = 1; k < pieces; ++k) curve.push_back(barryGoldman(p, t, t[1] + (t[2] - t[1]) * k / pieces));
    curve.push_back(c);
  }
  return curve;
}

void appendStrip(std::span<const glm::dvec2> input, bool closed, Strip& strip) {
  std::vector<glm::dvec2> points = withoutRepeats(input, 0.001);
  if (closed && points.size() > 1 && glm::distance(points.front(), points.back()) <= 0.001) points.pop_back();
  if (points.size() < 2 || (closed && points.size() < 3)) return;

  const size_t n = points.size();
  auto direction = [&](size_t from) { return glm::normalize(points[(from + 1) % n] - points[from]); };
  auto normal = [](glm::dvec2 d) { return glm::dvec2(-d.y, d.x); };
  auto put = [&](glm::dvec2 centre, glm::dvec2 extrude, double side, double along) {
    strip.vertices.push_back({glm::vec2(centre), glm::vec2(extrude), static_cast<float>(side), static_cast<float>(along)});
    return static_cast<uint32_t>(strip.vertices.size() - 1);
  };

  double along = 0;
  uint32_t openLeft = 0, openRight = 0;   // the last two vertices, waiting for the next ones
  bool open = false;
  auto cross = [&](size_t at, glm::dvec2 extrude) {
    const uint32_t left = put(points[at], extrude, 1, along), right = put(points[at], -extrude, -1, along);
    if (open) for (uint32_t v : {openLeft, openRight, left, left, openRight, right}) strip.indices.push_back(v);
    openLeft = left, openRight = right, open = true;
  };

  const size_t corners = closed ? n + 1 : n;
  for (size_t k = 0; k < corners; ++k) {
    const size_t at = k % n;
    if (k > 0) along += glm::distance(points[(k - 1) % n], points[at]);
    const bool hasBefore = closed || k > 0, hasAfter = closed || k + 1 < n;
    const glm::dvec2 before = hasBefore ? normal(direction((at + n - 1) % n)) : normal(direction(at));
    const glm::dvec2 after = hasAfter ? normal(direction(at)) : before;
    const glm::dvec2 sum = before + after;
    const double squared = glm::dot(sum, sum);
    const double mitre = squared > 1e-9 ? 2.0 / std::sqrt(squared) : 1e9;
    if (mitre <= kLongestMitre) {
      cross(at, sum * (2.0 / squared));
      continue;
    }
    // Round: finish with the old normal, fan on the outer side, start again with the new normal.
    cross(at, before);
    const double outer = before.x * after.y - before.y * after.x > 0 ? -1.0 : 1.0;
    double turn = std::acos(std::clamp(glm::dot(before, after), -1.0, 1.0));
    const int pieces = std::max(2, static_cast<int>(std::ceil(turn / 0.35)));
    turn *= -outer;   // to the left where the outer side is the right one
    const uint32_t middle = put(points[at], {0, 0}, 0, along);
    uint32_t last = put(points[at], before * outer, outer, along);
    for (int i = 1; i <= pieces; ++i) {
      const double c = std::cos(turn * i / pieces), s = std::sin(turn * i / pieces);
      const glm::dvec2 turned(before.x * c - before.y * s, before.x * s + before.y * c);
      const uint32_t next = put(points[at], turned * outer, outer, along);
      for (uint32_t v : {middle, last, next}) strip.indices.push_back(v);
      last = next;
    }
    open = false;
    if (k + 1 < corners) cross(at, after);
  }
}

double lengthOf(std::span<const glm::dvec3> points) {
  double sum = 0;
  for (size_t i = 1; i < points.size(); ++i) sum += glm::distance(points[i - 1], points[i]);
  return sum;
}

double distanceToLine(std::span<const glm::dvec2> line, glm::dvec2 point) {
  double nearest = 1e300;
  for (size_t i = 0; i < line.size(); ++i) {
    const glm::dvec2 a = line[i], b = line[std::min(i + 1, line.size() - 1)], d = b - a;
    const double squared = glm::dot(d, d);
    const double t = squared > 0 ? std::clamp(glm::dot(point - a, d) / squared, 0.0, 1.0) : 0.0;
    nearest = std::min(nearest, glm::distance(point, a + d * t));
  }
  return nearest;
}

glm::dvec2 centroidOf(std::span<const glm::dvec2> ring) {
  glm::dvec2 sum(0), mean(0);
  double area = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    // Relative to the first point, so that degrees and far-away metres keep their digits.
    const glm::dvec2 a = ring[i] - ring[0], b = ring[(i + 1) % ring.size()] - ring[0];
    const double cross = a.x * b.y - a.y * b.x;
    area += cross;
    sum += (a + b) * cross;
    mean += a;
  }
  if (ring.empty()) return mean;
  if (std::abs(area) < 1e-30) return ring[0] + mean / double(ring.size());
  return ring[0] + sum / (3.0 * area);
}

}  // namespace cm::frame
