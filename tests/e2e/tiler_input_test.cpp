// What the tiler says about bad input: the file, the place in it, what was found and what was expected; that what is sound is
// built all the same; that nothing half-made is left; and exit codes that tell.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/test_data.h"
#include "support/tiler.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::run;

// As citymirror-tiler --help names them.
constexpr int kDone = 0, kInput = 3, kOutput = 4, kPartly = 5;

struct TilerInput : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());
  fs::path city = folder / "city";

  fs::path write(const std::string& name, const std::string& text) {
    EXPECT_TRUE(writeFileAtomically(folder / name, text));
    return folder / name;
  }
  Outcome build(std::vector<std::string> inputs) {
    std::vector<std::string> command{CITYMIRROR_TILER_PROGRAM, "build", "--quiet", "--out", city.string()};
    command.insert(command.end(), inputs.begin(), inputs.end());
    return run(command);
  }
  //! No city, and nothing of one beside it either.
  void expectNothingLeft() const {
    EXPECT_FALSE(fs::exists(city));
    EXPECT_FALSE(fs::exists(city.string() + ".work"));
  }
  bool shows(const std::string& picture) {
    Outcome outcome = run({CITYMIRROR_PROGRAM, "render", (city / "city.json").string(), "--out",
                           (folder / picture).string(), "--size", "160x90", "--samples", "1", "--no-ui"});
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return fs::exists(folder / picture);
  }
};

TEST_F(TilerInput, ATruncatedPbfGivesWhatCameBefore) {
  CM_NEED_SHARED_DATA("cities/osm_small/monaco_2023.osm.pbf");
  const std::string whole = test::textOf(test::sharedData("cities/osm_small/monaco_2023.osm.pbf"));
  // Cut among the relations: nodes and ways are there.
  fs::path cut = write("cut.osm.pbf", whole.substr(0, whole.size() * 94 / 100));
  Outcome outcome = build({"--osm", cut.string()});
  EXPECT_EQ(outcome.code, kPartly) << outcome.output;
  EXPECT_TRUE(outcome.says(cut.string() + ": 第 ") && outcome.says("broken near byte") &&
              outcome.says("expected a whole OSM file"))
      << outcome.output;
  EXPECT_TRUE(outcome.says("1267 buildings")) << outcome.output;
  EXPECT_TRUE(shows("cut.png"));
}

TEST_F(TilerInput, ATruncatedPbfOfNodesOnlyIsRefused) {
  CM_NEED_SHARED_DATA("cities/osm_small/monaco_2023.osm.pbf");
  const std::string whole = test::textOf(test::sharedData("cities/osm_small/monaco_2023.osm.pbf"));
  for (size_t bytes : {size_t{0}, size_t{3}, size_t{5'000}, whole.size() / 2}) {
    fs::path cut = write("cut.osm.pbf", whole.substr(0, bytes));
    Outcome outcome = build({"--osm", cut.string()});
    EXPECT_EQ(outcome.code, kInput) << bytes << " bytes: " << outcome.output;
    EXPECT_TRUE(outcome.says(cut.string())) << bytes << " bytes: " << outcome.output;
    expectNothingLeft();
  }
}

TEST_F(TilerInput, ACoordinateThatIsNoNumberCostsItsBuildingOnly) {
  const std::string town = test::townGeoJson(60);
  const size_t at = town.find("[120.3", town.find("\"b7\""));
  ASSERT_NE(at, std::string::npos);
  fs::path file = write("town.geojson", town.substr(0, at + 1) + "NaN" + town.substr(town.find(',', at)));
  Outcome outcome = build({"--footprints", file.string(), "--height-field", "h"});
  EXPECT_EQ(outcome.code, kPartly) << outcome.output;
  EXPECT_TRUE(outcome.says(file.string() + ": town/b7: 坐标 nan") && outcome.says("coordinate nan") &&
              outcome.says("expected finite longitude and latitude; left out"))
      << outcome.output;
  EXPECT_TRUE(outcome.says("59 buildings")) << outcome.output;
  EXPECT_NE(test::textOf(city / "tiles" / "report.json").find("town/b7"), std::string::npos);
  EXPECT_TRUE(shows("nan.png"));
}

TEST_F(TilerInput, AResumedBuildStillSaysThatAnInputWasDamaged) {
  const std::string town = test::townGeoJson(1600);
  const size_t at = town.find("[120.3", town.find("\"b7\""));
  ASSERT_NE(at, std::string::npos);
  fs::path file = write("town.geojson", town.substr(0, at + 1) + "NaN" + town.substr(town.find(',', at)));
  const std::string tiler = fmt::format("exec '{}' build --quiet --raw --out '{}' --footprints '{}' --height-field h",
                                        CITYMIRROR_TILER_PROGRAM, city.string(), file.string());
  Outcome broken = run({"sh", "-c", "ulimit -f 240; " + tiler});
  ASSERT_EQ(broken.code, kOutput) << broken.output;
  Outcome resumed = run({"sh", "-c", tiler});
  EXPECT_TRUE(resumed.says("going on with the interrupted build")) << resumed.output;
  EXPECT_EQ(resumed.code, kPartly) << resumed.output;
}

TEST_F(TilerInput, ProjectedMetresWithoutANameAreRefusedWithTheFix) {
  fs::path file = write("town.geojson", test::townGeoJson(10, [](double x, double y) {
                          return std::pair{x * 4'000, y * 100'000};
                        }));
  Outcome outcome = build({"--footprints", file.string(), "--height-field", "h"});
  EXPECT_EQ(outcome.code, kInput) << outcome.output;
  EXPECT_TRUE(outcome.says("town/b0") && outcome.says("--crs EPSG:n")) << outcome.output;
  expectNothingLeft();
}

TEST_F(TilerInput, ADemWithoutACrsIsRefusedWithTheFix) {
  fs::path town = write("town.geojson", test::townGeoJson(60));
  std::string grid = "ncols 30\nnrows 30\nxllcorner 120.29\nyllcorner 36.04\ncellsize 0.001\nNODATA_value -9999\n";
  for (int row = 0; row < 30; ++row)
    for (int column = 0; column < 30; ++column) grid += fmt::format("{}{}", 10 + column, column < 29 ? " " : "\n");
  fs::path dem = write("heights.asc", grid);
  Outcome refused = build({"--footprints", town.string(), "--height-field", "h", "--dem", dem.string()});
  EXPECT_EQ(refused.code, kInput) << refused.output;
  EXPECT_TRUE(refused.says(dem.string() + ": 未写明坐标系") && refused.says("names no coordinate reference system") &&
              refused.says("--crs EPSG:n"))
      << refused.output;
  expectNothingLeft();
  // As the message says.
  Outcome named =
      build({"--footprints", town.string(), "--height-field", "h", "--dem", dem.string(), "--crs", "EPSG:4326"});
  EXPECT_EQ(named.code, kDone) << named.output;
  EXPECT_TRUE(named.says("heights for 100 %")) << named.output;
}

TEST_F(TilerInput, AFullDiskIsSaidAndTheNextRunGoesOn) {
  fs::path town = write("town.geojson", test::townGeoJson(1600));
  // Without a disk of its own a limit on the size of files does the same: writing fails in the middle.
  const std::string tiler = fmt::format("exec '{}' build --quiet --raw --out '{}' --footprints '{}' --height-field h",
                                        CITYMIRROR_TILER_PROGRAM, city.string(), town.string());
  Outcome early = run({"sh", "-c", "ulimit -f 8; " + tiler});
  EXPECT_EQ(early.code, kOutput) << early.output;
  EXPECT_TRUE(early.says("buildings.spool: 在第 ") && early.says("writing failed at byte") &&
              early.says("File too large"))
      << early.output;
  expectNothingLeft();
  // The spool fits, the uncompressed tiles do not: what has been done stays beside the city, and says so.
  Outcome late = run({"sh", "-c", "ulimit -f 240; " + tiler});
  ASSERT_EQ(late.code, kOutput) << late.output;
  EXPECT_TRUE(late.says(".glb") && late.says("File too large")) << late.output;
  EXPECT_TRUE(late.says(city.string() + ".work: ")) << late.output;
  EXPECT_FALSE(fs::exists(city));
  Outcome again = run({"sh", "-c", tiler});
  EXPECT_EQ(again.code, kDone) << again.output;
  EXPECT_TRUE(again.says("going on with the interrupted build") && again.says("1600 buildings")) << again.output;
  EXPECT_FALSE(fs::exists(city.string() + ".work"));
  const fs::path fresh = folder / "fresh";
  Outcome whole = run({CITYMIRROR_TILER_PROGRAM, "build", "--quiet", "--raw", "--out", fresh.string(), "--name",
                       "city,city", "--footprints", town.string(), "--height-field", "h"});
  ASSERT_EQ(whole.code, kDone) << whole.output;
  EXPECT_EQ(test::filesIn(city), test::filesIn(fresh));
}

TEST_F(TilerInput, ATmpfsThatIsFullLeavesTheEarlierCity) {
  fs::path small = folder / "small", town = write("town.geojson", test::townGeoJson(1600));
  fs::create_directories(small);
  if (run({"mount", "-t", "tmpfs", "-o", "size=192k", "citymirror-test", small.string()}).code != 0)
    GTEST_SKIP() << "a small file system cannot be mounted here (it takes root)";
  city = small / "city";
  fs::create_directories(city);
  EXPECT_TRUE(writeFileAtomically(city / "city.json", "{}"));
  Outcome outcome = build({"--footprints", town.string(), "--height-field", "h"});
  EXPECT_EQ(outcome.code, kOutput) << outcome.output;
  EXPECT_TRUE(outcome.says("No space left on device") && outcome.says(small.string())) << outcome.output;
  EXPECT_EQ(test::textOf(city / "city.json"), "{}");
  EXPECT_EQ(run({"umount", small.string()}).code, 0);
}

TEST_F(TilerInput, AFileWhereAFolderIsExpectedIsNamed) {
  fs::path town = write("town.geojson", test::townGeoJson(4)), file = write("file", "x");
  city = file;
  Outcome itself = build({"--footprints", town.string()});
  EXPECT_EQ(itself.code, kOutput);
  EXPECT_TRUE(
      itself.says(file.string() + ": 是一个文件，应为文件夹或尚不存在 / is a file, expected a folder or nothing"))
      << itself.output;
  city = file / "city";
  Outcome below = build({"--footprints", town.string()});
  EXPECT_EQ(below.code, kOutput);
  EXPECT_TRUE(below.says(file.string()) && below.says("Not a directory")) << below.output;
  EXPECT_EQ(test::textOf(file), "x");
  city = folder / "other";
  Outcome folderAsOsm = build({"--osm", folder.string()});
  EXPECT_EQ(folderAsOsm.code, kInput);
  EXPECT_TRUE(folderAsOsm.says(folder.string() + ": 是文件夹，应为 OSM 文件 / is a folder, expected an OSM file"))
      << folderAsOsm.output;
}

TEST_F(TilerInput, WhatMayNotBeReadOrWrittenIsNamed) {
  fs::path town = write("town.geojson", test::townGeoJson(4)), closed = folder / "closed";
  fs::create_directories(closed);
  fs::permissions(closed, fs::perms::none);
  std::vector<std::string> as;
  if (::geteuid() == 0) {  // for root nothing is closed
    as = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    std::vector<std::string> probe = as;
    probe.insert(probe.end(), {CITYMIRROR_TILER_PROGRAM, "--help"});
    if (run(probe).code != 0) GTEST_SKIP() << "another user cannot run the program here";
  }
  auto tiler = [&](std::vector<std::string> words) {
    std::vector<std::string> command = as;
    command.insert(command.end(), {CITYMIRROR_TILER_PROGRAM, "build", "--quiet"});
    command.insert(command.end(), words.begin(), words.end());
    return run(command);
  };
  Outcome input = tiler({"--out", (folder / "a").string(), "--osm", (closed / "city.osm").string()});
  EXPECT_EQ(input.code, kInput);
  EXPECT_TRUE(input.says((closed / "city.osm").string()) && input.says("Permission denied")) << input.output;
  Outcome output = tiler({"--out", (closed / "city").string(), "--footprints", town.string()});
  EXPECT_EQ(output.code, kOutput);
  EXPECT_TRUE(output.says(closed.string()) && output.says("Permission denied")) << output.output;
  fs::permissions(closed, fs::perms::owner_all);
  EXPECT_TRUE(fs::is_empty(closed));
}

}  // namespace
}  // namespace cm
