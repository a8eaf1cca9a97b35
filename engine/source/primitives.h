//! The attributes and corners of one glTF primitive, whatever its compression, types and mode. One thread per content.
#pragma once

#include <optional>
#include <vector>

#include "source/features.h"
#include "source/gltf.h"

namespace cm::source {

struct Primitive {
  Accessor position;                        // VEC3
  std::optional<Accessor> normal, colour, sky, matter;
  std::array<std::optional<Accessor>, 2> uv;
  Topology topology = Topology::Triangles;  // strips, fans and loops are resolved
  std::vector<uint32_t> corners;            // three, two or one each, all below position.count
  FeatureIds features;
  std::optional<uint64_t> material;
  glm::dvec3 lo{0}, hi{0};                  // of the positions as stored
};

Result<Primitive> readPrimitive(Gltf& gltf, const Json& json, bool batched, size_t tables, std::vector<std::string>& warnings);

}  // namespace cm::source
