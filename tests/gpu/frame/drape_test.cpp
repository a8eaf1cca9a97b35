#include "overlay_stage.h"

namespace cm::test {
namespace {

constexpr const char* kMetro = "shandong/metro_gcj02/mj_qingdao.json";

TEST(Overlays, Picture) {
  CM_NEED_SHARED_DATA(kMetro);
  OverlayStage stage;
  ASSERT_TRUE(stage.device);
  stage.setCity(smallCity());
  stage.look(120.3786, 36.043, 1500, 0, -30);
  std::array sides{stage.side(0, 0, 0.5f, {2025, 1, 1}, false), stage.side(1, 0.5f, 1, {2030, 1, 1}, true)};
  stage.renderAll(sides);
  stage.picture("overlays_swipe");
  std::array one{stage.side(0, 0, 1, {2025, 1, 1}, false)};
  stage.look(120.352, 36.07, 420, 10, -28);
  stage.renderAll(one);
  stage.picture("overlays_near");
  stage.look(120.40, 35.98, 5200, 0, -28);
  stage.scene.language = Language::English;
  stage.renderAll(one);
  stage.picture("overlays_far");
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
  auto median = [&](OverlayStage::Parts parts) {
    std::vector<double> times;
    for (int i = 0; i < 15; ++i) times.push_back(stage.render(one, parts));
    std::sort(times.begin(), times.end());
    return times[7];
  };
  stage.look(120.3786, 36.043, 1500, 0, -30);
  printf("plane %.1f ms, +drape %.1f, +lines %.1f, +labels %.1f\n", median({true, false, false, false}), median({true, true, false, false}),
         median({true, true, true, false}), median({}));
}

}  // namespace
}  // namespace cm::test
