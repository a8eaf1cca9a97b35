#include "tiling/roof.h"

#include <gtest/gtest.h>

#include "mesh_checks.h"

namespace cm::tiling {
namespace {

using namespace test;

double roofVolume(const Rings& rings, RoofShape roof, float direction = -1) {
  LocalBuilding b = building(rings, 10, roof, 4);  // eaves at 6
  b.roofDirectionDegrees = direction;
  SurfaceMesh mesh;
  appendBuilding(mesh, {0, 0, 0}, b, {});
  return Weld(mesh).volumeAbove(0) - 6 * std::abs(signedArea(rings[0]));
}

TEST(Roof, VolumesAreThoseOfTheTextbook) {
  const Rings box{turned(rectangle(0, 0, 12, 8), 25)};
  EXPECT_NEAR(roofVolume(box, RoofShape::Gabled), 12 * 8 * 4 / 2.0, 0.2);
  EXPECT_NEAR(roofVolume(box, RoofShape::Pyramidal), 12 * 8 * 4 / 3.0, 0.2);
  EXPECT_NEAR(roofVolume(box, RoofShape::Skillion), 12 * 8 * 4 / 2.0, 0.2);
  // Hipped with equal slopes: ridge of 12 - 8 = 4; V = w h (3 L - w) / 6.
  EXPECT_NEAR(roofVolume(box, RoofShape::Hipped), 8 * 4 * (3 * 12 - 8) / 6.0, 0.2);
  const double ellipse = M_PI / 4 * 8 * 4 * 12;
  EXPECT_NEAR(roofVolume(box, RoofShape::Round), ellipse, ellipse * 0.06);
  EXPECT_GT(roofVolume(box, RoofShape::Mansard), roofVolume(box, RoofShape::Hipped));
}

TEST(Roof, HippedEavesAreLevelOnConvexFootprints) {
  const Rings hexagon{turned({{10, 0}, {5, 8.66}, {-5, 8.66}, {-10, 0}, {-5, -8.66}, {5, -8.66}}, 11)};
  const RoofForm form = roofForm(RoofShape::Hipped, hexagon, 6, 10, -1);
  ASSERT_EQ(form.kind, RoofForm::Kind::Planes);
  std::vector<glm::dvec2> along;
  for (size_t i = 0; i < 6; ++i) {
    envelopeAlong(form, hexagon[0][i], hexagon[0][(i + 1) % 6], along);
    for (const glm::dvec2& at : along) EXPECT_NEAR(at.y, 6, 1e-3);
  }
}

TEST(Roof, DirectionTurnsTheSlope) {
  const Rings box{rectangle(0, 0, 12, 8)};
  // A skillion facing east falls towards the east.
  const RoofForm east = roofForm(RoofShape::Skillion, box, 6, 10, 90);
  EXPECT_NEAR(east.planes[0].at({0, 4}), 10, 1e-9);
  EXPECT_NEAR(east.planes[0].at({12, 4}), 6, 1e-9);
  // A gable whose slope faces east has its ridge from south to north, at x = 6.
  const RoofForm gable = roofForm(RoofShape::Gabled, box, 6, 10, 90);
  for (double y : {0.0, 8.0}) {
    double least = 1e9;
    for (const RoofPlane& plane : gable.planes) least = std::min(least, plane.at({6, y}));
    EXPECT_NEAR(least, 10, 1e-9);
  }
  // By itself the ridge runs along the longer side.
  const RoofForm own = roofForm(RoofShape::Gabled, box, 6, 10, -1);
  double least = 1e9;
  for (const RoofPlane& plane : own.planes) least = std::min(least, plane.at({1, 4}));
  EXPECT_NEAR(least, 10, 1e-9);
}

TEST(Roof, DefaultHeightsLeaveWalls) {
  for (RoofShape roof : {RoofShape::Gabled, RoofShape::Hipped, RoofShape::Pyramidal, RoofShape::Skillion,
                         RoofShape::Dome, RoofShape::Round, RoofShape::Mansard}) {
    const double height = defaultRoofHeight(roof, {rectangle(0, 0, 40, 40)}, 6);
    EXPECT_GT(height, 0.5);
    EXPECT_LE(height, 0.7 * 6 + 1e-9);
  }
  EXPECT_EQ(defaultRoofHeight(RoofShape::Flat, {rectangle(0, 0, 40, 40)}, 6), 0);
}

TEST(Roof, EnvelopeFollowsTheLowestPlane) {
  const RoofForm form = roofForm(RoofShape::Gabled, {rectangle(0, 0, 12, 8)}, 6, 10, -1);
  std::vector<glm::dvec2> along;
  envelopeAlong(form, {12, 0}, {12, 8}, along);  // the gable
  ASSERT_EQ(along.size(), 3u);
  EXPECT_NEAR(along[1].x, 0.5, 1e-9);
  EXPECT_NEAR(along[1].y, 10, 1e-9);
  envelopeAlong(form, {0, 0}, {12, 0}, along);  // the eaves
  ASSERT_EQ(along.size(), 2u);
  EXPECT_NEAR(along[0].y, 6, 1e-9);
}

}  // namespace
}  // namespace cm::tiling
