#include "geo/datum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

namespace cm::geo {
namespace {

using testing::HasSubstr;

double metresBetween(glm::dvec2 a, glm::dvec2 b) {
  return glm::distance(ecefFromGeodetic({a.x, a.y, 0}), ecefFromGeodetic({b.x, b.y, 0}));
}

TEST(Gcj02, MovesQingdaoByHalfAKilometre) {
  glm::dvec2 wgs{120.3826, 36.0671};
  double moved = metresBetween(wgs, gcj02FromWgs84(wgs));
  EXPECT_GT(moved, 350);
  EXPECT_LT(moved, 650);
  EXPECT_GT(gcj02FromWgs84(wgs).x, wgs.x);  // eastward there
}

TEST(Gcj02, AgreesWithAPublishedPair) {
  // Tiananmen: the pair that test suites of the formula's public implementations share.
  glm::dvec2 gcj = gcj02FromWgs84({116.404, 39.915});
  EXPECT_NEAR(gcj.x, 116.41024449916938, 1e-9);
  EXPECT_NEAR(gcj.y, 39.91640428150164, 1e-9);
}

TEST(Gcj02, RoundTripIsExactAllOverChina) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> lon(74, 135), lat(18, 53);
  for (int i = 0; i < 5000; ++i) {
    glm::dvec2 p{lon(random), lat(random)};
    glm::dvec2 again = gcj02FromWgs84(wgs84FromGcj02(p));
    ASSERT_LT(std::abs(again.x - p.x) + std::abs(again.y - p.y), 1e-9);
    ASSERT_LT(metresBetween(wgs84FromBd09(bd09FromGcj02(gcj02FromWgs84(p))), p), 1e-3);
  }
}

TEST(Gcj02, LeavesTheRestOfTheWorldAlone) {
  EXPECT_EQ(gcj02FromWgs84({2.35, 48.85}), glm::dvec2(2.35, 48.85));
  EXPECT_EQ(wgs84FromGcj02({2.35, 48.85}), glm::dvec2(2.35, 48.85));
}

TEST(Bd09, AgreesWithAPublishedPair) {
  glm::dvec2 bd = bd09FromGcj02({116.404, 39.915});
  EXPECT_NEAR(bd.x, 116.41036949371029, 1e-9);
  EXPECT_NEAR(bd.y, 39.92133699351021, 1e-9);
}

TEST(Transform, ReadsAChineseThreeDegreeZone) {
  auto transform = Transform::toWgs84("EPSG:4549");  // CGCS2000 / 3-degree Gauss-Kruger CM 120E
  ASSERT_TRUE(transform) << transform.error().text();
  auto origin = (*transform)({500000, 0});
  EXPECT_FALSE(origin) << "the equator is far outside";
  auto qingdao = (*transform)({534470.0, 3992750.0});
  ASSERT_TRUE(qingdao) << qingdao.error().text();
  EXPECT_NEAR(qingdao->x, 120.38, 0.01);
  EXPECT_NEAR(qingdao->y, 36.06, 0.01);
  EXPECT_THAT(transform->name(), HasSubstr("CGCS2000"));
  EXPECT_GE(transform->residualMetres(), 0);
  EXPECT_LE(transform->residualMetres(), 5);
}

TEST(Transform, TakesANameInFullButNeverGuesses) {
  auto transform = Transform::toWgs84("WGS 84 / UTM zone 33N");
  ASSERT_TRUE(transform) << transform.error().text();
  EXPECT_EQ(transform->residualMetres(), 0);
  EXPECT_FALSE(Transform::toWgs84("UTM zone 33N"));
}

TEST(Transform, UtmExampleIsRight) {
  // 500000 E on a UTM zone is its central meridian.
  auto transform = Transform::toWgs84("EPSG:32633");
  ASSERT_TRUE(transform);
  auto place = (*transform)({500000, 5427937.3});
  ASSERT_TRUE(place) << place.error().text();
  EXPECT_NEAR(place->x, 15, 1e-9);
  EXPECT_NEAR(place->y, 49.0, 0.02);
}

TEST(Transform, TakesLongitudeFirstWhateverTheCrsSays) {
  auto transform = Transform::toWgs84("EPSG:4326");
  ASSERT_TRUE(transform);
  auto place = (*transform)({120.38, 36.07});
  ASSERT_TRUE(place);
  EXPECT_NEAR(place->x, 120.38, 1e-12);
  EXPECT_NEAR(place->y, 36.07, 1e-12);
}

TEST(Transform, ChineseMapDatumsByName) {
  for (const char* name : {"GCJ02", "gcj-02", "BD09", "bd-09"}) {
    auto transform = Transform::toWgs84(name);
    ASSERT_TRUE(transform) << name;
    auto place = (*transform)({120.39, 36.07});
    ASSERT_TRUE(place);
    EXPECT_GT(metresBetween(*place, {120.39, 36.07}), 300) << name;
    EXPECT_LT(transform->residualMetres(), 0.001) << name;
  }
}

TEST(Transform, SwappedAxesAreAnErrorThatSaysSo) {
  auto transform = Transform::toWgs84("EPSG:4549");
  ASSERT_TRUE(transform);
  auto place = (*transform)({3992750.0, 534470.0});
  ASSERT_FALSE(place);
  EXPECT_THAT(place.error().text(), HasSubstr("3992750"));
}

TEST(Transform, BadInputNamesTheCoordinate) {
  auto transform = Transform::toWgs84("GCJ02");
  ASSERT_TRUE(transform);
  auto metres = (*transform)({534470.0, 3992750.0});
  ASSERT_FALSE(metres);
  EXPECT_THAT(metres.error().text(), HasSubstr("degrees"));
  EXPECT_FALSE((*transform)({NAN, 36}));
}

TEST(Transform, UnknownCrsIsAnErrorThatNamesIt) {
  for (const char* name : {"EPSG:999999", "", "Beijing", "+proj=nonsense"}) {
    auto transform = Transform::toWgs84(name);
    ASSERT_FALSE(transform) << name;
    EXPECT_THAT(transform.error().text(), HasSubstr(fmt::format("\"{}\"", name)));
    EXPECT_THAT(transform.error().text(), HasSubstr("EPSG:4549"));
  }
}

TEST(Geoid, KnowsItsHeightAtKnownPlaces) {
  Geoid geoid = Geoid::egm96();
  if (geoid.name() != "EGM96") GTEST_SKIP() << "needs PROJ's grid egm96_15.gtx (package proj-data)";
  EXPECT_NEAR(geoid.undulationMetres(0, 0), 17.16, 0.02);
  // Test points of NGA's EGM96 distribution (OUTPUT.DAT), longitude then latitude.
  EXPECT_NEAR(geoid.undulationMetres(269.7791550, 38.6281550), -31.628, 0.05);
  EXPECT_NEAR(geoid.undulationMetres(305.0211140, -14.6212170), -2.969, 0.05);
  EXPECT_NEAR(geoid.undulationMetres(102.4487290, 46.8743190), -43.575, 0.05);
}

TEST(Geoid, IsContinuousWhereItsBlocksMeet) {
  Geoid geoid = Geoid::egm96();
  for (double lat = -89; lat < 89; lat += 7.3) {
    EXPECT_NEAR(geoid.undulationMetres(180 - 1e-9, lat), geoid.undulationMetres(-180, lat), 1e-3) << lat;
    EXPECT_NEAR(geoid.undulationMetres(120 - 1e-9, lat), geoid.undulationMetres(120, lat), 1e-3) << lat;
  }
  for (double lon = -175; lon < 180; lon += 11) {
    EXPECT_NEAR(geoid.undulationMetres(lon, 40 - 1e-9), geoid.undulationMetres(lon, 40), 1e-3) << lon;
    EXPECT_TRUE(std::isfinite(geoid.undulationMetres(lon, 90)));
    EXPECT_TRUE(std::isfinite(geoid.undulationMetres(lon, -90)));
  }
}

TEST(Geoid, MayBeAskedByManyThreads) {
  Geoid geoid = Geoid::egm96();
  double expected = Geoid::egm96().undulationMetres(120.38, 36.07);
  std::vector<double> found(4);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < found.size(); ++i)
      threads.emplace_back([&, i] { found[i] = geoid.undulationMetres(120.38, 36.07); });
  }
  for (double value : found) EXPECT_EQ(value, expected);
}

TEST(Geoid, AConstantSaysThatItIsOne) {
  Geoid geoid = Geoid::constant(5.5);
  EXPECT_EQ(geoid.undulationMetres(10, 20), 5.5);
  EXPECT_THAT(geoid.name(), HasSubstr("5.50"));
}

}  // namespace
}  // namespace cm::geo
