#include "city/land_use.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "base/files.h"

namespace cm::city {
namespace {

const StyleCategory* category(std::string_view value) {
  for (const StyleCategory& one : landUseStyle().categories)
    if (one.value == value) return &one;
  return nullptr;
}

//! Of the colour's circle, degrees.
double hue(glm::vec3 c) {
  const float most = std::max({c.r, c.g, c.b}), least = std::min({c.r, c.g, c.b}), range = most - least;
  const double sixth = most == c.r   ? std::fmod(double((c.g - c.b) / range) + 6, 6)
                       : most == c.g ? (c.b - c.r) / range + 2
                                     : (c.r - c.g) / range + 4;
  return sixth * 60;
}

double apart(double a, double b) { return std::abs(std::remainder(a - b, 360)); }

TEST(LandUse, KeepsTheStandardsHues) {
  // 市级国土空间总体规划制图规范（试行）, appendix B.
  const std::pair<const char*, glm::vec3> kStandard[] = {
      {"residential", {255, 255, 45}}, {"commercial", {255, 0, 0}},   {"public", {255, 0, 255}},
      {"school", {255, 133, 201}},     {"hospital", {255, 127, 126}}, {"historic", {255, 127, 0}},
      {"industrial", {187, 150, 116}}, {"warehouse", {135, 97, 211}},
  };
  for (const auto& [value, rgb] : kStandard) {
    ASSERT_TRUE(category(value)) << value;
    EXPECT_LT(apart(hue(category(value)->colour), hue(rgb)), 8) << value;
  }
  const glm::vec3 transport = category("transport")->colour;
  EXPECT_LT(std::max({transport.r, transport.g, transport.b}) - std::min({transport.r, transport.g, transport.b}),
            0.03f);
}

TEST(LandUse, EveryValueHasOneColourAndBothLanguages) {
  std::set<std::string> values;
  for (const StyleCategory& one : landUseStyle().categories) {
    EXPECT_TRUE(values.insert(one.value).second) << one.value;
    EXPECT_FALSE(one.name.zh.empty() || one.name.en.empty()) << one.value;
    // Lines of the legend differ by more than an eye needs.
    for (const StyleCategory& other : landUseStyle().categories)
      if (other.name != one.name)
        EXPECT_GT(glm::distance(one.colour, other.colour), 0.06f) << one.value << " " << other.value;
  }
  // As tiling/model.cpp writes them.
  for (const char* value :
       {"house", "residential", "apartments", "commercial", "office", "retail", "hotel", "industrial", "warehouse",
        "public", "school", "hospital", "religious", "historic", "transport", "garage", "shed", "other"})
    EXPECT_TRUE(values.contains(value)) << value;
}

TEST(LandUse, TheLegendShowsWhatTheShaderPaints) {
  auto bytes = readFile(std::filesystem::path(CITYMIRROR_SOURCE_DIR) / "shaders/shared/themes.glsl");
  ASSERT_TRUE(bytes) << bytes.error().text();
  const std::string text(asText(*bytes));
  const auto painted = [&](const std::string& name) {
    std::smatch found;
    if (!std::regex_search(text, found, std::regex(name + R"( = vec3\(([\d.]+), ([\d.]+), ([\d.]+)\))")))
      return glm::vec3(-1);
    return glm::vec3(std::stof(found[1]), std::stof(found[2]), std::stof(found[3]));
  };
  const std::pair<const char*, const char*> kPairs[] = {
      {"kPlanGreen", "park"},      {"kPlanWater", "water"},
      {"kPlanUnknown", "other"},   {"kPlanResidential", "residential"},
      {"kPlanBusiness", "office"}, {"kPlanIndustry", "industrial"}};
  for (const auto& [constant, value] : kPairs)
    EXPECT_LT(glm::distance(painted(constant), category(value)->colour), 0.005f) << constant;
}

TEST(LandUse, ThePlanLookShowsItUnlessAStyleIsChosen) {
  Document document;
  document.styles.push_back({.id = "height", .name = {"高度", "Height"}});
  Session session;
  EXPECT_EQ(shownStyle(document, session), nullptr);
  session.look = Look::Plan;
  EXPECT_EQ(shownStyle(document, session), &landUseStyle());
  session.style = "height";
  EXPECT_EQ(shownStyle(document, session), &document.styles[0]);
  session.look = Look::Clay;
  EXPECT_EQ(shownStyle(document, session), &document.styles[0]);
}

}  // namespace
}  // namespace cm::city
