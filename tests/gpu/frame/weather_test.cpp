// Weather in pictures: every look in every weather without a word of the validation layers; what rain, snow and fog do to pixels; that
// drawings and what follows on clear weather know nothing of it.
#include "gpu/support.h"

namespace cm {
namespace {

using test::Picture;
using test::Rig;

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
constexpr VkExtent2D kSize{320, 240};

class WeatherTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!rig.device) GTEST_SKIP() << rig.problem;
    rig.setDocument({.origin = kPlace});
    source::MeshContent content;
    content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
    test::addBox(content, {-20, 0, 0}, {20, 40, 40}, {30, 30, 32, 255}, source::Surface::Building, "house");
    test::addBox(content, {250, 1500, 0}, {370, 1540, 60}, {90, 60, 60, 255}, source::Surface::Building, "far");
    test::addFlat(content, {-2000, -2000}, {2000, 2000}, 0, {60, 54, 46, 255}, source::Surface::Ground);
    test::addFlat(content, {-30, -400}, {30, -20}, 0.05f, {40, 40, 42, 255}, source::Surface::Road);
    test::addFlat(content, {60, -100}, {160, 60}, 0.05f, {60, 100, 140, 255}, source::Surface::Water);
    rig.add(std::move(content));
  }
  void TearDown() override { EXPECT_EQ(gpu::Device::validationMessages(), 0u); }

  static frame::Scene scene(city::Look look, city::Weather weather, double sunElevation = 40) {
    const geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -120, 30}));
    frame::Scene made = test::sceneAt(eye, 0, -8, look, 200, sunElevation);
    made.weather = city::hasWeather(look) ? frame::sharesOf(weather) : frame::WeatherShares{};
    return made;
  }
  Picture render(const frame::Scene& shown, int samples = 2) {
    return rig.render(shown, rig.oneSide(), kSize, samples);
  }
  static double mean(const Picture& picture, unsigned x0, unsigned y0, unsigned x1, unsigned y1) {
    double sum = 0;
    for (unsigned y = y0; y < y1; ++y)
      for (unsigned x = x0; x < x1; ++x) sum += picture.brightness(x, y);
    return sum / ((x1 - x0) * (y1 - y0));
  }
  static size_t differing(const Picture& a, const Picture& b, int by) {
    size_t count = 0;
    for (unsigned y = 0; y < kSize.height; ++y)
      for (unsigned x = 0; x < kSize.width; ++x) count += std::abs(a.brightness(x, y) - b.brightness(x, y)) > by;
    return count;
  }
  Rig rig;
};

TEST_F(WeatherTest, EveryLookIsDrawnInEveryWeatherByDayAndByNight) {
  for (const auto& [look, lookName] : city::kLooks)
    for (const auto& [weather, name] : city::kWeathers)
      for (const double sun : {40.0, -20.0}) {
        frame::Scene shown = scene(look, weather, sun);
        render(shown, 2);  // of a still picture without a window
        render(shown, 1);  // while moving
        shown.resolution = 0.6f;
        render(shown, 1);
        shown.resolution = 1;
        shown.still = shown.liveApart = true;
        render(shown, 1);  // at rest in a window
        EXPECT_EQ(gpu::Device::validationMessages(), 0u) << lookName << " in " << name << ", sun at " << sun;
      }
  // Two sides, and the ground as glass.
  std::vector<frame::Side> sides = {rig.oneSide().front(), rig.oneSide().front()};
  sides[0].right = sides[1].left = 0.5f;
  sides[1].slot = 1;
  for (const auto& [weather, name] : city::kWeathers) {
    frame::Scene shown = scene(city::Look::Day, weather, 3);
    rig.render(shown, sides, kSize, 2);
    shown.layers.underground = true;
    rig.render(shown, sides, kSize, 1);
    EXPECT_EQ(gpu::Device::validationMessages(), 0u) << "two sides in " << name;
  }
}

TEST_F(WeatherTest, SnowWhitensGroundAndRoofsAndLeavesTheRoadsDarker) {
  for (const city::Look look : {city::Look::Clay, city::Look::Day}) {
    const Picture clear = render(scene(look, city::Weather::Overcast)), snow = render(scene(look, city::Weather::Snow));
    const auto ground = [](const Picture& p) { return mean(p, 5, 120, 60, 160); };
    const auto road = [](const Picture& p) { return mean(p, 100, 190, 220, 235); };
    EXPECT_GT(ground(snow), ground(clear) + 25) << city::lookName(look);
    EXPECT_GT(ground(snow), road(snow) + 15) << city::lookName(look);
  }
}

TEST_F(WeatherTest, RainDarkensTheRoadAndTheRoadMirrorsTheHouse) {
  frame::Scene wet = scene(city::Look::Clay, city::Weather::Rain),
               dry = scene(city::Look::Clay, city::Weather::Overcast);
  const auto road = [](const Picture& p) { return mean(p, 145, 215, 175, 238); };
  const Picture with = render(wet, 8);
  EXPECT_LT(road(with), road(render(scene(city::Look::Clay, city::Weather::Overcast), 8)) - 15);
  // Without the house the same place mirrors the sky, which is brighter.
  wet.layers.buildings = false;
  const Picture without = render(wet, 8);
  EXPECT_GT(mean(without, 150, 150, 170, 175), mean(with, 150, 150, 170, 175) + 4);
}

TEST_F(WeatherTest, FogTakesWhatIsFarAndLeavesWhatIsNear) {
  const Picture clear = render(scene(city::Look::Clay, city::Weather::Clear)),
                fog = render(scene(city::Look::Clay, city::Weather::Fog));
  // The dark building on the horizon stands out against the sky beside it, and does not in fog.
  const auto contrast = [](const Picture& p) {
    double most = 0;
    for (unsigned y = 72; y < 90; ++y)
      most = std::max(most, std::abs(mean(p, 206, y, 222, y + 1) - mean(p, 250, y, 280, y + 1)));
    return most;
  };
  EXPECT_GT(contrast(clear), 3 * contrast(fog));
  // A road a few steps away is as it was.
  EXPECT_NEAR(mean(fog, 145, 225, 175, 239), mean(clear, 145, 225, 175, 239), 45);
}

TEST_F(WeatherTest, WhatFallsIsDrawnOverThePictureAtRest) {
  for (const city::Weather weather : {city::Weather::Rain, city::Weather::Snow}) {
    frame::Scene shown = scene(city::Look::Clay, weather);
    shown.still = shown.liveApart = true;
    shown.citySeconds = 1000;
    Picture earlier = render(shown, 16);
    for (int i = 0; i < 8 && rig.frame->wantsAnotherFrame(); ++i) earlier = render(shown, 16);
    EXPECT_FALSE(rig.frame->wantsAnotherFrame()) << "a picture at rest refines itself, then is done";
    EXPECT_TRUE(rig.frame->lives());
    const Picture same = render(shown, 16);
    EXPECT_EQ(same.rgba, earlier.rgba) << "nothing flickers";
    shown.citySeconds += 0.3;
    const Picture later = render(shown, 16);
    EXPECT_FALSE(rig.frame->wantsAnotherFrame()) << "the city's clock starts nothing anew";
    EXPECT_GT(differing(earlier, later, 3), 100u) << city::weatherName(weather);
    // In a picture without a window the same drops are part of it.
    shown.still = shown.liveApart = false;
    const Picture within = render(shown, 16);
    shown.citySeconds += 0.3;
    EXPECT_GT(differing(within, render(shown, 16), 3), 100u) << city::weatherName(weather);
  }
  frame::Scene clear = scene(city::Look::Clay, city::Weather::Overcast);
  clear.still = clear.liveApart = true;
  render(clear, 16);
  EXPECT_FALSE(rig.frame->lives());
}

TEST_F(WeatherTest, LeavesNothingBehind) {
  frame::Scene clear = scene(city::Look::Day, city::Weather::Clear);
  const Picture before = render(clear, 4), moving = render(clear, 1);
  for (const auto& [weather, name] : city::kWeathers) {
    render(scene(city::Look::Day, weather), 4);
    EXPECT_EQ(render(clear, 4).rgba, before.rgba) << name;
    EXPECT_EQ(render(clear, 1).rgba, moving.rgba) << name;
  }
}

}  // namespace
}  // namespace cm
