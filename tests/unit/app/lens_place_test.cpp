#include "app/lens_place.h"

#include <gtest/gtest.h>

#include "geo/ellipsoid.h"

namespace cm::app {
namespace {

//! A level view to the north over two projects, far left and right of its middle.
class LensPlaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    document.origin = {120, 36, 0};
    for (const double east : {-0.012, 0.010}) {
      city::Project project;
      const double lon = 120 + east, lat = 36.03;
      project.boundary = {{{{lon - 0.001, lat - 0.001}, {lon + 0.001, lat - 0.001}, {lon, lat + 0.001}}}};
      document.projects.push_back(project);
    }
    off.assign(2, {false, {false}, {}});
    on.assign(2, {true, {true}, {}});
    eye = geo::eyeAt({120, 36, 500}, 0, -10, 0.7854);
  }
  city::Document document;
  std::vector<city::ProjectState> off, on;
  geo::Eye eye;
  const city::LensPlace usual;
};

TEST_F(LensPlaceTest, OpensOverWhatDiffers) {
  std::vector<city::ProjectState> one = off;
  one[0] = on[0];
  const auto left = lensOnChange(document, off, one, eye, 16 / 9.0, usual);
  ASSERT_TRUE(left);
  EXPECT_LT(left->x, 0.4);
  EXPECT_GE(left->x, usual.radius / (16 / 9.0) - 1e-9) << "all of it in the picture";
  EXPECT_EQ(left->radius, usual.radius);
  one = off;
  one[1] = on[1];
  const auto right = lensOnChange(document, off, one, eye, 16 / 9.0, usual);
  ASSERT_TRUE(right);
  EXPECT_GT(right->x, 0.6);
}

TEST_F(LensPlaceTest, StaysWhereSomethingDiffersOrNothingDoes) {
  EXPECT_FALSE(lensOnChange(document, off, off, eye, 16 / 9.0, usual));
  const city::LensPlace there = *lensOnChange(document, off, on, eye, 16 / 9.0, usual);
  EXPECT_FALSE(lensOnChange(document, off, on, eye, 16 / 9.0, there)) << "it is there already";
  const geo::Eye away = geo::eyeAt({120, 36, 500}, 180, -10, 0.7854);
  EXPECT_FALSE(lensOnChange(document, off, on, away, 16 / 9.0, usual)) << "they are behind the eye";
}

}  // namespace
}  // namespace cm::app
