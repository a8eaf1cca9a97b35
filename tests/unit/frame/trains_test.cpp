// Trains on their tracks, and what the tracks stand on.
#include <gtest/gtest.h>

#include <cmath>

#include "frame/rail_mesh.h"
#include "frame/trains.h"

namespace cm::frame {
namespace {

//! Three quarters of a circle of 400 m to the left, 9 m above the ground, from the south end eastwards.
RailPath curved(city::Network network, double trainMetres, double above = 9) {
  RailPath path{.network = network, .service = {.headwaySeconds = 300, .trainMetres = trainMetres}, .stated = true};
  constexpr double kRadius = 400;
  for (int i = 0; i <= 60; ++i) {
    const double turn = i * 1.5 * 3.14159265358979 / 60;
    path.points.push_back(
        {.at = {kRadius * std::sin(turn), kRadius - kRadius * std::cos(turn), above}, .alongMetres = kRadius * turn});
  }
  path.stopMetres = {120, path.lengthMetres() - 120};
  path.stopIsStation = {true, false};
  return path;
}

TEST(Trains, HaveTheLengthTheyShould) {
  const Consist metro = consistOf(curved(city::Network::Urban, 118)),
                fast = consistOf(curved(city::Network::HighSpeed, 209));
  EXPECT_EQ(metro.cars, 6u);
  EXPECT_FALSE(metro.fast);
  EXPECT_EQ(fast.cars, 8u);
  EXPECT_TRUE(fast.fast);
  EXPECT_NEAR(fast.cars * fast.carMetres, 209, 1e-9);
}

TEST(Trains, FollowTheCurveOnTheirOwnTrack) {
  for (const bool fast : {false, true})
    for (const bool back : {false, true}) {
      const RailPath path = curved(fast ? city::Network::HighSpeed : city::Network::Urban, fast ? 209 : 118);
      std::vector<PlacedCar> cars;
      placeTrain(path, {.back = back, .metres = 900}, cars);
      ASSERT_EQ(cars.size(), consistOf(path).cars);
      // The circle's middle lies to the left of the way there. Metros keep to the right, railways to the left.
      const bool outside = (back == fast);
      for (size_t i = 0; i < cars.size(); ++i) {
        const glm::dvec2 out = glm::dvec2(cars[i].at) - glm::dvec2(0, 400);
        EXPECT_NEAR(glm::length(out), 400 + (outside ? 2.1 : -2.1), 0.9)
            << "on its track, within what bogies and chords take";
        EXPECT_LT(std::abs(glm::dot(glm::normalize(out), glm::dvec2(cars[i].forward))), 0.06) << "along it";
        EXPECT_NEAR(cars[i].at.z, 9, 1e-9);
        if (i > 0) EXPECT_NEAR(glm::distance(cars[i].at, cars[i - 1].at), consistOf(path).carMetres, 0.5) << "coupled";
      }
      EXPECT_LT(glm::dot(cars.front().forward, cars.back().forward), 0) << "a nose at both ends";
      const glm::dvec3 ahead = cars.front().at - cars[1].at;
      EXPECT_GT(glm::dot(ahead, cars.front().forward), 0) << "the first nose leads";
      const double turn = std::atan2(cars.front().at.x, 400 - cars.front().at.y),
                   second = std::atan2(cars[1].at.x, 400 - cars[1].at.y);
      EXPECT_EQ(std::remainder(turn - second, 6.283185307179586) > 0, !back);
    }
}

TEST(Trains, LeaveThePathByItsEnds) {
  const RailPath path = curved(city::Network::Urban, 118);
  std::vector<PlacedCar> cars;
  placeTrain(path, {.metres = 0}, cars);
  EXPECT_EQ(cars.size(), 3u);
}

TEST(RailWorks, StandOnTheGroundAndFaceOutwards) {
  const std::vector<RailPath> paths{curved(city::Network::Urban, 118)};
  EXPECT_TRUE(railWorks(paths, true).chunks.empty());
  const RailWorks works = railWorks(paths, false);
  ASSERT_FALSE(works.chunks.empty());
  double lowest = 1e9, highest = -1e9;
  for (const RailChunk& chunk : works.chunks) {
    for (uint32_t i = chunk.firstIndex; i < chunk.firstIndex + chunk.indexCount; i += 3) {
      const RailVertex* v[3];
      for (uint32_t k = 0; k < 3; ++k) v[k] = &works.mesh.vertices.at(works.mesh.indices[i + k]);
      const glm::vec3 across = glm::cross(v[1]->position - v[0]->position, v[2]->position - v[0]->position);
      const glm::vec3 normal(v[0]->normal[0], v[0]->normal[1], v[0]->normal[2]);
      if (glm::length(across) > 1e-3f) EXPECT_GT(glm::dot(across, normal), 0) << "triangle " << i / 3;
      for (const RailVertex* vertex : v) {
        EXPECT_LE(glm::length(vertex->position), chunk.radiusMetres + 1e-3);
        lowest = std::min(lowest, chunk.middle.z + vertex->position.z);
        highest = std::max(highest, chunk.middle.z + vertex->position.z);
      }
    }
  }
  EXPECT_LT(lowest, -1) << "piers reach into the ground";
  EXPECT_GT(highest, 9 + 7) << "the station has a roof";
}

TEST(RailWorks, TunnelsAreUndergroundAndUnstatedLinesHaveNone) {
  RailPath tunnel = curved(city::Network::Urban, 118, -18), unstated = curved(city::Network::Urban, 118, 0);
  unstated.stated = false;
  EXPECT_TRUE(railWorks({tunnel, unstated}, false).chunks.empty());
  const RailWorks works = railWorks({tunnel, unstated}, true);
  ASSERT_FALSE(works.chunks.empty());
  for (const RailChunk& chunk : works.chunks) EXPECT_EQ(chunk.path, 0u);
}

TEST(Cars, AreClosedBodiesOfTheirSize) {
  for (const Car car : {Car::MetroMiddle, Car::MetroEnd, Car::FastMiddle, Car::FastEnd}) {
    const RailMesh mesh = carMesh(car);
    glm::vec3 lo(1e9f), hi(-1e9f);
    double volume = 0;
    for (const RailVertex& v : mesh.vertices) lo = glm::min(lo, v.position), hi = glm::max(hi, v.position);
    for (size_t i = 0; i < mesh.indices.size(); i += 3) {
      const glm::dvec3 a(mesh.vertices[mesh.indices[i]].position), b(mesh.vertices[mesh.indices[i + 1]].position),
          c(mesh.vertices[mesh.indices[i + 2]].position);
      volume += glm::dot(a, glm::cross(b, c)) / 6;
    }
    EXPECT_NEAR(hi.x - lo.x, carMetres(car) - 0.44, 0.1);
    EXPECT_NEAR(hi.y - lo.y, 3.04, 0.05);
    EXPECT_NEAR(hi.z, 3.8, 0.05);
    EXPECT_GT(volume, 0.5 * (hi.x - lo.x) * (hi.y - lo.y) * (hi.z - lo.z)) << "faces turned inside out take from it";
  }
}

}  // namespace
}  // namespace cm::frame
