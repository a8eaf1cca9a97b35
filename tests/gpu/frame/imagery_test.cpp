// Imagery on the ground: where its tiles' borders fall, what stands in for what is not there, and that there are no seams.
#include <set>

#include "overlay_stage.h"

namespace cm::test {
namespace {

constexpr glm::ivec3 kRed{220, 60, 50}, kBlue{40, 90, 210}, kGreen{60, 180, 80};
constexpr glm::dvec2 kPlace{120.37, 36.075};

source::Image plain(glm::ivec3 colour) {
  source::Image image{.width = 64, .height = 64};
  for (int i = 0; i < 64 * 64; ++i)
    for (int c : {colour.r, colour.g, colour.b, 255}) image.rgba.push_back(uint8_t(c));
  return image;
}

class ImageryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(stage.device);
    stage.scene.layers.labels = false;
    stage.look(kPlace.x, kPlace.y, 700, 20, -70);
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }

  void show(city::Imagery layer) {
    City bare;
    bare.document.origin = {kPlace.x, kPlace.y, 10};
    layer.id = "ortho";
    bare.document.imagery = {std::move(layer)};
    stage.setCity(bare);
    render();
  }
  void render() {
    const std::array one{stage.side(0, 0, 1, {2025, 1, 1}, false)};
    stage.render(one);
  }
  //! Uploads the tiles of the layer's own levels that the levels of the drape want, coloured by `colourOf`.
  template <class ColourOf>
  size_t bring(ColourOf colourOf) {
    const city::Imagery& layer = stage.document.imagery[0];
    const tiles::ImageryGround ground{geo::enuFrameAt({kPlace.x, kPlace.y, 0}), 10};
    std::set<source::ImageryTile> tiles;
    for (const tiles::ImageryArea& area : stage.drape->imageryAreas(stage.view))
      for (const source::ImageryTile& cell : imageryCells(layer, ground, area))
        tiles.insert(source::ancestorOf(cell, std::min(cell.level, layer.maxLevel)));
    tiles::ImageryOrders orders;
    for (const source::ImageryTile& tile : tiles) orders.uploads.push_back({{0, tile}, plain(colourOf(tile))});
    stage.drape->imagery(std::move(orders));
    render();
    return tiles.size();
  }
  void bringOne(const source::ImageryTile& tile, glm::ivec3 colour) {
    tiles::ImageryOrders orders;
    orders.uploads.push_back({{0, tile}, plain(colour)});
    stage.drape->imagery(std::move(orders));
    render();
  }
  static int away(glm::ivec3 a, glm::ivec3 b) {
    const glm::ivec3 d = glm::abs(a - b);
    return std::max({d.r, d.g, d.b});
  }
  OverlayStage stage;
};

TEST_F(ImageryTest, BordersFallWhereTheMathematicsSays) {
  for (const auto matrix : {source::TileMatrix::WebMercator, source::TileMatrix::Geographic}) {
    const bool mercator = matrix == source::TileMatrix::WebMercator;
    show({.matrix = mercator ? city::ImageryMatrix::WebMercator : city::ImageryMatrix::Geographic,
          .minLevel = 17,
          .maxLevel = 17});
    EXPECT_GT(bring([](const source::ImageryTile& tile) { return (tile.x + tile.y) % 2 ? kRed : kBlue; }), 8u);
    const auto picture = stage.picture(mercator ? "imagery_mercator" : "imagery_geographic");
    const glm::dvec2 counts(source::tileCounts(matrix, 17));
    const double metres = source::metresPerPixel(matrix, 17, kPlace.y) * 256;
    int red = 0, blue = 0;
    for (int i = -60; i <= 60; ++i)
      for (int k = -40; k <= 60; ++k) {
        const glm::dvec2 lonLat = kPlace + glm::dvec2(i * 6.1 / 90000, k * 6.3 / 111000);
        const glm::dvec2 at = source::matrixPlace(matrix, lonLat) * counts, inside = glm::fract(at);
        const double border = std::min({inside.x, inside.y, 1 - inside.x, 1 - inside.y}) * metres;
        const glm::vec2 pixel = stage.pixelOf(lonLat.x, lonLat.y);
        if (border < 3 || pixel.x < 0 || pixel.y < 0 || pixel.x >= 1280 || pixel.y >= 720) continue;
        const bool isRed = (uint32_t(at.x) + uint32_t(at.y)) % 2;
        ASSERT_LE(away(OverlayStage::at(picture, pixel), isRed ? kRed : kBlue), 3)
            << border << " m from the border, at " << pixel.x << ", " << pixel.y;
        ++(isRed ? red : blue);
      }
    EXPECT_GT(red, 1000);
    EXPECT_GT(blue, 1000);
  }
}

TEST_F(ImageryTest, ACoarserTileStandsInUntilTheFinerIsThere) {
  show({.maxLevel = 18});
  const auto tileAt = [](int level) {
    const auto at = glm::uvec2(source::matrixPlace(source::TileMatrix::WebMercator, kPlace) *
                               glm::dvec2(source::tileCounts(source::TileMatrix::WebMercator, level)));
    return source::ImageryTile{level, at.x, at.y};
  };
  const glm::vec2 middle = stage.pixelOf(kPlace.x, kPlace.y);
  EXPECT_TRUE(away(OverlayStage::at(stage.picture("imagery_none"), middle), kRed) > 40);
  bringOne(tileAt(9), kRed);
  auto picture = stage.picture("imagery_coarse");
  for (unsigned x = 2; x < 1280; x += 31)
    for (unsigned y = 2; y < 720; y += 31)
      ASSERT_LE(away(OverlayStage::at(picture, {x, y}), kRed), 2) << x << ", " << y;
  bringOne(tileAt(17), kBlue);
  picture = stage.picture("imagery_finer");
  EXPECT_LE(away(OverlayStage::at(picture, middle), kBlue), 2);
  EXPECT_LE(away(OverlayStage::at(picture, {4, 4}), kRed), 2);
  tiles::ImageryOrders orders;
  orders.evictions.push_back({0, tileAt(17)});
  stage.drape->imagery(std::move(orders));
  render();
  EXPECT_LE(away(OverlayStage::at(stage.picture("imagery_evicted"), middle), kRed), 2);
}

TEST_F(ImageryTest, HasNoSeamsEvenWhereOneSeesThroughIt) {
  for (double opacity : {1.0, 0.5}) {
    show({.opacity = opacity});
    // Some tiles are missing and a coarse one stands in beside finer ones: neither gap nor double layer at the joints.
    bringOne({8, uint32_t(source::matrixPlace(source::TileMatrix::WebMercator, kPlace).x * 256),
              uint32_t(source::matrixPlace(source::TileMatrix::WebMercator, kPlace).y * 256)},
             kGreen);
    const glm::ivec3 expected = OverlayStage::at(stage.picture("imagery_plain"), {640, 360});
    EXPECT_EQ(away(expected, kGreen) <= 2, opacity == 1.0);
    bring([](const source::ImageryTile&) { return kGreen; });
    const auto picture = stage.picture("imagery_joints");
    for (unsigned y = 0; y < 720; ++y)
      for (unsigned x = 0; x < 1280; ++x)
        ASSERT_LE(away(OverlayStage::at(picture, {x, y}), expected), 2) << x << ", " << y << " at opacity " << opacity;
  }
}

TEST_F(ImageryTest, ThemedLooksShowItAsLightOrAsAPrint) {
  show({});
  bring([](const source::ImageryTile&) { return kRed; });
  const auto brightness = [&](city::Look look) {
    stage.scene.look = look;
    render();
    const glm::ivec3 c = OverlayStage::at(stage.picture("imagery_look"), {640, 360});
    return (c.r + c.g + c.b) / 3;
  };
  const int own = brightness(city::Look::Clay);
  EXPECT_LT(brightness(city::Look::Tech), own - 30);
  EXPECT_GT(brightness(city::Look::Plan), own + 30);
  EXPECT_EQ(brightness(city::Look::Clay), own) << "and back";
}

TEST_F(ImageryTest, ALayerIsSwitchedOffAndOnAgain) {
  show({});
  bring([](const source::ImageryTile&) { return kGreen; });
  EXPECT_FALSE(stage.drape->empty(0));
  stage.scene.layers.hiddenItems = {"ortho"};
  render();
  EXPECT_TRUE(stage.drape->empty(0));
  stage.scene.layers.hiddenItems.clear();
  render();
  EXPECT_LE(away(OverlayStage::at(stage.picture("imagery_again"), {640, 360}), kGreen), 2);
  render();
  EXPECT_EQ(stage.drape->redrawn(), 0u);
}

}  // namespace
}  // namespace cm::test
