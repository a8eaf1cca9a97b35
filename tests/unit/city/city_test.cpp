#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "city/commands.h"
#include "example.h"

namespace cm::city {
namespace {

using Bits = std::vector<bool>;

TEST(Evaluate, PhasesDecideByDate) {
  Document city = example();
  auto at = [&](Date date) { return evaluate(city, {"plan", date, {}})[0]; };
  EXPECT_EQ(at({2025, 12, 31}), (ProjectState{false, Bits{false, false}, Bits{false, false}}));
  EXPECT_EQ(at({2026, 1, 1}), (ProjectState{true, Bits{true, false}, Bits{false, false}}));
  EXPECT_EQ(at({2027, 6, 30}), (ProjectState{true, Bits{true, false}, Bits{true, false}}));
  EXPECT_EQ(at({2028, 1, 1}), (ProjectState{true, Bits{true, true}, Bits{true, false}}));
  EXPECT_EQ(at({2029, 12, 31}), (ProjectState{true, Bits{true, true}, Bits{true, true}}));
}

TEST(Evaluate, TheScenarioChoosesAndTheHandOverrides) {
  Document city = example();
  EXPECT_FALSE(evaluate(city, {"today", {}, {}})[0].shown);
  EXPECT_TRUE(evaluate(city, {"plan", {}, {}})[0].shown);
  EXPECT_FALSE(evaluate(city, {"plan", {}, {{"harbour", false}}})[0].shown);
  // Switched on by hand before its time: finished.
  EXPECT_EQ(evaluate(city, {"today", {}, {{"harbour", true}}})[0], (ProjectState{true, Bits{true, true}, Bits{true, true}}));
  EXPECT_FALSE(evaluate(city, {"no such", {}, {}})[0].shown);
}

TEST(Session, OpensAtHomeWithTheFirstTwoScenarios) {
  City city(example());
  EXPECT_EQ(city.session().camera, city.document().views[0].camera);
  EXPECT_EQ(city.session().before.scenario, "today");
  EXPECT_EQ(city.session().after.scenario, "plan");
  EXPECT_FALSE(city.states(SideName::Before)[0].shown);
  EXPECT_TRUE(city.states(SideName::After)[0].shown);
}

TEST(City, AProjectSwitchStartsOneTransition) {
  City city(example());
  Changes changes = city.apply({SetProject{"harbour", false}, SetProject{"mill", false}}, 5);
  EXPECT_TRUE(changes.scenario);
  EXPECT_TRUE(changes.any);
  EXPECT_FALSE(changes.document);
  EXPECT_EQ(city.session().transition.startSeconds, 5);
  EXPECT_TRUE(city.session().previousAfter[0].shown);
  EXPECT_TRUE(city.session().previousAfter[1].shown);
  EXPECT_FALSE(city.states(SideName::After)[0].shown);
  EXPECT_TRUE(city.moving(5.4));
  EXPECT_FALSE(city.moving(5.6));
  // The same again changes nothing.
  EXPECT_FALSE(city.apply({SetProject{"harbour", false}}, 7).any);
  EXPECT_EQ(city.session().transition.startSeconds, 5);
}

TEST(City, TheToggleGrowsFromWhatWasShown) {
  City city(example());
  EXPECT_TRUE(city.apply({ShowSide{true}}, 3).scenario);
  EXPECT_FALSE(city.session().previousAfter[0].shown);
  EXPECT_EQ(city.session().transition.startSeconds, 3);
  EXPECT_TRUE(city.apply({ShowSide{false}}, 4).scenario);
  EXPECT_TRUE(city.session().previousBefore[0].shown);
}

TEST(City, SwipeGrowsFromWhatFilledTheWindow) {
  City city(example());
  city.apply({SetCompare{Compare::Swipe}}, 1);
  EXPECT_FALSE(city.session().previousAfter[0].shown);
  EXPECT_EQ(city.session().compare, Compare::Swipe);
}

TEST(City, TheOpeningFlightComesFromBehindAndAbove) {
  for (const double heading : {0.0, 90.0, 215.0}) {
    const CameraPose home{120.3, 36.05, 900, heading, -30}, from = approachTo(home);
    EXPECT_GT(from.heightMetres, home.heightMetres);
    EXPECT_EQ(from.headingDegrees, heading);
    // Forwards, along the heading.
    const double east = (home.lonDegrees - from.lonDegrees) * std::cos(36.05 * geo::kDegree), north = home.latDegrees - from.latDegrees;
    EXPECT_NEAR(std::remainder(std::atan2(east, north) / geo::kDegree - heading, 360.0), 0, 0.5);
    City city(example());
    Session session = city.session();
    session.camera = from;
    city.restore(session);
    city.apply({FlyTo{home, 3}}, 1);
    EXPECT_TRUE(city.moving(2));
    city.apply({StopFlight{}}, 2);   // a hand on the city
    EXPECT_FALSE(city.moving(2));
    city.apply({FlyTo{home, 3}}, 5);
    city.apply({}, 9);
    EXPECT_EQ(city.session().camera, home);
  }
}

TEST(City, TheLensShowsTheOtherScenarioAndKeepsWithinReach) {
  City city(example());
  city.apply({SetCompare{Compare::Lens}}, 1);
  EXPECT_EQ(city.session().compare, Compare::Lens);
  EXPECT_FALSE(city.session().previousAfter[0].shown) << "the plan grows inside it";
  EXPECT_TRUE(city.apply({SetLens{{0.2, 0.7, 0.3}}}, 20).any);
  EXPECT_EQ(city.session().lens, (LensPlace{0.2, 0.7, 0.3}));
  EXPECT_FALSE(city.apply({SetLens{{0.2, 0.7, 0.3}}}, 21).any);
  city.apply({SetLens{{-3, 9, 40}}}, 22);
  EXPECT_EQ(city.session().lens, (LensPlace{0, 1, kLargestLens}));
  city.apply({SetLens{{std::nan(""), 0.5, -1}}}, 23);
  EXPECT_EQ(city.session().lens, (LensPlace{0.5, 0.5, kLeastLens}));
  city.apply({SetCompare{Compare::Swipe}}, 24);
  EXPECT_FALSE(city.moving(24)) << "both were there already";
}

TEST(City, MovingThroughTimeFollowsThePhasesAgain) {
  City city(example());
  city.apply({SetAllProjects{true}, SetDate{SideName::After, {2025, 1, 1}}}, 1);
  EXPECT_FALSE(city.states(SideName::After)[0].shown);
  city.apply({SetProject{"harbour", true}}, 2);  // touched before its time: shown finished
  EXPECT_EQ(city.states(SideName::After)[0].additions, (Bits{true, true}));
  city.apply({SetDate{SideName::After, {2027, 1, 1}}}, 3);
  EXPECT_EQ(city.states(SideName::After)[0].additions, (Bits{false, false}));
  EXPECT_EQ(city.states(SideName::After)[0].removals, (Bits{true, false}));
  city.apply({SetScenario{SideName::After, "plan"}}, 4);
  EXPECT_FALSE(city.session().after.date);
}

TEST(City, FliesAlongAnArcAndArrivesExactly) {
  City city(example());
  CameraPose home = city.session().camera;
  CameraPose far = home;
  far.lonDegrees += 0.3;
  far.headingDegrees = 350;
  city.apply({FlyTo{far, 2}}, 10);
  EXPECT_TRUE(samePlace(city.session().camera, home));
  EXPECT_TRUE(city.moving(11));
  EXPECT_TRUE(city.apply({}, 11).camera);
  EXPECT_NEAR(city.session().camera.lonDegrees, home.lonDegrees + 0.15, 1e-9);
  EXPECT_GT(city.session().camera.heightMetres, 5000);                                 // 27 km away: a third of it, less the ends
  EXPECT_NEAR(std::remainder(city.session().camera.headingDegrees, 360), -5, 1e-9);    // the short way round
  city.apply({}, 12);
  EXPECT_EQ(city.session().camera, far);
  EXPECT_FALSE(city.moving(12));
  EXPECT_FALSE(city.apply({}, 13).any);
}

TEST(City, NearFlightsStayLow) {
  Flight flight{{120, 36, 500, 0, -30}, {120.005, 36, 500, 0, -30}, 0, 1};
  for (double t = 0; t <= 1; t += 0.05) EXPECT_NEAR(poseOf(flight, t).heightMetres, 500, 1e-6);
}

TEST(City, AHandOnTheCameraStopsTheFlight) {
  City city(example());
  city.apply({FlyTo{city.document().views[1].camera, 2}}, 0);
  CameraPose held{120.2, 36, 100, 0, -10};
  city.apply({SetCamera{held}}, 1);
  city.apply({}, 1.5);
  EXPECT_EQ(city.session().camera, held);
  held.latDegrees = std::nan("");
  city.apply({SetCamera{held}}, 2);
  EXPECT_EQ(city.session().camera.latDegrees, 36);
}

TEST(City, EditsCanBeUndoneAndRedone) {
  City city(example());
  Document start = city.document();
  SavedView view{"mine", {"我的", "Mine"}, {120, 36, 10, 0, 0}};
  EXPECT_TRUE(city.apply({SaveView{view}}, 0).document);
  EXPECT_EQ(city.document().views.size(), 3u);
  city.apply({RemoveView{"quay"}}, 0);
  Document end = city.document();
  city.apply({Undo{}, Undo{}}, 0);
  EXPECT_TRUE(city.document() == start);
  EXPECT_FALSE(city.canUndo());
  city.apply({Undo{}, Redo{}, Redo{}, Redo{}}, 0);
  EXPECT_TRUE(city.document() == end);
  EXPECT_FALSE(city.canRedo());
  EXPECT_FALSE(city.apply({RemoveView{"no such"}}, 0).any);
}

TEST(City, LayersAndItems) {
  City city(example());
  EXPECT_TRUE(city.apply({SetItemVisible{"coast", false}}, 0).layers);
  EXPECT_FALSE(city.apply({SetItemVisible{"coast", false}}, 0).layers);
  EXPECT_FALSE(city.apply({SetItemVisible{"nothing", false}}, 0).any);
  EXPECT_TRUE(city.session().layers.hiddenItems.contains("coast"));
  EXPECT_TRUE(city.apply({SetItemVisible{"coast", true}}, 0).layers);
}

TEST(City, ResetGoesHome) {
  City city(example());
  city.apply({SetCamera{{1, 2, 3, 4, 5}}, SetLanguage{Language::English}, SetCompare{Compare::Swipe}, SetProject{"harbour", false}}, 0);
  city.apply({Reset{}}, 10);
  EXPECT_EQ(city.session().compare, Compare::Off);
  EXPECT_EQ(city.session().language, Language::Chinese);
  EXPECT_TRUE(city.states(SideName::After)[0].shown);
  city.apply({}, 20);
  EXPECT_EQ(city.session().camera, homeOf(city.document()));
}

TEST(SessionJson, SurvivesARestart) {
  City city(example());
  city.apply({SetCamera{{120.1, 36.1, 300, 20, -10}}, SetProject{"harbour", false}, SetDate{SideName::After, {2029, 1, 1}},
              SetCompare{Compare::Swipe}, SetDivider{0.3}, SetLanguage{Language::English}, SetItemVisible{"m1", false}, SetHour{17},
              SetWeather{Weather::Snow}},
             0);
  std::string written = writeSession(city.session());
  Session read = sessionFor(city.document());
  readSession(written, city.document(), read);
  EXPECT_EQ(writeSession(read), written);
  city.apply({SetCompare{Compare::Lens}, SetLens{{0.3, 0.6, 0.2}}}, 0);
  readSession(writeSession(city.session()), city.document(), read);
  EXPECT_EQ(read.compare, Compare::Lens);
  EXPECT_EQ(read.lens, city.session().lens);
  Layers untinted = city.session().layers;
  untinted.differences = false;
  city.apply({SetLayers{untinted}}, 0);
  readSession(writeSession(city.session()), city.document(), read);
  EXPECT_FALSE(read.layers.differences);
  City later(example());
  later.restore(read);
  EXPECT_EQ(later.session().camera, city.session().camera);
  EXPECT_EQ(later.states(SideName::After), city.states(SideName::After));
  EXPECT_FALSE(later.moving(0));
}

TEST(City, TheWeatherIsOneOfTheSessionsValues) {
  City city(example());
  EXPECT_EQ(city.session().weather, Weather::Clear);
  EXPECT_TRUE(city.apply({SetWeather{Weather::Rain}}, 0).any);
  EXPECT_EQ(city.session().weather, Weather::Rain);
  EXPECT_FALSE(city.apply({SetWeather{Weather::Rain}}, 1).any) << "nothing has changed";
  EXPECT_FALSE(city.canUndo()) << "as with the hour, a view of the city is no edit of it";
  city.apply({Reset{}}, 2);
  EXPECT_EQ(city.session().weather, Weather::Clear);
}

TEST(Session, EveryWeatherHasItsNameAndSurvivesARestart) {
  std::set<std::string_view> names;
  for (const auto& [weather, name] : kWeathers) {
    EXPECT_EQ(weatherName(weather), name);
    EXPECT_TRUE(names.insert(name).second) << name;
    Session session = sessionFor(example()), read = session;
    session.weather = weather;
    readSession(writeSession(session), example(), read);
    EXPECT_EQ(read.weather, weather) << name;
  }
  EXPECT_TRUE(hasWeather(Look::Clay) && hasWeather(Look::Day));
  EXPECT_FALSE(hasWeather(Look::Tech) || hasWeather(Look::Plan) || hasWeather(Look::Plain));
}

TEST(SessionJson, BrokenPartsStayAtTheirDefaults) {
  Document document = example();
  for (const char* text : {"", "[]", "nonsense", R"({"camera": 3, "after": {"scenario": "gone", "date": "x", "projects": {"gone": true}},
                           "divider": 7, "compare": "loupe", "lens": {"x": "far", "radius": null}, "language": "fr", "weather": "frogs",
                           "layers": {"labels": 1, "hiddenItems": ["gone", 4]}})"}) {
    Session session = sessionFor(document);
    std::string before = writeSession(session);
    readSession(text, document, session);
    EXPECT_EQ(writeSession(session), before) << text;
  }
}

}  // namespace
}  // namespace cm::city
