#include "overlay_stage.h"

namespace cm::test {
namespace {

constexpr const char* kMetro = "shandong/metro_gcj02/mj_qingdao.json";

class DrapeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    CM_NEED_SHARED_DATA(kMetro);
    ASSERT_TRUE(stage.device);
    stage.setCity(smallCity());
    stage.scene.layers.labels = stage.scene.layers.metro = false;
    stage.look(120.385, 36.053, 900, 0, -35);
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }
  OverlayStage stage;
};

TEST_F(DrapeTest, GroundOfAProjectIsGreenOnItsSideOnly) {
  std::array before{stage.side(0, 0, 1, {2025, 1, 1}, false)}, after{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(before);
  const glm::vec2 green = stage.pixelOf(120.3815, 36.0655);   // in the project, beside its plaza
  const glm::ivec3 was = OverlayStage::at(stage.picture("drape_before"), green);
  stage.render(after);
  const glm::ivec3 is = OverlayStage::at(stage.picture("drape_after"), green);
  EXPECT_LT(std::abs(was.g - was.r), 40);   // tinted, not green
  EXPECT_GT(is.g - is.r, 25);
  EXPECT_GT(is.g - is.b, 25);
}

TEST_F(DrapeTest, ASwipeShowsEachSideItsOwn) {
  const glm::vec2 middle{640, 360};
  std::array sides{stage.side(0, 0, 0.5f, {2025, 1, 1}, false), stage.side(1, 0.5f, 1, {2030, 1, 1}, true)};
  stage.render(sides);
  const auto picture = stage.picture("drape_swipe");
  int greener = 0, lefts = 0;
  for (int y = 100; y < 720; y += 3)
    for (int x = 4; x < 600; x += 7) {
      const glm::ivec3 left = OverlayStage::at(picture, middle + glm::vec2(-x, y - 360));
      const glm::ivec3 right = OverlayStage::at(picture, middle + glm::vec2(x, y - 360));
      lefts += left.g - left.r > 25 && left.g - left.b > 25 ? 1 : 0;
      greener += right.g - right.r > 25 && right.g - right.b > 25 ? 1 : 0;
    }
  EXPECT_GT(greener, lefts + 60);
}

TEST_F(DrapeTest, IsRedrawnOnlyWhenItMust) {
  std::array one{stage.side(0, 0, 1, {2025, 1, 1}, false)};
  stage.render(one);
  EXPECT_GE(stage.drape->redrawn(), 2u);
  stage.render(one);
  EXPECT_EQ(stage.drape->redrawn(), 0u);
  stage.look(120.3851, 36.0531, 905, 1, -35);
  stage.render(one);
  EXPECT_EQ(stage.drape->redrawn(), 0u) << "a small move";
  stage.scene.still = false;
  unsigned most = 0, all = 0;
  for (int i = 1; i <= 20; ++i) {
    stage.look(120.385 + 0.0008 * i, 36.053, 900, 0, -35);
    stage.render(one);
    most = std::max(most, stage.drape->redrawn());
    all += stage.drape->redrawn();
  }
  EXPECT_LE(most, 1u);
  EXPECT_GE(all, 3u);
  std::array changed{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(changed);
  EXPECT_GE(stage.drape->redrawn(), 2u) << "a project switches in one frame";
}

TEST_F(DrapeTest, SidesOfEqualContentShareTheirLevels) {
  std::array one{stage.side(0, 0, 1, {2025, 1, 1}, false)};
  stage.render(one);
  const unsigned levels = stage.drape->redrawn();
  EXPECT_GE(levels, 2u);
  std::array two{stage.side(0, 0, 0.5f, {2025, 1, 1}, false), stage.side(1, 0.5f, 1, {2025, 1, 1}, false)};
  stage.render(two);
  EXPECT_EQ(stage.drape->redrawn(), 0u);
  EXPECT_FALSE(stage.drape->empty(1));
}

TEST_F(DrapeTest, WithNothingToLayTheGroundDoesNotLook) {
  City bare;
  bare.document.origin = {120.37, 36.075, 10};
  stage.setCity(bare);
  std::array one{stage.side(0, 0, 1, {2025, 1, 1}, false)};
  stage.render(one);
  EXPECT_TRUE(stage.drape->empty(0));
  EXPECT_EQ(stage.drape->redrawn(), 0u);
}

TEST_F(DrapeTest, TouchFindsGreenwayAndProject) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(one);
  const auto at = [](double lon, double lat) { return geo::ecefFromGeodetic({lon, lat, 10}); };
  EXPECT_EQ(stage.drape->hit(0, at(120.379, 36.061), 5).kind, city::PickKind::Greenway);
  EXPECT_EQ(stage.drape->hit(0, at(120.3505, 36.0835), 5), (city::Selection{city::PickKind::Project, "taidong"}));
  EXPECT_EQ(stage.drape->hit(0, at(120.34, 36.10), 5).kind, city::PickKind::Nothing);
}

}  // namespace
}  // namespace cm::test
