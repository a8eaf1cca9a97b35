//! Points in polygons with holes, for the builder and the readers. Pure; any thread.
#pragma once

#include "tiling/polygon.h"

namespace cm::tiling {

//! Even-odd rule over all rings, holes honoured.
bool holds(const Rings& rings, const glm::dvec2& point);

//! A point inside: the centre of mass where it is, else the middle of the widest stretch of the line of latitude through it.
glm::dvec2 pointInside(const Rings& rings);

}  // namespace cm::tiling
