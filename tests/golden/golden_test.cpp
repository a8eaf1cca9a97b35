// A few pictures of the built-in city that must stay as they were looked at and liked. After a change that is meant to be seen:
// tools/golden renders them anew; look at each before committing it.
#include <gtest/gtest.h>

#include "base/files.h"
#include "source/image.h"
#include "support/flip.h"
#include "support/process.h"

namespace cm {
namespace {

namespace fs = std::filesystem;

struct Golden {
  const char* name;
  std::vector<std::string> options;
};

const std::vector<Golden> kGoldens{
    {"front_bays", {"--view", "home", "--scenario", "today", "--no-ui"}},
    {"village_swipe",
     {"--view", "project-zhangcun", "--scenario", "today", "--against", "plan", "--compare", "swipe", "--no-ui"}},
    {"port_lens",
     {"--view", "project-port", "--scenario", "today", "--compare", "lens", "--lens", "0.45,0.55,0.3", "--no-ui"}},
    {"night", {"--view", "fushan-bay", "--scenario", "today", "--date", "2030-10-15T20:30+08:00", "--no-ui"}},
    {"viaduct",
     {"--camera=120.4815,36.1440,52,-35,-16", "--scenario", "today", "--date", "2026-11-26T14:00+08:00", "--no-ui"}},
    {"underground", {"--view", "home", "--scenario", "today", "--underground", "--no-ui"}},
    {"day", {"--view", "old-town", "--scenario", "today", "--look", "day", "--no-ui"}},
    {"rain",
     {"--camera=120.3150,36.0640,60,20,-12", "--scenario", "today", "--look", "day", "--weather", "rain", "--no-ui"}},
    {"snow", {"--view", "fushan-bay", "--scenario", "today", "--weather", "snow", "--no-ui"}},
    {"tech", {"--view", "fushan-bay", "--scenario", "today", "--look", "tech", "--no-ui"}},
    {"plan", {"--view", "old-town", "--scenario", "today", "--look", "plan", "--no-ui"}},
    {"layer", {"--view", "project-sifang", "--scenario", "plan", "--lang", "en"}},
};

struct GoldenTest : testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, LooksAsItDid) {
  const Golden& golden = GetParam();
  fs::path kept = fs::path(CITYMIRROR_SOURCE_DIR) / "tests" / "golden" / (std::string(golden.name) + ".png");
  const char* update = std::getenv("CITYMIRROR_UPDATE_GOLDEN");
  fs::path made = update ? kept : test::freshFolder("golden_" + std::string(golden.name)) / "made.png";
  std::vector<std::string> command{
      CITYMIRROR_PROGRAM, "render", test::builtInCity().string(), "--out", made.string(), "--size", "640x360",
      "--samples",        "16"};
  command.insert(command.end(), golden.options.begin(), golden.options.end());
  test::Outcome outcome = test::run(command);
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  if (update) return;
  auto keptBytes = readFile(kept), madeBytes = readFile(made);
  ASSERT_TRUE(keptBytes) << keptBytes.error().text();
  ASSERT_TRUE(madeBytes) << madeBytes.error().text();
  auto a = source::decodeImage(*keptBytes), b = source::decodeImage(*madeBytes);
  ASSERT_TRUE(a && b);
  ASSERT_EQ(a->width, b->width);
  ASSERT_EQ(a->height, b->height);
  EXPECT_LE(test::meanFlip(*a, *b), 0.02) << "see " << made;
}

INSTANTIATE_TEST_SUITE_P(BuiltInCity, GoldenTest, testing::ValuesIn(kGoldens),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace cm
