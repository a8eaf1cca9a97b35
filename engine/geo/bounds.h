//! Bounding volumes of 3D Tiles and what selection asks of them. All double, ECEF metres. Pure; any thread.
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <span>
#include <variant>

#include "geo/ellipsoid.h"

namespace cm::geo {

//! Centre and three half axes, which need not be orthogonal after a transform.
struct OrientedBox {
  glm::dvec3 centre{0};
  glm::dmat3 halfAxes{0};  // columns
};

struct Sphere {
  glm::dvec3 centre{0};
  double radius = 0;
};

//! West, south, east, north in radians; heights above the ellipsoid (3D Tiles 1.1, 7.2.2).
struct Region {
  double west = 0, south = 0, east = 0, north = 0, minHeight = 0, maxHeight = 0;
};

//! A region is also kept as a box, so that distance and culling are cheap and conservative.
OrientedBox boxOf(const Region& region);

using BoundingVolume = std::variant<OrientedBox, Sphere, Region>;

BoundingVolume transformed(const BoundingVolume& volume, const glm::dmat4& matrix);  // a region stays as it is
double distanceTo(const BoundingVolume& volume, const glm::dvec3& point);            // 0 inside
glm::dvec3 centreOf(const BoundingVolume& volume);
double radiusOf(const BoundingVolume& volume);
OrientedBox asBox(const BoundingVolume& volume);

//! Inward half-space: dot(normal, p) + offset >= 0 is inside.
struct Plane {
  glm::dvec3 normal{0};
  double offset = 0;
};

//! The planes of one view, cut to its rectangle.
struct Frustum {
  std::array<Plane, 6> planes;  // left, right, bottom, top, near, far
};
bool intersects(const Frustum& frustum, const BoundingVolume& volume);
//! The same for what the volume sweeps when moved by `along`.
bool intersectsSwept(const Frustum& frustum, const BoundingVolume& volume, const glm::dvec3& along);
//! How far the volume reaches from its centre along a unit direction.
double reachAlong(const BoundingVolume& volume, const glm::dvec3& direction);

}  // namespace cm::geo
