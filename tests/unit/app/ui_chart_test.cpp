// Charts and drawings of cards: what they count, and that they stay within the card.
#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <algorithm>
#include <numeric>

#include "app/ui/card_art.h"
#include "ui_harness.h"

namespace cm::app::ui {
namespace {

TEST(Chart, StepsAreOneTwoOrFive) {
  for (const auto& [least, step] : {std::pair{0.07, 0.1}, std::pair{1.0, 1.0}, std::pair{1.1, 2.0},
                                    std::pair{23.0, 50.0}, std::pair{501.0, 1000.0}})
    EXPECT_DOUBLE_EQ(niceStep(least), step) << least;
}

TEST(Chart, BinsHoldEveryValueOnce) {
  std::vector<float> heights;
  for (int i = 0; i < 500; ++i) heights.push_back(3 + float((i * 37) % 117));
  const Bins bins = binsOf(heights, 60, 20);
  EXPECT_LE(bins.counts.size(), 20u);
  EXPECT_EQ(std::accumulate(bins.counts.begin(), bins.counts.end(), 0), 500);
  EXPECT_EQ(bins.mine, size_t(60 / bins.step));
  EXPECT_EQ(bins.below, std::count_if(heights.begin(), heights.end(), [](float h) { return h < 60; }));
  const std::vector<float> one{12};
  EXPECT_EQ(binsOf(one, 12, 20).counts[binsOf(one, 12, 20).mine], 1) << "the largest value is in the last column";
}

//! Everything that a card draws lies within it, whatever the language, the window and the data.
TEST(Card, NothingOfItIsCutOff) {
  for (const glm::vec2 size : {glm::vec2(1280, 720), glm::vec2(3840, 2160), glm::vec2(1080, 1920)})
    for (const Language language : {Language::Chinese, Language::English}) {
      UiHarness app(size);
      app.city.apply({city::SetLanguage{language}, city::Select{{city::PickKind::Station, "s2"}}}, app.seen.nowSeconds);
      app.seen.picked = {
          true, city::PickKind::Station, "s2", {"科苑经七路", "Keyuan Jingqilu Road Interchange"}, {}, {}, {}};
      StationLine line{.name = {"地铁四号线（沙子口方向支线）", "Line 4, the branch to Shazikou and beyond"},
                       .colour = {0.9f, 0.8f, 0.1f}};
      for (int i = 0; i < 40; ++i)
        line.stops.push_back({"s" + std::to_string(i),
                              {"一个名字很长很长很长很长的地铁站", "A Station of a Very Long Name at the Corner"},
                              {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}}});
      line.here = 2;
      line.trains.fill(25);
      app.seen.card.lines = {line, line};
      app.seen.card.form = BuildingForm{369, 60, 0, "2021"};
      app.seen.card.heights = {std::vector<float>(60, 20.f), 369, 400};
      int marked = 0;
      app.frames(40);
      for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
        if (!window->Active || std::string_view(window->Name).find("card s2") == std::string_view::npos) continue;
        const Rect card = app.layout(true).card;
        for (const ImDrawVert& vertex : window->DrawList->VtxBuffer) {
          // Above and below it scrolls; to the sides nothing may lie beyond the card.
          EXPECT_GE(vertex.pos.x, card.x - 1) << size.x;
          EXPECT_LE(vertex.pos.x, card.right() + 1) << size.x;
          ++marked;
        }
      }
      EXPECT_GT(marked, 500) << "the card was drawn";
    }
}

TEST(Card, AStopOfTheStripMapIsATapAway) {
  UiHarness app({1280, 1400});
  app.city.apply({city::Select{{city::PickKind::Station, "s1"}}}, app.seen.nowSeconds);
  app.seen.picked = {true, city::PickKind::Station, "s1", {"中", "Middle"}, {}, {}, {}};
  StationLine line{.name = {"一号线", "Line 1"},
                   .stops = {{"s0", {"东", "East"}, {}}, {"s1", {"中", "Middle"}, {}}, {"s2", {"西", "West"}, {}}},
                   .here = 1};
  app.seen.card.lines = {line};
  app.frames(40);
  const Rect card = app.layout(true).card;
  std::string picked;
  for (float y = card.y + 120; y < card.y + 420 && picked.empty(); y += 20)
    for (const auto& command : app.tap({card.x + 120, y}))
      if (const auto* select = std::get_if<city::Select>(&command)) picked = select->selection.id;
  EXPECT_EQ(picked, "s0") << "the stop before is the first from above";
}

TEST(Card, AFingerWipesFromTodayToThePlan) {
  UiHarness app;
  app.city.apply({city::Select{{city::PickKind::Project, "harbour"}}}, app.seen.nowSeconds);
  app.seen.card.picture = {.before = ImTextureID(2), .after = ImTextureID(3)};
  app.frames(40);
  const Rect card = app.layout(true).card;
  // Where the two pictures meet: the right end of what is drawn of the first.
  const auto seam = [&] {
    float x = 0;
    for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
      for (const ImDrawCmd& command : window->DrawList->CmdBuffer)
        if (window->Active && command.GetTexID() == ImTextureID(2)) x = std::max(x, command.ClipRect.z);
    return x;
  };
  EXPECT_NEAR(seam(), card.x + card.width / 2, 2);
  app.commands.clear();
  app.press({card.x + card.width / 2, card.y + 180});
  app.moveTo({card.x + 90, card.y + 182});
  EXPECT_NEAR(seam(), card.x + 90, 2);
  app.release();
  EXPECT_TRUE(app.commands.empty()) << "it is the card's own affair";
}

TEST(Theme, ColoursOfTheDataAreSeenOnEveryCard) {
  const Theme light, dark = loadTheme(assetsFolder() / "themes" / "night.json");
  const ImU32 yellow = IM_COL32(0xfc, 0xd6, 0x00, 255), navy = IM_COL32(0x22, 0x49, 0xa3, 255);
  EXPECT_NE(seenOnCard(light, yellow), yellow);
  EXPECT_EQ(seenOnCard(light, navy), navy);
  EXPECT_EQ(seenOnCard(dark, yellow), yellow);
}

}  // namespace
}  // namespace cm::app::ui
