//! Lines of maps as smooth centre lines and as joined strips. Pure functions on plain values; any thread. Metres.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <span>
#include <vector>

namespace cm::frame {

//! A centripetal Catmull-Rom curve through every point (Yuksel, Schaefer, Keyser 2011: no loops, no cusps), sampled so that
//! no piece is longer than `step`. Repeated points are dropped; fewer than three points come back as straight pieces.
std::vector<glm::dvec3> smoothed(std::span<const glm::dvec3> points, double step);

//! One point of a strip or a fill. It is drawn at `centre + extrude * halfWidth`.
struct StripVertex {
  glm::vec2 centre{0};
  glm::vec2 extrude{0};     // signed by the edge; 1 long at ends, mitred at corners (at most kLongestMitre long); 0: a fill
  float side = 0;           // -1 or +1: which edge; 0 on the centre line
  float along = 0;          // metres from the start of the line
};
static_assert(sizeof(StripVertex) == 24);
inline constexpr double kLongestMitre = 2.0;

struct Strip {
  std::vector<StripVertex> vertices;
  std::vector<uint32_t> indices;      // triangles
};

//! Appends one joined strip. A corner too sharp for a mitre gets both normals and a fan between them, so that it is round.
//! `closed` joins the last point to the first (which is not repeated in `points`). Nothing is added for a line without length.
void appendStrip(std::span<const glm::dvec2> points, bool closed, Strip& strip);

double lengthOf(std::span<const glm::dvec3> points);

//! Distance from `point` to the nearest place on the line.
double distanceToLine(std::span<const glm::dvec2> line, glm::dvec2 point);

//! Area centroid of the outer ring; the mean of the points where the ring has no area.
glm::dvec2 centroidOf(std::span<const glm::dvec2> ring);

}  // namespace cm::frame
