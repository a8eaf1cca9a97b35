//! The attributes and triangles of one glTF primitive, whatever its compression, types and mode. One thread per content.
#pragma once

#include <optional>
#include <vector>

#include "source/features.h"
#include "source/gltf.h"

namespace cm::source {

struct Primitive {
  Accessor position;                        // VEC3
  std::optional<Accessor> normal, colour, sky;
  std::array<std::optional<Accessor>, 2> uv;
  std::vector<uint32_t> triangles;          // three corners each, all below position.count
  FeatureIds features;
  std::optional<uint64_t> material;
  glm::dvec3 lo{0}, hi{0};                  // of the positions as stored
};

//! Nothing where the primitive has no triangles (points, lines): `warnings` says so.
Result<std::optional<Primitive>> readPrimitive(Gltf& gltf, const Json& json, bool batched, size_t tables,
                                               std::vector<std::string>& warnings);

}  // namespace cm::source
