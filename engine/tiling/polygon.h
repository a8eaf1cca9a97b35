//! Small plane geometry for footprints: area, triangles, simplification, rectangles, clipping. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <span>
#include <vector>

namespace cm::tiling {

using Ring = std::vector<glm::dvec2>;
using Rings = std::vector<Ring>;

inline double cross(glm::dvec2 a, glm::dvec2 b) { return a.x * b.y - a.y * b.x; }
//! Twice the area, positive for counter-clockwise.
inline double turn(glm::dvec2 a, glm::dvec2 b, glm::dvec2 c) { return cross(b - a, c - a); }

double signedArea(std::span<const glm::dvec2> ring);
glm::dvec2 centroidOf(std::span<const glm::dvec2> ring);
bool isConvex(std::span<const glm::dvec2> counterClockwise);
bool isSimple(std::span<const glm::dvec2> ring);
bool contains(std::span<const glm::dvec2> ring, glm::dvec2 p);
double distanceToSegment(glm::dvec2 p, glm::dvec2 a, glm::dvec2 b);

//! Triangles (indices into the rings' points in order, counter-clockwise) of rings whose outer is counter-clockwise and holes are
//! clockwise. Simple outer rings alone go through ear clipping, verified by area; all else through GEOS, whose points may differ
//! only where it had to repair. False where there is no area.
bool triangulateRings(const Rings& rings, std::vector<glm::dvec2>& points, std::vector<uint32_t>& triangles);

//! Douglas-Peucker on a closed ring; the result never crosses itself, else it is the ring itself. `error` becomes the greatest
//! distance of a dropped point to what stands for it.
Ring simplifyRing(const Ring& ring, double tolerance, double& error);
std::vector<glm::dvec2> simplifyLine(const std::vector<glm::dvec2>& line, double tolerance);

//! The rectangle of least area around points.
struct Rectangle {
  glm::dvec2 centre{0};
  glm::dvec2 axis{1, 0};  // unit, along the longer side
  double halfLength = 0, halfWidth = 0;
  std::array<glm::dvec2, 4> corners() const;  // counter-clockwise
};
Rectangle smallestRectangle(std::span<const glm::dvec2> points);
//! The rectangle around points whose axis is given (a unit vector; it may be the shorter side).
Rectangle rectangleAlong(std::span<const glm::dvec2> points, glm::dvec2 axis);

//! Keeps the part of a convex polygon where dot(normal, p) <= offset.
void clipConvex(std::vector<glm::dvec2>& polygon, glm::dvec2 normal, double offset, std::vector<glm::dvec2>& scratch);

}  // namespace cm::tiling
