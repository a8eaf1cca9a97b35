#include "geo/sun.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace cm::geo {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kTerrestrialAheadDays = 69.0 / 86400;
constexpr double kAstronomicalUnit = 1.495978707e11, kMoonRadius = 1737400;

double centuries(double julianDateUt) { return (julianDateUt + kTerrestrialAheadDays - 2451545.0) / 36525; }

double wrapped(double radians) {
  const double rest = std::fmod(radians, kTurn);
  return rest < 0 ? rest + kTurn : rest;
}

//! Nutation by the moon's node alone (ch. 22): 1 arc second.
struct Axis {
  double nutation, obliquity;  // radians
};
Axis axisAt(double t) {
  const double node = (125.04452 - 1934.136261 * t) * kDegree, sun = (280.4665 + 36000.7698 * t) * kDegree,
               moon = (218.3165 + 481267.8813 * t) * kDegree;
  const double second = kDegree / 3600;
  const double nutation = (-17.20 * std::sin(node) - 1.32 * std::sin(2 * sun) - 0.23 * std::sin(2 * moon)) * second;
  const double obliquity =
      (23.4392911 - 0.0130042 * t) * kDegree + (9.20 * std::cos(node) + 0.57 * std::cos(2 * sun)) * second;
  return {nutation, obliquity};
}

Equatorial equatorial(double longitude, double latitude, double obliquity, double distance) {
  const double x = std::cos(latitude) * std::cos(longitude);
  const double y =
      std::cos(latitude) * std::sin(longitude) * std::cos(obliquity) - std::sin(latitude) * std::sin(obliquity);
  const double z =
      std::cos(latitude) * std::sin(longitude) * std::sin(obliquity) + std::sin(latitude) * std::cos(obliquity);
  return {wrapped(std::atan2(y, x)), std::asin(std::clamp(z, -1.0, 1.0)), distance};
}

//! One term of table 47.A or 47.B: multiples of the arguments D, M, M', F, and its size in 1e-6 degrees and metres.
struct Term {
  int elongation, sun, moon, latitude;
  double angle, metres;
};
constexpr std::array<Term, 32> kAlong{
    {{0, 0, 1, 0, 6288774, -20905355}, {2, 0, -1, 0, 1274027, -3699111}, {2, 0, 0, 0, 658314, -2955968},
     {0, 0, 2, 0, 213618, -569925},    {0, 1, 0, 0, -185116, 48888},     {0, 0, 0, 2, -114332, -3149},
     {2, 0, -2, 0, 58793, 246158},     {2, -1, -1, 0, 57066, -152138},   {2, 0, 1, 0, 53322, -170733},
     {2, -1, 0, 0, 45758, -204586},    {0, 1, -1, 0, -40923, -129620},   {1, 0, 0, 0, -34720, 108743},
     {0, 1, 1, 0, -30383, 104755},     {2, 0, 0, -2, 15327, 10321},      {0, 0, 1, 2, -12528, 0},
     {0, 0, 1, -2, 10980, 79661},      {4, 0, -1, 0, 10675, -34782},     {0, 0, 3, 0, 10034, -23210},
     {4, 0, -2, 0, 8548, -21636},      {2, 1, -1, 0, -7888, 24208},      {2, 1, 0, 0, -6766, 30824},
     {1, 0, -1, 0, -5163, -8379},      {1, 1, 0, 0, 4987, -16675},       {2, -1, 1, 0, 4036, -12831},
     {2, 0, 2, 0, 3994, -10445},       {4, 0, 0, 0, 3861, -11650},       {2, 0, -3, 0, 3665, 14403},
     {0, 1, -2, 0, -2689, -7003},      {2, 0, -1, 2, -2602, 0},          {2, -1, -2, 0, 2390, 10056},
     {1, 0, 1, 0, -2348, 6322},        {2, -2, 0, 0, 2236, -9884}}};
constexpr std::array<Term, 17> kAcross{{{0, 0, 0, 1, 5128122, 0},
                                        {0, 0, 1, 1, 280602, 0},
                                        {0, 0, 1, -1, 277693, 0},
                                        {2, 0, 0, -1, 173237, 0},
                                        {2, 0, -1, 1, 55413, 0},
                                        {2, 0, -1, -1, 46271, 0},
                                        {2, 0, 0, 1, 32573, 0},
                                        {0, 0, 2, 1, 17198, 0},
                                        {2, 0, 1, -1, 9266, 0},
                                        {0, 0, 2, -1, 8822, 0},
                                        {2, -1, 0, -1, 8216, 0},
                                        {2, 0, -2, -1, 4324, 0},
                                        {2, 0, 1, 1, 4200, 0},
                                        {2, 1, 0, -1, -3359, 0},
                                        {2, -1, -1, 1, 2463, 0},
                                        {2, -1, 0, 1, 2211, 0},
                                        {2, -1, -1, -1, 2065, 0}}};

glm::dvec3 ecefOf(const Equatorial& at, double sidereal) {
  const double angle = at.rightAscension - sidereal;
  return {std::cos(at.declination) * std::cos(angle), std::cos(at.declination) * std::sin(angle),
          std::sin(at.declination)};
}

}  // namespace

double julianDate(int year, int month, int day, double hoursUt) {
  // Ch. 7: January and February count as the year before's 13th and 14th month.
  const int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 12 : month;
  const int century = y / 100, leap = 2 - century + century / 4;
  return std::floor(365.25 * (y + 4716)) + std::floor(30.6001 * (m + 1)) + day + leap - 1524.5 + hoursUt / 24;
}

Equatorial sunAmongStars(double julianDateUt) {
  const double t = centuries(julianDateUt);
  const double mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
  const double anomaly = (357.52911 + 35999.05029 * t - 0.0001537 * t * t) * kDegree;
  const double eccentricity = 0.016708634 - 0.000042037 * t - 0.0000001267 * t * t;
  const double centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * std::sin(anomaly) +
                        (0.019993 - 0.000101 * t) * std::sin(2 * anomaly) + 0.000289 * std::sin(3 * anomaly);
  const double distance =
      1.000001018 * (1 - eccentricity * eccentricity) / (1 + eccentricity * std::cos(anomaly + centre * kDegree));
  const Axis axis = axisAt(t);
  const double aberration = 20.4898 / 3600 / distance;
  const double longitude = (mean + centre - aberration) * kDegree + axis.nutation;
  return equatorial(wrapped(longitude), 0, axis.obliquity, distance * kAstronomicalUnit);
}

Equatorial moonAmongStars(double julianDateUt) {
  const double t = centuries(julianDateUt), t2 = t * t, t3 = t2 * t;
  const double mean = 218.3164477 + 481267.88123421 * t - 0.0015786 * t2 + t3 / 538841;
  const double elongation = (297.8501921 + 445267.1114034 * t - 0.0018819 * t2 + t3 / 545868) * kDegree;
  const double sun = (357.5291092 + 35999.0502909 * t - 0.0001536 * t2) * kDegree;
  const double moon = (134.9633964 + 477198.8675055 * t + 0.0087414 * t2 + t3 / 69699) * kDegree;
  const double node = (93.2720950 + 483202.0175233 * t - 0.0036539 * t2 - t3 / 3526000) * kDegree;
  const double venus = (119.75 + 131.849 * t) * kDegree, jupiter = (53.09 + 479264.290 * t) * kDegree;
  const double eccentricity = 1 - 0.002516 * t - 0.0000074 * t2;
  const auto argument = [&](const Term& term) {
    return term.elongation * elongation + term.sun * sun + term.moon * moon + term.latitude * node;
  };
  const auto weight = [&](const Term& term) { return std::pow(eccentricity, std::abs(term.sun)); };
  double along = 3958 * std::sin(venus) + 1962 * std::sin(mean * kDegree - node) + 318 * std::sin(jupiter);
  double across = -2235 * std::sin(mean * kDegree) + 175 * (std::sin(venus - node) + std::sin(venus + node));
  double distance = 385000560;
  for (const Term& term : kAlong) {
    along += term.angle * weight(term) * std::sin(argument(term));
    distance += term.metres * weight(term) * std::cos(argument(term));
  }
  for (const Term& term : kAcross) across += term.angle * weight(term) * std::sin(argument(term));
  const Axis axis = axisAt(t);
  return equatorial(wrapped((mean + along * 1e-6) * kDegree + axis.nutation), across * 1e-6 * kDegree, axis.obliquity,
                    distance);
}

double siderealAngle(double julianDateUt) {
  const double days = julianDateUt - 2451545.0, t = days / 36525;
  const Axis axis = axisAt(centuries(julianDateUt));
  return wrapped((280.46061837 + 360.98564736629 * days + 0.000387933 * t * t) * kDegree +
                 axis.nutation * std::cos(axis.obliquity));
}

glm::dvec3 sunDirectionEcef(double julianDateUt) {
  return ecefOf(sunAmongStars(julianDateUt), siderealAngle(julianDateUt));
}

Moon moonAt(const Geodetic& place, double julianDateUt) {
  const Equatorial moon = moonAmongStars(julianDateUt), sun = sunAmongStars(julianDateUt);
  const double sidereal = siderealAngle(julianDateUt);
  const glm::dvec3 fromCentre = ecefOf(moon, sidereal) * moon.distanceMetres;
  const glm::dvec3 toMoon = fromCentre - ecefFromGeodetic(place);
  const glm::dvec3 toSun = ecefOf(sun, sidereal) * sun.distanceMetres - fromCentre;
  const double distance = glm::length(toMoon);
  // Ch. 48: the angle at the moon between the sun and the Earth.
  const double cosPhase = glm::dot(glm::normalize(toSun), -toMoon / distance);
  return {.directionEcef = toMoon / distance,
          .radiusRadians = std::asin(kMoonRadius / distance),
          .illuminated = (1 + cosPhase) / 2};
}

double elevationDegrees(const Geodetic& place, const glm::dvec3& directionEcef) {
  return std::asin(std::clamp(glm::dot(upAt(place), directionEcef), -1.0, 1.0)) / kDegree;
}

}  // namespace cm::geo
