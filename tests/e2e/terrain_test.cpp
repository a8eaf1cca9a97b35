// A terrain on the disk, seen through `citymirror render layer.json`.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

//! A plain of 20 m whose tiles are lit as slopes, the finest to the east, all others to the west: what is drawn where is plain to see.
//! `there`: which of the sixteen finest tiles there are.
std::string writePlain(const fs::path& folder, std::initializer_list<uint32_t> there) {
  const auto write = [&](uint32_t level, uint32_t x, uint32_t y, double slope) {
    test::TerrainTileMaker maker;
    const double degrees = 180.0 / double(1u << level);
    maker.heightMetres = [](double, double) { return 20.0; };
    maker.normalEcef = [=](double u, double v) {
      const geo::EnuFrame frame = geo::enuFrameAt({-180 + (x + u) * degrees, -90 + (y + v) * degrees, 20});
      return glm::normalize(glm::dvec3(frame.ecefFromEnu * glm::dvec4(slope, 0, 1, 0)));
    };
    ASSERT_TRUE(writeFileAtomically(folder / fmt::format("{}/{}/{}.terrain", level, x, y), maker.bytes()));
  };
  write(kLevel, kX, kY, -1);
  for (uint32_t i = 0; i < 4; ++i) write(kLevel + 1, 2 * kX + i % 2, 2 * kY + i / 2, -1);
  std::string ranges, levels;
  for (const uint32_t i : there) {
    const uint32_t x = 4 * kX + i % 4, y = 4 * kY + i / 4;
    write(kLevel + 2, x, y, 1);
    ranges += (ranges.empty() ? "" : ",") + test::terrainRange(x, y, x, y);
  }
  for (uint32_t level = 0; level < kLevel; ++level) levels += "[],";
  levels += fmt::format("[{}],[{}],[{}]", test::terrainRange(kX, kY, kX, kY),
                        test::terrainRange(2 * kX, 2 * kY, 2 * kX + 1, 2 * kY + 1), ranges);
  const std::string json =
      fmt::format(R"({{"format":"quantized-mesh-1.0","version":"1","scheme":"tms","projection":"EPSG:4326",)"
                  R"("tiles":["{{z}}/{{x}}/{{y}}.terrain"],"available":[{}]}})",
                  levels);
  EXPECT_TRUE(writeFileAtomically(folder / "layer.json", json));
  return (folder / "layer.json").string();
}

struct Terrain : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());

  test::Outcome render(const std::string& layer, const std::string& name, const std::string& camera = {}) {
    std::vector<std::string> command = {CITYMIRROR_PROGRAM, "render",  layer,       "--out", (folder / name).string(),
                                        "--size",           "480x270", "--samples", "4",     "--no-ui"};
    if (!camera.empty()) command.insert(command.end(), {"--camera", camera});
    return test::run(command);
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
  test::Outcome checked = test::run({CITYMIRROR_PROGRAM, "check", (folder / "part/layer.json").string()});
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_TRUE(checked.says("(part")) << "named after its folder: " << checked.output;
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

TEST_F(Terrain, ACutQuarterStandsInForTheOneTileThatIsMissing) {
  // From 80 m over the border between the tile in question, to the right, and its western neighbour.
  const std::string camera =
      fmt::format("{:.9f},{:.9f},100,0,-60", -180 + (4 * kX + 1) * 180.0 / 16384, -90 + (4 * kY + 1.5) * 180.0 / 16384);
  const auto seen = [&](const std::string& name, std::initializer_list<uint32_t> there) {
    test::Outcome outcome = render(writePlain(folder / name, there), name + ".png", camera);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    const source::Image image = picture(name + ".png");
    std::array<double, 2> halves{};
    for (uint32_t y = 100; y < 200; ++y)
      for (uint32_t x = 0; x < 100; ++x) {
        halves[0] += brightness(image, 100 + x, y) / 10000;
        halves[1] += brightness(image, 280 + x, y) / 10000;
      }
    return halves;
  };
  const auto fine = seen("fine", {0, 1, 4, 5}), coarse = seen("coarse", {}), part = seen("part", {0, 1, 4});
  ASSERT_GT(std::abs(fine[0] - coarse[0]), 10);
  ASSERT_GT(std::abs(fine[1] - coarse[1]), 10);
  EXPECT_NEAR(part[0], fine[0], 1.5) << "the neighbour is there";
  EXPECT_NEAR(part[1], coarse[1], 1.5) << "a quarter of its parent";
}

}  // namespace
}  // namespace cm
