//! A tile's triangles before they are quantized, and the features they belong to. Frame: east-north-up at the city's origin,
//! metres relative to `centre`, curvature included. One thread per mesh.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <vector>

#include "source/content.h"

namespace cm::tiling {

struct TileFeature {
  std::string id;
  std::string name;
  std::string kind;          // class, e.g. "apartments", "road_major"
  float heightMetres = 0;    // NaN where it does not apply
  std::string heightSource;  // empty where it does not apply
};

//! One per Surface present in the tile: becomes one glTF primitive with material "cm:<surface>".
struct SurfaceMesh {
  source::Surface surface = source::Surface::Building;
  std::vector<glm::vec3> positions;           // x east, y north, z up, relative to TileMesh::centreEnu
  std::vector<glm::vec3> normals;             // unit
  std::vector<std::array<uint8_t, 4>> colours;  // linear rgb, alpha 255
  std::vector<uint8_t> sky;                   // 255: open sky
  std::vector<std::array<uint8_t, 3>> matter; // ground_matter.h; empty: nothing is known
  std::vector<std::array<uint32_t, 2>> skyOf; // (vertex, other vertex): the first takes the second's sky (skirts)
  std::vector<uint32_t> features;             // index into TileMesh::features, or source::kNoFeature
  std::vector<uint32_t> indices;              // counter-clockwise from outside
};

struct TileMesh {
  glm::dvec3 centreEnu{0};                    // of the quantization grid, in the city's ENU frame
  std::vector<SurfaceMesh> surfaces;
  std::vector<TileFeature> features;
};

}  // namespace cm::tiling
