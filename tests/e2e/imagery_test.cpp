// Imagery from a server on this machine and out of an MBTiles file, seen through `citymirror render`.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "source/image.h"
#include "source/imagery.h"
#include "support/process.h"
#include "support/tiler.h"
#include "unit/source/http_server.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using source::ImageryTile;
using source::TileMatrix;

constexpr glm::dvec2 kMiddle{120.308, 36.058};  // of the town
constexpr int kMaxLevel = 16;

//! Red to the north of the town's middle, blue to the south.
std::string pictureOf(const ImageryTile& tile) {
  constexpr uint32_t kSide = 64;
  const source::DegreeRectangle area = rectangleOf(TileMatrix::WebMercator, tile);
  std::vector<uint8_t> rgba;
  for (uint32_t row = 0; row < kSide; ++row) {
    const bool north = area.north - (row + 0.5) / kSide * (area.north - area.south) > kMiddle.y;
    for (uint32_t column = 0; column < kSide; ++column)
      for (int c : {north ? 230 : 20, 20, north ? 20 : 230, 255}) rgba.push_back(uint8_t(c));
  }
  return std::string(asText(*source::encodePng(kSide, kSide, rgba)));
}

//! "/14/13662/6414.png"
std::string answerTo(const std::string& path) {
  ImageryTile tile;
  if (std::sscanf(path.c_str(), "/%d/%u/%u.png", &tile.level, &tile.x, &tile.y) != 3)
    return test::HttpServer::status(404);
  return test::HttpServer::ok(pictureOf(tile));
}

//! Every level down to kMaxLevel, some tiles about the town; rows counted from the south, as the format has it.
void writeMbtiles(const fs::path& file) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  sqlite3_exec(
      database,
      "CREATE TABLE metadata (name text, value text); INSERT INTO metadata VALUES ('format', 'png'), ('name', 'x');"
      "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob); BEGIN",
      nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(database, "INSERT INTO tiles VALUES (?, ?, ?, ?)", -1, &insert, nullptr), SQLITE_OK);
  const glm::dvec2 place = matrixPlace(TileMatrix::WebMercator, kMiddle);
  for (int level = 0; level <= kMaxLevel; ++level) {
    const int64_t count = int64_t{1} << level, reach = 8;
    const auto column = int64_t(place.x * double(count)), row = int64_t(place.y * double(count));
    for (int64_t x = std::max<int64_t>(column - reach, 0); x <= std::min(column + reach, count - 1); ++x)
      for (int64_t y = std::max<int64_t>(row - reach, 0); y <= std::min(row + reach, count - 1); ++y) {
        const std::string png = pictureOf({level, uint32_t(x), uint32_t(y)});
        sqlite3_bind_int(insert, 1, level);
        sqlite3_bind_int64(insert, 2, x);
        sqlite3_bind_int64(insert, 3, count - 1 - y);
        sqlite3_bind_blob(insert, 4, png.data(), int(png.size()), SQLITE_TRANSIENT);
        ASSERT_EQ(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
      }
  }
  sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_finalize(insert);
  sqlite3_close(database);
}

struct ImageryPrograms : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());

  void SetUp() override {
    ASSERT_TRUE(writeFileAtomically(folder / "town.geojson", test::townGeoJson(1600)));
    const test::Outcome built = test::run({CITYMIRROR_TILER_PROGRAM, "build", "--out", (folder / "town").string(),
                                           "--footprints", (folder / "town.geojson").string(), "--height-field", "h"});
    ASSERT_EQ(built.code, 0) << built.output;
  }
  //! What part of the picture's upper half is red, and of its lower half blue.
  std::array<double, 2> seen(const nlohmann::json& imagery) {
    nlohmann::json city = nlohmann::json::parse(test::textOf(folder / "town" / "city.json"));
    if (!imagery.is_null()) city["imagery"] = {imagery};
    EXPECT_TRUE(writeFileAtomically(folder / "town" / "shown.json", city.dump()));
    const fs::path out = folder / "picture.png";
    const test::Outcome drawn =
        test::run({CITYMIRROR_PROGRAM, "render", (folder / "town" / "shown.json").string(), "--out", out.string(),
                   "--size", "480x270", "--samples", "4", "--no-ui", "--no-cache", "--look", "day", "--camera",
                   fmt::format("{},{},900,0,-55", kMiddle.x, kMiddle.y - 0.0057)},
                  {{"no_proxy", "127.0.0.1"}});
    EXPECT_EQ(drawn.code, 0) << drawn.output;
    const auto bytes = readFile(out);
    const auto image = bytes ? source::decodeImage(*bytes) : Result<source::Image>(bytes.error());
    EXPECT_TRUE(image);
    std::array<double, 2> parts{};
    if (!image) return parts;
    const size_t half = image->rgba.size() / 8;  // pixels of one
    for (size_t i = 0; i < 2 * half; ++i) {
      const int redder = image->rgba[4 * i] - image->rgba[4 * i + 2];
      if (i < half ? redder > 40 : redder < -40) parts[i < half ? 0 : 1] += 1.0 / double(half);
    }
    return parts;
  }
};

TEST_F(ImageryPrograms, FromAServerAndOutOfMbtilesTheGroundIsPaintedWhereItShould) {
  const auto without = seen({});
  EXPECT_LT(without[0], 0.02);
  EXPECT_LT(without[1], 0.02);
  test::HttpServer server(answerTo);
  const auto served =
      seen({{"id", "xyz"}, {"kind", "xyz"}, {"uri", server.uri("/{z}/{x}/{y}.png")}, {"maxLevel", kMaxLevel}});
  EXPECT_GT(server.connections(), 0u);
  EXPECT_GT(served[0], 0.3);
  EXPECT_GT(served[1], 0.3);
  writeMbtiles(folder / "town" / "ortho.mbtiles");
  const auto stored = seen({{"id", "file"}, {"kind", "mbtiles"}, {"uri", "ortho.mbtiles"}, {"maxLevel", kMaxLevel}});
  EXPECT_NEAR(stored[0], served[0], 0.01);
  EXPECT_NEAR(stored[1], served[1], 0.01);
}

}  // namespace
}  // namespace cm
