#include "frame/drape_shapes.h"

#include <gtest/gtest.h>

#include "frame/drape.h"

namespace cm::frame {
namespace {

struct Plan {
  city::Document document;
  VectorLayers layers;
  geo::EnuFrame axes;
};

std::vector<glm::dvec2> square(double lon, double lat, double half) {
  return {{lon - half, lat - half}, {lon + half, lat - half}, {lon + half, lat + half}, {lon - half, lat + half}};
}

Plan plan() {
  Plan p;
  p.document.origin = {120, 36, 10};
  p.axes = geo::enuFrameAt({120, 36, 0});
  city::Project project{.id = "quarter", .kind = city::ProjectKind::HistoricQuarter};
  project.boundary = {{square(120, 36, 0.002), square(120, 36, 0.0005)}};
  project.additions = {{"one", "", "ground.geojson"}};
  p.document.projects = {project};
  source::VectorFeature green{.kind = source::GeometryKind::Area, .parts = {{}}, .polygonStarts = {0}, .properties = {{"class", "green"}}};
  for (glm::dvec2 q : square(120, 36, 0.001)) green.parts[0].emplace_back(q, 0);
  p.layers["ground.geojson"].features = {green};
  city::Overlay ways{.id = "ways", .kind = city::OverlayKind::Greenway, .uri = "ways.geojson"};
  ways.items = {{.id = "coast", .status = city::PlanStatus::Planned, .opens = city::Date{2028, 1, 1}}};
  p.document.overlays = {ways};
  p.layers["ways.geojson"].features = {{.kind = source::GeometryKind::Line,
                                        .parts = {{{120.004, 35.99, 0}, {120.004, 36.01, 0}}},
                                        .properties = {{"item", "coast"}}}};
  return p;
}

DrapeContent contentOf(const Plan& p, int year, bool shown) {
  DrapeContent content{.date = {year, 1, 1}};
  for (const city::Project& project : p.document.projects)
    content.projects.push_back({shown, {}, std::vector<bool>(project.additions.size(), shown)});
  return content;
}

TEST(DrapeShapes, CoverTheirGroundInMetres) {
  const Plan p = plan();
  const DrapeShapes shapes = drapeShapes(p.document, p.layers, p.axes);
  EXPECT_TRUE(shapes.problems.empty());
  double area = 0;
  for (const DrapeShape& shape : shapes.shapes) {
    if (shape.kind != DrapeKind::ProjectFill) continue;
    for (uint32_t i = shape.firstIndex; i < shape.firstIndex + shape.indexCount; i += 3) {
      const auto at = [&](uint32_t k) { return glm::dvec2(shapes.mesh.vertices[shapes.mesh.indices[i + k]].centre); };
      const glm::dvec2 a = at(1) - at(0), b = at(2) - at(0);
      area += std::abs(a.x * b.y - a.y * b.x) / 2;
    }
  }
  // A square of 0.004 degrees less its courtyard of 0.001; 36 N: 90,163 m and 110,960 m a degree.
  EXPECT_NEAR(area, 90163.0 * 110960.0 * (0.004 * 0.004 - 0.001 * 0.001), area * 0.002);
}

TEST(DrapeShapes, GroundOfAProjectIsThereOnlyWhenItStands) {
  const Plan p = plan();
  const DrapeShapes shapes = drapeShapes(p.document, p.layers, p.axes);
  const auto draws = [&](bool shown) {
    DrapeContent content = contentOf(p, 2030, shown);
    content.projectAreas = content.greenways = false;
    return drapeDraws(shapes, p.document, content).size();
  };
  EXPECT_EQ(draws(false), 0u);
  EXPECT_EQ(draws(true), 2u);   // the green and its smooth edge
}

TEST(DrapeShapes, AGreenwayIsDashedUntilItOpens) {
  const Plan p = plan();
  const DrapeShapes shapes = drapeShapes(p.document, p.layers, p.axes);
  const auto dashed = [&](int year) {
    const auto draws = drapeDraws(shapes, p.document, contentOf(p, year, false));
    return draws.back().dashMetres > 0;
  };
  EXPECT_TRUE(dashed(2027));
  EXPECT_FALSE(dashed(2028));
  DrapeContent hidden = contentOf(p, 2030, false);
  const size_t all = drapeDraws(shapes, p.document, hidden).size();
  hidden.hiddenItems = {"coast"};
  EXPECT_EQ(drapeDraws(shapes, p.document, hidden).size(), all - 2);
}

TEST(DrapeShapes, TouchFindsTheLineBeforeTheAreaAndHonoursHoles) {
  const Plan p = plan();
  const DrapeShapes shapes = drapeShapes(p.document, p.layers, p.axes);
  const DrapeContent content = contentOf(p, 2030, true);
  EXPECT_EQ(drapeHit(shapes, p.document, content, {120, 120}, 5).id, "quarter");
  EXPECT_EQ(drapeHit(shapes, p.document, content, {0, 0}, 5).kind, city::PickKind::Nothing);   // the courtyard
  EXPECT_EQ(drapeHit(shapes, p.document, content, {360.6 + 6, 0}, 5).id, "coast");
  EXPECT_EQ(drapeHit(shapes, p.document, content, {360.6 + 30, 0}, 5).kind, city::PickKind::Nothing);
}

TEST(DrapeLevels, CoverWhatTheEyeSeesAndStayWhileItBarelyMoves) {
  DrapeEye eye{.position = {0, 0, 1500}, .forward = glm::normalize(glm::dvec3(0, 1, -0.6)), .up = {0, 0, 1}, .heightMetres = 1500,
               .fovYRadians = 0.7854, .pixelRows = 720};
  const auto levels = drapeLevels(eye, 1280, {-20000, -20000}, {20000, 20000}, {});
  const glm::dvec2 middle(0, 1500 / 0.6);   // on the ground, in the middle of the picture
  bool covered = false;
  for (size_t k = 0; k + 1 < levels.size(); ++k) {
    EXPECT_EQ(levels[k].exponent, levels[0].exponent + int(k));
    const glm::dvec2 away = glm::abs(levels[k].centre - middle) / (1280 * levels[k].texelMetres);
    if (std::max(away.x, away.y) < 0.46 && levels[k].texelMetres < 8) covered = true;
  }
  EXPECT_TRUE(covered);
  EXPECT_GE(levels.back().texelMetres * 1280, 40000);
  eye.heightMetres = eye.position.z = 1700;
  EXPECT_EQ(drapeLevels(eye, 1280, {-20000, -20000}, {20000, 20000}, levels[0].exponent)[0].exponent, levels[0].exponent);
  eye.heightMetres = eye.position.z = 12000;
  EXPECT_GT(drapeLevels(eye, 1280, {-20000, -20000}, {20000, 20000}, levels[0].exponent)[0].exponent, levels[0].exponent);
}

TEST(Colours, AreReadOrRefused) {
  EXPECT_EQ(colourFrom("#ff8000"), glm::vec3(1, 128 / 255.0f, 0));
  EXPECT_FALSE(colourFrom("ff8000"));
  EXPECT_FALSE(colourFrom("#ff80zz"));
}

}  // namespace
}  // namespace cm::frame
