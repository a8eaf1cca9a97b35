#include "geo/ellipsoid.h"

#include <gtest/gtest.h>

#include <random>

namespace cm::geo {
namespace {

TEST(Ellipsoid, AgreesWithTheExampleOfEpsgGuidanceNote) {
  // IOGP Publication 373-7-2, "Geographic/geocentric conversions".
  glm::dvec3 ecef = ecefFromGeodetic({2 + 7.0 / 60 + 46.38 / 3600, 53 + 48.0 / 60 + 33.82 / 3600, 73.0});
  EXPECT_NEAR(ecef.x, 3771793.968, 0.01);
  EXPECT_NEAR(ecef.y, 140253.342, 0.01);
  EXPECT_NEAR(ecef.z, 5124304.349, 0.01);
}

TEST(Ellipsoid, AxesEndWhereTheyShould) {
  EXPECT_NEAR(glm::distance(ecefFromGeodetic({0, 0, 0}), glm::dvec3(kSemiMajorMetres, 0, 0)), 0, 1e-8);
  EXPECT_NEAR(glm::distance(ecefFromGeodetic({90, 0, 10}), glm::dvec3(0, kSemiMajorMetres + 10, 0)), 0, 1e-8);
  EXPECT_NEAR(glm::distance(ecefFromGeodetic({0, -90, 0}), glm::dvec3(0, 0, -kSemiMinorMetres)), 0, 1e-8);
}

TEST(Ellipsoid, RoundTripHoldsBelowAMicrometre) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> lon(-180, 180), lat(-90, 90), share(0, 1);
  for (int i = 0; i < 20000; ++i) {
    double height = i % 2 ? -1e4 + 2e4 * share(random) : 1e7 * share(random);
    glm::dvec3 ecef = ecefFromGeodetic({lon(random), lat(random), height});
    Geodetic back = geodeticFromEcef(ecef);
    ASSERT_NEAR(back.heightMetres, height, 1e-6);
    ASSERT_LT(glm::distance(ecefFromGeodetic(back), ecef), 1e-6) << back.latDegrees << " " << height;
  }
}

TEST(Ellipsoid, PolesAndEquatorAreNoExceptions) {
  for (double lat : {-90.0, 0.0, 90.0}) {
    Geodetic back = geodeticFromEcef(ecefFromGeodetic({0, lat, 123}));
    EXPECT_NEAR(back.latDegrees, lat, 1e-12);
    EXPECT_NEAR(back.heightMetres, 123, 1e-8);
  }
}

TEST(Ellipsoid, EnuFrameIsRigidAndPointsTheRightWay) {
  EnuFrame frame = enuFrameAt({120.38, 36.07, 20});
  EXPECT_NEAR(glm::distance(frame.toEcef({0, 0, 0}), ecefFromGeodetic({120.38, 36.07, 20})), 0, 1e-8);
  EXPECT_NEAR(geodeticFromEcef(frame.toEcef({0, 0, 100})).heightMetres, 120, 1e-6);
  EXPECT_GT(geodeticFromEcef(frame.toEcef({100, 0, 0})).lonDegrees, 120.381);
  EXPECT_GT(geodeticFromEcef(frame.toEcef({0, 100, 0})).latDegrees, 36.0708);
  glm::dvec3 p{1234.5, -876.25, 45.125};
  EXPECT_LT(glm::distance(frame.toEnu(frame.toEcef(p)), p), 1e-8);
  EXPECT_NEAR(glm::determinant(glm::dmat3(frame.ecefFromEnu)), 1, 1e-12);
}

}  // namespace
}  // namespace cm::geo
