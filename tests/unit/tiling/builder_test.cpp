#include "tiling/builder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "source/tileset.h"

namespace cm::tiling {
namespace {

//! A made-up town of `count` houses and one tower, on rows 40 m apart.
void addTown(Builder& builder, int count) {
  for (int i = 0; i < count; ++i) {
    double lon = 120.3 + (i % 40) * 0.0004, lat = 36.06 + (i / 40) * 0.0004;
    Building house;
    house.id = "house/" + std::to_string(i);
    house.height = i == 7 ? 180.0f : 5.0f + static_cast<float>(i % 11);
    house.heightSource = HeightSource::Measured;
    house.rings = {{{lon, lat}, {lon + 0.0002, lat}, {lon + 0.0002, lat + 0.00015}, {lon, lat + 0.00015}}};
    ASSERT_TRUE(builder.add(std::move(house)));
  }
  GroundFeature road;
  road.id = "road";
  road.name = "中山路";
  road.kind = GroundClass::RoadMajor;
  road.widthMetres = 10;
  road.line = {{120.299, 36.0599}, {120.317, 36.0599}};
  ASSERT_TRUE(builder.add(std::move(road)));
}

class BuilderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("citymirror-builder-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  BuildReport build(const std::string& name, size_t memoryBytes, unsigned jobs, int count = 1600) {
    BuildOptions options;
    options.out = folder_ / name;
    options.memoryBytes = memoryBytes;
    options.jobs = jobs;
    Builder builder(options);
    addTown(builder, count);
    auto report = builder.finish();
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : BuildReport{};
  }

  //! Every file under the folder, by its relative path.
  std::map<std::string, std::string> files(const std::string& name) const {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / name))
      if (entry.is_regular_file()) {
        auto bytes = readFile(entry.path());
        all[std::filesystem::relative(entry.path(), folder_ / name).string()] =
            bytes ? std::string(asText(*bytes)) : "";
      }
    return all;
  }

  Path folder_;
};

TEST_F(BuilderTest, WritesTheSameForAnyMemoryAndAnyNumberOfJobs) {
  build("large", size_t{1} << 30, 2);
  build("small", size_t{1} << 16, 1);  // several sorted runs
  auto large = files("large"), small = files("small");
  ASSERT_GT(large.size(), 4u);
  EXPECT_EQ(large, small);
}

TEST_F(BuilderTest, LeavesNoWorkFolderAndKeepsTheRootSmall) {
  BuildReport report = build("town", size_t{1} << 28, 2);
  EXPECT_EQ(report.buildings, 1600u);
  EXPECT_GT(report.rootBytes, 0u);
  EXPECT_LE(report.rootBytes, size_t{2} << 20);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "town.work"));
}

TEST_F(BuilderTest, ParentsNeverClaimLessErrorThanTheirChildrenAndLeavesNone) {
  build("town", size_t{1} << 28, 2);
  auto bytes = readFile(folder_ / "town" / "tiles" / "tileset.json");
  ASSERT_TRUE(bytes);
  auto tileset = source::parseTileset(*bytes, "tileset.json");
  ASSERT_TRUE(tileset) << tileset.error().text();
  ASSERT_GT(tileset->tiles.size(), 4u);
  for (const auto& tile : tileset->tiles) {
    if (tile.children.empty()) EXPECT_EQ(tile.geometricError, 0);
    for (uint32_t child : tile.children) EXPECT_GE(tile.geometricError, tileset->tiles[child].geometricError);
  }
}

TEST_F(BuilderTest, WhatALevelDrawsHasTheIdOfItsLeaf) {
  build("town", size_t{1} << 28, 2);
  auto bytes = readFile(folder_ / "town" / "tiles" / "tileset.json");
  ASSERT_TRUE(bytes);
  auto tileset = source::parseTileset(*bytes, (folder_ / "town" / "tiles" / "tileset.json").string());
  ASSERT_TRUE(tileset);
  std::map<std::string, size_t> leaves;
  std::vector<std::string> above;
  for (const auto& tile : tileset->tiles)
    for (const auto& uri : tile.contentUris) {
      auto glb = readFile(uri);
      ASSERT_TRUE(glb) << glb.error().text();
      auto content = source::decodeContent(*glb, uri, tile.ecefFromTile);
      ASSERT_TRUE(content) << content.error().text();
      for (const auto& id : content->features.ids) {
        if (tile.children.empty())
          ++leaves[std::string(id)];
        else
          above.emplace_back(id);
      }
    }
  EXPECT_EQ(leaves.count("house/7"), 1u);
  size_t houses = 0;
  for (const auto& [id, tiles] : leaves)
    if (id.starts_with("house/")) {
      ++houses;
      EXPECT_EQ(tiles, 1u) << id;
    }
  EXPECT_EQ(houses, 1600u);
  ASSERT_FALSE(above.empty());
  for (const auto& id : above) EXPECT_TRUE(leaves.contains(id)) << id;
  EXPECT_NE(std::find(above.begin(), above.end(), "house/7"), above.end()) << "the tower is seen from afar";
}

TEST_F(BuilderTest, NamesTheFolderThatCannotBeMade) {
  BuildOptions options;
  options.out = "/proc/nowhere/city";
  Builder builder(options);
  auto report = builder.finish();
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().text().find("/proc/nowhere"), std::string::npos) << report.error().text();
}

}  // namespace
}  // namespace cm::tiling
