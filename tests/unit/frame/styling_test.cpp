#include "frame/styling.h"

#include <gtest/gtest.h>

#include <limits>

namespace cm::frame {
namespace {

source::FeatureTable town() {
  source::FeatureTable table;
  table.ids = {"low", "high", "unknown"};
  table.columns.push_back({"height", std::vector<double>{10, 100, std::numeric_limits<double>::quiet_NaN()}});
  table.columns.push_back({"class", Texts{"house", "office", ""}});
  return table;
}

TEST(Styling, ARampMixesBetweenItsStopsAndEndsAtThem) {
  city::Style style;
  style.stops = {{0, {0, 0, 0}}, {100, {1, 0.5f, 0}}};
  EXPECT_EQ(rampColour(style, -5), glm::vec3(0));
  EXPECT_EQ(rampColour(style, 50), glm::vec3(0.5f, 0.25f, 0));
  EXPECT_EQ(rampColour(style, 1e9), glm::vec3(1, 0.5f, 0));
  style.stepped = true;
  EXPECT_EQ(rampColour(style, 99.9), glm::vec3(0));
  EXPECT_EQ(rampColour(style, 100), glm::vec3(1, 0.5f, 0));
}

TEST(Styling, ColoursAreLinearAndTheRestKeepsItsOwn) {
  city::Style style;
  style.property = "height";
  style.stops = {{0, {1, 1, 1}}, {50, {0.5f, 0.5f, 0.5f}}};
  style.stepped = true;
  const Styling::Result result = Styling(style).of(town());
  // sRGB 0.5 is 0.2140 in linear light (IEC 61966-2-1), 55 of 255.
  EXPECT_EQ(result.colours, (std::vector<uint32_t>{0xffffffffu, 0xff373737u, 0u}));
  EXPECT_TRUE(result.hidden.empty());
}

TEST(Styling, CategoriesAndOther) {
  city::Style style;
  style.property = "class";
  style.categories = {{"office", {1, 0, 0}, {}}};
  EXPECT_EQ(Styling(style).of(town()).colours, (std::vector<uint32_t>{0u, 0xff0000ffu, 0u}));
  style.other = glm::vec3(0, 0, 1);
  EXPECT_EQ(Styling(style).of(town()).colours, (std::vector<uint32_t>{0xffff0000u, 0xff0000ffu, 0xffff0000u}));
}

TEST(Styling, ShowHidesWhatIsNotTrue) {
  city::Style style;
  style.show = "${height} > 50 || ${class} === undefined";
  const Styling::Result result = Styling(style).of(town());
  EXPECT_EQ(result.hidden, (std::vector<bool>{true, false, false}));
  EXPECT_TRUE(result.colours.empty());
  style.show = "${storeys} > 2";
  EXPECT_EQ(Styling(style).of(town()).hidden, (std::vector<bool>{true, true, true})) << "a property that nobody has";
  EXPECT_TRUE(Styling().of(town()).hidden.empty());
}

}  // namespace
}  // namespace cm::frame
