#include "tiling/roof.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling {
namespace {

// Past this many edges the planes of a convex footprint are taken from its rectangle: n^3 work, and such roofs are domes in truth.
constexpr size_t kMostEdgePlanes = 12;
constexpr int kRoundStrips = 6, kDomeShells = 5;

struct EdgeLine {
  glm::dvec2 inward;
  double offset;  // distance inside = dot(inward, p) - offset
};

std::vector<EdgeLine> edgeLines(std::span<const glm::dvec2> ring) {
  std::vector<EdgeLine> lines;
  for (size_t i = 0; i < ring.size(); ++i) {
    const glm::dvec2 a = ring[i], d = ring[(i + 1) % ring.size()] - a;
    const double length = glm::length(d);
    if (length < 1e-6) continue;
    const glm::dvec2 inward = glm::dvec2(-d.y, d.x) / length;
    // Nearly collinear neighbours would give the same plane twice.
    if (!lines.empty() && glm::dot(lines.back().inward, inward) > 1 - 1e-9) continue;
    lines.push_back({inward, glm::dot(inward, a)});
  }
  return lines;
}

// The greatest distance from the edges inside a convex polygon: attained where three edges are equally far.
double inradius(const std::vector<EdgeLine>& lines) {
  double best = 0;
  const size_t n = lines.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      for (size_t k = j + 1; k < n; ++k) {
        const glm::dmat3 rows = glm::transpose(glm::dmat3(
            glm::dvec3(lines[i].inward, -1), glm::dvec3(lines[j].inward, -1), glm::dvec3(lines[k].inward, -1)));
        const double det = glm::determinant(rows);
        if (std::abs(det) < 1e-9) continue;
        const glm::dvec3 s = glm::inverse(rows) * glm::dvec3(lines[i].offset, lines[j].offset, lines[k].offset);
        if (s.z <= best) continue;
        const bool feasible = std::all_of(lines.begin(), lines.end(), [&](const EdgeLine& line) {
          return glm::dot(line.inward, glm::dvec2(s)) - line.offset >= s.z - 1e-6;
        });
        if (feasible) best = s.z;
      }
  return best;
}

bool isStarAround(std::span<const glm::dvec2> ring, glm::dvec2 centre) {
  for (size_t i = 0; i < ring.size(); ++i)
    if (turn(centre, ring[i], ring[(i + 1) % ring.size()]) <= 1e-6) return false;
  return true;
}

Rectangle rectangleFor(const Rings& rings, double directionDegrees) {
  if (directionDegrees < 0) return smallestRectangle(rings[0]);
  const double azimuth = directionDegrees * (M_PI / 180);
  return rectangleAlong(rings[0],
                        {std::cos(azimuth), -std::sin(azimuth)});  // the ridge runs across the direction of the slope
}

void addEdgePlanes(RoofForm& form, const std::vector<EdgeLine>& lines, double rise, double z) {
  for (const EdgeLine& line : lines) form.planes.push_back({line.inward * rise, z - line.offset * rise});
}

void makeHipped(RoofForm& form, const Rings& rings, double direction, bool mansard) {
  std::vector<EdgeLine> lines;
  double radius = 0;
  if (rings.size() == 1 && isConvex(rings[0])) {
    lines = edgeLines(rings[0]);
    if (lines.size() >= 3 && lines.size() <= kMostEdgePlanes) radius = inradius(lines);
  }
  if (radius <= 0.05) {
    const Rectangle r = rectangleFor(rings, direction);
    lines = edgeLines(r.corners());
    radius = std::min(r.halfWidth, r.halfLength);
  }
  if (radius <= 0.05 || lines.size() < 3) return;
  const double height = form.top - form.eaves;
  form.kind = RoofForm::Kind::Planes;
  if (!mansard) {
    addEdgePlanes(form, lines, height / radius, form.eaves);
    return;
  }
  // A steep lower third of the run takes two thirds of the height.
  const double inset = 0.3 * radius, step = 0.65 * height;
  addEdgePlanes(form, lines, step / inset, form.eaves);
  const double rise = (height - step) / (radius - inset);
  addEdgePlanes(form, lines, rise, form.eaves + step - inset * rise);
}

void makePyramid(RoofForm& form, const Rings& rings, double direction) {
  const double height = form.top - form.eaves;
  const glm::dvec2 apex = centroidOf(rings[0]);
  if (rings.size() == 1 && rings[0].size() <= kMostEdgePlanes && isConvex(rings[0])) {
    form.kind = RoofForm::Kind::Planes;
    for (const EdgeLine& line : edgeLines(rings[0])) {
      const double run = glm::dot(line.inward, apex) - line.offset;
      if (run < 0.01) continue;
      form.planes.push_back({line.inward * (height / run), form.eaves - line.offset * height / run});
    }
  } else if (rings.size() == 1 && isStarAround(rings[0], apex)) {
    form.kind = RoofForm::Kind::Shells;
    form.apex = apex;
    form.shells = {{1, form.eaves}, {0, form.top}};
  } else {
    const Rectangle r = rectangleFor(rings, direction);
    if (std::min(r.halfLength, r.halfWidth) < 0.05) return;
    form.kind = RoofForm::Kind::Planes;
    for (const EdgeLine& line : edgeLines(r.corners())) {
      const double run = glm::dot(line.inward, r.centre) - line.offset;
      form.planes.push_back({line.inward * (height / run), form.eaves - line.offset * height / run});
    }
  }
}

void makeDome(RoofForm& form, const Rings& rings, double direction) {
  const glm::dvec2 apex = centroidOf(rings[0]);
  if (rings.size() != 1 || !isStarAround(rings[0], apex)) return makePyramid(form, rings, direction);
  form.kind = RoofForm::Kind::Shells;
  form.apex = apex;
  for (int i = 0; i <= kDomeShells; ++i) {
    const double angle = M_PI / 2 * i / kDomeShells;
    form.shells.push_back(
        {i == kDomeShells ? 0 : std::cos(angle), form.eaves + (form.top - form.eaves) * std::sin(angle)});
  }
}

// Gabled: two planes. Round: chords of a half ellipse, which are concave, so the lowest of them is the vault.
void makeRidge(RoofForm& form, const Rings& rings, double direction, int strips) {
  const Rectangle r = rectangleFor(rings, direction);
  if (r.halfWidth < 0.05) return;
  const glm::dvec2 across(-r.axis.y, r.axis.x);
  const double height = form.top - form.eaves, middle = glm::dot(across, r.centre);
  form.kind = RoofForm::Kind::Planes;
  for (int i = 0; i < strips; ++i) {
    double v0 = i == 0 ? -1 : 0, v1 = i == 0 ? 0 : 1, z0 = i == 0 ? 0 : 1, z1 = 1 - z0;
    if (strips > 2) {
      const double a0 = M_PI * i / strips, a1 = M_PI * (i + 1) / strips;
      v0 = -std::cos(a0), v1 = -std::cos(a1), z0 = std::sin(a0), z1 = std::sin(a1);
    }
    const double rise = height * (z1 - z0) / ((v1 - v0) * r.halfWidth);
    form.planes.push_back({across * rise, form.eaves + height * z0 - rise * (middle + v0 * r.halfWidth)});
  }
}

void makeSkillion(RoofForm& form, const Rings& rings, double direction) {
  glm::dvec2 down;
  if (direction >= 0) {
    down = {std::sin(direction * (M_PI / 180)), std::cos(direction * (M_PI / 180))};
  } else {
    const Rectangle r = smallestRectangle(rings[0]);
    down = {-r.axis.y, r.axis.x};
    if (down.y > 0) down = -down;  // towards the south, for want of better knowledge
  }
  double least = 1e300, most = -1e300;
  for (const glm::dvec2& p : rings[0]) {
    least = std::min(least, glm::dot(down, p));
    most = std::max(most, glm::dot(down, p));
  }
  if (most - least < 0.05) return;
  const double fall = (form.top - form.eaves) / (most - least);
  form.kind = RoofForm::Kind::Planes;
  form.planes = {{-down * fall, form.eaves + most * fall}};
}

// A ridge over a courtyard or beside an L is cut away; what is left is stretched so that the stated height is reached.
void reachTop(RoofForm& form, const Rings& rings) {
  if (form.kind != RoofForm::Kind::Planes || (rings.size() == 1 && isConvex(rings[0]))) return;
  std::vector<glm::dvec2> points, piece, scratch;
  std::vector<uint32_t> triangles;
  if (!triangulateRings(rings, points, triangles)) return;
  double highest = form.eaves;
  for (size_t t = 0; t + 2 < triangles.size(); t += 3)
    for (size_t i = 0; i < form.planes.size(); ++i) {
      piece = {points[triangles[t]], points[triangles[t + 1]], points[triangles[t + 2]]};
      regionOf(form, i, piece, scratch);
      for (const glm::dvec2& p : piece) highest = std::max(highest, form.planes[i].at(p));
    }
  if (highest - form.eaves < 0.05) return;
  const double stretch = (form.top - form.eaves) / (highest - form.eaves);
  for (RoofPlane& plane : form.planes) {
    plane.slope *= stretch;
    plane.z0 = form.eaves + (plane.z0 - form.eaves) * stretch;
  }
}

}  // namespace

double defaultRoofHeight(RoofShape shape, const Rings& rings, double available) {
  if (shape == RoofShape::Flat || rings.empty()) return 0;
  const Rectangle r = smallestRectangle(rings[0]);
  const double half = std::min(r.halfWidth, r.halfLength);
  double height = half * 0.6;  // about 31 degrees
  double most = available * 0.5;
  switch (shape) {
    case RoofShape::Skillion: height = 2 * half * 0.18; break;
    case RoofShape::Dome: height = half, most = available * 0.7; break;
    case RoofShape::Round: height = half * 0.7; break;
    case RoofShape::Mansard: height = std::max(half * 0.6, 3.0); break;
    default: break;
  }
  return std::clamp(height, 0.0, std::max(most, 0.0));
}

RoofForm roofForm(RoofShape shape, const Rings& rings, double eaves, double top, double direction) {
  RoofForm form;
  form.eaves = eaves;
  form.top = top;
  if (top - eaves < 0.05 || shape == RoofShape::Flat) {
    form.eaves = top;
    return form;
  }
  switch (shape) {
    case RoofShape::Flat: break;
    case RoofShape::Gabled: makeRidge(form, rings, direction, 2); break;
    case RoofShape::Round: makeRidge(form, rings, direction, kRoundStrips); break;
    case RoofShape::Hipped: makeHipped(form, rings, direction, false); break;
    case RoofShape::Mansard: makeHipped(form, rings, direction, true); break;
    case RoofShape::Pyramidal: makePyramid(form, rings, direction); break;
    case RoofShape::Dome: makeDome(form, rings, direction); break;
    case RoofShape::Skillion: makeSkillion(form, rings, direction); break;
  }
  if (form.kind == RoofForm::Kind::Flat) form.eaves = top;
  reachTop(form, rings);
  return form;
}

void regionOf(const RoofForm& form, size_t i, std::vector<glm::dvec2>& polygon, std::vector<glm::dvec2>& scratch) {
  const RoofPlane& mine = form.planes[i];
  for (size_t j = 0; j < form.planes.size() && polygon.size() >= 3; ++j) {
    if (j == i) continue;
    const glm::dvec2 normal = mine.slope - form.planes[j].slope;
    const double offset = form.planes[j].z0 - mine.z0;
    if (glm::dot(normal, normal) < 1e-18) {
      if (offset < 0 || (offset == 0 && j < i)) polygon.clear();  // everywhere higher, or the same plane again
      continue;
    }
    clipConvex(polygon, normal, offset, scratch);
  }
  if (polygon.size() < 3) polygon.clear();
}

void envelopeAlong(const RoofForm& form, glm::dvec2 a, glm::dvec2 b, std::vector<glm::dvec2>& out) {
  out.clear();
  const size_t n = form.planes.size();
  size_t active = 0;
  auto rate = [&](size_t i) { return glm::dot(form.planes[i].slope, b - a); };
  for (size_t i = 1; i < n; ++i) {
    const double difference = form.planes[i].at(a) - form.planes[active].at(a);
    if (difference < -1e-9 || (difference < 1e-9 && rate(i) < rate(active))) active = i;
  }
  double t = 0;
  out.push_back({0, form.planes[active].at(a)});
  for (size_t step = 0; step < n; ++step) {
    double next = 1;
    size_t to = active;
    for (size_t i = 0; i < n; ++i) {
      const double gain = rate(active) - rate(i);
      if (gain <= 1e-12) continue;
      const double at = (form.planes[i].at(a) - form.planes[active].at(a)) / gain;
      if (at < next - 1e-12 || (at < next + 1e-12 && to != active && rate(i) < rate(to)))
        next = std::max(at, t), to = i;
    }
    if (to == active || next >= 1) break;
    if (next > t + 1e-9) out.push_back({next, form.planes[to].at(a) + rate(to) * next});
    t = next;
    active = to;
  }
  out.push_back({1, form.planes[active].at(b)});
}

}  // namespace cm::tiling
