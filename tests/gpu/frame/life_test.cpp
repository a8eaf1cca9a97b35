// People in pictures: near the eye, in the pictures of a film as over one at rest, only where their greenway is open.
#include "gpu/support.h"

namespace cm {
namespace {

using test::Picture;
using test::Rig;

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
constexpr VkExtent2D kSize{320, 240};

class LifeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!rig.device) GTEST_SKIP() << rig.problem;
    city::Document document{.origin = kPlace};
    document.overlays.push_back({.id = "ways", .kind = city::OverlayKind::Greenway});
    document.overlays[0].items.push_back({.id = "shore", .opens = city::Date{2025, 1, 1}});
    rig.setDocument(document);
    source::MeshContent content;
    content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
    test::addFlat(content, {-2000, -2000}, {2000, 2000}, 0, {150, 150, 150, 255}, source::Surface::Ground);
    rig.add(std::move(content));
    const geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -9, 2}));
    scene = test::sceneAt(eye, 0, -8, city::Look::Clay, 220, 40);
    for (const auto figure : {frame::Figure::Step0, frame::Figure::Pedal1})
      scene.strollers.push_back({.figure = figure,
                                 .at = {figure == frame::Figure::Step0 ? -1.5 : 1.5, 0, 0},
                                 .forward = {1, 0},
                                 .clothes = 5});
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }

  std::vector<frame::Side> side(city::Date date = {2030, 1, 1}) const {
    std::vector<frame::Side> sides = rig.oneSide();
    sides[0].date = date;
    return sides;
  }
  static int differing(const Picture& a, const Picture& b) {
    int count = 0;
    for (unsigned y = 0; y < kSize.height; ++y)
      for (unsigned x = 0; x < kSize.width; ++x) {
        const glm::ivec3 d = glm::abs(a.at(x, y) - b.at(x, y));
        count += d.r + d.g + d.b >= 24 ? 1 : 0;
      }
    return count;
  }
  Rig rig;
  frame::Scene scene;
};

TEST_F(LifeTest, PeopleAreSeenWhereTheirGreenwayIsOpen) {
  const Picture there = rig.render(scene, side(), kSize);
  EXPECT_EQ(rig.frame->statistics().people, 2u);
  const Picture before = rig.render(scene, side({2020, 1, 1}), kSize);
  frame::Scene empty = scene;
  empty.strollers.clear();
  const Picture none = rig.render(empty, side(), kSize);
  EXPECT_EQ(rig.frame->statistics().people, 0u);
  EXPECT_GT(differing(there, none), 500);
  EXPECT_EQ(differing(before, none), 0) << "the greenway is not open yet";
}

TEST_F(LifeTest, NobodyFarAwayIsDrawn) {
  for (frame::Stroller& one : scene.strollers) one.at.y += 2000;
  rig.render(scene, side(), kSize);
  EXPECT_EQ(rig.frame->statistics().people, 0u);
}

TEST_F(LifeTest, APictureAtRestRefinesItselfUnderThem) {
  scene.still = scene.liveApart = true;
  Picture picture;
  int frames = 0;
  do picture = rig.render(scene, side(), kSize);
  while (rig.frame->wantsAnotherFrame() && ++frames < 100);
  EXPECT_LT(frames, 100);
  EXPECT_TRUE(rig.frame->lives());
  for (frame::Stroller& one : scene.strollers) one.at.x += 1;
  const Picture later = rig.render(scene, side(), kSize);
  EXPECT_FALSE(rig.frame->wantsAnotherFrame()) << "a step does not begin the picture anew";
  EXPECT_GT(differing(picture, later), 300);
}

}  // namespace
}  // namespace cm
