#include "geo/bounds.h"

#include <algorithm>
#include <cmath>
#include <glm/gtc/constants.hpp>

namespace cm::geo {
namespace {

//! An orthonormal frame and the half extents of the box in it. Exact for boxes with orthogonal axes, enclosing otherwise.
struct Frame {
  glm::dmat3 axes;
  glm::dvec3 half;
};

glm::dvec3 anyPerpendicular(const glm::dvec3& unit) {
  glm::dvec3 other = std::abs(unit.x) < 0.6 ? glm::dvec3(1, 0, 0) : glm::dvec3(0, 1, 0);
  return glm::normalize(glm::cross(unit, other));
}

Frame frameOf(const OrientedBox& box) {
  const glm::dmat3& a = box.halfAxes;
  std::array<double, 3> length{glm::length(a[0]), glm::length(a[1]), glm::length(a[2])};
  double xy = glm::dot(a[0], a[1]), yz = glm::dot(a[1], a[2]), zx = glm::dot(a[2], a[0]);
  double longest = std::max({length[0], length[1], length[2]});
  bool orthogonal = std::abs(xy) <= 1e-9 * length[0] * length[1] && std::abs(yz) <= 1e-9 * length[1] * length[2] &&
                    std::abs(zx) <= 1e-9 * length[2] * length[0];
  if (orthogonal && std::min({length[0], length[1], length[2]}) > 0)
    return {{a[0] / length[0], a[1] / length[1], a[2] / length[2]}, {length[0], length[1], length[2]}};
  if (longest == 0) return {glm::dmat3(1), glm::dvec3(0)};
  // Gram-Schmidt, longest axis first so that flat and linear boxes keep their shape.
  std::array<int, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(), [&](int i, int j) { return length[i] > length[j]; });
  glm::dvec3 first = a[order[0]] / longest;
  glm::dvec3 second = a[order[1]] - first * glm::dot(first, a[order[1]]);
  second = glm::length(second) > 1e-9 * longest ? glm::normalize(second) : anyPerpendicular(first);
  Frame frame{{first, second, glm::cross(first, second)}, glm::dvec3(0)};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) frame.half[i] += std::abs(glm::dot(frame.axes[i], a[j]));
  return frame;
}

//! The volume's own box where it is one, else `made`, filled.
const OrientedBox& boxIn(const BoundingVolume& volume, OrientedBox& made) {
  if (const auto* box = std::get_if<OrientedBox>(&volume)) return *box;
  made = asBox(volume);
  return made;
}

double maxScale(const glm::dmat4& matrix) {
  return std::max(
      {glm::length(glm::dvec3(matrix[0])), glm::length(glm::dvec3(matrix[1])), glm::length(glm::dvec3(matrix[2]))});
}

}  // namespace

OrientedBox boxOf(const Region& region) {
  double east = region.east < region.west ? region.east + 2 * glm::pi<double>() : region.east;
  double halfWidth = (east - region.west) / 2;
  if (halfWidth > glm::half_pi<double>()) {  // more than half the globe: the whole of it
    double top = std::max(region.maxHeight, 0.0);
    OrientedBox box;
    for (int i = 0; i < 3; ++i) box.halfAxes[i][i] = (i < 2 ? kSemiMajorMetres : kSemiMinorMetres) + top;
    return box;
  }
  double midLon = (region.west + east) / 2, midLat = (region.south + region.north) / 2;
  EnuFrame frame = enuFrameAt({midLon / kDegree, midLat / kDegree, 0});
  // East extremes lie on the parallel nearest the equator, north extremes on the outer parallels at the middle or the sides,
  // the lowest point at a corner or the middle of a side, the highest in the middle: all are among these.
  std::array<double, 4> lats{region.south, midLat, region.north, std::clamp(0.0, region.south, region.north)};
  glm::dvec3 lo(1e30), hi(-1e30);
  for (double lon : {region.west, midLon, east})
    for (double lat : lats)
      for (double height : {region.minHeight, region.maxHeight}) {
        glm::dvec3 p = frame.toEnu(ecefFromGeodetic({lon / kDegree, lat / kDegree, height}));
        lo = glm::min(lo, p);
        hi = glm::max(hi, p);
      }
  glm::dvec3 half = (hi - lo) * 0.5;
  glm::dmat3 turn(frame.ecefFromEnu);
  return {frame.toEcef((lo + hi) * 0.5), {turn[0] * half.x, turn[1] * half.y, turn[2] * half.z}};
}

OrientedBox asBox(const BoundingVolume& volume) {
  if (const auto* box = std::get_if<OrientedBox>(&volume)) return *box;
  if (const auto* sphere = std::get_if<Sphere>(&volume)) return {sphere->centre, glm::dmat3(sphere->radius)};
  return boxOf(std::get<Region>(volume));
}

BoundingVolume transformed(const BoundingVolume& volume, const glm::dmat4& matrix) {
  if (const auto* box = std::get_if<OrientedBox>(&volume))
    return OrientedBox{glm::dvec3(matrix * glm::dvec4(box->centre, 1)), glm::dmat3(matrix) * box->halfAxes};
  if (const auto* sphere = std::get_if<Sphere>(&volume))
    return Sphere{glm::dvec3(matrix * glm::dvec4(sphere->centre, 1)), sphere->radius * maxScale(matrix)};
  return volume;
}

double distanceTo(const BoundingVolume& volume, const glm::dvec3& point) {
  if (const auto* sphere = std::get_if<Sphere>(&volume))
    return std::max(glm::length(point - sphere->centre) - sphere->radius, 0.0);
  OrientedBox made;
  const OrientedBox& box = boxIn(volume, made);
  Frame frame = frameOf(box);
  glm::dvec3 inBox = (point - box.centre) * frame.axes;  // the axes are columns: transpose(axes) * v
  return glm::length(glm::max(glm::abs(inBox) - frame.half, glm::dvec3(0)));
}

glm::dvec3 centreOf(const BoundingVolume& volume) {
  if (const auto* sphere = std::get_if<Sphere>(&volume)) return sphere->centre;
  OrientedBox made;
  return boxIn(volume, made).centre;
}

double radiusOf(const BoundingVolume& volume) {
  if (const auto* sphere = std::get_if<Sphere>(&volume)) return sphere->radius;
  glm::dmat3 a = asBox(volume).halfAxes;
  return std::max({glm::length(a[0] + a[1] + a[2]), glm::length(a[0] + a[1] - a[2]), glm::length(a[0] - a[1] + a[2]),
                   glm::length(a[0] - a[1] - a[2])});
}

bool intersects(const Frustum& frustum, const BoundingVolume& volume) {
  if (const auto* sphere = std::get_if<Sphere>(&volume)) {
    for (const Plane& plane : frustum.planes)
      if (glm::dot(plane.normal, sphere->centre) + plane.offset < -sphere->radius) return false;
    return true;
  }
  OrientedBox made;
  const OrientedBox& box = boxIn(volume, made);
  for (const Plane& plane : frustum.planes) {
    // The corner furthest along the normal decides.
    double reach = std::abs(glm::dot(plane.normal, box.halfAxes[0])) +
                   std::abs(glm::dot(plane.normal, box.halfAxes[1])) +
                   std::abs(glm::dot(plane.normal, box.halfAxes[2]));
    if (glm::dot(plane.normal, box.centre) + plane.offset + reach < 0) return false;
  }
  return true;
}

double reachAlong(const BoundingVolume& volume, const glm::dvec3& direction) {
  if (const auto* sphere = std::get_if<Sphere>(&volume)) return sphere->radius;
  OrientedBox made;
  const OrientedBox& box = boxIn(volume, made);
  return std::abs(glm::dot(direction, box.halfAxes[0])) + std::abs(glm::dot(direction, box.halfAxes[1])) +
         std::abs(glm::dot(direction, box.halfAxes[2]));
}

bool intersectsSwept(const Frustum& frustum, const BoundingVolume& volume, const glm::dvec3& along) {
  const glm::dvec3 centre = centreOf(volume);
  for (const Plane& plane : frustum.planes)
    if (glm::dot(plane.normal, centre) + plane.offset + std::max(glm::dot(plane.normal, along), 0.0) +
            reachAlong(volume, plane.normal) <
        0)
      return false;
  return true;
}

}  // namespace cm::geo
