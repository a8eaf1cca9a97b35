// Who is out on a greenway, and that they stand on its ground.
#include "frame/strollers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "frame/figures.h"

namespace cm::frame {
namespace {

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
constexpr double kReach = 3000;

city::Document document() {
  city::Document made;
  made.origin = {kPlace.lonDegrees, kPlace.latDegrees,
                 12};  // the height of the origin has no say in where people stand
  made.overlays.push_back({.id = "ways", .kind = city::OverlayKind::Greenway, .uri = "ways.geojson"});
  made.overlays[0].items.push_back({.id = "shore"});
  return made;
}

//! A kilometre from west to east through the origin.
std::map<std::string, source::VectorLayer> layers() {
  const geo::EnuFrame axes = geo::enuFrameAt(kPlace);
  source::VectorFeature line{.kind = source::GeometryKind::Line, .properties = {{"item", "shore"}}};
  line.parts.emplace_back();
  for (const double east : {-500.0, -200.0, 0.0, 250.0, 500.0}) {
    const geo::Geodetic at = geo::geodeticFromEcef(axes.toEcef({east, 0, 0}));
    line.parts[0].emplace_back(at.lonDegrees, at.latDegrees, 0);
  }
  source::VectorLayer layer;
  layer.features.push_back(line);
  return {{"ways.geojson", layer}};
}

//! A square of ground that rises eastwards, with a lower one beneath it as tiles have under their water.
source::MeshContent ground(float half, float height, float slope, source::Surface surface) {
  source::MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  for (const float below : {0.0f, -6.0f}) {
    const auto first = uint32_t(content.vertices.size());
    for (const glm::vec2 p : {glm::vec2(-half, -half), {half, -half}, {half, half}, {-half, half}})
      content.vertices.push_back({.position = {p, height + slope * p.x + below},
                                  .featureAndSurface = uint32_t(surface) << 24 | source::kNoFeature});
    for (const uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) content.indices.push_back(first + i);
  }
  content.parts.push_back({0, uint32_t(content.indices.size()), 0});
  content.lo = {-half, -half, height - 100};
  content.hi = {half, half, height + 100};
  return content;
}

TEST(Strollers, NobodyIsOutWhereTheGroundIsNotKnown) {
  GreenwayGround greenways(document(), layers());
  EXPECT_FALSE(greenways.empty());
  EXPECT_TRUE(greenways.strollersAt(geo::ecefFromGeodetic(kPlace), 8 * 3600, kReach).empty());
}

TEST(Strollers, StandOnTheirGroundBesideTheMiddle) {
  GreenwayGround greenways(document(), layers());
  greenways.add(ground(600, 20, 0.05f, source::Surface::Green));
  const auto people = greenways.strollersAt(geo::ecefFromGeodetic(kPlace), 8 * 3600, kReach);
  ASSERT_GT(people.size(), 20u);
  size_t cyclists = 0;
  for (const Stroller& one : people) {
    EXPECT_LE(std::abs(one.at.x), 501);
    EXPECT_LT(std::abs(one.at.y), 3.2);
    // The curve of the Earth lowers the ellipsoid by 2 cm at 500 m, and the ground with it.
    EXPECT_NEAR(one.at.z, 20 + 0.05 * one.at.x, 0.05);
    EXPECT_NEAR(glm::length(one.forward), 1, 1e-9);
    EXPECT_LT(one.at.y * one.forward.x, 0) << "to the right of their way";
    EXPECT_EQ(one.overlay, 0u);
    EXPECT_EQ(one.item, 0u);
    cyclists += one.figure >= Figure::Pedal0 ? 1 : 0;
  }
  EXPECT_GT(cyclists, 2u);
  EXPECT_LT(cyclists, people.size() / 2);
}

TEST(Strollers, GoOnAtAWalkersPaceAndAreTheSameAtTheSameTime) {
  GreenwayGround greenways(document(), layers());
  greenways.add(ground(600, 20, 0, source::Surface::Road));
  const glm::dvec3 eye = geo::ecefFromGeodetic(kPlace);
  const auto now = greenways.strollersAt(eye, 8 * 3600, kReach), again = greenways.strollersAt(eye, 8 * 3600, kReach),
             later = greenways.strollersAt(eye, 8 * 3600 + 1, kReach);
  ASSERT_EQ(now.size(), again.size());
  ASSERT_EQ(now.size(), later.size());
  size_t turned = 0;
  for (size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i].at, again[i].at);
    const double metres = glm::distance(now[i].at, later[i].at);
    if (glm::dot(now[i].forward, later[i].forward) < 0) {
      ++turned;
      continue;
    }
    const bool cycles = now[i].figure >= Figure::Pedal0;
    EXPECT_GT(metres, cycles ? 3.5 : 1.0);
    EXPECT_LT(metres, cycles ? 5.8 : 1.7);
  }
  EXPECT_LT(turned, now.size() / 5);
}

TEST(Strollers, FewAreOutAtNightAndNoneOnWater) {
  using city::Weather;
  EXPECT_LT(outdoorShare(3, Weather::Clear), 0.2);
  EXPECT_GT(outdoorShare(7.5, Weather::Clear), 0.85);
  EXPECT_GT(outdoorShare(18.5, Weather::Clear), 0.85);
  EXPECT_LT(outdoorShare(18.5, Weather::Rain), 0.3);
  EXPECT_NEAR(outdoorShare(0, Weather::Snow), outdoorShare(24, Weather::Snow), 1e-12);
  const glm::dvec3 eye = geo::ecefFromGeodetic(kPlace);
  GreenwayGround dry(document(), layers()), wet(document(), layers());
  dry.add(ground(600, 20, 0, source::Surface::Ground));
  wet.add(ground(600, 20, 0, source::Surface::Water));
  EXPECT_LT(dry.strollersAt(eye, 3 * 3600, kReach).size(), dry.strollersAt(eye, 18.5 * 3600, kReach).size() / 3);
  EXPECT_TRUE(wet.strollersAt(eye, 18.5 * 3600, kReach).empty());
}

TEST(Strollers, AFinerTileOverrulesACoarserOneAndNotTheOtherWayRound) {
  const glm::dvec3 eye = geo::ecefFromGeodetic(kPlace);
  GreenwayGround greenways(document(), layers());
  greenways.add(ground(600, 20, 0, source::Surface::Ground));
  greenways.add(ground(550, 23, 0, source::Surface::Ground));
  greenways.add(ground(600, 20, 0, source::Surface::Ground));
  for (const Stroller& one : greenways.strollersAt(eye, 8 * 3600, kReach)) EXPECT_NEAR(one.at.z, 23, 0.05);
  greenways.add(ground(3000, 99, 0, source::Surface::Ground));
  for (const Stroller& one : greenways.strollersAt(eye, 8 * 3600, kReach)) EXPECT_NEAR(one.at.z, 23, 0.05);
}

TEST(Strollers, OnlyThoseNearAreThere) {
  GreenwayGround greenways(document(), layers());
  greenways.add(ground(600, 20, 0, source::Surface::Ground));
  const geo::EnuFrame axes = geo::enuFrameAt(kPlace);
  const auto near = greenways.strollersAt(axes.toEcef({-500, 0, 30}), 8 * 3600, 200);
  ASSERT_FALSE(near.empty());
  for (const Stroller& one : near) EXPECT_LT(one.at.x, -295);
  EXPECT_TRUE(greenways.strollersAt(axes.toEcef({0, 5000, 30}), 8 * 3600, 800).empty());
}

//! The volume between a mesh's faces and the origin is positive only where they look outwards.
double volumeOf(const RailMesh& mesh) {
  double volume = 0;
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    const glm::dvec3 a(mesh.vertices[mesh.indices[i]].position), b(mesh.vertices[mesh.indices[i + 1]].position),
        c(mesh.vertices[mesh.indices[i + 2]].position);
    volume += glm::dot(a, glm::cross(b, c)) / 6;
  }
  return volume;
}

TEST(Figures, AreOfAPersonsSizeAndLookOutwards) {
  for (size_t i = 0; i < kFigures; ++i) {
    const RailMesh mesh = figureMesh(Figure(i));
    glm::vec3 lo(9), hi(-9);
    for (const RailVertex& vertex : mesh.vertices) {
      lo = glm::min(lo, vertex.position);
      hi = glm::max(hi, vertex.position);
    }
    EXPECT_NEAR(lo.z, 0, 0.02);
    EXPECT_GT(hi.z, 1.65);
    EXPECT_LT(hi.z, 1.85);
    EXPECT_LT(hi.y - lo.y, 0.75);
    EXPECT_GT(volumeOf(mesh), 0.04) << i;  // a person is some 70 litres
    EXPECT_LT(volumeOf(mesh), 0.25) << i;
    EXPECT_LT(mesh.indices.size() / 3, 260u);
  }
}

}  // namespace
}  // namespace cm::frame
