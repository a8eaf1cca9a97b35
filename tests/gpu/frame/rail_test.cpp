// Railways in pictures: viaducts stand and throw shadows, trains run by the city's clock, over a picture at rest as within one.
#include "gpu/support.h"

namespace cm {
namespace {

using test::Picture;
using test::Rig;

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
constexpr VkExtent2D kSize{320, 240};

//! A line from west to east past the eye, 3 km, and ground below it.
class RailTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!rig.device) GTEST_SKIP() << rig.problem;
    source::MeshContent content;
    content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
    test::addFlat(content, {-2000, -2000}, {2000, 2000}, 0, {130, 140, 120, 255}, source::Surface::Ground);
    rig.setDocument({.origin = kPlace});
    rig.add(std::move(content));
    setLine("elevated");
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }

  void setLine(const std::string& structure) {
    city::Document document{.origin = kPlace};
    city::Overlay overlay{"metro", city::OverlayKind::Metro, {}, "metro.geojson", "", {}};
    overlay.items.push_back(
        {.id = "one",
         .colour = {0.8f, 0.1f, 0.1f},
         .service = {.headwaySeconds = 600, .speedKilometresPerHour = 72, .dwellSeconds = 0, .trainMetres = 120}});
    document.overlays.push_back(overlay);
    const geo::EnuFrame axes = geo::enuFrameAt(kPlace);
    source::VectorLayer layer;
    const auto at = [&](double east) {
      const geo::Geodetic g = geo::geodeticFromEcef(axes.toEcef({east, 0, 0}));
      return glm::dvec3(g.lonDegrees, g.latDegrees, 0);
    };
    source::VectorFeature line{.kind = source::GeometryKind::Line,
                               .parts = {{}},
                               .hasHeights = true,
                               .properties = {{"item", "one"}, {"structure", structure}}};
    for (double x = -1500; x <= 1500; x += 100) line.parts[0].push_back(at(x));
    layer.features.push_back(line);
    for (double x : {-1400.0, 1400.0})
      layer.features.push_back({.kind = source::GeometryKind::Point,
                                .parts = {{at(x)}},
                                .hasHeights = true,
                                .properties = {{"item", "one"}, {"kind", "station"}}});
    rig.document = document;
    rig.frame->setDocument(document, {{"metro.geojson", layer}});
  }
  static frame::Scene fromSouth() {
    const geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -160, 60}));
    frame::Scene scene = test::sceneAt(eye, 0, -16, city::Look::Clay, 220, 40);
    scene.citySeconds = kPasses;
    return scene;
  }
  std::vector<frame::Side> side() const {
    std::vector<frame::Side> sides = rig.oneSide();
    sides[0].date = {2030, 1, 1};
    return sides;
  }
  static int differing(const Picture& a, const Picture& b, int least = 24) {
    int count = 0;
    for (unsigned y = 0; y < kSize.height; ++y)
      for (unsigned x = 0; x < kSize.width; ++x) {
        const glm::ivec3 d = glm::abs(a.at(x, y) - b.at(x, y));
        count += d.r + d.g + d.b >= least ? 1 : 0;
      }
    return count;
  }
  // From west to east a train is in the middle 70 s and a ramp of 11.1 s after it left: a headway's multiple later, another one.
  static constexpr double kPasses = 600 + 70 + 11.1, kNone = 600 + 200;
  Rig rig;
};

TEST_F(RailTest, TrainsPassByTheCitysClock) {
  frame::Scene scene = fromSouth();
  const Picture passing = rig.render(scene, side(), kSize);
  EXPECT_EQ(rig.frame->statistics().trains, 1u);
  scene.citySeconds = kNone;
  const Picture none = rig.render(scene, side(), kSize);
  EXPECT_EQ(rig.frame->statistics().trains, 0u);
  scene.citySeconds = kPasses + 600;
  const Picture next = rig.render(scene, side(), kSize);
  EXPECT_GT(differing(passing, none), 900);
  EXPECT_EQ(differing(passing, next, 1), 0) << "a headway later the picture is the same";
  scene.citySeconds = kPasses + 1;
  EXPECT_GT(differing(passing, rig.render(scene, side(), kSize)), 100) << "20 m a second";
  scene.citySeconds = kPasses;
  scene.layers.life = false;
  EXPECT_EQ(differing(rig.render(scene, side(), kSize), none, 1), 0);
}

TEST_F(RailTest, AStillPictureIsTheSameUnderAndWithTrains) {
  frame::Scene scene = fromSouth();
  scene.still = true;
  const auto refined = [&] {
    Picture picture;
    int frames = 0;
    do picture = rig.render(scene, side(), kSize);
    while (rig.frame->wantsAnotherFrame() && ++frames < 60);
    return picture;
  };
  const Picture within = refined();
  EXPECT_FALSE(rig.frame->lives());
  scene.liveApart = true;
  scene.citySeconds = kNone;
  const Picture none = refined();
  EXPECT_FALSE(rig.frame->lives());
  scene.citySeconds = kPasses;
  const Picture over = rig.render(scene, side(), kSize);
  EXPECT_TRUE(rig.frame->lives());
  EXPECT_FALSE(rig.frame->wantsAnotherFrame()) << "a train that comes does not begin the picture anew";
  EXPECT_GT(differing(over, none), 900);
  // Edges are smoothed within a picture and jagged over it; what lies between them is alike.
  EXPECT_LT(differing(over, within, 90), 700);
  scene.citySeconds = kNone;
  EXPECT_EQ(differing(rig.render(scene, side(), kSize), none, 1), 0) << "and leaves no trace";
}

TEST_F(RailTest, WhatIsInFrontHidesThem) {
  source::MeshContent wall;
  wall.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  test::addBox(wall, {-400, -60, 0}, {400, -40, 58}, {200, 200, 200, 255});
  rig.add(std::move(wall));
  for (const bool apart : {false, true}) {
    frame::Scene scene = fromSouth();
    scene.still = scene.liveApart = apart;
    scene.layers.shadows = false;
    scene.citySeconds = kNone;
    const Picture none = rig.render(scene, side(), kSize);
    scene.citySeconds = kPasses;
    EXPECT_EQ(differing(rig.render(scene, side(), kSize), none), 0)
        << (apart ? "over a still picture" : "in the scene");
  }
}

TEST_F(RailTest, ViaductsStandAndThrowShadows) {
  frame::Scene scene = fromSouth();
  scene.citySeconds = kNone;
  const Picture with = rig.render(scene, side(), kSize);
  scene.layers.shadows = false;
  const Picture without = rig.render(scene, side(), kSize);
  // The sun stands in the south-west: the shadow falls behind the viaduct, on the ground to the north.
  int darker = 0;
  for (unsigned y = 0; y < kSize.height; ++y)
    for (unsigned x = 0; x < kSize.width; ++x) darker += with.brightness(x, y) < without.brightness(x, y) - 20 ? 1 : 0;
  EXPECT_GT(darker, 300);
  scene.layers.metro = false;
  EXPECT_GT(differing(rig.render(scene, side(), kSize), without), 2000) << "without its layer nothing stands";
}

TEST_F(RailTest, UndergroundNothingMovesAboveGround) {
  setLine("underground");
  frame::Scene scene = fromSouth();
  const Picture passing = rig.render(scene, side(), kSize);
  scene.citySeconds = kNone;
  EXPECT_EQ(differing(passing, rig.render(scene, side(), kSize), 1), 0);
}

}  // namespace
}  // namespace cm
