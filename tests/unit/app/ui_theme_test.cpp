// Whoever stands before the screen must be able to read it: contrast after WCAG 2.2, 1.4.3, of every text on what it stands on.
#include "app/ui/theme.h"

#include <gtest/gtest.h>

#include <cmath>

#include "app/ui/words.h"
#include "ui_harness.h"

namespace cm::app::ui {
namespace {

constexpr double kReadable = 4.5;
constexpr ImU32 kBlack = IM_COL32(0, 0, 0, 255), kWhite = IM_COL32(255, 255, 255, 255);

ImU32 over(ImU32 colour, ImU32 picture) {
  return mix(picture, colour | IM_COL32_A_MASK, float(colour >> IM_COL32_A_SHIFT) / 255) | IM_COL32_A_MASK;
}

struct ThemeTest : testing::TestWithParam<const char*> {
  Theme theme;
  void SetUp() override {
    auto bytes = readFile(assetsFolder() / "themes" / (std::string(GetParam()) + ".json"));
    ASSERT_TRUE(bytes) << bytes.error().text();
    auto read = readTheme(asText(*bytes), GetParam());
    ASSERT_TRUE(read) << read.error().text();
    theme = *read;
  }
  void expectReadable(const char* what, ImU32 ink, ImU32 ground) {
    for (const ImU32 picture : {kBlack, kWhite})  // whatever shines through
      EXPECT_GE(contrast(ink, over(ground, picture)), kReadable) << GetParam() << ": " << what;
  }
};

TEST(Contrast, IsThatOfTheStandard) {
  EXPECT_NEAR(contrast(kBlack, kWhite), 21, 1e-9);
  EXPECT_NEAR(contrast(IM_COL32(0x77, 0x77, 0x77, 255), kWhite), 4.48, 0.005);  // the grey that just fails
  EXPECT_NEAR(contrast(IM_COL32(255, 0, 0, 255), kBlack), 5.25, 0.005);
}

TEST_P(ThemeTest, EveryTextIsReadable) {
  const Theme& t = theme;
  for (const auto& [name, ground] :
       {std::pair{"card", t.card}, std::pair{"sink", t.sink}, std::pair{"accentTint", t.accentTint}}) {
    expectReadable(name, t.ink, ground);
    expectReadable(name, t.inkSoft, ground);
    expectReadable(name, t.accentInk, ground);
  }
  expectReadable("after on card", t.afterInk, t.card);
  expectReadable("warning", t.warning, t.warningTint);
  expectReadable("on accent", t.onAccent, t.accent);
  expectReadable("on after", t.onAccent, t.after);
  expectReadable("on ink", t.card | IM_COL32_A_MASK, t.ink);
  expectReadable("attribution", t.ink, withAlpha(t.card | IM_COL32_A_MASK, kAttributionAlpha));
  for (int kind = 0; kind <= int(city::ProjectKind::Other); ++kind) {
    const ChipColours chip = chipColours(t, colourOf(city::ProjectKind(kind)));
    expectReadable("chip", chip.ink, chip.fill);
  }
  const ChipColours status = chipColours(t, t.accent);
  expectReadable("status", status.ink, status.fill);
}

INSTANTIATE_TEST_SUITE_P(Assets, ThemeTest, testing::Values("harbour", "night"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(Theme, WhatTheHarbourSaysIsAlsoBuiltIn) {
  auto bytes = readFile(assetsFolder() / "themes" / "harbour.json");
  ASSERT_TRUE(bytes);
  auto read = readTheme(asText(*bytes), "harbour.json");
  ASSERT_TRUE(read);
  const Theme builtIn;
  EXPECT_EQ(std::memcmp(&*read, &builtIn, sizeof(Theme)), 0);
}

TEST(Theme, MixesEndAtTheThemesThatAreMixed) {
  const Theme light, dark = loadTheme(assetsFolder() / "themes" / "night.json");
  EXPECT_EQ(mix(light, dark, 0).ink, light.ink);
  EXPECT_EQ(mix(light, dark, 1).card, dark.card);
  EXPECT_NE(light.ink, dark.ink);
}

TEST(Theme, PanelsAreDarkWhereThePictureIs) {
  city::Session session;
  EXPECT_FALSE(darkPicture(session, false));
  session.look = city::Look::Tech;
  EXPECT_TRUE(darkPicture(session, false));
  session.look = city::Look::Day;
  EXPECT_FALSE(darkPicture(session, false));
  EXPECT_TRUE(darkPicture(session, true));
  session.look = city::Look::Plan;  // knows no night
  EXPECT_FALSE(darkPicture(session, true));
  session.layers.underground = true;
  EXPECT_TRUE(darkPicture(session, true));
}

}  // namespace
}  // namespace cm::app::ui
