#include "source/geos.h"

namespace cm::source::geos {
namespace {

struct Context {
  GEOSContextHandle_t handle = GEOS_init_r();
  std::string message;
  Context() {
    auto keep = [](const char* text, void* self) { static_cast<Context*>(self)->message = text; };
    GEOSContext_setErrorMessageHandler_r(handle, keep, this);
    GEOSContext_setNoticeMessageHandler_r(handle, keep, this);
  }
  ~Context() { GEOS_finish_r(handle); }
};

Context& ofThread() {
  thread_local Context context;
  return context;
}

GEOSCoordSequence* sequenceOf(const std::vector<glm::dvec2>& points, bool closed) {
  std::vector<double> flat;
  flat.reserve(2 * points.size() + 2);
  for (const glm::dvec2& p : points) flat.insert(flat.end(), {p.x, p.y});
  if (closed) flat.insert(flat.end(), {points[0].x, points[0].y});
  return GEOSCoordSeq_copyFromBuffer_r(context(), flat.data(), static_cast<unsigned>(flat.size() / 2), 0, 0);
}

std::vector<glm::dvec2> ringOf(const GEOSGeometry* ring) {
  const GEOSCoordSequence* sequence = GEOSGeom_getCoordSeq_r(context(), ring);
  unsigned size = 0;
  if (!sequence || !GEOSCoordSeq_getSize_r(context(), sequence, &size) || size < 4) return {};
  std::vector<glm::dvec2> points(size);
  GEOSCoordSeq_copyToBuffer_r(context(), sequence, &points[0].x, 0, 0);
  points.pop_back();
  return points;
}

void collect(const GEOSGeometry* geometry, std::vector<Rings>& out) {
  const int type = GEOSGeomTypeId_r(context(), geometry);
  if (type == GEOS_POLYGON) {
    if (GEOSisEmpty_r(context(), geometry)) return;
    Rings rings{ringOf(GEOSGetExteriorRing_r(context(), geometry))};
    if (rings[0].empty()) return;
    const int holes = GEOSGetNumInteriorRings_r(context(), geometry);
    for (int i = 0; i < holes; ++i)
      if (auto hole = ringOf(GEOSGetInteriorRingN_r(context(), geometry, i)); !hole.empty())
        rings.push_back(std::move(hole));
    out.push_back(std::move(rings));
  } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
    const int count = GEOSGetNumGeometries_r(context(), geometry);
    for (int i = 0; i < count; ++i) collect(GEOSGetGeometryN_r(context(), geometry, i), out);
  }
}

}  // namespace

GEOSContextHandle_t context() { return ofThread().handle; }
const std::string& lastMessage() { return ofThread().message; }

Geometry polygonFrom(const Rings& rings) {
  if (rings.empty() || rings[0].size() < 3) return nullptr;
  Geometry outer(GEOSGeom_createLinearRing_r(context(), sequenceOf(rings[0], true)));
  if (!outer) return nullptr;
  std::vector<GEOSGeometry*> holes;
  for (size_t i = 1; i < rings.size(); ++i) {
    if (rings[i].size() < 3) continue;
    if (GEOSGeometry* hole = GEOSGeom_createLinearRing_r(context(), sequenceOf(rings[i], true))) holes.push_back(hole);
  }
  return Geometry(
      GEOSGeom_createPolygon_r(context(), outer.release(), holes.data(), static_cast<unsigned>(holes.size())));
}

Geometry linesFrom(const std::vector<std::vector<glm::dvec2>>& lines) {
  std::vector<GEOSGeometry*> parts;
  for (const auto& line : lines) {
    if (line.size() < 2) continue;
    if (GEOSGeometry* part = GEOSGeom_createLineString_r(context(), sequenceOf(line, false))) parts.push_back(part);
  }
  return Geometry(
      GEOSGeom_createCollection_r(context(), GEOS_MULTILINESTRING, parts.data(), static_cast<unsigned>(parts.size())));
}

std::vector<Rings> polygonsOf(const GEOSGeometry* geometry) {
  std::vector<Rings> out;
  if (geometry) collect(geometry, out);
  return out;
}

}  // namespace cm::source::geos
