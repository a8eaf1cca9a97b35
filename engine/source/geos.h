//! GEOS behind a wall: one context per thread, geometries that free themselves, rings in and out. Failures are null pointers,
//! as GEOS itself has it; `lastMessage` says why. Geometries never leave the thread that made them.
#pragma once

#include <geos_c.h>

#include <glm/glm.hpp>
#include <memory>
#include <string>
#include <vector>

namespace cm::source::geos {

//! This thread's context.
GEOSContextHandle_t context();
//! What GEOS last complained about in this thread.
const std::string& lastMessage();

struct Destroy {
  void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context(), geometry); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;
using Rings = std::vector<std::vector<glm::dvec2>>;

//! A polygon of a first outer ring and holes, not closed; rings of fewer than three points are left out. Null where none is left.
Geometry polygonFrom(const Rings& rings);
//! A MultiLineString.
Geometry linesFrom(const std::vector<std::vector<glm::dvec2>>& lines);
//! The polygons in a geometry of any kind, not closed; points and lines are ignored.
std::vector<Rings> polygonsOf(const GEOSGeometry* geometry);

}  // namespace cm::source::geos
