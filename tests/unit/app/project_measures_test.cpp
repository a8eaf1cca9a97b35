// What is counted inside a project's boundary, on tiles made by hand.
#include "app/project_measures.h"

#include <gtest/gtest.h>

namespace cm::app {
namespace {

//! A place of 200 m by 200 m about the origin.
struct Measures : testing::Test {
  const geo::EnuFrame axes = geo::enuFrameAt({120.3, 36.1, 0});
  city::Document document;
  frame::VectorLayers layers;
  tiles::TileTree tree;
  std::map<std::pair<size_t, size_t>, tiles::TilesetId> additions;

  glm::dvec2 lonLat(double east, double north) const {
    const geo::Geodetic at = geo::geodeticFromEcef(axes.toEcef({east, north, 0}));
    return {at.lonDegrees, at.latDegrees};
  }
  city::Polygon square(double x0, double y0, double x1, double y1) const {
    return {{lonLat(x0, y0), lonLat(x1, y0), lonLat(x1, y1), lonLat(x0, y1)}};
  }
  void SetUp() override {
    document.origin = {120.3, 36.1, 0};
    document.tilesets.resize(1);
    city::Project project;
    project.id = "p";
    project.boundary = {square(-100, -100, 100, 100)};
    project.removals = {{.inside = {square(-100, -100, 0, 100)}}};
    document.projects = {project};
  }
  //! Tile 0 with children 1 (west) and 2 (east), each as wide as half the place.
  void plant() {
    tree.tilesets.resize(1);
    tree.tilesets[0].root = 0;
    tree.tiles.resize(3);
    tree.tiles[0].children = {1, 2};
    tree.tiles[0].geometricError = 20;
    for (tiles::TileId i = 0; i < 3; ++i) {
      tree.tiles[i].contentUris = {"t.glb"};
      tree.tiles[i].bounds = geo::Sphere{axes.toEcef({i == 1 ? -50. : i == 2 ? 50. : 0., 0, 0}), i ? 120. : 150.};
    }
  }
  source::MeshContent content() const {
    source::MeshContent made;
    made.ecefFromContent = axes.ecefFromEnu;
    made.lo = glm::vec3(-100, -100, 0);
    made.hi = glm::vec3(100, 100, 60);
    return made;
  }
  static void quad(source::MeshContent& c, glm::vec2 lo, glm::vec2 hi, float z, source::Surface surface,
                   uint32_t feature) {
    const auto first = uint32_t(c.vertices.size());
    for (const glm::vec2 at : {lo, {hi.x, lo.y}, hi, {lo.x, hi.y}})
      c.vertices.push_back({.position = {at.x, at.y, z}, .featureAndSurface = feature | uint32_t(surface) << 24});
    const auto from = uint32_t(c.indices.size());
    for (const uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) c.indices.push_back(first + i);
    c.parts.push_back({from, 6, 0, source::Topology::Triangles});
  }
  static void house(source::MeshContent& c, const std::string& id, glm::vec2 lo, glm::vec2 hi, float height) {
    const auto feature = uint32_t(c.features.ids.size());
    c.features.ids.push_back(id);
    c.features.lo.push_back({lo, 0});
    c.features.hi.push_back({hi, height});
    quad(c, lo, hi, height, source::Surface::Building, feature);
  }
};

TEST_F(Measures, CountsTheFinestTilesThatAreHere) {
  plant();
  ProjectMeasures measures(document, layers, axes);
  source::MeshContent coarse = content(), west = content(), east = content();
  house(coarse, "big", {-60, -10}, {-40, 10}, 32);
  quad(coarse, {-100, -100}, {100, 100}, 0, source::Surface::Ground, source::kNoFeature);
  measures.add(0, coarse);
  ui::ModelFigures seen = measures.figures(0, tree, additions);
  ASSERT_EQ(seen.figures.size(), 3u);
  EXPECT_TRUE(seen.partial) << "finer tiles are not here";
  EXPECT_EQ(seen.figures[0].before, 1);

  house(west, "big", {-60, -10}, {-40, 10}, 32);  // 400 m2 of ten storeys
  house(west, "small", {-90, 20}, {-80, 30}, 3);  // 100 m2 of one
  quad(west, {-100, -100}, {0, 100}, 0, source::Surface::Ground, source::kNoFeature);
  house(east, "stays", {40, 40}, {90, 90}, 16);  // 2,500 m2 of five
  house(east, "outside", {120, 0}, {130, 10}, 9);
  quad(east, {0, -100}, {100, 0}, 0, source::Surface::Green, source::kNoFeature);
  quad(east, {0, 0}, {100, 100}, 0, source::Surface::Ground, source::kNoFeature);
  measures.add(1, west);
  measures.add(2, east);
  seen = measures.figures(0, tree, additions);
  EXPECT_FALSE(seen.partial);
  EXPECT_EQ(seen.figures[0].before, 3);
  EXPECT_EQ(seen.figures[0].after, 1) << "the west is cleared";
  EXPECT_NEAR(seen.figures[1].before, 1.66, 0.011) << "400 x 10 + 100 + 2,500 x 5 square metres";
  EXPECT_NEAR(seen.figures[1].after, 1.25, 0.011);
  EXPECT_NEAR(seen.figures[2].before, 25, 0.6);

  measures.remove(2);
  EXPECT_TRUE(measures.figures(0, tree, additions).partial);
}

TEST_F(Measures, APlansGroundLiesOnTodays) {
  document.projects[0].additions = {{.groundUri = "g.geojson"}};
  source::VectorFeature green{.kind = source::GeometryKind::Area};
  const city::Polygon south = square(-100, -100, 100, 0);
  green.parts.resize(1);
  for (const glm::dvec2 at : south[0]) green.parts[0].emplace_back(at, 0);
  green.polygonStarts = {0};
  green.properties["class"] = "green";
  layers["g.geojson"].features = {green};
  plant();
  tree.tiles[0].children.clear();
  ProjectMeasures measures(document, layers, axes);
  source::MeshContent ground = content();
  quad(ground, {-100, -100}, {0, 100}, 0, source::Surface::Green, source::kNoFeature);
  quad(ground, {0, -100}, {100, 100}, 0, source::Surface::Road, source::kNoFeature);
  measures.add(0, ground);
  const ui::ModelFigures seen = measures.figures(0, tree, additions);
  ASSERT_EQ(seen.figures.size(), 1u) << "no building stands here";
  EXPECT_NEAR(seen.figures[0].before, 50, 0.6);
  EXPECT_NEAR(seen.figures[0].after, 75, 0.6);
}

TEST_F(Measures, NothingIsSaidWhereNothingIsHere) {
  plant();
  ProjectMeasures measures(document, layers, axes);
  EXPECT_TRUE(measures.figures(0, tree, additions).figures.empty());
  EXPECT_TRUE(measures.figures(7, tree, additions).figures.empty());
}

}  // namespace
}  // namespace cm::app
