// The window driven as a visitor drives it: keys, mouse, the divider, a pick; on a display of its own.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/files.h"
#include "source/image.h"
#include "support/process.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::run;

bool installed(const std::string& program) { return run({"sh", "-c", "command -v " + program}).code == 0; }

struct WindowTest : testing::Test {
  fs::path folder = test::freshFolder("window");
  test::Environment environment{{"XDG_CACHE_HOME", (folder / "cache").string()}};
  std::unique_ptr<test::Process> server, window;

  void start() {
    // The server takes a number that is free and says it; without -noreset it starts anew whenever its last client leaves, and a
    // program that comes just then finds no display.
    std::string errors = (folder / "xvfb.txt").string();
    server = std::make_unique<test::Process>(
        std::vector<std::string>{
            "sh", "-c", "exec Xvfb -displayfd 1 -screen 0 1280x720x24 -nolisten tcp -noreset 2> '" + errors + "'"},
        test::Environment{}, folder / "display.txt");
    std::string number;  // of the display, a line
    ASSERT_TRUE(test::eventually(20, [&] {
      number = test::textOf(folder / "display.txt");
      return number.ends_with('\n');
    })) << test::textOf(errors);
    environment["DISPLAY"] = ":" + number.substr(0, number.size() - 1);
    ASSERT_TRUE(test::eventually(20, [&] { return run({"xdotool", "getmouselocation"}, environment).code == 0; }));
    fs::path city = test::builtInCity();
    window = std::make_unique<test::Process>(
        std::vector<std::string>{CITYMIRROR_PROGRAM, city.string(), "--size", "1280x720", "--reduced-motion"},
        environment, folder / "window.txt");
    ASSERT_TRUE(test::eventually(60, [&] {
      return !window->running() || run({"xdotool", "search", "--name", "CityMirror"}, environment).code == 0;
    })) << test::textOf(folder / "window.txt");
    ASSERT_TRUE(window->running()) << test::textOf(folder / "window.txt");
    settle("start.png");
  }
  void drive(const std::string& words) {
    auto outcome = run({"sh", "-c", "xdotool " + words}, environment);
    ASSERT_EQ(outcome.code, 0) << words << ": " << outcome.output;
  }
  source::Image shot(const std::string& name) {
    run({"import", "-window", "root", (folder / name).string()}, environment);
    auto bytes = readFile(folder / name);
    if (!bytes) throw std::runtime_error(bytes.error().text());
    auto image = source::decodeImage(*bytes);
    if (!image) throw std::runtime_error(image.error().text());
    return std::move(*image);
  }
  static double difference(const source::Image& a, const source::Image& b, int x0, int y0, int x1, int y1) {
    double sum = 0;
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x)
        for (int c = 0; c < 3; ++c) {
          size_t i = (size_t(y) * a.width + size_t(x)) * 4 + size_t(c);
          sum += std::abs(int(a.rgba[i]) - int(b.rgba[i]));
        }
    return sum / (double(x1 - x0) * (y1 - y0) * 3);
  }
  //! Waits until two screenshots in turn are nearly the same; returns the last.
  source::Image settle(const std::string& name) {
    source::Image last = shot(name);
    for (int i = 0; i < 60; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      source::Image now = shot(name);
      bool same = difference(last, now, 0, 0, int(now.width), int(now.height)) < 0.15;
      last = std::move(now);
      if (same && i > 1) break;
    }
    return last;
  }
  int stop() {
    window->signal(SIGTERM);
    return window->wait();
  }
};

TEST_F(WindowTest, AVisitorTogglesDragsPicksAndSwitchesTheLanguage) {
  for (const char* program : {"Xvfb", "xdotool", "import"})
    if (!installed(program)) GTEST_SKIP() << "needs " << program << ", which is not installed";
  start();
  if (HasFatalFailure()) return;
  source::Image first = settle("first.png");

  drive("mousemove 700 420 mousedown 1 mousemove_relative --sync 60 20 mousemove_relative --sync 60 20 mouseup 1");
  source::Image panned = settle("panned.png");
  EXPECT_GT(difference(first, panned, 500, 200, 900, 600), 2.0) << "dragging does not move the city";

  drive("mousemove 700 420 click 4 click 4 click 4");
  source::Image zoomed = settle("zoomed.png");
  EXPECT_GT(difference(panned, zoomed, 500, 200, 900, 600), 2.0) << "the wheel does not zoom";

  drive("key l");
  source::Image english = settle("english.png");
  EXPECT_GT(difference(zoomed, english, 0, 0, 420, 120), 1.0) << "the language did not change";

  drive("key c");
  settle("swipe.png");
  drive("mousemove 800 360 mousedown 1 mousemove --sync 560 360 mousemove --sync 420 360 mouseup 1");
  settle("divider.png");

  drive("key Home");
  settle("home.png");
  EXPECT_TRUE(window->running()) << test::textOf(folder / "window.txt");
  EXPECT_EQ(stop(), 0) << test::textOf(folder / "window.txt");

  // What was set survives: language, comparison, divider.
  std::string session;
  for (const auto& entry : fs::directory_iterator(folder / "cache" / "citymirror"))
    if (entry.path().filename().string().starts_with("session-")) session = test::textOf(entry.path());
  EXPECT_NE(session.find("\"en\""), std::string::npos) << session;
  EXPECT_NE(session.find("swipe"), std::string::npos) << session;
  size_t at = session.find("\"divider\"");
  ASSERT_NE(at, std::string::npos) << session;
  double divider = std::strtod(session.c_str() + session.find(':', at) + 1, nullptr);
  EXPECT_NEAR(divider, 420.0 / 1280, 0.03) << session;
}

TEST_F(WindowTest, ResizingAndMinimisingAreStates) {
  for (const char* program : {"Xvfb", "xdotool", "import"})
    if (!installed(program)) GTEST_SKIP() << "needs " << program << ", which is not installed";
  environment["CITYMIRROR_VALIDATION"] =
      "1";  // a swapchain that is made anew is where barriers and semaphores go wrong
  start();
  if (HasFatalFailure()) return;
  for (const char* size : {"900 500", "640 700", "1280 720"}) {
    drive(fmt::format("search --name CityMirror windowsize --sync {}", size));
    settle("resized.png");
    ASSERT_TRUE(window->running()) << test::textOf(folder / "window.txt");
  }
  EXPECT_EQ(stop(), 0) << test::textOf(folder / "window.txt");
  std::string said = test::textOf(folder / "window.txt");
  EXPECT_EQ(said.find("vulkan:"), std::string::npos) << said;
  EXPECT_EQ(said.find("validation"), std::string::npos) << said;
}

}  // namespace
}  // namespace cm
