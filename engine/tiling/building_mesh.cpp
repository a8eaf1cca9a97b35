#include "tiling/building_mesh.h"

#include <algorithm>
#include <cmath>

#include "tiling/polygon.h"
#include "tiling/roof.h"

namespace cm::tiling {
namespace {

constexpr double kTallMetres = 25,
                 kStreetMetres = 10;  // tall walls get a row of vertices here, so that contact shade stays low
constexpr double kParapetHeight = 0.8, kParapetWidth = 0.35;
constexpr double kParapetArea = 150, kParapetLeastHeight = 6;
constexpr double kStairHeadHeight = 2.6, kStairHeadArea = 180, kStairHeadLeastHeight = 12;

// A building ready to be drawn, x and y relative to `origin`, z as given.
struct Shape {
  glm::dvec2 origin{0};
  Rings rings;
  double foot = 0, eaves = 0, top = 0;
  bool floating = false;
};

double roofHeightOf(const LocalBuilding& b) {
  const double available = std::max(0.0, double(b.height) - std::max(0.0f, b.minHeight));
  if (b.roof == RoofShape::Flat) return 0;
  if (b.roofHeight > 0) return std::min(double(b.roofHeight), available);
  return defaultRoofHeight(b.roof, b.rings, available);
}

void cleanInto(const Ring& ring, glm::dvec2 origin, bool counterClockwise, Ring& out) {
  out.clear();
  for (const glm::dvec2& p : ring) {
    const glm::dvec2 q = p - origin;
    if (!out.empty() && glm::dot(q - out.back(), q - out.back()) < 1e-6) continue;
    out.push_back(q);
  }
  while (out.size() > 1 && glm::dot(out.back() - out.front(), out.back() - out.front()) < 1e-6) out.pop_back();
  if ((signedArea(out) > 0) != counterClockwise) std::reverse(out.begin(), out.end());
}

bool prepare(const LocalBuilding& b, Shape& shape) {
  if (b.rings.empty() || b.rings[0].size() < 3) return false;
  shape.origin = b.rings[0][0];
  shape.rings.resize(b.rings.size());
  size_t kept = 0;
  for (size_t r = 0; r < b.rings.size(); ++r) {
    cleanInto(b.rings[r], shape.origin, r == 0, shape.rings[kept]);
    const bool area = shape.rings[kept].size() >= 3 && std::abs(signedArea(shape.rings[kept])) > 1e-3;
    if (r == 0 && !area) return false;
    if (area) ++kept;
  }
  shape.rings.resize(kept);
  shape.floating = b.minHeight > 0.01f;
  shape.top = topZ(b);
  shape.foot = shape.floating ? b.baseZ + b.minHeight : std::min(b.groundZ, b.baseZ);
  shape.eaves = std::max(shape.top - roofHeightOf(b), shape.foot);
  return shape.top - shape.foot > 1e-3;
}

// The greatest distance of a ring's edges to a rectangle's sides. Inside, the distance to the sides is the least of four linear
// functions along an edge, so its maximum is at an end or where two of them cross.
double errorOfBox(const Ring& ring, const Rectangle& r) {
  const glm::dvec2 across(-r.axis.y, r.axis.x);
  auto sides = [&](glm::dvec2 p) {
    const double u = glm::dot(p - r.centre, r.axis), v = glm::dot(p - r.centre, across);
    return glm::dvec4(r.halfLength - u, r.halfLength + u, r.halfWidth - v, r.halfWidth + v);
  };
  auto least = [](glm::dvec4 d) { return std::min(std::min(d.x, d.y), std::min(d.z, d.w)); };
  double worst = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    const glm::dvec4 a = sides(ring[i]), d = sides(ring[(i + 1) % ring.size()]) - a;
    worst = std::max(worst, least(a));
    for (int j = 0; j < 4; ++j)
      for (int k = j + 1; k < 4; ++k) {
        if (d[j] == d[k]) continue;
        const double t = (a[k] - a[j]) / (d[j] - d[k]);
        if (t > 0 && t < 1) worst = std::max(worst, least(a + d * t));
      }
  }
  return worst;
}

// What leaving a courtyard out moves: its walls are at most this far from the outer walls, or from the roof drawn above them.
double errorOfHole(const Ring& hole, const Ring& outer, double height) {
  double worst = 0;
  for (size_t i = 0; i < hole.size(); ++i) {
    double nearest = 1e300;
    for (size_t j = 0; j < outer.size(); ++j)
      nearest = std::min(nearest, distanceToSegment(hole[i], outer[j], outer[(j + 1) % outer.size()]));
    worst = std::max(worst, nearest + glm::length(hole[(i + 1) % hole.size()] - hole[i]) / 2);
  }
  return std::min(worst, height);
}

// Returns how far walls moved.
double simplify(Shape& shape, const BuildingLod& lod) {
  if (lod.simplifyMetres <= 0) return 0;
  const double height = shape.top - shape.foot;
  double holes = 0;
  Rings kept{shape.rings[0]};
  for (size_t r = 1; r < shape.rings.size(); ++r) {
    const double error = errorOfHole(shape.rings[r], shape.rings[0], height);
    if (error <= lod.simplifyMetres)
      holes = std::max(holes, error);
    else
      kept.push_back(shape.rings[r]);
  }
  if (lod.boxOnly && kept.size() == 1) {
    const Rectangle box = smallestRectangle(kept[0]);
    const double error = errorOfBox(kept[0], box);
    const auto corners = box.corners();
    if (error <= lod.simplifyMetres && box.halfWidth > 1e-3) {
      shape.rings = {Ring(corners.begin(), corners.end())};
      return error + holes;
    }
  }
  double worst = 0;
  Rings simple;
  for (const Ring& ring : kept) {
    double error = 0;
    simple.push_back(simplifyRing(ring, lod.simplifyMetres, error));
    worst = std::max(worst, error);
  }
  if (simple.size() > 1)  // a moved outer wall must not run into a courtyard
    for (size_t r = 1; r < simple.size(); ++r)
      for (const glm::dvec2& p : simple[r])
        if (!contains(simple[0], p)) {
          shape.rings = kept;
          return holes;
        }
  shape.rings = std::move(simple);
  return worst + holes;
}

// Ids differ in their last characters only, which the hash leaves in its low bits: one multiplication spreads them.
float spread(uint64_t hash, int shift) {
  return static_cast<float>((hash * 0x9e3779b97f4a7c15ull) >> shift & 0xff) / 255 - 0.5f;
}

struct Drawer {
  MeshWriter writer;
  const Shape& shape;
  Colour wall, roof;
  std::vector<glm::dvec2> points{}, piece{}, scratch{}, envelope{};
  std::vector<uint32_t> triangles{};
  bool streetRow = true;

  void strip(glm::dvec2 a, glm::dvec2 b, double za, double zb, const glm::vec3& normal) {
    const double foot = shape.foot;
    if (!streetRow || shape.floating || shape.eaves - foot <= kTallMetres) {
      writer.quad({a, foot}, {b, foot}, {b, zb}, {a, za}, normal, wall);
      return;
    }
    const double street = foot + kStreetMetres;
    const uint32_t i = writer.vertex({a, foot}, normal, wall);
    writer.vertex({b, foot}, normal, wall);
    writer.vertex({a, street}, normal, wall);
    writer.vertex({b, street}, normal, wall);
    writer.vertex({a, za}, normal, wall);
    writer.vertex({b, zb}, normal, wall);
    for (uint32_t row : {i, i + 2}) {
      writer.triangle(row, row + 1, row + 3);
      writer.triangle(row, row + 3, row + 2);
    }
  }

  void walls(const RoofForm& form) {
    for (const Ring& ring : shape.rings)
      for (size_t i = 0; i < ring.size(); ++i) {
        const glm::dvec2 a = ring[i], b = ring[(i + 1) % ring.size()], d = b - a;
        const glm::vec3 normal(glm::dvec3(d.y, -d.x, 0) / glm::length(d));
        if (form.kind != RoofForm::Kind::Planes) {
          strip(a, b, form.eaves, form.eaves, normal);
          continue;
        }
        envelopeAlong(form, a, b, envelope);
        for (size_t k = 0; k + 1 < envelope.size(); ++k)
          strip(a + d * envelope[k].x, a + d * envelope[k + 1].x, envelope[k].y, envelope[k + 1].y, normal);
      }
  }

  void level(const Rings& rings, double z, bool up, Colour colour) {
    if (!triangulateRings(rings, points, triangles)) return;
    const glm::vec3 normal(0, 0, up ? 1 : -1);
    const auto base = static_cast<uint32_t>(writer.mesh.positions.size());
    for (const glm::dvec2& p : points) writer.vertex({p, z}, normal, colour);
    for (size_t i = 0; i + 2 < triangles.size(); i += 3)
      writer.triangle(base + triangles[i], base + triangles[i + (up ? 1 : 2)], base + triangles[i + (up ? 2 : 1)]);
  }

  void slopes(const RoofForm& form) {
    const bool whole = shape.rings.size() == 1 && isConvex(shape.rings[0]);
    if (!whole && !triangulateRings(shape.rings, points, triangles)) return;
    const size_t parts = whole ? 1 : triangles.size() / 3;
    for (size_t i = 0; i < form.planes.size(); ++i) {
      const RoofPlane& plane = form.planes[i];
      const glm::vec3 normal(glm::normalize(glm::dvec3(-plane.slope, 1)));
      for (size_t part = 0; part < parts; ++part) {
        if (whole)
          piece = shape.rings[0];
        else
          piece = {points[triangles[3 * part]], points[triangles[3 * part + 1]], points[triangles[3 * part + 2]]};
        regionOf(form, i, piece, scratch);
        // Points that clipping put twice would make triangles without area.
        piece.erase(
            std::unique(piece.begin(), piece.end(), [](auto a, auto b) { return glm::dot(a - b, a - b) < 1e-8; }),
            piece.end());
        while (piece.size() > 1 && glm::dot(piece.back() - piece[0], piece.back() - piece[0]) < 1e-8) piece.pop_back();
        if (piece.size() < 3) continue;
        const auto base = static_cast<uint32_t>(writer.mesh.positions.size());
        for (const glm::dvec2& p : piece) writer.vertex({p, plane.at(p)}, normal, roof);
        fan(base, piece);
      }
    }
  }

  // A convex piece may have points in the middle of a side: a fan from a corner next to one has triangles without area, so start
  // at the point whose fan has the fattest worst triangle.
  void fan(uint32_t base, const std::vector<glm::dvec2>& convex) {
    const size_t n = convex.size();
    size_t best = 0;
    double bestWorst = -1;
    for (size_t s = 0; s < n && n > 3; ++s) {
      double worst = 1e300;
      for (size_t k = 1; k + 1 < n; ++k)
        worst = std::min(worst, turn(convex[s], convex[(s + k) % n], convex[(s + k + 1) % n]));
      if (worst > bestWorst) bestWorst = worst, best = s;
    }
    for (size_t k = 1; k + 1 < n; ++k)
      writer.triangle(base + static_cast<uint32_t>(best), base + static_cast<uint32_t>((best + k) % n),
                      base + static_cast<uint32_t>((best + k + 1) % n));
  }

  void shells(const RoofForm& form) {
    const Ring& ring = shape.rings[0];
    for (size_t s = 0; s + 1 < form.shells.size(); ++s)
      for (size_t i = 0; i < ring.size(); ++i) {
        auto at = [&](glm::dvec2 p, size_t k) {
          return glm::dvec3(form.apex + (p - form.apex) * form.shells[k].x, form.shells[k].y);
        };
        const glm::dvec3 a = at(ring[i], s), b = at(ring[(i + 1) % ring.size()], s);
        const glm::dvec3 c = at(ring[(i + 1) % ring.size()], s + 1), d = at(ring[i], s + 1);
        const glm::vec3 normal(glm::normalize(glm::cross(b - a, d - a)));
        const uint32_t v = writer.vertex(a, normal, roof);
        writer.vertex(b, normal, roof);
        writer.vertex(c, normal, roof);
        writer.triangle(v, v + 1, v + 2);
        if (form.shells[s + 1].x > 0) {
          writer.vertex(d, normal, roof);
          writer.triangle(v, v + 2, v + 3);
        }
      }
  }

  // The outline moved inwards by the parapet's width; false where that does not go well.
  bool inset(const Ring& ring, Ring& out) const {
    const size_t n = ring.size();
    if (n > 40) return false;
    out.clear();
    for (size_t i = 0; i < n; ++i) {
      const glm::dvec2 u = glm::normalize(ring[i] - ring[(i + n - 1) % n]),
                       v = glm::normalize(ring[(i + 1) % n] - ring[i]);
      const double half = 1 + glm::dot(u, v);
      if (half < 0.3) return false;  // a corner of less than about 45 degrees
      out.push_back(ring[i] + glm::dvec2(-u.y - v.y, u.x + v.x) * (kParapetWidth / half));
    }
    for (size_t i = 0; i < n; ++i)
      if (glm::dot(out[(i + 1) % n] - out[i], ring[(i + 1) % n] - ring[i]) <= 0) return false;
    return n == 4 || isSimple(out);
  }

  bool parapet() {
    Ring inner;
    const Ring& outer = shape.rings[0];
    if (!inset(outer, inner)) return false;
    const double top = shape.top, low = top - kParapetHeight;
    for (size_t i = 0; i < outer.size(); ++i) {
      const size_t j = (i + 1) % outer.size();
      const glm::dvec2 d = glm::normalize(inner[j] - inner[i]);
      writer.quad({outer[i], top}, {outer[j], top}, {inner[j], top}, {inner[i], top}, {0, 0, 1}, wall);
      writer.quad({inner[j], low}, {inner[i], low}, {inner[i], top}, {inner[j], top}, glm::vec3(-d.y, d.x, 0), wall);
    }
    level({inner}, low, true, roof);
    return true;
  }

  // A box on the roof where stairs come out: only on buildings made by rule, whose every other detail is made up, too.
  void stairHead(uint64_t hash, double z) {
    const Rectangle r = smallestRectangle(shape.rings[0]);
    if (r.halfWidth < 4 || r.halfLength < 6) return;
    const double along = spread(hash, 40) * r.halfLength;
    Rectangle box{r.centre + r.axis * along, r.axis, 2.4, 1.6};
    const auto corners = box.corners();
    for (const glm::dvec2& p : corners)
      if (!contains(shape.rings[0], p)) return;
    const double top = shape.top + kStairHeadHeight;
    for (size_t i = 0; i < 4; ++i) {
      const glm::dvec2 a = corners[i], b = corners[(i + 1) % 4], d = glm::normalize(b - a);
      writer.quad({a, z}, {b, z}, {b, top}, {a, top}, glm::vec3(d.y, -d.x, 0), wall);
    }
    writer.quad({corners[0], top}, {corners[1], top}, {corners[2], top}, {corners[3], top}, {0, 0, 1}, roof);
  }
};

bool wantsParapet(const LocalBuilding& b, const Shape& shape) {
  return b.roof == RoofShape::Flat && shape.rings.size() == 1 && !shape.floating &&
         shape.top - shape.foot > kParapetLeastHeight && signedArea(shape.rings[0]) > kParapetArea;
}

bool mayHaveStairHead(BuildingClass kind, HeightSource source, RoofShape roof) {
  const bool lived = kind == BuildingClass::Apartments || kind == BuildingClass::Residential ||
                     kind == BuildingClass::Office || kind == BuildingClass::Hotel;
  return source == HeightSource::Rule && lived && roof == RoofShape::Flat;
}

bool wantsStairHead(const LocalBuilding& b, const Shape& shape) {
  return mayHaveStairHead(b.kind, b.heightSource, b.roof) && shape.rings.size() == 1 &&
         shape.top - shape.foot > kStairHeadLeastHeight && signedArea(shape.rings[0]) > kStairHeadArea;
}

glm::vec3 linearFromSrgb(glm::vec3 c) {
  glm::vec3 out;
  for (int i = 0; i < 3; ++i) {
    const float v = std::clamp(c[i], 0.0f, 1.0f);
    out[i] = v <= 0.04045f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f);
  }
  return out;
}

glm::vec3 clayOf(BuildingClass kind) {
  switch (kind) {
    case BuildingClass::House: return {0.80f, 0.765f, 0.71f};
    case BuildingClass::Residential: return {0.79f, 0.765f, 0.725f};
    case BuildingClass::Apartments: return {0.785f, 0.765f, 0.735f};
    case BuildingClass::Commercial: return {0.765f, 0.765f, 0.76f};
    case BuildingClass::Office: return {0.735f, 0.755f, 0.775f};
    case BuildingClass::Retail: return {0.785f, 0.755f, 0.72f};
    case BuildingClass::Hotel: return {0.79f, 0.75f, 0.715f};
    case BuildingClass::Industrial: return {0.70f, 0.705f, 0.70f};
    case BuildingClass::Warehouse: return {0.69f, 0.695f, 0.695f};
    case BuildingClass::Public: return {0.81f, 0.77f, 0.70f};
    case BuildingClass::School: return {0.80f, 0.755f, 0.685f};
    case BuildingClass::Hospital: return {0.80f, 0.79f, 0.775f};
    case BuildingClass::Religious: return {0.79f, 0.73f, 0.645f};
    case BuildingClass::Historic: return {0.80f, 0.735f, 0.62f};
    case BuildingClass::Transport: return {0.73f, 0.745f, 0.755f};
    case BuildingClass::Garage:
    case BuildingClass::Shed: return {0.70f, 0.69f, 0.67f};
    case BuildingClass::Other: break;
  }
  return {0.775f, 0.76f, 0.735f};
}

glm::vec3 calmed(glm::vec3 srgb, glm::vec3 clay) {
  const glm::vec3 linear = linearFromSrgb(srgb);
  const float grey = glm::dot(linear, glm::vec3(0.2126f, 0.7152f, 0.0722f));
  return glm::mix(glm::mix(linear, glm::vec3(grey), 0.10f), clay, 0.12f);
}

// Up to 2.5 % lighter or darker: enough for a street of equal houses not to look stamped.
float toneOf(uint64_t hash) { return 1 + spread(hash, 56) * 0.05f; }

bool isTiled(const LocalBuilding& b) {
  const bool sloped = b.roof == RoofShape::Gabled || b.roof == RoofShape::Hipped || b.roof == RoofShape::Pyramidal ||
                      b.roof == RoofShape::Mansard;
  return sloped &&
         (b.kind == BuildingClass::House || b.kind == BuildingClass::Historic || b.kind == BuildingClass::Religious);
}

}  // namespace

Colour linearColour(glm::vec3 rgb) {
  auto byte = [](float v) { return static_cast<uint8_t>(std::lround(std::clamp(v, 0.0f, 1.0f) * 255)); };
  return {byte(rgb.r), byte(rgb.g), byte(rgb.b), 255};
}

Colour wallColour(const LocalBuilding& b) {
  const glm::vec3 clay = clayOf(b.kind);
  return linearColour((b.colour ? calmed(*b.colour, clay) : clay) * toneOf(b.idHash));
}

Colour roofColour(const LocalBuilding& b) {
  const glm::vec3 clay = clayOf(b.kind) * glm::vec3(1.06f, 1.05f, 1.03f);
  glm::vec3 colour = clay;
  if (b.roofColour) {
    colour = calmed(*b.roofColour, clay);
  } else if (isTiled(b)) {
    // Red tiles where they are known or made by rule to be; elsewhere only their warmth.
    const bool red = b.heightSource == HeightSource::Rule || b.kind == BuildingClass::Historic;
    colour = red ? glm::vec3(0.545f, 0.235f, 0.15f) : glm::mix(clay, glm::vec3(0.60f, 0.40f, 0.31f), 0.45f);
    if (red) colour *= 1 + spread(b.idHash, 48) * 0.16f;
  }
  return linearColour(colour * toneOf(b.idHash));
}

double topZ(const LocalBuilding& b) { return b.baseZ + std::max(b.height, 0.0f); }
double eavesZ(const LocalBuilding& b) { return topZ(b) - roofHeightOf(b); }

double droppedError(const LocalBuilding& b) { return std::max(0.0, topZ(b) - std::min(b.groundZ, b.baseZ)); }

namespace {

template <class AnyBuilding>
double stairHeadOf(const AnyBuilding& b) {
  return b.height > kStairHeadLeastHeight && mayHaveStairHead(b.kind, b.heightSource, b.roof) ? kStairHeadHeight : 0;
}

}  // namespace

double heightAboveTop(const Building& b) { return stairHeadOf(b); }

SurfaceMesh& surfaceOf(TileMesh& tile, source::Surface surface) {
  for (SurfaceMesh& mesh : tile.surfaces)
    if (mesh.surface == surface) return mesh;
  tile.surfaces.emplace_back().surface = surface;
  return tile.surfaces.back();
}

namespace {

// Within the hut's height and its reach R, a point of the building above a point of the ground is at most as far from the hut as
// the top of a wall at its corner: H cos(slope of the edge to the apex) = H R / sqrt(H^2 + R^2).
double appendHut(SurfaceMesh& mesh, const glm::dvec3& centre, const LocalBuilding& building, const Shape& shape) {
  const Rectangle box = smallestRectangle(shape.rings[0]);
  const auto corners = box.corners();
  const glm::dvec3 apex(box.centre, shape.top);
  MeshWriter writer{mesh, glm::dvec3(shape.origin, 0) - centre, building.feature};
  for (size_t i = 0; i < 4; ++i) {
    const glm::dvec3 a(corners[i], shape.foot), b(corners[(i + 1) % 4], shape.foot);
    const glm::vec3 normal(glm::normalize(glm::cross(b - a, apex - a)));
    const Colour colour = roofColour(building);
    const uint32_t first = writer.vertex(a, normal, colour);
    writer.vertex(b, normal, colour);
    writer.vertex(apex, normal, colour);
    writer.triangle(first, first + 1, first + 2);
  }
  const double height = shape.top - shape.foot, reach = std::hypot(box.halfLength, box.halfWidth);
  return height * reach / std::hypot(height, reach) + stairHeadOf(building);
}

}  // namespace

double appendBuilding(SurfaceMesh& mesh, const glm::dvec3& centre, const LocalBuilding& building,
                      const BuildingLod& lod) {
  thread_local Shape shape;
  if (!prepare(building, shape)) return droppedError(building);
  if (lod.hut && !shape.floating) return appendHut(mesh, centre, building, shape);
  const bool parapet = wantsParapet(building, shape), stairs = wantsStairHead(building, shape);
  double vertical = 0;
  if (!lod.details) vertical = stairs ? kStairHeadHeight : parapet ? kParapetHeight : 0;
  RoofShape roof = building.roof;
  const double roofHeight = shape.top - shape.eaves;
  double moved = 0;
  if (roof == RoofShape::Flat || roofHeight / 2 <= lod.flattenMetres) {
    moved = simplify(shape, lod);
    if (roof != RoofShape::Flat) {
      shape.top -= roofHeight / 2;
      vertical = roofHeight / 2;
      roof = RoofShape::Flat;
    }
  } else if (roofHeight <= 8 * lod.flattenMetres) {
    moved = simplify(shape, lod);
    if (moved > 0) vertical = roofHeight;  // the ridge may turn with the outline
  }                                        // a spire keeps its outline: turning its roof would move too much

  const RoofForm form = roofForm(roof, shape.rings, shape.eaves, shape.top, building.roofDirectionDegrees);
  shape.eaves = form.eaves;
  Drawer drawer{{mesh, glm::dvec3(shape.origin, 0) - centre, building.feature},
                shape,
                wallColour(building),
                roofColour(building)};
  drawer.streetRow = lod.details;
  drawer.walls(form);
  if (form.kind == RoofForm::Kind::Planes) {
    drawer.slopes(form);
  } else if (form.kind == RoofForm::Kind::Shells) {
    drawer.shells(form);
  } else {
    const bool rim = lod.details && parapet && drawer.parapet();
    if (!rim) drawer.level(shape.rings, form.top, true, drawer.roof);
    if (lod.details && stairs) drawer.stairHead(building.idHash, form.top - (rim ? kParapetHeight : 0));
  }
  if (shape.floating) drawer.level(shape.rings, shape.foot, false, drawer.wall);
  return std::hypot(moved, vertical);
}

}  // namespace cm::tiling
