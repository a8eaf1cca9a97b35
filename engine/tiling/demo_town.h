//! Buildings, streets and greens of the built-in city by rule. Deterministic; one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {

//! A turned rectangle frame in the plane: u to the right, v away, counter-clockwise angle.
struct Turned {
  glm::dvec2 at{0};
  double cosine = 1, sine = 0;
  Turned() = default;
  Turned(glm::dvec2 middle, double angleRadians);
  glm::dvec2 operator()(double u, double v) const { return at + glm::dvec2(u * cosine - v * sine, u * sine + v * cosine); }
  glm::dvec2 inverse(glm::dvec2 plane) const {
    glm::dvec2 d = plane - at;
    return {d.x * cosine + d.y * sine, -d.x * sine + d.y * cosine};
  }
};

using AddBuilding = std::function<void(Building)>;
using AddGround = std::function<void(GroundFeature)>;

//! A rectangle of `width` x `depth` about (u, v) in `frame`, as closed-by-convention ring in degrees.
std::vector<glm::dvec2> rectangle(const Turned& frame, double u, double v, double width, double depth);

//! Fills every zone; ids are "qd:<zone>:<n>".
void layOutTown(const Facts& facts, const Land& land, const AddBuilding& building, const AddGround& ground);

//! A building by rule with everything but footprint and height at sensible values.
Building ruled(std::string id, BuildingClass kind, double height);

}  // namespace cm::tiling::demo
