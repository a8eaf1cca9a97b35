//! Triangles as meshes want them, shared by what builds tiles, and the colours of the clay city. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>

#include "tiling/geometry.h"

namespace cm::tiling {

using Colour = std::array<uint8_t, 4>;

//! From linear 0..1.
Colour linearColour(glm::vec3 rgb);
//! The wall's and the roof's colour: calm clay, tinted by class, tagged colours drawn halfway towards clay, varied by id.
Colour wallColour(const LocalBuilding& building);
Colour roofColour(const LocalBuilding& building);
//! Calm and light: what lies beside white clay.
Colour groundColour(GroundClass kind);

//! Appends vertices and triangles of one feature to a mesh.
struct MeshWriter {
  SurfaceMesh& mesh;
  glm::dvec3 origin{0};  // of the positions handed in, relative to the tile's centre
  uint32_t feature = source::kNoFeature;
  std::array<uint8_t, 3> matter{};

  uint32_t vertex(const glm::dvec3& position, const glm::vec3& normal, Colour colour) {
    mesh.positions.push_back(glm::vec3(position + origin));
    mesh.normals.push_back(normal);
    mesh.colours.push_back(colour);
    mesh.sky.push_back(255);
    mesh.features.push_back(feature);
    mesh.matter.push_back(matter);
    return static_cast<uint32_t>(mesh.positions.size() - 1);
  }
  void triangle(uint32_t a, uint32_t b, uint32_t c) { mesh.indices.insert(mesh.indices.end(), {a, b, c}); }
  //! Corners counter-clockwise from outside.
  void quad(const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c, const glm::dvec3& d, const glm::vec3& normal,
            Colour colour) {
    const uint32_t i = vertex(a, normal, colour);
    vertex(b, normal, colour);
    vertex(c, normal, colour);
    vertex(d, normal, colour);
    triangle(i, i + 1, i + 2);
    triangle(i, i + 2, i + 3);
  }
};

}  // namespace cm::tiling
