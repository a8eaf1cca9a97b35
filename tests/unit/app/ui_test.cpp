#include <gtest/gtest.h>
#include <imgui_internal.h>

#include <cmath>
#include <set>

#include "app/ui/panels.h"
#include "ui_harness.h"

namespace cm::app::ui {
namespace {

glm::vec2 middle(const Rect& rect) { return {rect.x + rect.width / 2, rect.y + rect.height / 2}; }

TEST(Ui, ChangesNothingByItself) {
  UiHarness app;
  app.frames(30);
  EXPECT_TRUE(app.commands.empty());
  EXPECT_FALSE(app.ui.animating());
  EXPECT_EQ(app.atlasesBuilt, 1);
}

TEST(Ui, TheChoiceComparesTodayAndThePlan) {
  UiHarness app;
  Rect rect = app.layout().compare;
  glm::vec2 at{rect.x + rect.width * 3 / 8, middle(rect).y};
  auto commands = app.tap(at);
  ASSERT_EQ(commands.size(), 1u);
  ASSERT_TRUE(only<city::ShowSide>(commands));
  EXPECT_TRUE(app.city.session().showAfter);
  app.tap({rect.x + rect.width * 5 / 8, at.y});
  EXPECT_EQ(app.city.session().compare, city::Compare::Swipe);
  app.tap({rect.right() - 40, at.y});
  EXPECT_EQ(app.city.session().compare, city::Compare::Lens);
  app.tap({rect.x + 40, at.y});
  EXPECT_EQ(app.city.session().compare, city::Compare::Off);
  EXPECT_FALSE(app.city.session().showAfter);
  EXPECT_TRUE(app.tap({rect.x + 40, at.y}).empty()) << "what is chosen already is not chosen again";
}

TEST(Ui, TheSwipeBeginsInTheMiddleOfWhatIsSeenOfTheCity) {
  UiHarness app;
  Rect compare = app.layout().compare;
  const float seen = (app.layout().panel.right() + app.seen.windowSize.x) / 2;
  ASSERT_GT(seen, app.seen.windowSize.x / 2 + 100) << "the panel is open";
  app.tap({compare.x + compare.width * 5 / 8, middle(compare).y});
  EXPECT_NEAR(app.city.session().divider, seen / app.seen.windowSize.x, 1e-6);
  app.city.apply({city::SetDivider{0.3}}, app.seen.nowSeconds);
  app.ui.toggleSwipe();
  app.frames(1);
  EXPECT_EQ(app.city.session().compare, city::Compare::Off);
  app.ui.toggleSwipe();
  app.frames(1);
  EXPECT_EQ(app.city.session().compare, city::Compare::Swipe);
  EXPECT_NEAR(app.city.session().divider, seen / app.seen.windowSize.x, 1e-6);
}

TEST(Ui, TheDividerStaysInTheMiddleAsACardComesUntilAHandTakesIt) {
  UiHarness app;
  app.ui.toggleSwipe();
  app.frames(1);
  const double before = app.city.session().divider;
  app.city.apply({city::Select{{city::PickKind::Project, app.city.document().projects.front().id}}},
                 app.seen.nowSeconds);
  app.frames(3);
  EXPECT_LT(app.city.session().divider, before) << "the card stands at the right";
  EXPECT_GT(app.city.session().divider, 0.52) << "it goes there with ease";
  app.frames(90);
  EXPECT_NEAR(app.city.session().divider, freeMiddle(app.layout(true), app.seen.windowSize.x), 1e-6);
  EXPECT_FALSE(app.ui.animating());
  const float x = float(app.city.session().divider) * app.seen.windowSize.x;
  app.press({x, 360});
  app.moveTo({x + 100, 360});
  app.release();
  app.city.apply({city::Select{}}, app.seen.nowSeconds);
  app.frames(60);
  EXPECT_NEAR(app.city.session().divider, (x + 100) / app.seen.windowSize.x, 1e-6);
}

TEST(Ui, TheDividerFollowsTheFinger) {
  UiHarness app;
  app.city.apply({city::SetCompare{city::Compare::Swipe}}, app.seen.nowSeconds);
  app.frames(2);
  app.commands.clear();
  app.press({640, 360});
  app.moveTo({700, 380});
  EXPECT_NEAR(app.city.session().divider, 700.0 / 1280, 1e-6);
  app.moveTo({420, 300});
  EXPECT_NEAR(app.city.session().divider, 420.0 / 1280, 1e-6);
  app.release();
  for (const auto& command : app.commands) EXPECT_TRUE(std::holds_alternative<city::SetDivider>(command));
  app.press({800, 300});  // beside it: the map's
  EXPECT_FALSE(ImGui::GetIO().WantCaptureMouse);
  app.release();
}

TEST(Ui, TheGripMakesTheLensLarger) {
  UiHarness app;
  app.city.apply({city::SetCompare{city::Compare::Lens}, city::SetLens{{0.5, 0.5, 0.2}}}, app.seen.nowSeconds);
  app.frames(2);
  app.commands.clear();
  const glm::vec2 grip = glm::vec2(640, 360) + 0.7071f * 144.0f;
  EXPECT_TRUE(app.ui.covers(grip));
  EXPECT_FALSE(app.ui.covers({640, 360})) << "what is inside is the city";
  app.press(grip);
  app.moveTo({640 + 180, 360});
  app.release();
  EXPECT_NEAR(app.city.session().lens.radius, 0.25, 1e-6);
  EXPECT_EQ(app.city.session().lens.x, 0.5);
  for (const auto& command : app.commands) EXPECT_TRUE(std::holds_alternative<city::SetLens>(command));
  // Where the cards cover the lower right of the rim the grip is elsewhere.
  app.city.apply({city::SetLens{{0.5, 0.75, 0.3}}}, app.seen.nowSeconds);
  app.frames(2);
  EXPECT_TRUE(app.ui.covers({640 + 0.7071f * 216, 540 - 0.7071f * 216}));
}

TEST(Ui, SwitchesTheLanguage) {
  UiHarness app;
  Rect corner = app.layout().corner;
  app.tap({corner.x + 62, corner.y + 26});
  EXPECT_EQ(app.city.session().language, Language::English);
  app.tap({corner.x + 22, corner.y + 26});
  EXPECT_EQ(app.city.session().language, Language::Chinese);
}

TEST(Ui, AProjectsNameOpensItsStoryAndFliesThere) {
  UiHarness app;
  Rect panel = app.layout().panel;
  glm::vec2 row{panel.x + 100, panel.y + 60 + 52 + 31};
  auto commands = app.tap(row);
  ASSERT_TRUE(only<city::Select>(commands));
  EXPECT_EQ(only<city::Select>(commands)->selection.id, "harbour");
  ASSERT_TRUE(only<city::FlyTo>(commands));
  EXPECT_EQ(only<city::FlyTo>(commands)->camera, app.city.document().projects[0].view);

  app.frames(40);
  Rect card = app.layout(true).card;
  app.tap({card.right() - 28, card.y + 28});
  EXPECT_EQ(app.city.session().selection.kind, city::PickKind::Nothing);
}

TEST(Ui, AProjectsSwitchTakesItOutAndShowsItAgain) {
  UiHarness app;
  Rect panel = app.layout().panel;
  glm::vec2 button{panel.right() - 40, panel.y + 60 + 52 + 31};
  auto commands = app.tap(button);
  ASSERT_TRUE(only<city::SetProject>(commands));
  EXPECT_FALSE(only<city::SetProject>(commands)->on);
  EXPECT_FALSE(only<city::ShowSide>(commands));
  commands = app.tap(button);
  EXPECT_TRUE(only<city::SetProject>(commands)->on);
  EXPECT_TRUE(only<city::ShowSide>(commands)) << "what is switched on is also shown";

  glm::vec2 all{panel.right() - 40, panel.y + 60 + 24};
  commands = app.tap(all);
  ASSERT_TRUE(only<city::SetAllProjects>(commands));
  EXPECT_FALSE(only<city::SetAllProjects>(commands)->on);
}

TEST(Ui, LayersAndTheirItemsCanBeSwitched) {
  UiHarness app;
  Rect panel = app.layout().panel;
  EXPECT_TRUE(app.tap({panel.x + 200, panel.y + 30}).empty());  // the tab
  app.frames(30);
  auto commands = app.tap({panel.right() - 40, panel.y + 60 + 23});
  ASSERT_TRUE(only<city::SetLayers>(commands));
  EXPECT_FALSE(only<city::SetLayers>(commands)->layers.greenways);
  commands = app.tap({panel.right() - 40, panel.y + 60 + 46 + 26});  // one of them asked for brings the layer back
  EXPECT_TRUE(app.city.session().layers.greenways);
  commands = app.tap({panel.right() - 40, panel.y + 60 + 46 + 26});
  ASSERT_TRUE(only<city::SetItemVisible>(commands));
  EXPECT_EQ(only<city::SetItemVisible>(commands)->item, "coast");
  EXPECT_FALSE(only<city::SetItemVisible>(commands)->visible);
}

TEST(Ui, TheChooserOffersTheLooksAndThePlanHasItsLegend) {
  UiHarness app({1280, 1400});
  Rect panel = app.layout().panel;
  app.tap({panel.x + 200, panel.y + 30});  // the tab
  app.frames(40);
  // The looks stand at the panel's foot, which is where what it covers ends.
  float y = panel.bottom();
  while (y > panel.y && !app.ui.covers({panel.x + 160, y})) y -= 4;
  std::set<city::Look> offered;
  for (int row = 0; row < 12 && offered.empty(); ++row, y -= 8)
    for (float x = panel.x + 40; x < panel.right() - 20; x += 28)
      for (const auto& command : app.tap({x, y}))
        if (const auto* chosen = std::get_if<city::SetLook>(&command)) offered.insert(chosen->look);
  EXPECT_TRUE(offered.contains(city::Look::Tech));
  EXPECT_TRUE(offered.contains(city::Look::Plan));
  const glm::vec2 legend(1280 - 60, 130);
  app.city.apply({city::SetLook{city::Look::Tech}}, app.seen.nowSeconds);
  app.frames(40);
  EXPECT_FALSE(app.ui.covers(legend));
  app.city.apply({city::SetLook{city::Look::Plan}}, app.seen.nowSeconds);
  app.frames(40);
  EXPECT_TRUE(app.ui.covers(legend));
  EXPECT_EQ(app.atlasesBuilt, 1) << "the legend's characters are known from the start";
}

TEST(Ui, TheChooserOffersEveryWeatherUnlessTheLookKnowsNone) {
  UiHarness app({1280, 1400});
  Rect panel = app.layout().panel;
  app.tap({panel.x + 200, panel.y + 30});  // the tab
  app.frames(40);
  float foot = panel.bottom();
  while (foot > panel.y && !app.ui.covers({panel.x + 160, foot})) foot -= 4;
  const auto offered = [&](city::Look look) {
    std::set<city::Weather> found;
    for (float y = foot; y > foot - 320; y -= 16)
      for (float x = panel.x + 40; x < panel.right() - 20; x += 28) {
        app.city.apply({city::SetLook{look}}, app.seen.nowSeconds);
        for (const auto& command : app.tap({x, y}))
          if (const auto* chosen = std::get_if<city::SetWeather>(&command)) found.insert(chosen->weather);
      }
    return found;
  };
  EXPECT_EQ(offered(city::Look::Day).size(), city::kWeathers.size()) << "chosen one after the other";
  EXPECT_TRUE(offered(city::Look::Tech).empty());
}

TEST(Ui, TheYearsFollowTheFingerAndPlay) {
  UiHarness app;
  Rect bar = app.layout().timeBar;
  float y = bar.y + 44;
  app.press({bar.right() - 200, y});
  app.moveTo({bar.right() - 260, y});
  app.release();
  ASSERT_TRUE(app.city.session().after.date);
  EXPECT_TRUE(app.city.session().showAfter);
  city::Date set = *app.city.session().after.date;
  EXPECT_GT(set.year, 2020);
  EXPECT_LT(set.year, 2035);
  app.ui.togglePlay();
  app.frames(60);
  EXPECT_TRUE(app.ui.animating());
  EXPECT_GT(*app.city.session().after.date, set);
  app.frames(60 * 16);
  EXPECT_EQ(app.city.session().after.date, (city::Date{2035, 12, 31}));
  app.frames(60);
  EXPECT_FALSE(app.ui.animating());
}

TEST(Ui, NavigationButtonsFly) {
  UiHarness app;
  Rect buttons = app.layout().navigation;
  auto at = [&](int i) { return glm::vec2{buttons.x + 26 + 60 * static_cast<float>(i), buttons.y + 26}; };
  double height = app.city.session().camera.heightMetres;
  app.tap(at(2));
  app.frames(60);
  EXPECT_LT(app.city.session().camera.heightMetres, height);
  app.tap(at(1));
  app.tap(at(1));
  app.frames(60);
  EXPECT_GT(app.city.session().camera.heightMetres, height);
  app.tap(at(3));
  app.frames(140);
  EXPECT_EQ(app.city.session().camera, app.city.document().views[0].camera);
}

TEST(Ui, SavedViewsFlyAndAreKept) {
  UiHarness app;
  Rect views = app.layout().views;
  ASSERT_FALSE(views.empty());
  app.city.apply({city::SetCamera{{120.31, 36.02, 800, 30, -20}}}, app.seen.nowSeconds);
  app.frames(3);
  auto commands = app.tap({views.x + 30, views.y + 22});
  ASSERT_TRUE(only<city::FlyTo>(commands));
  EXPECT_EQ(only<city::FlyTo>(commands)->camera, app.city.document().views[0].camera);
  app.city.apply({city::SetCamera{{120.31, 36.02, 800, 30, -20}}}, app.seen.nowSeconds);
  app.frames(3);
  for (float x = views.x; x < views.right() && app.city.document().views.size() == 2; x += 60) {
    app.tap({x, views.y + 22});
    app.city.apply({city::SetCamera{{120.31, 36.02, 800, 30, -20}}}, app.seen.nowSeconds);
    app.frames(3);
  }
  ASSERT_EQ(app.city.document().views.size(), 3u);
  EXPECT_EQ(app.city.document().views[2].camera, (city::CameraPose{120.31, 36.02, 800, 30, -20}));
  EXPECT_FALSE(app.city.document().views[2].name.zh.empty());
}

//! Keeps so many more views than the document has, eastwards one by one.
void keepViews(UiHarness& app, int count) {
  for (int i = 1; i <= count; ++i) {
    const std::string id = "more-" + std::to_string(i);
    app.city.apply(
        {city::SaveView{{id, {"远处的一个视角", "A view far away"}, {120.3 + 0.1 * i, 36.03, 1500, 0, -30}}}},
        app.seen.nowSeconds);
  }
  app.frames(3);
  app.commands.clear();
}

TEST(Ui, ALongRowOfViewsIsSteppedThrough) {
  UiHarness app;
  keepViews(app, 12);
  const Rect row = app.layout().views;
  const auto first = [&] { return app.tap({row.x + 30, middle(row).y}); };  // no arrow there yet
  EXPECT_EQ(only<city::FlyTo>(first())->camera, app.city.document().views[0].camera);
  app.frames(120);
  app.tap({row.right() - 22, middle(row).y});
  app.frames(60);
  EXPECT_FALSE(app.ui.animating());
  EXPECT_TRUE(app.tap({row.x + 22, middle(row).y}).empty()) << "the arrow back stands where the first chip was";
  app.frames(60);
  app.tap({row.right() - 22, middle(row).y});
  app.frames(60);
  for (float x = row.x + 52; x < row.right() - 52; x += 40) app.tap({x, middle(row).y});
  const city::CameraPose last = app.city.session().flight.to;
  EXPECT_GT(last.lonDegrees, 120.55) << "a later view came under the finger";
}

TEST(Ui, TheRowOfViewsTurnsToTheChosenOne) {
  UiHarness app;
  keepViews(app, 12);
  const Rect row = app.layout().views;
  const city::CameraPose far = app.city.document().views.back().camera;
  app.city.apply({city::SetCamera{far}}, app.seen.nowSeconds);
  app.frames(90);
  EXPECT_FALSE(app.ui.animating());
  std::set<double> seen;
  for (float x = row.x + 60; x < row.right() - 60; x += 25) {
    const auto commands = app.tap({x, middle(row).y});
    if (const auto* fly = only<city::FlyTo>(commands)) seen.insert(fly->camera.lonDegrees);
    app.city.apply({city::SetCamera{far}}, app.seen.nowSeconds);
    app.frames(90);
  }
  EXPECT_TRUE(seen.contains(far.lonDegrees));
  EXPECT_FALSE(seen.contains(app.city.document().views[0].camera.lonDegrees)) << "and the first went out of sight";
}

TEST(Ui, TheYearsBeginAtTheDateThatIsShown) {
  UiHarness app;
  app.city.apply({city::ShowSide{false}}, app.seen.nowSeconds);
  app.frames(2);
  app.commands.clear();
  app.ui.togglePlay();
  app.frames(2);
  const auto date = std::find_if(app.commands.begin(), app.commands.end(),
                                 [](const auto& command) { return std::holds_alternative<city::SetDate>(command); });
  ASSERT_NE(date, app.commands.end());
  EXPECT_EQ(std::get<city::SetDate>(*date).date.year,
            city::dateOf(app.city.document(), app.city.session().before).year);
  EXPECT_TRUE(app.city.session().showAfter) << "what the years bring is the plan";
}

TEST(Ui, ATouchOpensAllOfTheCreditsAndAPictureHasThem) {
  UiHarness app;
  city::Document document = app.city.document();
  for (int i = 0; i < 20; ++i)
    document.sources.push_back(
        {"s" + std::to_string(i), {"测绘单位提供的数据", "Data of a surveyor"}, "CC BY", "", "2024", {}});
  app.city = city::City(std::move(document));
  app.frames(3);
  const Rect credits = app.layout().attribution;
  const auto height = [] { return ImGui::FindWindowByName("##attribution")->Size.y; };
  EXPECT_NEAR(height(), credits.height, 1);
  app.tap(middle(credits));
  EXPECT_GT(height(), 1.5f * credits.height);
  EXPECT_NEAR(ImGui::FindWindowByName("##attribution")->Rect().Max.y, credits.bottom(), 1);
  app.tap(middle(credits));
  EXPECT_NEAR(height(), credits.height, 1);
  app.seen.touchable = false;
  app.frames(3);
  EXPECT_GT(height(), 1.5f * credits.height);
  EXPECT_NEAR(ImGui::FindWindowByName("##attribution")->Rect().Max.y, credits.bottom(), 1);
  const float bar = ImGui::FindWindowByName("##navigation")->Rect().Max.y;
  EXPECT_LT(bar, ImGui::FindWindowByName("##attribution")->Rect().Min.y) << "what stands above makes room";
}

TEST(Ui, APickShowsItsCardAndMissingCharactersAreFetched) {
  UiHarness app;
  int before = app.atlasesBuilt;
  app.seen.picked = {
      true, city::PickKind::Building, "b1", {"龘靐大厦", "Tower"}, {{{"高度", "Height"}, "369 m"}}, {"来源", "Source"},
      {}};
  app.city.apply({city::Select{{city::PickKind::Building, "b1"}}}, app.seen.nowSeconds);
  app.frames(40);
  EXPECT_EQ(app.atlasesBuilt, before + 1);
  Rect card = app.layout(true).card;
  app.tap({card.right() - 28, card.y + 28});
  EXPECT_EQ(app.city.session().selection.kind, city::PickKind::Nothing);
}

TEST(Ui, DraggingAListScrollsItAndTapsNothing) {
  UiHarness app({1280, 520});
  app.city.apply({city::Select{{city::PickKind::Project, "harbour"}}}, app.seen.nowSeconds);
  app.frames(40);
  app.commands.clear();
  Rect card = app.layout(true).card;
  app.press({card.x + 80, card.y + 150});
  for (int i = 1; i <= 10; ++i) app.moveTo({card.x + 80, card.y + 150 - 12 * static_cast<float>(i)});
  app.release();
  EXPECT_TRUE(app.commands.empty());
}

TEST(Ui, ErrorsCanBeClosedAndHelpOpens) {
  UiHarness app;
  app.seen.errors = {"tiles/3.glb 已损坏"};
  app.frames(10);
  EXPECT_TRUE(app.ui.animating()) << "an error is on the screen for a while";
  app.seen.nowSeconds += 11;
  app.frames(10);
  EXPECT_FALSE(app.ui.animating());
  app.ui.toggleHelp();
  app.frames(40);
  Rect compare = app.layout().compare;
  EXPECT_TRUE(app.tap(middle(compare)).empty()) << "the page of gestures lies above and takes the tap";
  app.frames(40);
  EXPECT_FALSE(app.tap(middle(compare)).empty()) << "and is gone after it";
}

TEST(Ui, APictureWithoutTheLayerHoldsNothingButLinesAtTheFootAndADivider) {
  UiHarness app;
  const glm::vec2 size = app.seen.windowSize;
  const auto alone = [&] {
    ImGui::NewFrame();
    app.ui.drawAttributionOnly(app.city.document(), app.city.session(), app.seen);
    ImGui::Render();
    int vertices = 0;
    for (const ImDrawList* list : ImGui::GetDrawData()->CmdLists)
      for (const ImDrawVert& vertex : list->VtxBuffer) {
        const bool foot = vertex.pos.y > 665, aboutTheMiddle = std::abs(vertex.pos.x - size.x / 2) < 180;
        EXPECT_TRUE(foot || (aboutTheMiddle && app.city.session().compare == city::Compare::Swipe))
            << vertex.pos.x << ", " << vertex.pos.y;
        ++vertices;
      }
    return vertices;
  };
  const int today = alone();
  EXPECT_GT(today, 4 * 20) << "a rectangle, and four corners a character";
  ASSERT_EQ(app.ui.covered().size(), 1u);
  EXPECT_NEAR(app.ui.covered()[0].w - app.ui.covered()[0].y, 2 * app.layout().attribution.height, 1)
      << "what must be known, in both languages";
  const float width = app.ui.covered()[0].z - app.ui.covered()[0].x;
  app.city.apply({city::SetCompare{city::Compare::Swipe}}, app.seen.nowSeconds);
  EXPECT_GT(alone(), today) << "where both sides are seen, both are named";
  ASSERT_EQ(app.ui.covered().size(), 3u) << "no label of the city hides under the two names";
  EXPECT_GT(app.ui.covered()[2].z - app.ui.covered()[2].x, width);
}

TEST(Ui, ANarrowWindowOpensWithItsPanelFolded) {
  UiHarness app({420, 800});
  Layout layout = layoutFor(app.seen.windowSize, 1, {false, false, true, false});
  ASSERT_FALSE(layout.panelButton.empty());
  app.tap(middle(layout.panelButton));
  app.frames(5);
  Layout open = layoutFor(app.seen.windowSize, 1, {true, false, true, false});
  EXPECT_TRUE(open.panelButton.empty());
  app.press({open.panel.x + 30, open.panel.y + 90});
  EXPECT_TRUE(ImGui::GetIO().WantCaptureMouse);
  app.release();
}

TEST(Navigation, ZoomingKeepsWhatIsInTheMiddle) {
  city::CameraPose pose{120.3, 36.05, 1000, 40, -30};
  city::CameraPose nearer = zoomed(pose, 0, 0, 0.5);
  EXPECT_NEAR(nearer.heightMetres, 500, 1e-6);
  city::CameraPose back = zoomed(nearer, 0, 0, 2);
  EXPECT_NEAR(back.lonDegrees, pose.lonDegrees, 1e-6);
  EXPECT_NEAR(back.latDegrees, pose.latDegrees, 1e-6);
  for (int i = 0; i < 60; ++i) nearer = zoomed(nearer, 0, 0, 0.6);
  EXPECT_GT(nearer.heightMetres, 14);
}

TEST(Navigation, TurningNorthKeepsWhatIsInTheMiddle) {
  city::CameraPose pose{120.3, 36.05, 1000, 90, -45};  // looks east at a point 1 km away
  city::CameraPose north = facingNorth(pose, 0, 0);
  EXPECT_EQ(north.headingDegrees, 0);
  double metres = geo::kSemiMajorMetres * geo::kDegree;
  EXPECT_NEAR((north.lonDegrees - pose.lonDegrees) * metres * std::cos(36.05 * geo::kDegree), 1000, 2);
  EXPECT_NEAR((pose.latDegrees - north.latDegrees) * metres, 1000, 2);
}

}  // namespace
}  // namespace cm::app::ui
