#include "geo/sun.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cm::geo {
namespace {

double azimuthDegrees(const Geodetic& place, const glm::dvec3& ecef) {
  const glm::dvec3 enu = glm::dmat3(enuFrameAt(place).enuFromEcef) * ecef;
  const double azimuth = std::atan2(enu.x, enu.y) / kDegree;
  return azimuth < 0 ? azimuth + 360 : azimuth;
}

// The library's terrestrial time is 69 s ahead: examples given in terrestrial time are asked for that much earlier.
constexpr double kAhead = 69.0 / 86400;

TEST(Sun, JulianDatesOfMeeusChapter7) {
  EXPECT_DOUBLE_EQ(julianDate(1957, 10, 4, 0.81 * 24), 2436116.31);  // example 7.a: Sputnik 1
  EXPECT_DOUBLE_EQ(julianDate(2000, 1, 1, 12), 2451545.0);
  EXPECT_DOUBLE_EQ(julianDate(1999, 1, 1, 0), 2451179.5);
  EXPECT_DOUBLE_EQ(julianDate(2024, 2, 29, 26), julianDate(2024, 3, 1, 2));
}

// Meeus, Astronomical Algorithms, example 25.a: 1992 October 13 at 0h terrestrial time.
TEST(Sun, StandsAmongTheStarsAsInExample25a) {
  const Equatorial sun = sunAmongStars(2448908.5 - kAhead);
  EXPECT_NEAR(sun.rightAscension / kDegree, 198.38083, 0.003);
  EXPECT_NEAR(sun.declination / kDegree, -7.78507, 0.003);
  EXPECT_NEAR(sun.distanceMetres / 1.495978707e11, 0.99766, 0.00005);
}

// Reda and Andreas, Solar Position Algorithm, NREL/TP-560-34302, table A5.1: 2003-10-17 12:30:30 at UTC-7, without refraction.
TEST(Sun, StandsOverThePlaceAsInTheSpaReport) {
  const Geodetic place{-105.1786, 39.742476, 1830.14};
  const double instant = julianDate(2003, 10, 17, 12 + 30.5 / 60 + 7);
  EXPECT_NEAR(instant, 2452930.312847, 1e-6);
  const Equatorial sun = sunAmongStars(instant);
  EXPECT_NEAR(sun.rightAscension / kDegree, 202.22741, 0.005);
  EXPECT_NEAR(sun.declination / kDegree, -9.31434, 0.005);
  EXPECT_NEAR(elevationDegrees(place, sunDirectionEcef(instant)), 39.872046, 0.01);
  EXPECT_NEAR(azimuthDegrees(place, sunDirectionEcef(instant)), 194.34024, 0.01);
}

// Meeus, example 12.a: 1987 April 10 at 0h universal time, apparent sidereal time 13h 10m 46.1351s.
TEST(Sun, SiderealTimeOfExample12a) {
  EXPECT_NEAR(siderealAngle(2446895.5) / kDegree, (13 + 10 / 60.0 + 46.1351 / 3600) * 15, 0.0005);
}

// Meeus, examples 47.a and 48.a: 1992 April 12 at 0h terrestrial time.
TEST(Moon, StandsAmongTheStarsAsInExample47a) {
  const Equatorial moon = moonAmongStars(2448724.5 - kAhead);
  EXPECT_NEAR(moon.rightAscension / kDegree, 134.688470, 0.02);
  EXPECT_NEAR(moon.declination / kDegree, 13.768368, 0.02);
  EXPECT_NEAR(moon.distanceMetres / 1000, 368409.7, 60);
}

TEST(Moon, IsLitAsInExample48a) {
  // Seen from where the moon is overhead, the parallax does not turn it.
  const double instant = 2448724.5 - kAhead;
  const Equatorial moon = moonAmongStars(instant);
  const Geodetic below{std::remainder((moon.rightAscension - siderealAngle(instant)) / kDegree, 360.0),
                       moon.declination / kDegree, 0};
  const Moon seen = moonAt(below, instant);
  EXPECT_NEAR(seen.illuminated, 0.6786, 0.004);
  EXPECT_NEAR(elevationDegrees(below, seen.directionEcef), 90, 0.3);
  EXPECT_NEAR(seen.radiusRadians / kDegree, 0.2745, 0.004);  // 1737.4 km at 368,410 - 6,378 km
}

// Times of full and new moon to the minute: Espenak, Phases of the Moon 2021-2030 (NASA/GSFC).
TEST(Moon, IsFullAndNewWhenTheTablesSay) {
  const Geodetic qingdao{120.38, 36.07, 0};
  EXPECT_GT(moonAt(qingdao, julianDate(2024, 10, 17, 11.43)).illuminated, 0.995);  // full 17 October 2024, 11:26
  EXPECT_LT(moonAt(qingdao, julianDate(2024, 4, 8, 18.35)).illuminated, 0.005);  // new 8 April 2024, 18:21: the eclipse
}

TEST(Sun, IsHighestAtNoonLessTheEquationOfTime) {
  // Meeus, example 28.a: on 13 October 1992 the sun is 13 m 42.6 s ahead of the mean sun.
  const Geodetic greenwich{0, 45, 0};
  const double noon = julianDate(1992, 10, 13, 12 - (13 + 42.6 / 60) / 60);
  EXPECT_NEAR(azimuthDegrees(greenwich, sunDirectionEcef(noon)), 180, 0.06);
}

}  // namespace
}  // namespace cm::geo
