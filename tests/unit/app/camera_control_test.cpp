// The camera under a visitor's hand: what is grabbed stays under the finger, nothing gets below ground, nobody gets lost.
#include "app/camera_control.h"

#include <gtest/gtest.h>

#include <random>

#include "app/stage.h"

namespace cm::app {
namespace {

constexpr double kAspect = 16.0 / 9.0;

//! A hill 90 m high in the middle of a plain of 4 km.
source::MeshContent hill(const geo::EnuFrame& axes) {
  source::MeshContent content;
  content.ecefFromContent = axes.ecefFromEnu;
  for (int y = -50; y <= 50; ++y)
    for (int x = -50; x <= 50; ++x) {
      source::Vertex vertex;
      float e = float(x) * 40, n = float(y) * 40, r = std::hypot(e, n);
      vertex.position = {e, n, std::max(0.0f, 90.0f - r * 0.15f)};
      vertex.featureAndSurface = (uint32_t(source::Surface::Ground) << 24) | source::kNoFeature;
      content.vertices.push_back(vertex);
    }
  return content;
}

struct CameraControlTest : testing::Test {
  geo::EnuFrame axes = geo::enuFrameAt({120.385, 36.09, 12});
  GroundHeights ground{axes};
  CameraControl control{axes, ground};

  CameraControlTest() { ground.add(1, hill(axes)); }
  void stand(glm::dvec3 enu, double heading, double pitch) {
    geo::Geodetic place = geo::geodeticFromEcef(axes.toEcef(enu));
    control.take({place.lonDegrees, place.latDegrees, place.heightMetres, heading, pitch}, kAspect);
  }
  glm::dvec3 where() const {
    city::CameraPose p = control.pose();
    return axes.toEnu(geo::ecefFromGeodetic({p.lonDegrees, p.latDegrees, p.heightMetres}));
  }
};

TEST_F(CameraControlTest, WhatIsGrabbedStaysUnderTheFinger) {
  stand({-300, -1800, 700}, 10, -30);
  glm::dvec3 before = *control.groundUnder({0.6, 0.6});
  control.grab({0.6, 0.6});
  control.dragTo({0.45, 0.7});
  glm::dvec3 after = *control.groundUnder({0.45, 0.7});
  EXPECT_LT(glm::distance(before, after), 6.0) << "metres the grabbed ground slipped";
}

TEST_F(CameraControlTest, ZoomGoesTowardsTheCursor) {
  stand({-300, -1800, 700}, 10, -30);
  glm::dvec3 target = *control.groundUnder({0.7, 0.65});
  double before = glm::distance(where(), target);
  control.zoom({0.7, 0.65}, 0.5);
  EXPECT_NEAR(glm::distance(where(), target), before * 0.5, before * 0.02);
  EXPECT_LT(glm::distance(*control.groundUnder({0.7, 0.65}), target), before * 0.01) << "the ground under the cursor moved";
}

TEST_F(CameraControlTest, TurningKeepsThePivotInTheMiddle) {
  stand({0, -1500, 800}, 0, -28);
  control.beginTurn({0.5, 0.5});
  glm::dvec3 pivot = *control.groundUnder({0.5, 0.5});
  control.turn(0.7, -0.1);
  EXPECT_LT(glm::distance(*control.groundUnder({0.5, 0.5}), pivot), 15.0);
  EXPECT_NEAR(control.pose().headingDegrees, 0.7 / geo::kDegree, 0.2);
}

TEST_F(CameraControlTest, NeverBelowGroundNeverLostWhateverTheHandDoes) {
  std::mt19937 random(7);
  auto unit = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  stand({0, -900, 300}, 0, -20);
  for (int i = 0; i < 3000; ++i) {
    glm::dvec2 at{unit(), unit()};
    switch (i % 4) {
      case 0: control.zoom(at, 0.3 + 2.0 * unit()); break;
      case 1: control.beginTurn(at), control.turn(unit() * 4 - 2, unit() * 2 - 1); break;
      case 2: control.grab(at), control.dragTo({unit(), unit()}); break;
      default: control.walk(unit() * 2 - 1, unit() * 2 - 1);
    }
    glm::dvec3 p = where();
    ASSERT_TRUE(std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z)) << i;
    if (auto up = ground.at(glm::dvec2(p))) ASSERT_GE(p.z, *up + 3.9) << i;
    ASSERT_LT(glm::length(p), 3.0e5) << i;
    ASSERT_GE(control.pose().pitchDegrees, -89.5) << i;
  }
}

}  // namespace
}  // namespace cm::app
