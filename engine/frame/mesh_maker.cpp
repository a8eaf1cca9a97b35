#include "frame/mesh_maker.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace cm::frame {

void MeshMaker::face(std::span<const glm::dvec3> corners, const Colour& colour) {
  const glm::dvec3 across = glm::cross(corners[1] - corners[0], corners.back() - corners[0]) +
                            glm::cross(corners[2] - corners[1], corners[0] - corners[1]);
  if (glm::length(across) < 1e-9) return;
  const glm::dvec3 normal = glm::normalize(across) * 127.0;
  const auto first = static_cast<uint32_t>(mesh_.vertices.size());
  for (const glm::dvec3& corner : corners)
    mesh_.vertices.push_back(
        {glm::vec3(corner - middle_),
         {int8_t(std::lround(normal.x)), int8_t(std::lround(normal.y)), int8_t(std::lround(normal.z)), 0},
         colour});
  for (uint32_t i = 2; i < corners.size(); ++i)
    for (const uint32_t v : {first, first + i - 1, first + i}) mesh_.indices.push_back(v);
}

void MeshMaker::skin(std::span<const glm::dvec3> a, std::span<const glm::dvec3> b, std::span<const Colour> colours) {
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t n = (i + 1) % a.size();
    face(std::array{a[i], b[i], b[n], a[n]}, colours[std::min(i, colours.size() - 1)]);
  }
}

void MeshMaker::solid(std::span<const glm::dvec3> a, std::span<const glm::dvec3> b, const Colour& colour) {
  skin(a, b, std::span(&colour, 1));
  face(a, colour);
  std::vector<glm::dvec3> last(b.begin(), b.end());
  std::reverse(last.begin(), last.end());
  face(last, colour);
}

}  // namespace cm::frame
