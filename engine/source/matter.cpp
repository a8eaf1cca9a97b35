#include "source/matter.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cm::source {
namespace {

constexpr int kSteepest = 50;         // of a wall's normal, upwards: of 127
constexpr float kMostBays = 1023;     // 16 bits of 64ths
constexpr float kDirections = 255 / 6.2831853f;

bool isWall(const Vertex& vertex) {
  return Surface(vertex.featureAndSurface >> 24) == Surface::Building && std::abs(int(vertex.normal[2])) < kSteepest;
}

struct Wall {
  glm::vec2 along{1, 0};
  float from = 0, to = 0;
  bool known = false;
};

}  // namespace

void measureWalls(MeshContent& content) {
  std::vector<Vertex>& vertices = content.vertices;
  std::vector<uint32_t> parent(vertices.size());
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&](uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const Part& part : content.parts) {
    if (part.topology != Topology::Triangles) continue;
    for (size_t i = part.firstIndex; i + 2 < size_t(part.firstIndex) + part.indexCount; i += 3) {
      const uint32_t a = content.indices[i];
      if (!isWall(vertices[a])) continue;
      for (const uint32_t b : {content.indices[i + 1], content.indices[i + 2]}) {
        const uint32_t one = root(a), other = root(b);
        parent[std::max(one, other)] = std::min(one, other);
      }
    }
  }
  std::vector<Wall> walls(vertices.size());
  const auto along = [&](uint32_t i, const Wall& wall) {
    return glm::dot(glm::vec2(vertices[i].position), wall.along);
  };
  for (uint32_t i = 0; i < vertices.size(); ++i) {
    if (!isWall(vertices[i])) continue;
    Wall& wall = walls[root(i)];
    if (!wall.known) {
      const glm::vec2 normal(vertices[i].normal[0], vertices[i].normal[1]);
      if (glm::dot(normal, normal) > 0) wall.along = glm::normalize(glm::vec2(-normal.y, normal.x));
      wall.from = wall.to = along(i, wall);
      wall.known = true;
    }
    wall.from = std::min(wall.from, along(i, wall));
    wall.to = std::max(wall.to, along(i, wall));
  }
  for (uint32_t i = 0; i < vertices.size(); ++i) {
    if (!isWall(vertices[i])) continue;
    const Wall& wall = walls[root(i)];
    const float length = std::max(wall.to - wall.from, 1e-3f);
    const float bays = std::clamp(std::round(length / kBayMetres), 1.0f, kMostBays);
    const auto at = uint16_t(std::lround((along(i, wall) - wall.from) / length * bays * 64));
    vertices[i].matter = {uint8_t(at & 255), uint8_t(at >> 8), 0,
                          uint8_t(std::lround((std::atan2(wall.along.y, wall.along.x) + 3.1415927f) * kDirections))};
  }
}

}  // namespace cm::source
