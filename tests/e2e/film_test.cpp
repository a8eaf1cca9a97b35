// `citymirror film`: a whole file or none, and what was interrupted is gone on with.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "source/image.h"
#include "support/flip.h"
#include "support/process.h"
#include "support/tiler.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::run;

struct Film : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());
  fs::path out = folder / "film.mp4", frames = folder / "film.mp4.frames";

  Outcome film(const test::Environment& environment = {}, std::vector<std::string> more = {"--turntable"}) {
    std::vector<std::string> command{CITYMIRROR_PROGRAM,
                                     "film",
                                     test::builtInCity().string(),
                                     "--out",
                                     out.string(),
                                     "--size",
                                     "161x90",
                                     "--seconds",
                                     "1",
                                     "--fps",
                                     "4",
                                     "--samples",
                                     "1",
                                     "--no-ui"};
    command.insert(command.end(), more.begin(), more.end());
    return run(command, environment);
  }
  //! A folder to look for programs in, with an ffmpeg of the test's own that says it cannot.
  fs::path brokenFfmpeg() {
    const fs::path programs = folder / "programs", ffmpeg = programs / "ffmpeg";
    fs::create_directories(programs);
    std::ofstream(ffmpeg) << "#!/bin/sh\nexit 3\n";
    fs::permissions(ffmpeg, fs::perms::owner_all);
    return programs;
  }
};

TEST_F(Film, FramesThatAreThereAreNotDrawnAgainAndGoWhenTheFilmIsWhole) {
  if (std::system("ffmpeg -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs ffmpeg";
  const Outcome failed = film({{"PATH", brokenFfmpeg().string()}});
  EXPECT_EQ(failed.code, 1) << failed.output;
  EXPECT_NE(failed.output.find("exit code 3"), std::string::npos) << failed.output;
  EXPECT_FALSE(fs::exists(out));
  for (const char* name : {"000000.png", "000001.png", "000002.png", "000003.png"})
    ASSERT_TRUE(fs::exists(frames / name)) << failed.output;
  auto first = readFile(frames / "000000.png"), third = readFile(frames / "000002.png");
  ASSERT_TRUE(first && third);
  EXPECT_NE(*first, *third) << "half way round the city looks as at the start";
  fs::remove(frames / "000003.png");  // as if killed before it
  const auto kept = fs::last_write_time(frames / "000000.png");
  const Outcome again = film({{"PATH", brokenFfmpeg().string()}});
  EXPECT_NE(again.output.find("going on with the frames there"), std::string::npos) << again.output;
  EXPECT_EQ(fs::last_write_time(frames / "000000.png"), kept);
  EXPECT_TRUE(fs::exists(frames / "000003.png"));

  const Outcome whole = film();
  ASSERT_EQ(whole.code, 0) << whole.output;
  EXPECT_FALSE(fs::exists(frames));
  const auto film = readFile(out);
  ASSERT_TRUE(film);
  EXPECT_EQ(std::string(asText(*film).substr(4, 4)), "ftyp");
}

TEST_F(Film, BeginsWithTheWholePicture) {
  film({{"PATH", brokenFfmpeg().string()}}, {"--view", "home", "--view", "port"});
  const fs::path still = folder / "still.png";
  const Outcome rendered = run({CITYMIRROR_PROGRAM, "render", test::builtInCity().string(), "--out", still.string(),
                                "--size", "161x90", "--samples", "1", "--no-ui", "--view", "home"});
  ASSERT_EQ(rendered.code, 0) << rendered.output;
  const auto load = [](const fs::path& file) {
    auto bytes = readFile(file);
    return bytes ? source::decodeImage(*bytes) : Result<source::Image>(bytes.error());
  };
  const auto first = load(frames / "000000.png"), picture = load(still);
  ASSERT_TRUE(first && picture);
  EXPECT_LT(test::meanFlip(*first, *picture), 0.03) << "a level of detail is still coming";
}

TEST_F(Film, FramesOfAnotherFilmAreNotTakenForThisOnes) {
  const test::Environment broken{{"PATH", brokenFfmpeg().string()}};
  film(broken);
  auto before = readFile(frames / "000000.png");
  ASSERT_TRUE(before);
  const Outcome other = film(broken, {"--view", "old-town", "--view", "port"});
  EXPECT_EQ(other.output.find("going on"), std::string::npos) << other.output;
  auto after = readFile(frames / "000000.png");
  ASSERT_TRUE(after);
  EXPECT_NE(*before, *after);
}

TEST_F(Film, HasMoreSamplesThanAStillUnlessToldOtherwise) {
  run({CITYMIRROR_PROGRAM, "film", test::builtInCity().string(), "--out", out.string(), "--size", "161x90", "--seconds",
       "0.25", "--fps", "4", "--view", "home"},
      {{"PATH", brokenFfmpeg().string()}});
  const auto told = readFile(frames / "film.txt");
  ASSERT_TRUE(told);
  EXPECT_NE(asText(*told).find(" 16 samples\n"), std::string::npos) << asText(*told);
}

TEST_F(Film, WithoutFfmpegThePackageIsNamedBeforeAnythingIsDrawn) {
  const Outcome outcome = film({{"PATH", folder.string()}});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.output.find("apt install ffmpeg"), std::string::npos) << outcome.output;
  EXPECT_FALSE(fs::exists(frames));
}

TEST_F(Film, AViewThatIsNotThereIsNamedWithThoseThatAre) {
  const Outcome outcome = film({{"PATH", brokenFfmpeg().string()}}, {"--view", "nowhere"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.output.find("nowhere"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("old-town"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace cm
