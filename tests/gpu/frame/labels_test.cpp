#include "overlay_stage.h"

namespace cm::test {
namespace {

class LabelPassTest : public ::testing::Test {
 protected:
  void SetUp() override {
    CM_NEED_SHARED_DATA("shandong/metro_gcj02/mj_qingdao.json");
    if (auto font = frame::findFont(); !font) GTEST_SKIP() << font.error().text();
    ASSERT_TRUE(stage.device);
    stage.setCity(smallCity());
    stage.look(120.3786, 36.043, 1500, 0, -30);
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }
  OverlayStage stage;
};

TEST_F(LabelPassTest, ADarkCrispTextOnAPillThatCanBeTouched) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.renderAll(one);
  EXPECT_FALSE(stage.labels->wantsAnotherFrame());
  const auto picture = stage.picture("labels");
  const glm::vec2 foot = stage.pixelOf(120.385, 36.0665);
  int dark = 0, paper = 0, touched = 0;
  for (int y = int(foot.y) - 80; y < int(foot.y) - 30; ++y)
    for (int x = int(foot.x) - 60; x < int(foot.x) + 60; ++x) {
      if (stage.labels->hit(float(x), float(y)) != city::Selection{city::PickKind::Project, "bay"}) continue;
      ++touched;
      const glm::ivec3 c = OverlayStage::at(picture, {x, y});
      dark += c.r < 90 ? 1 : 0;
      paper += c.r > 240 ? 1 : 0;
    }
  EXPECT_GT(touched, 1500);
  EXPECT_GT(dark, 150);
  EXPECT_GT(paper, touched / 2);
}

TEST_F(LabelPassTest, TheDividerCutsNone) {
  std::array bare{stage.side(0, 0, 0.5f, {2025, 1, 1}, false), stage.side(1, 0.5f, 1, {2030, 1, 1}, true)};
  stage.renderAll(bare);
  const auto with = stage.picture("labels_swipe");
  stage.render(bare, {.labels = false});
  const auto without = stage.picture("labels_swipe_none");
  int differing = 0, beside = 0;
  for (int y = 0; y < 720; ++y) {
    for (int x : {639, 640}) beside += OverlayStage::at(with, {x, y}) != OverlayStage::at(without, {x, y}) ? 1 : 0;
    for (int x = 100; x < 1200; ++x) differing += OverlayStage::at(with, {x, y}) != OverlayStage::at(without, {x, y}) ? 1 : 0;
  }
  EXPECT_GT(differing, 5000);
  EXPECT_LE(beside, 12);   // a pill's shadow may come this far
}

TEST_F(LabelPassTest, AStillPictureIsTheSameTwice) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.renderAll(one);
  const auto first = stage.picture("labels_first");
  for (int i = 0; i < 4; ++i) {
    stage.scene.nowSeconds += 0.1;
    stage.render(one);
  }
  EXPECT_EQ(first, stage.picture("labels_later"));
}

}  // namespace
}  // namespace cm::test
