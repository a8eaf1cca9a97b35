//! A perspective eye in ECEF and its frustum, shared by selection and the frame so that both see the same thing. Pure.
#pragma once

#include <glm/glm.hpp>

#include "geo/bounds.h"

namespace cm::geo {

struct Eye {
  glm::dvec3 position{0};   // ECEF
  glm::dvec3 direction{0};  // unit
  glm::dvec3 up{0};         // unit, orthogonal to direction
  double fovYRadians = 0.7854;
};

//! Heading clockwise from north, pitch 0 level, -90 straight down; degrees.
Eye eyeAt(const Geodetic& place, double headingDegrees, double pitchDegrees, double fovYRadians);

//! The frustum of the part of the picture between `left` and `right` (fractions of its width, 0..1) whose whole width and
//! height have the ratio `aspect`.
Frustum frustumOf(const Eye& eye, double aspect, double left, double right, double nearMetres, double farMetres);

//! The unit direction of the ray through a pixel; x and y are fractions of width and height from the top left.
glm::dvec3 rayThrough(const Eye& eye, double aspect, double x, double y);

}  // namespace cm::geo
