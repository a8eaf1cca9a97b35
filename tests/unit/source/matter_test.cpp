#include "source/matter.h"

#include <gtest/gtest.h>

#include <set>

#include "source/content.h"

namespace cm::source {
namespace {

int bays64(const Vertex& vertex) { return vertex.matter[0] | vertex.matter[1] << 8; }

//! An upright rectangle from a to b, `height` metres high, outside to the right of that way.
void addWall(MeshContent& content, glm::vec2 a, glm::vec2 b, float height, Surface surface = Surface::Building) {
  const glm::vec2 d = glm::normalize(b - a);
  const std::array<int8_t, 3> normal{int8_t(std::lround(d.y * 127)), int8_t(std::lround(-d.x * 127)), 0};
  const auto first = uint32_t(content.vertices.size()), firstIndex = uint32_t(content.indices.size());
  for (const glm::vec3 p : {glm::vec3(a, 0), glm::vec3(b, 0), glm::vec3(b, height), glm::vec3(a, height)})
    content.vertices.push_back({.position = p, .featureAndSurface = uint32_t(surface) << 24, .normal = normal});
  for (const uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) content.indices.push_back(first + i);
  content.parts.push_back({firstIndex, 6, 0});
}

TEST(Matter, AWallHasAWholeNumberOfBays) {
  for (const float length : {0.5f, 2.0f, 4.4f, 4.6f, 13.0f, 100.0f}) {
    MeshContent content;
    addWall(content, {7, -3}, {7 + length, -3}, 20);
    measureWalls(content);
    const int bays = std::max(1, int(std::lround(length / kBayMetres)));
    std::multiset<int> ends;
    for (const Vertex& vertex : content.vertices) ends.insert(bays64(vertex));
    EXPECT_EQ(ends, (std::multiset<int>{0, 0, bays * 64, bays * 64})) << length;
    EXPECT_EQ(bays64(content.vertices[0]), bays64(content.vertices[3]));  // one above the other
  }
}

TEST(Matter, WallsOfDifferentDirectionsHaveDifferentNumbers) {
  MeshContent content;
  addWall(content, {0, 0}, {12, 0}, 9);
  addWall(content, {12, 0}, {12, 12}, 9);
  addWall(content, {12, 12}, {0, 12}, 9);
  addWall(content, {0, 12}, {0, 0}, 9);
  measureWalls(content);
  std::set<int> numbers;
  for (size_t wall = 0; wall < 4; ++wall) {
    numbers.insert(content.vertices[wall * 4].matter[3]);
    for (size_t k = 1; k < 4; ++k)
      EXPECT_EQ(content.vertices[wall * 4 + k].matter[3], content.vertices[wall * 4].matter[3]);
  }
  EXPECT_EQ(numbers.size(), 4u);
}

TEST(Matter, OnlyWallsOfBuildingsAreMeasured) {
  MeshContent content;
  addWall(content, {0, 0}, {12, 0}, 9, Surface::Structure);
  addWall(content, {0, 0}, {12, 0}, 9, Surface::Ground);
  for (Vertex& vertex : content.vertices) vertex.matter = {9, 8, 7, 6};
  measureWalls(content);
  for (const Vertex& vertex : content.vertices) EXPECT_EQ(vertex.matter, (std::array<uint8_t, 4>{9, 8, 7, 6}));
}

TEST(Matter, AVeryLongWallStaysWithinItsBits) {
  MeshContent content;
  addWall(content, {0, 0}, {50'000, 0}, 9);
  measureWalls(content);
  EXPECT_EQ(bays64(content.vertices[1]), 1023 * 64);
}

}  // namespace
}  // namespace cm::source
