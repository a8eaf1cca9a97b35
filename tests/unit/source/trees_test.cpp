#include "source/trees.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "geo/ellipsoid.h"

namespace cm::source {
namespace {

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
// As tiling/ground_matter.h numbers them: 1 + GroundClass.
constexpr uint8_t kResidential = 2, kGrass = 8, kPark = 9, kForest = 10, kPlaza = 12;

MeshContent bare() {
  MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  content.materials.push_back({.name = "cm:green"});
  return content;
}

void add(MeshContent& content, glm::vec2 lo, glm::vec2 hi, float z, Surface surface, std::array<uint8_t, 4> matter) {
  const auto first = uint32_t(content.vertices.size()), firstIndex = uint32_t(content.indices.size());
  for (const glm::vec2 p : {lo, {hi.x, lo.y}, hi, {lo.x, hi.y}})
    content.vertices.push_back({.position = {p, z},
                                .featureAndSurface = uint32_t(surface) << 24 | kNoFeature,
                                .normal = {0, 0, 127},
                                .matter = matter});
  for (const uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) content.indices.push_back(first + i);
  content.parts.push_back({firstIndex, 6, 0});
  content.lo = first ? glm::min(content.lo, glm::vec3(lo, z)) : glm::vec3(lo, z);
  content.hi = first ? glm::max(content.hi, glm::vec3(hi, z)) : glm::vec3(hi, z);
}

MeshContent field(uint8_t kind, glm::vec2 lo, glm::vec2 hi, float z = 5) {
  MeshContent content = bare();
  add(content, lo, hi, z, Surface::Green, {kind, 0, 0, 0});
  strewTrees(content);
  return content;
}

std::vector<std::array<float, 4>> sorted(const std::vector<Tree>& trees) {
  std::vector<std::array<float, 4>> out;
  for (const Tree& tree : trees)
    out.push_back({std::round(tree.position.x * 50), std::round(tree.position.y * 50), tree.position.z,
                   float(tree.look & 0xffffffu)});
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Trees, StandOnTheirGroundAndAreTheSameEveryTime) {
  const glm::vec2 lo(-200, -150), hi(200, 150);
  const MeshContent content = field(kPark, lo, hi), again = field(kPark, lo, hi);
  EXPECT_GT(content.trees.size(), 300u);
  for (const Tree& tree : content.trees) {
    EXPECT_TRUE(tree.position.x >= lo.x && tree.position.x <= hi.x && tree.position.y >= lo.y &&
                tree.position.y <= hi.y);
    EXPECT_FLOAT_EQ(tree.position.z, 5);
    EXPECT_LE(tree.look & 255u, 2u);
  }
  EXPECT_EQ(sorted(content.trees), sorted(again.trees));
}

TEST(Trees, LastingOnesComeFirst) {
  const MeshContent content = field(kForest, {-200, -200}, {200, 200});
  EXPECT_TRUE(std::is_sorted(content.trees.begin(), content.trees.end(),
                             [](const Tree& a, const Tree& b) { return a.look >> 24 < b.look >> 24; }));
  EXPECT_NE(content.trees.front().look >> 24, content.trees.back().look >> 24);
}

TEST(Trees, AForestHasMoreThanAParkAndAParkMoreThanABlock) {
  const auto count = [](uint8_t kind) { return field(kind, {-200, -200}, {200, 200}).trees.size(); };
  EXPECT_GT(count(kForest), count(kPark) * 5 / 4);
  EXPECT_GT(count(kPark), count(kGrass) * 3);
  EXPECT_GT(count(kPark), count(kResidential) * 3);
  EXPECT_GT(count(kResidential), 20u);
  EXPECT_EQ(count(kPlaza), 0u);
}

TEST(Trees, TheSameOnesWhateverTheGroundIsCutInto) {
  MeshContent content = bare();
  for (const float x : {-200.0f, 0.0f})
    for (const float y : {-200.0f, 0.0f})
      add(content, {x, y}, {x + 200, y + 200}, 5, Surface::Green, {kForest, 0, 0, 0});
  strewTrees(content);
  const size_t whole = field(kForest, {-200, -200}, {200, 200}).trees.size();
  EXPECT_NEAR(double(content.trees.size()), double(whole), 2);  // one on a cut may fall on either side, or both
}

TEST(Trees, CoarseTilesHaveAPartOfThemEvenly) {
  const MeshContent coarse = field(kForest, {-2500, -2500}, {2500, 2500});
  EXPECT_LE(coarse.trees.size(), kMostTrees);
  EXPECT_GT(coarse.trees.size(), kMostTrees / 8);
  const auto fine = sorted(field(kForest, {-300, -300}, {300, 300}).trees);
  std::array<size_t, 4> quarters{};
  size_t inside = 0;
  for (const Tree& tree : coarse.trees) {
    ++quarters[(tree.position.x > 0 ? 1u : 0u) + (tree.position.y > 0 ? 2u : 0u)];
    if (std::max(std::abs(tree.position.x), std::abs(tree.position.y)) > 290) continue;
    ++inside;
    // The fine tile has it too, at the same place but for the curve of the Earth between the two planes.
    EXPECT_TRUE(std::any_of(fine.begin(), fine.end(),
                            [&](const auto& f) {
                              return std::hypot(f[0] / 50 - tree.position.x, f[1] / 50 - tree.position.y) < 0.5 &&
                                     f[3] == float(tree.look & 0xffffffu);
                            }))
        << tree.position.x << "," << tree.position.y;
  }
  EXPECT_GT(inside, 5u);
  for (const size_t quarter : quarters)
    EXPECT_NEAR(double(quarter), double(coarse.trees.size()) / 4, double(coarse.trees.size()) / 16);
}

TEST(Trees, StandNotInHouses) {
  MeshContent content = bare();
  add(content, {-200, -200}, {200, 200}, 5, Surface::Green, {kForest, 0, 0, 0});
  add(content, {-60, -40}, {60, 40}, 25, Surface::Building, {});
  strewTrees(content);
  EXPECT_GT(content.trees.size(), 1000u);
  for (const Tree& tree : content.trees)
    EXPECT_FALSE(std::abs(tree.position.x) < 60 && std::abs(tree.position.y) < 40)
        << tree.position.x << "," << tree.position.y;
}

TEST(Trees, LineStreetsOnBothSidesAndNotOnThem) {
  MeshContent content = bare();
  constexpr uint8_t kMajor = 32 + 2 * 40 + 10;  // twelve metres wide
  add(content, {-400, -6}, {400, 6}, 0, Surface::Road, {kMajor, 128, 100, 0});
  add(content, {-400, -200}, {400, -199}, 0, Surface::Green, {kPlaza, 0, 0, 0});
  add(content, {-400, 199}, {400, 200}, 0, Surface::Green, {kPlaza, 0, 0, 0});
  strewTrees(content);
  size_t north = 0, south = 0;
  for (const Tree& tree : content.trees) {
    EXPECT_EQ(tree.look & 255u, 2u);
    EXPECT_NEAR(std::abs(tree.position.y), 7.7, 0.1);
    ++(tree.position.y > 0 ? north : south);
  }
  EXPECT_GT(north, 15u);
  EXPECT_GT(south, 15u);
  EXPECT_LT(north + south, 180u);
}

TEST(Trees, NoneWhereNothingIsACitysGround) {
  MeshContent content = bare();
  content.materials[0].name = "grass.png";
  add(content, {-200, -200}, {200, 200}, 5, Surface::Green, {kForest, 0, 0, 0});
  strewTrees(content);
  EXPECT_TRUE(content.trees.empty());
}

}  // namespace
}  // namespace cm::source
