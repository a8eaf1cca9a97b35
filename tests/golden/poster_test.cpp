// A poster is drawn in bands: put together they are the picture that is drawn at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "app/picture.h"
#include "support/tiler.h"

namespace cm {
namespace {

struct Poster {
  const char* name;
  city::Look look;
  city::Compare compare;
  std::optional<city::CameraPose> camera;  // none: the city's first view
};

//! Tech, because what shines there reaches farther than edges do; by the street, because names hide behind houses there.
struct PosterTest : testing::TestWithParam<Poster> {};

TEST_P(PosterTest, BandsMakeThePictureThatIsDrawnAtOnce) {
  constexpr VkExtent2D kExtent{480, 270};
  source::Fetcher fetcher{source::Fetcher::Options{}};
  auto loaded = app::loadCity(test::builtInCity().string(), fetcher);
  ASSERT_TRUE(loaded) << loaded.error().text();
  auto device = gpu::Device::create({});
  ASSERT_TRUE(device) << device.error().text();
  app::Stage stage(**device, VK_FORMAT_R8G8B8A8_UNORM, std::move(*loaded), fetcher, app::StageOptions{});
  app::RenderOptions options;
  options.look = GetParam().look;
  options.compare = GetParam().compare;
  options.scenario = "today";
  if (options.compare != city::Compare::Off) options.against = "plan";
  ASSERT_TRUE(app::setUpPicture(stage, options));
  if (GetParam().camera) stage.city().apply({city::SetCamera{*GetParam().camera}}, -10);
  double now = 0;
  for (int settled = 0; settled < 2; now += 1e-4) {
    stage.step({}, now, kExtent);
    (*device)->collect();
    settled = stage.settled() ? settled + 1 : 0;
    if (!settled) stage.waitForWork(std::chrono::milliseconds(5));
  }
  app::UiPicture layer(**device, stage, kExtent);
  app::warmUp(**device, stage, kExtent, layer, now);
  const std::vector<uint8_t> bands = app::drawInBands(**device, stage, kExtent, 77, 16, layer);
  layer.draw(now + 10, 1e-4f);  // the band before moved what is drawn of it
  const std::vector<uint8_t> whole = app::drawInBands(**device, stage, kExtent, kExtent.height, 16, layer);
  ASSERT_EQ(whole.size(), bands.size());
  size_t different = 0;
  for (size_t i = 0; i < whole.size(); ++i) different += std::abs(int(whole[i]) - int(bands[i])) > 2;
  EXPECT_LT(double(different) / double(whole.size()), 1e-4) << different << " of " << whole.size() << " bytes";
  EXPECT_GT(*std::max_element(whole.begin(), whole.end()), 200) << "nothing was drawn";
}

INSTANTIATE_TEST_SUITE_P(, PosterTest,
                         testing::Values(Poster{"Clay", city::Look::Clay, city::Compare::Swipe, {}},
                                         Poster{"Tech", city::Look::Tech, city::Compare::Lens, {}},
                                         Poster{"Street", city::Look::Clay, city::Compare::Off,
                                                city::CameraPose{120.3150, 36.0640, 60, 20, -12}}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace cm
