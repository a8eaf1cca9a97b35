// Trees of the city and of plans: which of them stand.
#include "frame/plan_sites.h"

#include <gtest/gtest.h>

#include "geo/ellipsoid.h"
#include "source/trees.h"

namespace cm::frame {
namespace {

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};

//! A square field of a park, 300 m a side.
source::MeshContent park() {
  source::MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  content.materials.push_back({.name = "cm:green"});
  content.lo = {-150, -150, 0}, content.hi = {150, 150, 0};
  for (const glm::vec2 p : {glm::vec2(-150, -150), {150, -150}, {150, 150}, {-150, 150}})
    content.vertices.push_back({.position = {p, 0},
                                .featureAndSurface = uint32_t(source::Surface::Green) << 24 | source::kNoFeature,
                                .normal = {0, 0, 127},
                                .matter = {9, 0, 0, 0}});
  content.indices = {0, 1, 2, 0, 2, 3};
  content.parts.push_back({0, 6, 0});
  source::strewTrees(content);
  return content;
}

source::VectorFeature area(const char* kind, glm::dvec2 lo, glm::dvec2 hi) {
  source::VectorFeature feature{.kind = source::GeometryKind::Area, .parts = {{}}, .polygonStarts = {0}};
  for (const glm::dvec2 p : {lo, {hi.x, lo.y}, hi, {lo.x, hi.y}}) {
    const geo::Geodetic at = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({p, 0}));
    feature.parts[0].emplace_back(at.lonDegrees, at.latDegrees, 0);
  }
  feature.properties["class"] = kind;
  return feature;
}

//! The first phase lays land over the eastern half, a green on it and a pond in the green; the second one water in the north-west.
struct PlanSitesTest : testing::Test {
  city::Document document;
  VectorLayers layers;
  void SetUp() override {
    document.projects.resize(2);
    document.projects[1].additions = {{.phase = "1", .groundUri = "one"}, {.phase = "2", .groundUri = "two"}};
    // In the order of a file, not of what lies on what.
    layers["one"].features = {area("water", {60, -20}, {90, 20}), area("green", {30, -60}, {120, 60}),
                              area("land", {0, -150}, {150, 150})};
    layers["two"].features = {area("water", {-150, 50}, {-50, 150})};
  }
  static bool in(const source::Tree& tree, glm::vec2 lo, glm::vec2 hi) {
    const glm::vec2 p(tree.position);
    return p.x > lo.x && p.y > lo.y && p.x < hi.x && p.y < hi.y;
  }
  static uint32_t site(const source::Tree& tree) { return (tree.look >> source::kTreeSiteShift) & 63u; }
};

TEST_F(PlanSitesTest, TheOldTreesLeaveAndTheGreenBringsItsOwn) {
  source::MeshContent content = park();
  const size_t before = content.trees.size();
  ASSERT_GT(before, 300u);
  for (const source::Tree& tree : content.trees) ASSERT_EQ(tree.look & source::kTreeComes, 0u);
  const PlanSites sites(document, layers);
  sites.mark(content);
  size_t leave = 0, stay = 0, come = 0, second = 0;
  for (const source::Tree& tree : content.trees) {
    if (tree.look & source::kTreeComes) {
      ++come;
      EXPECT_EQ(site(tree), 1u);
      EXPECT_TRUE(in(tree, {29, -61}, {121, 61})) << "on the green";
      EXPECT_FALSE(in(tree, {61, -19}, {89, 19})) << "not in the pond";
      continue;
    }
    EXPECT_LE(tree.look & 3u, 2u);
    const bool east = tree.position.x > 0.1f, west = tree.position.x < -0.1f;
    if (east) EXPECT_EQ(site(tree), 1u);
    if (west && !in(tree, {-151, 49}, {-49, 151})) EXPECT_EQ(site(tree), 0u);
    leave += site(tree) == 1;
    second += site(tree) == 2;
    stay += site(tree) == 0;
  }
  EXPECT_EQ(leave + stay + second, before);
  EXPECT_GT(leave, before / 3);
  EXPECT_GT(second, 10u);
  EXPECT_GT(come, 60u);
  EXPECT_TRUE(std::is_sorted(content.trees.begin(), content.trees.end(),
                             [](const source::Tree& a, const source::Tree& b) { return a.look >> 24 < b.look >> 24; }));
}

TEST_F(PlanSitesTest, WhereTwoPhasesLieTheFirstClearsAndNothingIsPlantedUnderTheSecond) {
  layers["two"].features = {area("plaza", {60, -150}, {150, 150})};
  source::MeshContent content = park();
  PlanSites(document, layers).mark(content);
  size_t come = 0;
  for (const source::Tree& tree : content.trees) {
    const bool comes = (tree.look & source::kTreeComes) != 0;
    come += comes;
    if (comes) EXPECT_LT(tree.position.x, 60.5f);
    if (!comes && tree.position.x > 0.1f) EXPECT_EQ(site(tree), 1u);
  }
  EXPECT_GT(come, 10u);
}

TEST_F(PlanSitesTest, WhatIsLaidIsAMask) {
  const PlanSites sites(document, layers);
  std::vector<city::ProjectState> states(2);
  EXPECT_EQ(sites.laid(states), 0u);
  states[1].additions = {true, false};
  EXPECT_EQ(sites.laid(states), 1u);
  states[1].additions = {true, true};
  EXPECT_EQ(sites.laid(states), 3u);
  EXPECT_EQ(sites.laid({}), 0u);
}

TEST_F(PlanSitesTest, FarFromEveryPlanNothingIsTouched) {
  source::MeshContent content = park(), as = content;
  for (auto& [uri, layer] : layers)
    for (source::VectorFeature& feature : layer.features)
      for (auto& ring : feature.parts)
        for (glm::dvec3& p : ring) p.x += 0.1;
  PlanSites(document, layers).mark(content);
  PlanSites().mark(content);
  ASSERT_EQ(content.trees.size(), as.trees.size());
  for (size_t i = 0; i < as.trees.size(); ++i) EXPECT_EQ(content.trees[i].look, as.trees[i].look);
}

}  // namespace
}  // namespace cm::frame
