//! TileMesh -> glb bytes and tile trees -> tileset.json, for 3D Tiles 1.1. Pure; any thread; the same input gives the same
//! bytes. glTF 2.0 with EXT_mesh_features, EXT_structural_metadata, KHR_mesh_quantization, EXT_meshopt_compression.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "tiling/mesh.h"

namespace cm::tiling {

struct GlbOptions {
  bool compressed = true;        // false: the uncompressed twin (float or quantized, no meshopt) for validators
  std::string copyright;         // glTF asset.copyright: attribution of the data
};

//! Positions are 16-bit on a power-of-two step fit for the tile (node scale/translation), normals 8-bit, colours 8-bit,
//! _SKY_VISIBILITY 8-bit, _FEATURE_ID_0 16-bit (a tile has at most 65,535 features: checked). y-up as glTF requires.
//! Vertices are deduplicated and optimized for the vertex cache first. Empty meshes give an error.
Result<Bytes> writeGlb(const TileMesh& mesh, const GlbOptions& options);

//! A node of the tileset to be written. Boxes are in the city's ENU frame (the root carries the ENU -> ECEF transform).
struct TileNode {
  glm::dvec3 lo{0}, hi{0};
  double geometricError = 0;
  std::string contentUri;        // relative; empty: no content
  std::vector<TileNode> children;
};

//! tileset.json text for a whole explicit tileset; keys in a fixed order, numbers shortest round-trip.
std::string writeTileset(const TileNode& root, const glm::dmat4& ecefFromEnu, const std::string& copyright,
                         bool synthetic);

}  // namespace cm::tiling
