// The window driven by fingers alone, as in an exhibition hall: a real X server with a touch screen, a small city.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/camera_control.h"
#include "app/load.h"
#include "app/stage.h"
#include "app/ui/layout.h"
#include "support/process.h"
#include "support/touch_display.h"  // last: Xlib defines words like None

namespace cm {
namespace {

namespace fs = std::filesystem;
using app::ui::Rect;
using test::Patch;
using test::Point;
using test::TouchDisplay;
using Clock = std::chrono::steady_clock;

constexpr int kWidth = TouchDisplay::kWidth, kHeight = TouchDisplay::kHeight;
constexpr double kAspect = double(kWidth) / kHeight;

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}
Point between(Point a, Point b, double t) { return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t}; }
Point around(Point centre, double radius, double degrees) {
  double a = degrees * geo::kDegree;
  return {centre.x + radius * std::cos(a), centre.y + radius * std::sin(a)};
}

struct TouchTest : testing::Test {
  fs::path folder =
      test::freshFolder(std::string("touch_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  fs::path city = fs::path(CITYMIRROR_SOURCE_DIR) / "samples/hello_city/city.json";
  std::unique_ptr<TouchDisplay> screen;
  std::unique_ptr<test::Process> window;
  city::Document document;
  geo::EnuFrame axes;

  void SetUp() override {
    if (std::string why = TouchDisplay::missing(); !why.empty())
      GTEST_SKIP() << "no touch screen can be made here: " << why;
    source::Fetcher fetcher;
    auto loaded = app::loadCity(city.string(), fetcher);
    ASSERT_TRUE(loaded) << loaded.error().text();
    document = loaded->document;
    axes = geo::enuFrameAt(document.origin);
    screen = std::make_unique<TouchDisplay>(folder);
    start();
  }
  void start() {
    test::Environment environment{{"DISPLAY", TouchDisplay::name()}, {"XDG_CACHE_HOME", (folder / "cache").string()}};
    window = std::make_unique<test::Process>(
        std::vector<std::string>{CITYMIRROR_PROGRAM, city.string(), "--size",
                                 std::to_string(kWidth) + "x" + std::to_string(kHeight), "--reduced-motion"},
        environment, folder / "window.txt");
    ASSERT_TRUE(test::eventually(120, [&] { return screen->hasWindow("CityMirror") || !window->running(); }));
    ASSERT_TRUE(window->running()) << test::textOf(folder / "window.txt");
    ASSERT_TRUE(test::eventually(120, [&] { return screen->patch().varied(); })) << "nothing was ever drawn";
    ASSERT_TRUE(still());
  }
  //! Waits until the picture has not changed for a second and a half: everything is loaded, and the loop sleeps.
  bool still() {
    Patch last = screen->patch();
    auto since = Clock::now();
    return test::eventually(120, [&] {
      Patch now = screen->patch();
      if (now != last) since = Clock::now();
      last = std::move(now);
      return millisecondsSince(since) > 1500;
    });
  }
  bool changes(const Rect& where, const Patch& from, double least = 1.0) {
    return test::eventually(20, [&] { return patch(where).difference(from) > least; });
  }
  Patch patch(const Rect& r) const { return screen->patch(int(r.x), int(r.y), int(r.width), int(r.height)); }
  //! Ends the program as a service manager would; what it saved.
  nlohmann::json stop() {
    window->signal(SIGTERM);
    EXPECT_EQ(window->wait(), 0) << test::textOf(folder / "window.txt");
    for (const auto& entry : fs::directory_iterator(folder / "cache" / "citymirror"))
      if (entry.path().filename().string().starts_with("session-"))
        return nlohmann::json::parse(test::textOf(entry.path()));
    ADD_FAILURE() << "no session was saved";
    return {};
  }
  static city::CameraPose cameraOf(const nlohmann::json& session) {
    const auto& c = session.at("camera");
    return {c.at("lon"), c.at("lat"), c.at("height"), c.at("heading"), c.at("pitch")};
  }

  //! The ground under a point of the picture, east and north of the city's origin.
  glm::dvec2 groundUnder(const city::CameraPose& pose, Point at) const {
    app::GroundHeights flat(axes);
    app::CameraControl control(axes, flat);
    control.take(pose, kAspect);
    auto hit = control.groundUnder({at.x / kWidth, at.y / kHeight});
    EXPECT_TRUE(hit);
    return hit ? glm::dvec2(*hit) : glm::dvec2(0);
  }
  double distanceTo(const city::CameraPose& pose, glm::dvec2 ground) const {
    glm::dvec3 eye = axes.toEnu(geo::ecefFromGeodetic({pose.lonDegrees, pose.latDegrees, pose.heightMetres}));
    return glm::distance(eye, glm::dvec3(ground, 0));
  }
  Point onScreen(const city::CameraPose& pose, const geo::Geodetic& place) const {
    geo::Eye eye = geo::eyeAt({pose.lonDegrees, pose.latDegrees, pose.heightMetres}, pose.headingDegrees,
                              pose.pitchDegrees, app::kFieldOfViewRadians);
    glm::dvec3 d = geo::ecefFromGeodetic(place) - eye.position, right = glm::cross(eye.direction, eye.up);
    double depth = glm::dot(d, eye.direction), tanY = std::tan(eye.fovYRadians / 2);
    return {(glm::dot(d, right) / (depth * tanY * kAspect) + 1) * 0.5 * kWidth,
            (1 - glm::dot(d, eye.up) / (depth * tanY)) * 0.5 * kHeight};
  }
  app::ui::Layout layout(bool card) const {
    return app::ui::layoutFor({kWidth, kHeight}, 1, {true, card, true, false});
  }
  //! The switch of the first project in the panel.
  Point projectSwitch() const {
    Rect panel = layout(false).panel;
    return {panel.right() - 18 - 24, panel.y + 60 + 52 + 31};
  }
  //! The swipe's part of the choice at the top.
  Point swipeChoice() const {
    Rect compare = layout(false).compare;
    return {compare.x + compare.width * 5 / 8, compare.y + compare.height / 2};
  }
  Point middleOf(const city::Project& project) const {
    const auto& ring = project.boundary.front().front();
    glm::dvec2 sum(0);
    for (const auto& p : ring) sum += glm::dvec2(p);
    sum /= double(ring.size());
    return onScreen(city::homeOf(document), {sum.x, sum.y, document.origin.heightMetres});
  }

  void tap(Point at, uint32_t finger = 0) {
    screen->down(finger, at);
    screen->up(finger, at);
    screen->sync();
  }
  //! One finger along a line, all of it at once or step by step as the picture follows.
  void drag(Point from, Point to, int steps = 8) {
    screen->down(0, from);
    for (int i = 1; i <= steps; ++i) screen->move(0, between(from, to, double(i) / steps));
    screen->up(0, to);
    screen->sync();
  }
};

TEST_F(TouchTest, ATapPicksWhatIsUnderIt) {
  Rect card = layout(true).card;
  Patch before = patch(card);
  tap(middleOf(document.projects.front()));
  EXPECT_TRUE(changes(card, before, 8)) << "no card opened";
  ASSERT_TRUE(still());
  // A tap is no drag.
  EXPECT_TRUE(city::samePlace(cameraOf(stop()), city::homeOf(document)));
}

TEST_F(TouchTest, ATapSwitchesAProject) {
  tap(projectSwitch());
  ASSERT_TRUE(still());
  auto session = stop();
  EXPECT_EQ(session.at("after").at("projects").value("old-sheds", true), false) << session.dump(1);
}

TEST_F(TouchTest, OneFingerDragsTheGroundUnderIt) {
  Point from{760, 470}, to{560, 560};
  Patch before = screen->patch();
  drag(from, to);
  ASSERT_TRUE(still());
  EXPECT_GT(screen->patch().difference(before), 2);
  city::CameraPose home = city::homeOf(document), pose = cameraOf(stop());
  glm::dvec2 ground = groundUnder(home, from);
  EXPECT_LT(glm::distance(ground, groundUnder(pose, to)), 0.02 * distanceTo(home, ground));
  EXPECT_NEAR(pose.headingDegrees, std::fmod(home.headingDegrees + 360, 360), 0.01);
  EXPECT_NEAR(pose.heightMetres, home.heightMetres, 0.5);
}

TEST_F(TouchTest, TwoFingersPinchAndTwist) {
  const Point middle{700, 480};
  const city::CameraPose home = city::homeOf(document);
  const glm::dvec2 ground = groundUnder(home, middle);
  constexpr int kSteps = 24;
  constexpr double kTurn = 40, kFrom = 60, kTo = 110;
  // As fast as fingers can: many events between two frames, the second finger sometimes ahead of the first.
  screen->down(3, around(middle, kFrom, 180));
  screen->down(5, around(middle, kFrom, 0));
  for (int i = 1; i <= kSteps; ++i) {
    double t = double(i) / kSteps, radius = kFrom + (kTo - kFrom) * t;
    screen->move(i % 2 ? 5u : 3u, around(middle, radius, (i % 2 ? 0 : 180) + kTurn * t));
    screen->move(i % 2 ? 3u : 5u, around(middle, radius, (i % 2 ? 180 : 0) + kTurn * t));
  }
  screen->up(5, around(middle, kTo, kTurn));
  screen->up(3, around(middle, kTo, 180 + kTurn));
  screen->sync();
  ASSERT_TRUE(still());
  city::CameraPose pose = cameraOf(stop());
  EXPECT_NEAR(std::remainder(pose.headingDegrees - (home.headingDegrees - kTurn), 360), 0, 1.5);
  EXPECT_NEAR(distanceTo(pose, groundUnder(pose, middle)) / distanceTo(home, ground), kFrom / kTo, 0.03);
  EXPECT_LT(glm::distance(ground, groundUnder(pose, middle)), 0.03 * distanceTo(home, ground))
      << "the city slipped away between the fingers";
  EXPECT_NEAR(pose.pitchDegrees, home.pitchDegrees, 1.5);
}

TEST_F(TouchTest, TheFingerThatStaysGoesOn) {
  const Point first{600, 440}, second{800, 500}, far{860, 560};
  Patch before = patch({500, 300, 300, 300});
  screen->down(0, first);
  screen->down(1, second);
  screen->move(1, {830, 520});  // a little wider
  ASSERT_TRUE(changes({500, 300, 300, 300}, before, 0.3)) << "two fingers are not followed";
  screen->up(0, first);
  screen->sync();
  ASSERT_TRUE(still());
  screen->move(1, far);
  ASSERT_TRUE(changes({500, 300, 300, 300}, patch({500, 300, 300, 300}), 0.3))
      << "the second finger was lost when the first one left";
  // And a new one makes two again.
  Patch panned = patch({500, 300, 300, 300});
  screen->down(2, {660, 480});
  screen->move(2, {560, 440});
  ASSERT_TRUE(changes({500, 300, 300, 300}, panned, 0.3)) << "a new second finger is not followed";
  screen->up(2, {560, 440});
  screen->up(1, far);
  screen->sync();
  ASSERT_TRUE(still());
  city::CameraPose pose = cameraOf(stop()), home = city::homeOf(document);
  EXPECT_LT(distanceTo(pose, groundUnder(pose, {640, 500})), distanceTo(home, groundUnder(home, {640, 500})));
}

TEST_F(TouchTest, AFingerMovesTheDivider) {
  const float x = std::round(float(freeMiddle(layout(false), kWidth)) * kWidth);
  const Rect place{x - 40, 200, 80, 300};
  Patch before = patch(place);
  tap(swipeChoice());
  ASSERT_TRUE(changes(place, before)) << "no divider";
  ASSERT_TRUE(still());
  drag({x, 360}, {450, 380}, 6);
  ASSERT_TRUE(still());
  drag({450, 360}, {820, 340}, 6);
  ASSERT_TRUE(still());
  auto session = stop();
  EXPECT_EQ(session.at("compare"), "swipe");
  EXPECT_NEAR(session.at("divider").get<double>(), 820.0 / kWidth, 0.012);
  EXPECT_TRUE(city::samePlace(cameraOf(session), city::homeOf(document))) << "the city moved with the divider";
}

//! Taps far faster than frames, on the panel and on the city by turns: each is taken for what it was, where it was.
TEST_F(TouchTest, NoFingerIsLost) {
  const Point sea[] = {{480, 500}, {900, 500}};
  for (int i = 0; i < 5; ++i) {
    tap(projectSwitch(), uint32_t(i % 3));
    tap(sea[i % 2], uint32_t(3 + i % 3));
  }
  ASSERT_TRUE(still());
  // All ten at once, on the city, still; then they go in the order they came.
  for (uint32_t f = 0; f < 10; ++f) screen->down(f, {460.0 + 40 * f, 420.0 + 10 * (f % 3)});
  screen->sync();
  for (uint32_t f = 0; f < 10; ++f) screen->up(f, {460.0 + 40 * f, 420.0 + 10 * (f % 3)});
  screen->sync();
  ASSERT_TRUE(still());
  // A palm that lies on the screen does not keep others from the panel.
  screen->down(9, {560, 470});
  ASSERT_TRUE(still());
  tap(swipeChoice(), 1);
  ASSERT_TRUE(still());
  screen->up(9, {560, 470});
  screen->sync();
  auto session = stop();
  EXPECT_EQ(session.at("after").at("projects").value("old-sheds", true), false) << "five taps are an odd number\n"
                                                                                << session.dump(1);
  EXPECT_EQ(session.at("compare"), "swipe") << session.dump(1);
  EXPECT_TRUE(city::samePlace(cameraOf(session), city::homeOf(document))) << session.dump(1);
}

//! The loop sleeps when nothing moves, and still a finger is seen at once; and each step of a drag comes up within three frames.
TEST_F(TouchTest, AFingerIsAnsweredWithinThreeFrames) {
  const Rect row{layout(false).panel.x + 20, layout(false).panel.y + 60 + 52 + 20, 100, 24}, middle{560, 380, 160, 160};
  std::vector<double> steps, taps;
  // The rate of frames: a finger in steady motion, every new picture counted.
  screen->down(0, {640, 420});
  Patch last = patch(middle);
  int pictures = 0;
  auto begin = Clock::now();
  for (int i = 0; millisecondsSince(begin) < 3000; ++i) {
    screen->move(0, {640 + 60 * std::sin(i * 0.02), 420 + 40 * std::cos(i * 0.02)});
    screen->sync();
    Patch now = patch(middle);
    pictures += now != last;
    last = std::move(now);
  }
  screen->up(0, {640, 420});
  screen->sync();
  ASSERT_GT(pictures, 5);
  const double frame = std::max(millisecondsSince(begin) / pictures, 1000.0 / 60);
  ASSERT_TRUE(still());

  auto answered = [&](const Rect& where, auto act) {
    Patch before = patch(where);
    auto since = Clock::now();
    act();
    while (patch(where) == before && millisecondsSince(since) < 5000) {}
    return millisecondsSince(since);
  };
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(still());
    const Point at{row.x + 40, row.y + 8};
    taps.push_back(answered(row, [&] { screen->down(0, at); }));
    screen->move(0, {at.x, 690});  // not let go where it was pressed, so nothing is opened
    screen->up(0, {at.x, 690});
    screen->sync();
  }
  ASSERT_TRUE(still());
  screen->down(0, {640, 420});
  screen->move(0, {660, 420});
  for (int i = 1; i <= 30; ++i) steps.push_back(answered(middle, [&] { screen->move(0, {660.0 + 4 * i, 420}); }));
  screen->up(0, {780, 420});
  screen->sync();
  std::sort(taps.begin(), taps.end());
  std::sort(steps.begin(), steps.end());
  RecordProperty("frame_ms", std::to_string(frame));
  RecordProperty("tap_ms", std::to_string(taps[7]));
  RecordProperty("median_step_ms", std::to_string(steps[15]));
  RecordProperty("step_ms", std::to_string(steps[28]));
  // One in nine may meet a moment in which the machine does something else.
  EXPECT_LT(taps[7], 3 * frame) << "frames of " << frame << " ms; slowest " << taps[8];
  // Other work on the machine makes frames long, and then that says little: to be asleep must cost next to nothing in any case.
  EXPECT_LT(taps[7], steps[15] + 100) << "half of the steps of a moving finger were answered in " << steps[15] << " ms";
  EXPECT_LT(steps[28], 3 * frame) << "frames of " << frame << " ms; slowest " << steps[29];
  stop();
}

}  // namespace
}  // namespace cm
