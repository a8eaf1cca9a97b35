// A terrain on the disk, seen through `citymirror render layer.json`.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/files.h"
#include "geo/ellipsoid.h"
#include "source/image.h"
#include "support/process.h"
#include "support/terrain_tile.h"
#include "support/tiler.h"

namespace cm {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kLevel = 12, kX = 6834, kY = 2870;  // 4.9 km at 36 degrees north
constexpr double kLonDegrees = -180 + (kX + 0.5) * 180 / 4096, kLatDegrees = -90 + (kY + 0.5) * 180 / 4096;

//! A hill of 600 m with ridges, in the middle of the coarsest tile.
double hill(double lonDegrees, double latDegrees) {
  const double x = (lonDegrees - kLonDegrees) * 111320 * std::cos(kLatDegrees * geo::kDegree),
               y = (latDegrees - kLatDegrees) * 111320;
  const double away = std::hypot(x, y) / 900, ridges = 1 + 0.25 * std::cos(5 * std::atan2(y, x)) * std::tanh(away);
  return 20 + 600 * std::exp(-away * away / ridges / ridges);
}

void writeTile(const fs::path& folder, uint32_t level, uint32_t x, uint32_t y) {
  test::TerrainTileMaker maker;
  const double degrees = 180.0 / double(1u << level);
  maker.heightMetres = [=](double u, double v) { return hill(-180 + (x + u) * degrees, -90 + (y + v) * degrees); };
  maker.normalEcef = [=](double u,
                         double v) {  // as servers send them: of the formula, the same on both sides of an edge
    const double lon = -180 + (x + u) * degrees, lat = -90 + (y + v) * degrees, step = 1e-5;
    const auto at = [](double east, double north) { return geo::ecefFromGeodetic({east, north, hill(east, north)}); };
    return glm::normalize(
        glm::cross(at(lon + step, lat) - at(lon - step, lat), at(lon, lat + step) - at(lon, lat - step)));
  };
  ASSERT_TRUE(writeFileAtomically(folder / fmt::format("{}/{}/{}.terrain", level, x, y), maker.bytes()));
}

enum class Finest { All, Part };

//! Three levels; of the finest either all, or all but the north-eastern quarter and one tile more.
std::string writeTerrain(const fs::path& folder, Finest finest) {
  writeTile(folder, kLevel, kX, kY);
  const uint32_t x = 4 * kX, y = 4 * kY;
  for (uint32_t i = 0; i < 4; ++i) writeTile(folder, kLevel + 1, 2 * kX + i % 2, 2 * kY + i / 2);
  std::string ranges;
  for (uint32_t i = 0; i < 16; ++i) {
    const uint32_t column = i % 4, row = i / 4;
    if (finest == Finest::Part && ((column >= 2 && row >= 2) || (column == 1 && row == 1))) continue;
    writeTile(folder, kLevel + 2, x + column, y + row);
    ranges += (ranges.empty() ? "" : ",") + test::terrainRange(x + column, y + row, x + column, y + row);
  }
  std::string levels;
  for (uint32_t level = 0; level < kLevel; ++level) levels += "[],";
  levels += fmt::format("[{}],[{}],[{}]", test::terrainRange(kX, kY, kX, kY),
                        test::terrainRange(2 * kX, 2 * kY, 2 * kX + 1, 2 * kY + 1), ranges);
  const std::string json = fmt::format(
      R"({{"tilejson":"2.1.0","format":"quantized-mesh-1.0","version":"1.0.0","scheme":"tms","projection":"EPSG:4326",)"
      R"("tiles":["{{z}}/{{x}}/{{y}}.terrain?v={{version}}"],"available":[{}]}})",
      levels);
  EXPECT_TRUE(writeFileAtomically(folder / "layer.json", json));
  return (folder / "layer.json").string();
}

struct Terrain : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());

  test::Outcome render(const std::string& layer, const std::string& name) {
    return test::run({CITYMIRROR_PROGRAM, "render", layer, "--out", (folder / name).string(), "--size", "480x270",
                      "--samples", "4", "--no-ui"});
  }
  source::Image picture(const std::string& name) {
    auto bytes = readFile(folder / name);
    auto image = bytes ? source::decodeImage(*bytes) : Result<source::Image>(bytes.error());
    EXPECT_TRUE(image) << image.error().text();
    return image ? std::move(*image) : source::Image{};
  }
};

double brightness(const source::Image& image, uint32_t x, uint32_t y) {
  const uint8_t* pixel = &image.rgba[(size_t{y} * image.width + x) * 4];
  return (pixel[0] + pixel[1] + pixel[2]) / 3.0;
}
//! Mean absolute difference over the whole picture, 0..255.
double difference(const source::Image& a, const source::Image& b) {
  double sum = 0;
  for (uint32_t y = 0; y < a.height; ++y)
    for (uint32_t x = 0; x < a.width; ++x) sum += std::abs(brightness(a, x, y) - brightness(b, x, y));
  return sum / (double(a.width) * a.height);
}
//! From the darkest to the brightest of the middle, where the hill is.
double contrast(const source::Image& image) {
  double low = 255, high = 0;
  for (uint32_t y = image.height / 4; y < image.height * 3 / 4; ++y)
    for (uint32_t x = image.width / 4; x < image.width * 3 / 4; ++x) {
      low = std::min(low, brightness(image, x, y));
      high = std::max(high, brightness(image, x, y));
    }
  return high - low;
}

TEST_F(Terrain, AHillIsLitAndWholeWhereItsFinestTilesAreNotAllThere) {
  test::Outcome all = render(writeTerrain(folder / "all", Finest::All), "all.png");
  ASSERT_EQ(all.code, 0) << all.output;
  test::Outcome part = render(writeTerrain(folder / "part", Finest::Part), "part.png");
  ASSERT_EQ(part.code, 0) << part.output;
  EXPECT_GT(contrast(picture("all.png")), 40);
  EXPECT_LT(difference(picture("all.png"), picture("part.png")), 1.0);
}

TEST_F(Terrain, WhereATileIsMissingItsParentStays) {
  const std::string layer = writeTerrain(folder / "hill", Finest::All);
  test::Outcome all = render(layer, "all.png");
  ASSERT_EQ(all.code, 0) << all.output;
  fs::remove(folder / fmt::format("hill/{}/{}/{}.terrain", kLevel + 1, 2 * kX, 2 * kY));
  test::Outcome outcome = render(layer, "missing.png");
  EXPECT_NE(outcome.code, 0);
  EXPECT_TRUE(outcome.says("its parent stays")) << outcome.output;
  EXPECT_GT(contrast(picture("missing.png")), 40);
  EXPECT_LT(difference(picture("all.png"), picture("missing.png")), 3.0);
}

}  // namespace
}  // namespace cm
