//! Where the sun and the moon stand, from the instant. Sun: 0.01 degrees from 1950 to 2050 (Meeus, Astronomical Algorithms, 2nd
//! edition, ch. 25, the lower accuracy). Moon: 0.03 degrees (ch. 47, the largest terms), 10 arc minutes of its phase. Without
//! refraction, which lifts what touches the horizon by half a degree. Terrestrial time is taken to be 69 s ahead of universal time
//! (64 s in 2000, 75 s about 2050): half an arc minute of the moon. Pure; any thread.
#pragma once

#include <glm/glm.hpp>

#include "geo/ellipsoid.h"

namespace cm::geo {

//! Days since noon of 1 January 4713 BC (Julian), universal time; from a Gregorian date and its hours (which may be any number).
double julianDate(int year, int month, int day, double hoursUt);

//! Seen from the Earth's centre among the stars, equator of date.
struct Equatorial {
  double rightAscension = 0, declination = 0;   // radians, apparent
  double distanceMetres = 0;
};
Equatorial sunAmongStars(double julianDateUt);
Equatorial moonAmongStars(double julianDateUt);

//! Angle by which the Earth has turned under the stars at Greenwich, radians 0..2 pi (apparent, ch. 12).
double siderealAngle(double julianDateUt);

//! Unit vector towards the sun in ECEF. Its parallax (9 arc seconds) is left out.
glm::dvec3 sunDirectionEcef(double julianDateUt);

struct Moon {
  glm::dvec3 directionEcef{0, 0, 1};   // unit, as seen from the place: its parallax is up to a degree
  double radiusRadians = 0.0045;       // of its disc
  double illuminated = 0;              // share of the disc, 0 new .. 1 full
};
Moon moonAt(const Geodetic& place, double julianDateUt);

//! Degrees above the horizon of a direction at a place, without refraction.
double elevationDegrees(const Geodetic& place, const glm::dvec3& directionEcef);

}  // namespace cm::geo
