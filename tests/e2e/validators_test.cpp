// The tiler's output as others see it: the public validators of glTF and 3D Tiles (npm), and an uncompressed twin for what
// they cannot look into.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "source/tileset.h"
#include "support/process.h"

namespace cm {
namespace {

namespace fs = std::filesystem;

const fs::path kModules = fs::path(CITYMIRROR_SOURCE_DIR) / "build/deps/node/node_modules";
const fs::path kScript = fs::path(CITYMIRROR_SOURCE_DIR) / "tests/e2e/validate_glb.cjs";

#define CM_NEED_VALIDATORS()                                                                                         \
  if (!fs::exists(kModules / "gltf-validator") || !fs::exists(kModules / "3d-tiles-tools") ||                        \
      test::run({"node", "--version"}).code != 0)                                                                    \
  GTEST_SKIP() << "needs node and the public validators in " << kModules.string() << "; tools/setup fetches them with npm"

//! A town of some hundred buildings with courtyards and Chinese names, tiled once for all tests here, with its twin.
const fs::path& town() {
  static const fs::path folder = [] {
    fs::path made = test::freshFolder("validators");
    std::string features;
    for (int i = 0; i < 900; ++i) {
      const double lon = 120.30 + (i % 30) * 0.0007, lat = 36.05 + (i / 30) * 0.0006, s = 0.0002, c = 0.00006;
      const auto ring = [&](double from, double to) {
        return fmt::format("[[{0},{2}],[{1},{2}],[{1},{3}],[{0},{3}],[{0},{2}]]", lon + from, lon + to, lat + from, lat + to);
      };
      features += fmt::format(
          R"({}{{"type":"Feature","properties":{{"h":{},"name":"{}"}},"geometry":{{"type":"Polygon","coordinates":[{}{}]}}}})",
          i ? ",\n" : "", 6 + i * 37 % 60, i % 4 == 0 ? fmt::format("八大关 {} 号", i) : "", ring(0, s),
          i % 5 == 0 ? "," + ring(c, s - c) : "");
    }
    const fs::path file = made / "town.geojson";
    if (!writeFileAtomically(file, R"({"type":"FeatureCollection","features":[)" + features + "]}"))
      throw std::runtime_error("cannot write " + file.string());
    const auto outcome = test::run({CITYMIRROR_TILER_PROGRAM, "build", "--out", (made / "city").string(), "--footprints",
                                    file.string(), "--height-field", "h", "--raw"});
    if (outcome.code != 0) throw std::runtime_error("citymirror-tiler: " + outcome.output);
    return made / "city";
  }();
  return folder;
}

std::vector<fs::path> glbsBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".glb") files.push_back(fs::relative(entry.path(), folder));
  std::sort(files.begin(), files.end());
  return files;
}

test::Outcome tool(std::vector<std::string> arguments) {
  std::vector<std::string> command{"node", (kModules / "3d-tiles-tools/build/src/cli.mjs").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return test::run(command);
}

TEST(Validators, GltfValidatorFindsNoError) {
  CM_NEED_VALIDATORS();
  ASSERT_GT(glbsBelow(town() / "tiles").size(), 4u);
  const auto outcome = test::run({"node", kScript.string(), kModules.string(), (town() / "tiles").string(),
                                  (town() / "tiles_raw").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_TRUE(outcome.says(fmt::format("{} files, 0 errors, 0 warnings", 2 * glbsBelow(town() / "tiles").size())))
      << outcome.output;
}

TEST(Validators, GltfValidatorScriptNoticesAnError) {
  CM_NEED_VALIDATORS();
  const fs::path folder = test::freshFolder("validators_broken");
  Bytes glb = *readFile(town() / "tiles_raw" / glbsBelow(town() / "tiles_raw").front());
  const auto at = asText(glb).find(R"("max":[)");
  ASSERT_NE(at, std::string_view::npos);
  std::memcpy(glb.data() + at, R"("mix")", 5);
  ASSERT_TRUE(writeFileAtomically(folder / "a.glb", std::span<const std::byte>(glb)));
  EXPECT_EQ(test::run({"node", kScript.string(), kModules.string(), folder.string()}).code, 1);
}

TEST(Validators, TilesToolsReadTheTilesetWhole) {
  CM_NEED_VALIDATORS();
  const fs::path folder = test::freshFolder("validators_tools"), tileset = town() / "tiles/tileset.json";
  // Follows every reference of the tileset and packs what it finds.
  auto outcome = tool({"convert", "-f", "-i", tileset.string(), "-o", (folder / "town.3tz").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_FALSE(outcome.says("ERROR")) << outcome.output;
  outcome = tool({"convert", "-f", "-i", (folder / "town.3tz").string(), "-o", (folder / "unpacked").string()});
  EXPECT_FALSE(outcome.says("ERROR")) << outcome.output;
  EXPECT_EQ(glbsBelow(folder / "unpacked"), glbsBelow(town() / "tiles"));
  outcome = tool({"upgrade", "-f", "--targetVersion", "1.1", "-i", tileset.string(), "-o", (folder / "upgraded").string()});
  EXPECT_FALSE(outcome.says("ERROR")) << outcome.output;
  EXPECT_EQ(glbsBelow(folder / "upgraded"), glbsBelow(town() / "tiles"));
}

//! The tools decode every content to find its bounds: an independent reader of our compressed meshes.
std::map<std::string, std::vector<double>> boxesSeenByTools(const fs::path& tiles, const fs::path& out) {
  const auto outcome = tool({"createTilesetJson", "-f", "-i", tiles.string(), "-o", out.string()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_FALSE(outcome.says("ERROR")) << outcome.output;
  std::map<std::string, std::vector<double>> boxes;
  const auto made = nlohmann::json::parse(test::textOf(out));
  for (const auto& child : made["root"]["children"])
    boxes[child["content"]["uri"]] = child["boundingVolume"]["box"].get<std::vector<double>>();
  return boxes;
}

TEST(Validators, ToolsDecodeCompressedAndPlainAlike) {
  CM_NEED_VALIDATORS();
  const fs::path folder = test::freshFolder("validators_boxes"), packed = folder / "packed", plain = folder / "plain";
  for (const auto& [from, to] : {std::pair(town() / "tiles", packed), std::pair(town() / "tiles_raw", plain)})
    for (const fs::path& glb : glbsBelow(from)) {
      fs::create_directories((to / glb).parent_path());
      fs::copy_file(from / glb, to / glb);
    }
  const auto a = boxesSeenByTools(packed, folder / "packed.json"), b = boxesSeenByTools(plain, folder / "plain.json");
  EXPECT_EQ(a.size(), glbsBelow(packed).size());
  EXPECT_EQ(a, b);
}

//! What the file says about a tile is true of its content, and children stay within what 3D Tiles 1.1 demands.
TEST(Validators, TilesetIsTrueAndTwinDecodesToTheSame) {
  const std::string uri = (town() / "tiles/tileset.json").string();
  auto tileset = source::parseTileset(*readFile(uri), uri);
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_TRUE(tileset->warnings.empty());
  EXPECT_EQ(tileset->version, "1.1");
  size_t contents = 0;
  for (const source::TileDescription& tile : tileset->tiles) {
    EXPECT_LE(tile.geometricError, tileset->geometricError);
    for (uint32_t child : tile.children) {
      EXPECT_LE(tileset->tiles[child].geometricError, tile.geometricError);
      EXPECT_LT(geo::distanceTo(tile.bounds, geo::centreOf(tileset->tiles[child].bounds)), 0.01);
    }
    for (const std::string& content : tile.contentUris) {
      ++contents;
      auto packed = source::decodeContent(*readFile(content), content, tile.ecefFromTile);
      ASSERT_TRUE(packed) << packed.error().text();
      const fs::path twin = town() / "tiles_raw" / fs::relative(content, town() / "tiles");
      auto plain = source::decodeContent(*readFile(twin), content, tile.ecefFromTile);
      ASSERT_TRUE(plain) << plain.error().text();
      ASSERT_EQ(packed->vertices.size(), plain->vertices.size());
      EXPECT_EQ(std::memcmp(packed->vertices.data(), plain->vertices.data(),
                            packed->vertices.size() * sizeof(source::Vertex)), 0) << content;
      EXPECT_EQ(packed->indices, plain->indices) << content;
      EXPECT_EQ(packed->features.ids, plain->features.ids) << content;
      double outside = 0;
      for (const source::Vertex& v : packed->vertices)
        outside = std::max(outside, geo::distanceTo(tile.bounds, glm::dvec3(packed->ecefFromContent * glm::dvec4(v.position, 1))));
      EXPECT_LT(outside, 0.05) << content;
    }
  }
  EXPECT_EQ(contents, glbsBelow(town() / "tiles").size());
}

}  // namespace
}  // namespace cm
