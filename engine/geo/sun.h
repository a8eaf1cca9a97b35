//! Where the sun stands. Good to half a degree, which is the sun's own width. Pure; any thread.
#pragma once

#include <glm/glm.hpp>

#include "geo/ellipsoid.h"

namespace cm::geo {

//! Unit vector towards the sun in ECEF. `dayOfYear` 1..366; `solarHour` local apparent solar time, 12 when the sun is highest.
//! Declination by Spencer (1971), Fourier series representation of the position of the sun.
glm::dvec3 sunDirectionEcef(const Geodetic& place, int dayOfYear, double solarHour);

//! Degrees above the horizon of a direction at a place.
double elevationDegrees(const Geodetic& place, const glm::dvec3& directionEcef);

}  // namespace cm::geo
