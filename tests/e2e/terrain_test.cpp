// A terrain on the disk, seen through `citymirror render layer.json`.
#include <gtest/gtest.h>

#include <fmt/format.h>

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
  ASSERT_TRUE(writeFileAtomically(folder / fmt::format("{}/{}/{}.terrain", level, x, y), maker.bytes()));
}

//! Three levels; of the finest, all but the north-eastern quarter and one tile more.
std::string writeTerrain(const fs::path& folder) {
  writeTile(folder, kLevel, kX, kY);
  for (uint32_t x = 0; x < 2; ++x)
    for (uint32_t y = 0; y < 2; ++y) writeTile(folder, kLevel + 1, 2 * kX + x, 2 * kY + y);
  for (uint32_t x = 0; x < 4; ++x)
    for (uint32_t y = 0; y < 4; ++y)
      if ((x < 2 || y < 2) && !(x == 1 && y == 1)) writeTile(folder, kLevel + 2, 4 * kX + x, 4 * kY + y);
  std::string levels;
  for (uint32_t level = 0; level < kLevel; ++level) levels += "[],";
  const uint32_t x = 4 * kX, y = 4 * kY;
  levels += fmt::format("[{}],[{}],[{},{},{},{}]", test::terrainRange(kX, kY, kX, kY),
                        test::terrainRange(2 * kX, 2 * kY, 2 * kX + 1, 2 * kY + 1), test::terrainRange(x, y, x + 3, y),
                        test::terrainRange(x, y + 1, x, y + 3), test::terrainRange(x + 2, y + 1, x + 3, y + 1),
                        test::terrainRange(x + 1, y + 2, x + 1, y + 3));
  const std::string json = fmt::format(
      R"({{"tilejson":"2.1.0","format":"quantized-mesh-1.0","version":"1.0.0","scheme":"tms","projection":"EPSG:4326",)"
      R"("tiles":["{{z}}/{{x}}/{{y}}.terrain?v={{version}}"],"available":[{}]}})",
      levels);
  EXPECT_TRUE(writeFileAtomically(folder / "layer.json", json));
  return (folder / "layer.json").string();
}

TEST(Terrain, AHillIsDrawnWhole) {
  const fs::path folder = test::freshFolder("terrain");
  const std::string layer = writeTerrain(folder);
  const fs::path picture = folder / "hill.png";
  test::Outcome outcome = test::run({CITYMIRROR_PROGRAM, "render", layer, "--out", picture.string(), "--size",
                                     "960x540", "--samples", "4", "--no-ui"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
}

}  // namespace
}  // namespace cm
