//! The lens under a hand: dragged anywhere inside, larger and smaller by two fingers or a wheel on its rim. Pure functions; places and
//! sizes are in window units.
#pragma once

#include <cmath>
#include <glm/glm.hpp>

#include "city/session.h"

namespace cm::app {

inline glm::dvec2 middleOf(const city::LensPlace& lens, glm::dvec2 size) { return glm::dvec2(lens.x, lens.y) * size; }

inline bool insideLens(const city::LensPlace& lens, glm::dvec2 at, glm::dvec2 size) {
  return glm::distance(at, middleOf(lens, size)) <= lens.radius * size.y;
}

//! As wide a band as a finger is.
inline bool onRim(const city::LensPlace& lens, glm::dvec2 at, glm::dvec2 size) {
  constexpr double kBandPixels = 24;
  return std::abs(glm::distance(at, middleOf(lens, size)) - lens.radius * size.y) <= kBandPixels;
}

inline city::LensPlace movedBy(city::LensPlace lens, glm::dvec2 by, glm::dvec2 size) {
  lens.x += by.x / size.x;
  lens.y += by.y / size.y;
  return city::kept(lens);
}

inline city::LensPlace scaledBy(city::LensPlace lens, double factor) {
  lens.radius *= factor;
  return city::kept(lens);
}

}  // namespace cm::app
