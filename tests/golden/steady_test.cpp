// The picture is steady: a camera moved by a tenth of a pixel shows the same picture, and a flight through changes of level shows
// no more change from frame to frame than the same flight at full detail.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>

#include "app/picture.h"
#include "app/programs.h"
#include "app/stage.h"
#include "support/flip.h"
#include "support/tiler.h"

namespace cm {
namespace {

using test::meanFlip;

//! A picture of 8 x 8 squares of two grey values.
source::Image squares(uint8_t a, uint8_t b, uint32_t shift) {
  source::Image image;
  image.width = image.height = 64;
  for (uint32_t y = 0; y < 64; ++y)
    for (uint32_t x = 0; x < 64; ++x)
      for (int c = 0; c < 4; ++c) image.rgba.push_back(c == 3 ? 255 : (((x + shift) / 8 + y / 8) % 2 ? a : b));
  return image;
}

TEST(Flip, IsZeroForTheSameAndGrowsWithTheDifference) {
  const source::Image plain = squares(120, 120, 0), lighter = squares(126, 126, 0), white = squares(255, 255, 0),
                      black = squares(0, 0, 0), board = squares(90, 160, 0), moved = squares(90, 160, 4);
  EXPECT_EQ(meanFlip(board, board), 0);
  EXPECT_NEAR(meanFlip(plain, lighter), meanFlip(lighter, plain), 1e-12);
  EXPECT_GT(meanFlip(plain, lighter), 0.01);
  EXPECT_LT(meanFlip(plain, lighter), 0.15);
  EXPECT_GT(meanFlip(plain, board), meanFlip(plain, lighter));
  EXPECT_GT(meanFlip(board, moved), 0.3) << "edges that moved";
  EXPECT_GT(meanFlip(black, white), 0.95);
  EXPECT_LE(meanFlip(black, white), 1);
}

//! The built-in city without a window, its clock standing still: nothing but the camera moves.
struct Steady : testing::Test {
  source::Fetcher fetcher{source::Fetcher::Options{}};
  std::unique_ptr<gpu::Device> device;
  VkExtent2D extent{640, 360};
  std::unique_ptr<gpu::Offscreen> picture;
  std::unique_ptr<app::Stage> stage;

  void SetUp() override {
    auto loaded = app::loadCity(test::builtInCity().string(), fetcher);
    ASSERT_TRUE(loaded) << loaded.error().text();
    auto made = gpu::Device::create({});
    ASSERT_TRUE(made) << made.error().text();
    device = std::move(*made);
    frameOf(extent);
    app::StageOptions options;
    options.refineWhenStill = false;
    stage = std::make_unique<app::Stage>(*device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, options);
    city::Layers layers = stage->session().layers;
    layers.labels = false;  // they fade by the clock
    stage->city().apply({city::SetLayers{layers}}, -10);
  }

  void frameOf(VkExtent2D size) {
    extent = size;
    picture = std::make_unique<gpu::Offscreen>(*device, extent, VK_FORMAT_R8G8B8A8_UNORM);
  }

  source::Image shoot(const city::CameraPose& pose, int samples, double ssePixels, double now = 0) {
    stage->options().maxSsePixels = ssePixels;
    for (int settled = 0; settled < 2;) {
      stage->step({city::SetCamera{pose}}, now, extent);
      device->collect();
      settled = stage->settled() ? settled + 1 : 0;
      if (!settled) stage->waitForWork(std::chrono::milliseconds(5));
    }
    gpu::Target target = picture->target();
    stage->render(target, samples, {});
    device->wait(device->submitted());
    device->collect();
    source::Image image;
    image.width = extent.width;
    image.height = extent.height;
    image.rgba = picture->read();
    return image;
  }
};

//! The same picture as if all of it had moved so many pixels to the left, without any aliasing: through a Lanczos kernel.
source::Image moved(const source::Image& image, double pixels) {
  constexpr int kLobes = 4;
  const auto sinc = [](double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); };
  std::array<double, 2 * kLobes> kernel{};
  for (int i = 0; i < 2 * kLobes; ++i) {
    const double x = i - (kLobes - 1) - pixels;
    kernel[size_t(i)] = sinc(x) * sinc(x / kLobes);
  }
  const double sum = std::accumulate(kernel.begin(), kernel.end(), 0.0);
  source::Image out = image;
  for (size_t i = 0; i < image.rgba.size(); ++i) {
    const int x = int(i / 4 % image.width);
    double value = 0;
    for (int k = 0; k < 2 * kLobes; ++k) {
      const int from = std::clamp(x + k - (kLobes - 1), 0, int(image.width) - 1);
      value += kernel[size_t(k)] * image.rgba[i + size_t((from - x) * 4)];
    }
    out.rgba[i] = uint8_t(std::clamp(std::lround(value / sum), 0L, 255L));
  }
  return out;
}

// A window's frame in motion, with one sample and with four at once, then such as `render` and `film` make. Most of it is the move
// itself: 118,000 buildings in one picture, moved by a tenth of a pixel without any aliasing, differ from themselves by 0.0081
// (turned) and 0.0107 (nodded: every row of the far city moves over the next).
TEST_F(Steady, ATenthOfAPixelChangesLittle) {
  frameOf({1280, 720});
  // Turned by an angle, places move by its pixels in the middle and more at the sides: on average over the home view by so much more.
  constexpr double kMeanMove = 1.0876;
  const double pixelDegrees = app::kFieldOfViewRadians / geo::kDegree / extent.height / kMeanMove;
  std::map<std::string, source::Image> shown;
  struct Picture {
    int samples;
    unsigned across;
    double most;
  };
  for (const auto& [samples, across, most] : {Picture{1, 1, 0.0145},
                                              {1, 2, 0.0125},
                                              {app::kStillSamples, app::samplesAcrossOf(app::kStillSamples), 0.0110},
                                              {app::kFilmSamples, app::samplesAcrossOf(app::kFilmSamples), 0.0100}}) {
    stage->options().quality.samplesAcross = across;
    city::CameraPose pose = city::homeOf(stage->document());
    shoot(pose, samples, 8);  // the drape and the shadows settle
    const source::Image before = shoot(pose, samples, 8);
    pose.headingDegrees += 0.1 * pixelDegrees;
    const double apart = meanFlip(before, shoot(pose, samples, 8)), ideal = meanFlip(before, moved(before, 0.1));
    const std::string kind = std::to_string(samples) + "x" + std::to_string(across * across);
    RecordProperty("meanFlip" + kind, std::to_string(apart));
    RecordProperty("idealFlip" + kind, std::to_string(ideal));
    EXPECT_LT(apart, most) << kind << " samples";
    EXPECT_GT(apart, 0) << "the camera did not move";
    shown[kind] = before;
    if (samples > 1) EXPECT_LT(apart, 1.35 * ideal) << "much more than the move itself";
  }
  const auto fromFilm = [&](const char* kind) { return meanFlip(shown.at(kind), shown.at("16x4")); };
  RecordProperty("fromFilm1", std::to_string(fromFilm("1x1")));
  RecordProperty("fromFilm4", std::to_string(fromFilm("1x4")));
  EXPECT_LT(fromFilm("1x4"), 0.6 * fromFilm("1x1")) << "four samples in motion show what a film shows";
}

TEST_F(Steady, ChangesOfLevelDoNotPop) {
  city::CameraPose from = city::homeOf(stage->document()), to = from;
  to.heightMetres = from.heightMetres * 0.55;
  const double ahead = (from.heightMetres - to.heightMetres) / std::tan(-from.pitchDegrees * geo::kDegree) / 111320;
  to.latDegrees += ahead * std::cos(from.headingDegrees * geo::kDegree);
  to.lonDegrees += ahead * std::sin(from.headingDegrees * geo::kDegree) / std::cos(from.latDegrees * geo::kDegree);
  constexpr int kFrames = 12;
  std::vector<source::Image> levels, full;
  for (const double sse : {8.0, 1.0})
    for (int i = 0; i < kFrames; ++i) {
      city::CameraPose pose = from;
      const double t = double(i) / 240;  // the first tenth of the way, as slow as a finger moves
      pose.heightMetres = std::lerp(from.heightMetres, to.heightMetres, t);
      pose.latDegrees = std::lerp(from.latDegrees, to.latDegrees, t);
      pose.lonDegrees = std::lerp(from.lonDegrees, to.lonDegrees, t);
      (sse > 1 ? levels : full).push_back(shoot(pose, 1, sse));
    }
  double worst = 0;
  for (size_t i = 1; i < levels.size(); ++i)
    worst = std::max(worst, meanFlip(levels[i - 1], levels[i]) - meanFlip(full[i - 1], full[i]));
  RecordProperty("worstPop", std::to_string(worst));
  EXPECT_LT(worst, 0.03);
}

TEST_F(Steady, ALevelGivesWayToTheNextByDither) {
  stage->options().levelFadeSeconds = 1;
  const city::CameraPose pose = city::homeOf(stage->document());
  shoot(pose, 1, 8);  // both levels are here: the change is made in one turn
  shoot(pose, 1, 64, 4);
  const source::Image coarse = shoot(pose, 1, 64, 6), start = shoot(pose, 1, 8, 10), half = shoot(pose, 1, 8, 10.5);
  shoot(pose, 1, 8, 20);  // the drape and the shadows settle
  const source::Image fine = shoot(pose, 1, 8, 20);
  const double apart = meanFlip(coarse, fine);
  ASSERT_GT(apart, 0.02) << "the two levels look the same";
  EXPECT_LT(meanFlip(coarse, start), 0.15 * apart) << "it begins with the level that was there";
  EXPECT_LT(meanFlip(half, fine), apart);
  EXPECT_LT(meanFlip(half, coarse), apart);
  stage->options().levelFadeSeconds = 0;
  EXPECT_EQ(meanFlip(fine, shoot(pose, 1, 8, 20)), 0) << "it ends as if nothing had faded";
}

}  // namespace
}  // namespace cm
