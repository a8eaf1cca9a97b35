// A town in one file: packed by the tiler, opened by every program that opens a folder, and the same picture in the end.
#include <gtest/gtest.h>
#include <zip.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.h"
#include "source/image.h"
#include "support/process.h"
#include "support/tiler.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::run;

struct ArchivePrograms : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());
  fs::path town = folder / "town";

  void SetUp() override {
    ASSERT_TRUE(writeFileAtomically(folder / "town.geojson", test::townGeoJson(1600)));
    Outcome built = run({CITYMIRROR_TILER_PROGRAM, "build", "--out", town.string(), "--footprints",
                         (folder / "town.geojson").string(), "--height-field", "h", "--name", "小镇,Town"});
    ASSERT_EQ(built.code, 0) << built.output;
  }
  static Outcome pack(const fs::path& from, const fs::path& out) {
    return run({CITYMIRROR_TILER_PROGRAM, "pack", from.string(), "--out", out.string()});
  }
  //! As other programs do.
  static void zip(const fs::path& from, const std::string& prefix, const fs::path& out) {
    int code = 0;
    zip_t* archive = zip_open(out.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
    ASSERT_TRUE(archive) << code;
    for (const auto& [name, body] : test::filesIn(from)) {
      zip_source_t* file = zip_source_file(archive, (from / name).c_str(), 0, -1);
      ASSERT_GE(zip_file_add(archive, (prefix + name).c_str(), file, ZIP_FL_ENC_UTF_8), 0);
    }
    ASSERT_EQ(zip_close(archive), 0);
  }
  static Outcome check(const fs::path& city) { return run({CITYMIRROR_PROGRAM, "check", city.string()}); }
  source::Image picture(const fs::path& city) const {
    const fs::path out = folder / "picture.png";
    Outcome drawn = run({CITYMIRROR_PROGRAM, "render", city.string(), "--out", out.string(), "--size", "480x270",
                         "--samples", "4", "--no-ui"});
    EXPECT_EQ(drawn.code, 0) << city << ": " << drawn.output;
    auto bytes = readFile(out);
    auto image = bytes ? source::decodeImage(*bytes) : Result<source::Image>(bytes.error());
    EXPECT_TRUE(image);
    return image ? std::move(*image) : source::Image{};
  }
  //! One step of 255 is what two runs over the same folder may differ by.
  static void expectSame(const source::Image& a, const source::Image& b) {
    ASSERT_EQ(a.rgba.size(), b.rgba.size());
    ASSERT_FALSE(a.rgba.empty());
    std::set<uint32_t> colours;
    int largest = 0;
    for (size_t i = 0; i < a.rgba.size(); ++i) largest = std::max(largest, std::abs(int(a.rgba[i]) - int(b.rgba[i])));
    for (size_t i = 0; i + 3 < a.rgba.size(); i += 4)
      colours.insert(a.rgba[i] << 16 | a.rgba[i + 1] << 8 | a.rgba[i + 2]);
    EXPECT_LE(largest, 1);
    EXPECT_GT(colours.size(), 200u);  // there is something to see
  }
};

TEST_F(ArchivePrograms, ATownInOneFileLooksAsItsFolderDoes) {
  Outcome packed = pack(town, folder / "town.zip");
  ASSERT_EQ(packed.code, 0) << packed.output;
  EXPECT_TRUE(packed.says("个文件 / files")) << packed.output;
  Outcome checked = check(folder / "town.zip");
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_TRUE(checked.says("town.zip/city.json: 没有问题 / no problems (小镇 · Town; 1 tilesets")) << checked.output;
  const source::Image fromFolder = picture(town);
  fs::rename(town, folder / "gone");  // nothing comes from there any more
  expectSame(picture(folder / "town.zip"), fromFolder);
  // Made by hand, the folder itself in it.
  zip(folder / "gone", "town/", folder / "hand.zip");
  EXPECT_TRUE(check(folder / "hand.zip").says("hand.zip/town/city.json: 没有问题"));
}

TEST_F(ArchivePrograms, A3tzStandsWhereverATilesetMay) {
  Outcome packed = pack(town / "tiles", folder / "town.3tz");
  ASSERT_EQ(packed.code, 0) << packed.output;
  const source::Image bare = picture(town / "tiles" / "tileset.json"), city = picture(town);
  expectSame(picture(folder / "town.3tz"), bare);
  // A tileset that has it as an external one; the town's own transform stands within.
  const nlohmann::json inner = nlohmann::json::parse(test::textOf(town / "tiles" / "tileset.json"));
  const std::vector<double> place = inner["root"]["transform"];
  nlohmann::json outer = {{"asset", {{"version", "1.1"}}}, {"geometricError", 1000}};
  outer["root"] = {{"geometricError", 1000}, {"refine", "REPLACE"}};
  outer["root"]["boundingVolume"]["sphere"] = {place.at(12), place.at(13), place.at(14), 1200};
  const auto within = [&](const char* uri) {
    outer["root"]["content"]["uri"] = uri;
    EXPECT_TRUE(writeFileAtomically(folder / "outer.json", outer.dump()));
    return picture(folder / "outer.json");
  };
  expectSame(within("town.3tz"), within("town/tiles/tileset.json"));
  // Named by a city document.
  std::string document = test::textOf(town / "city.json");
  const size_t uri = document.find("tiles/tileset.json");
  ASSERT_NE(uri, std::string::npos);
  ASSERT_TRUE(writeFileAtomically(town / "city.json", document.replace(uri, 18, "../town.3tz")));
  fs::remove_all(town / "tiles");
  expectSame(picture(town), city);
}

TEST_F(ArchivePrograms, WhatIsWrongIsNamed) {
  EXPECT_EQ(pack(town, folder / "town.rar").code, 2);
  EXPECT_EQ(pack(folder / "none", folder / "town.zip").code, 3);
  EXPECT_EQ(pack(town, folder / "town.geojson" / "town.zip").code, 4);
  EXPECT_EQ(run({CITYMIRROR_TILER_PROGRAM, "pack", "--out", (folder / "town.zip").string()}).code, 2);
  EXPECT_TRUE(run({CITYMIRROR_TILER_PROGRAM, "--help"}).says("pack  CITY --out CITY.zip|TILES.3tz"));

  ASSERT_EQ(pack(town, folder / "town.zip").code, 0);
  fs::resize_file(folder / "town.zip", fs::file_size(folder / "town.zip") / 2);
  Outcome cut = check(folder / "town.zip");
  EXPECT_EQ(cut.code, 1);
  EXPECT_TRUE(cut.says("town.zip: cannot be read as an archive") && cut.says("was it copied whole?")) << cut.output;

  // A city from anybody in one file, which would like to see more of this machine.
  ASSERT_TRUE(writeFileAtomically(
      folder / "bad" / "city.json",
      R"({"version":1,"id":"bad","origin":{"lon":120,"lat":36},"tilesets":[{"id":"t","uri":"../../town/tiles/tileset.json"}]})"));
  zip(folder / "bad", "bad/", folder / "bad.zip");
  Outcome bad = check(folder / "bad.zip");
  EXPECT_EQ(bad.code, 1);
  EXPECT_TRUE(bad.says("is a file of this machine, and a city in an archive may not read it")) << bad.output;
}

}  // namespace
}  // namespace cm
