//! Roofs as height functions over a footprint: the lowest of some planes (flat, skillion, gabled, hipped, mansard, round, and
//! pyramidal on convex footprints), or shrinking copies of the outline around its centre (domes, other pyramids). Pure; any thread.
#pragma once

#include <glm/glm.hpp>
#include <vector>

#include "tiling/model.h"
#include "tiling/polygon.h"

namespace cm::tiling {

//! z = dot(slope, p) + z0.
struct RoofPlane {
  glm::dvec2 slope{0};
  double z0 = 0;
  double at(glm::dvec2 p) const { return glm::dot(slope, p) + z0; }
};

struct RoofForm {
  enum class Kind { Flat, Planes, Shells } kind = Kind::Flat;
  std::vector<RoofPlane> planes;  // Planes: the roof is the lowest of them
  glm::dvec2 apex{0};             // Shells: (scale around the apex, z), scale falling from 1 to 0
  std::vector<glm::dvec2> shells;
  double eaves = 0, top = 0;
};

//! The height of the roof alone where the data has none, at most `available` metres.
double defaultRoofHeight(RoofShape shape, const Rings& rings, double available);

//! `rings`: outer counter-clockwise, holes clockwise. A shape that does not suit the footprint becomes the nearest that does.
RoofForm roofForm(RoofShape shape, const Rings& rings, double eaves, double top, double directionDegrees);

//! The part of a convex polygon where plane `i` is the lowest, empty where it is nowhere.
void regionOf(const RoofForm& form, size_t i, std::vector<glm::dvec2>& polygon, std::vector<glm::dvec2>& scratch);

//! Along a -> b: the fractions (0 and 1 included) between which one plane is the lowest, and the heights there.
void envelopeAlong(const RoofForm& form, glm::dvec2 a, glm::dvec2 b, std::vector<glm::dvec2>& fractionsAndHeights);

}  // namespace cm::tiling
