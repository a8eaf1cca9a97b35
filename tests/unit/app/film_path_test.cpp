#include "app/film_path.h"

#include <gtest/gtest.h>

#include "city/session.h"
#include "geo/eye.h"

namespace cm::app {
namespace {

const city::CameraPose kView{120.38, 36.06, 1200, 35, -30};

glm::dvec3 pointAhead(const city::CameraPose& pose, double heightMetres) {
  const geo::Eye eye =
      geo::eyeAt({pose.lonDegrees, pose.latDegrees, pose.heightMetres}, pose.headingDegrees, pose.pitchDegrees, 0.8);
  return eye.position + eye.direction * ((pose.heightMetres - heightMetres) / 0.5);  // sin 30 degrees
}

TEST(FilmPath, AFilmAlongViewsStartsAndEndsInThemAndPassesThroughAll) {
  const city::CameraPose second{120.40, 36.08, 600, 80, -20}, third{120.42, 36.05, 900, 170, -40};
  const std::vector<city::CameraPose> views{kView, second, third};
  EXPECT_TRUE(city::samePlace(alongViews(views, 0), kView));
  EXPECT_TRUE(city::samePlace(alongViews(views, 0.5), second));
  EXPECT_TRUE(city::samePlace(alongViews(views, 1), third));
  const city::CameraPose between = alongViews(views, 0.25);
  EXPECT_GT(between.lonDegrees, kView.lonDegrees);
  EXPECT_LT(between.lonDegrees, second.lonDegrees);
}

TEST(FilmPath, OneViewStandsStill) { EXPECT_EQ(alongViews({kView}, 0.3), kView); }

TEST(FilmPath, ATurntableKeepsItsMiddleHeightAndDistanceAndComesRound) {
  const glm::dvec3 middle = pointAhead(kView, 20);
  const double arm =
      glm::length(pointAhead(kView, 20) - geo::ecefFromGeodetic({kView.lonDegrees, kView.latDegrees, 1200}));
  for (const double at : {0.1, 0.25, 0.5, 0.9}) {
    const city::CameraPose pose = turntable(kView, 20, at);
    const glm::dvec3 eye = geo::ecefFromGeodetic({pose.lonDegrees, pose.latDegrees, pose.heightMetres});
    EXPECT_NEAR(glm::length(eye - middle), arm, 0.01) << at;
    EXPECT_NEAR(pose.heightMetres, kView.heightMetres, 2) << at;  // the earth is round
    EXPECT_LT(glm::length(pointAhead(pose, 20) - middle), 5) << at;
  }
  EXPECT_NEAR(turntable(kView, 20, 0.25).headingDegrees, 125, 1e-9);
  EXPECT_NEAR(turntable(kView, 20, 1).lonDegrees, kView.lonDegrees, 1e-9);
}

TEST(FilmPath, ALookAtTheSkyTurnsAboutWhatIsAhead) {
  city::CameraPose up = kView;
  up.pitchDegrees = 10;
  const city::CameraPose across = turntable(up, 0, 0.5);
  EXPECT_NEAR(glm::length(geo::ecefFromGeodetic({across.lonDegrees, across.latDegrees, across.heightMetres}) -
                          geo::ecefFromGeodetic({up.lonDegrees, up.latDegrees, up.heightMetres})),
              2 * 2000 * std::cos(10 * geo::kDegree), 5);
}

}  // namespace
}  // namespace cm::app
