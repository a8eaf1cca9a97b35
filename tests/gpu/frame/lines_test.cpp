#include "overlay_stage.h"

namespace cm::test {
namespace {

class LinesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    CM_NEED_SHARED_DATA("shandong/metro_gcj02/mj_qingdao.json");
    ASSERT_TRUE(stage.device);
    city = smallCity();
    stage.setCity(city);
    stage.scene.layers.labels = stage.scene.layers.projectAreas = stage.scene.layers.greenways = false;
    stage.look(120.3786, 36.043, 1500, 0, -30);
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }

  //! How far the picture is from the bare plane's, in pixels that differ.
  static int differing(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b, int least) {
    int count = 0;
    for (size_t i = 0; i < a.size(); i += 4)
      count += std::abs(a[i] - b[i]) + std::abs(a[i + 1] - b[i + 1]) + std::abs(a[i + 2] - b[i + 2]) >= least ? 1 : 0;
    return count;
  }
  OverlayStage stage;
  City city;
};

TEST_F(LinesTest, RunInTheirColoursAndFaintlyBehindThings) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(one, {.lines = false});
  const auto bare = stage.picture("lines_none");
  stage.render(one);
  const auto seen = stage.picture("lines_seen");
  stage.render(one, {.planeAbove = 150});
  const auto behind = stage.picture("lines_behind");
  stage.render(one, {.lines = false, .planeAbove = 150});
  const auto bareAbove = stage.picture("lines_none_above");
  EXPECT_GT(differing(seen, bare, 150), 2000);
  EXPECT_LT(differing(behind, bareAbove, 150), 1200) << "what is hidden is faint";
  EXPECT_GT(differing(behind, bareAbove, 40), 2000) << "but it does not vanish";
}

TEST_F(LinesTest, HiddenWithTheirLayerAndOneByOne) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(one, {.lines = false});
  const auto bare = stage.picture("lines_bare");
  stage.scene.layers.metro = false;
  stage.render(one);
  EXPECT_EQ(differing(stage.picture("lines_off"), bare, 1), 0);
  stage.scene.layers.metro = true;
  stage.render(one);
  const int all = differing(stage.picture("lines_all"), bare, 30);
  stage.scene.layers.hiddenItems = {city.document.overlays.back().items[0].id,
                                    city.document.overlays.back().items[1].id};
  stage.render(one);
  EXPECT_LT(differing(stage.picture("lines_some"), bare, 30), all * 9 / 10);
}

TEST_F(LinesTest, AboveTunnelsAreGoneFromTheStreet) {
  for (auto& [uri, layer] : city.layers)
    for (source::VectorFeature& feature : layer.features)
      if (feature.kind == source::GeometryKind::Line) feature.properties["structure"] = "underground";
  stage.setCity(city);
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(one, {.lines = false});
  const auto bare = stage.picture("lines_street_bare");
  const auto shown = [&](double eyeMetres) {
    stage.scene.eyeMetres = eyeMetres;
    stage.render(one);
    int touched = 0;
    for (int x = 8; x < 1280; x += 8)
      for (int y = 8; y < 720; y += 8)
        touched += stage.lines->hit(float(x), float(y)).kind == city::PickKind::MetroLine;
    return std::pair(differing(stage.picture("lines_street"), bare, 30), touched);
  };
  const auto [high, touchedHigh] = shown(1500);
  const auto [street, touchedStreet] = shown(30);
  EXPECT_LT(street, high / 4) << "discs of stations stay";
  EXPECT_GT(touchedHigh, 20);
  EXPECT_EQ(touchedStreet, 0);
}

TEST_F(LinesTest, AreTouched) {
  std::array one{stage.side(0, 0, 1, {2030, 1, 1}, true)};
  stage.render(one);
  const frame::LineShapes shapes = frame::lineShapes(city.document, city.layers, stage.view.axes);
  int stations = 0, lines = 0;
  for (const frame::Station& station : shapes.stations) {
    const glm::vec3 p = stage.view.project(stage.view.relativeEnu(station.position));
    if (p.z < 1 || p.z > 6000 || p.x < 5 || p.y < 5 || p.x > 1275 || p.y > 715) continue;
    ++stations;
    EXPECT_EQ(stage.lines->hit(p.x, p.y).kind, city::PickKind::Station);
    EXPECT_EQ(stage.lines->hit(p.x, p.y, p.z * 0.5f).kind, city::PickKind::Nothing) << "it is behind something";
  }
  for (const frame::LineShape& line : shapes.lines)
    for (size_t i = 1; i < line.points.size(); i += 9) {
      const glm::vec3 p = stage.view.project(stage.view.relativeEnu(line.points[i]));
      if (p.z < 1 || p.z > 6000 || p.x < 5 || p.y < 5 || p.x > 1275 || p.y > 715) continue;
      ++lines;
      EXPECT_NE(stage.lines->hit(p.x, p.y).kind, city::PickKind::Nothing);
    }
  EXPECT_GT(stations, 5);
  EXPECT_GT(lines, 10);
  EXPECT_EQ(stage.lines->hit(640, 690).kind, city::PickKind::Nothing);
}

}  // namespace
}  // namespace cm::test
