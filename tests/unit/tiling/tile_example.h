//! A small made-up tile for tests of the writer: boxes on a lawn, all coordinates multiples of half a metre.
#pragma once

#include <cmath>
#include <string>

#include "tiling/mesh.h"

namespace cm::test {

inline void appendBox(tiling::SurfaceMesh& surface, glm::vec3 at, glm::vec3 size, uint32_t feature, uint8_t shade) {
  constexpr int kCorners[5][4] = {{0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}, {4, 5, 7, 6}};
  constexpr glm::vec3 kNormals[5] = {{0, -1, 0}, {1, 0, 0}, {0, 1, 0}, {-1, 0, 0}, {0, 0, 1}};
  for (int side = 0; side < 5; ++side) {
    const auto base = static_cast<uint32_t>(surface.positions.size());
    for (int k = 0; k < 4; ++k) {
      const int corner = kCorners[side][k];
      surface.positions.push_back(at + size * glm::vec3(corner & 1, corner >> 1 & 1, corner >> 2 & 1));
      surface.normals.push_back(kNormals[side]);
      surface.colours.push_back({shade, 200, 100, 255});
      surface.sky.push_back(static_cast<uint8_t>(side == 4 ? 255 : 120 + k));
      surface.features.push_back(feature);
    }
    for (uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) surface.indices.push_back(base + i);
  }
}

//! `side` x `side` boxes, one feature each, and a lawn without a feature.
inline tiling::TileMesh exampleTile(int side, glm::dvec3 centreEnu = {1200.5, -3400.5, 12}) {
  tiling::TileMesh mesh;
  mesh.centreEnu = centreEnu;
  tiling::SurfaceMesh buildings, lawn;
  buildings.surface = source::Surface::Building;
  lawn.surface = source::Surface::Green;
  for (int i = 0; i < side * side; ++i) {
    const float height = 5.0f + static_cast<float>(i * 7919 % 40);
    appendBox(buildings, {20.0f * static_cast<float>(i % side), 20.0f * static_cast<float>(i / side), 0},
              {12.5f, 9, height}, static_cast<uint32_t>(i), static_cast<uint8_t>(i));
    tiling::TileFeature feature;
    feature.id = "osm:way/" + std::to_string(1000 + i);
    feature.name = i % 3 == 0 ? "八大关 " + std::to_string(i) : "";
    feature.kind = "apartments";
    feature.heightMetres = i % 5 == 0 ? NAN : height;
    feature.heightSource = i % 5 == 0 ? "" : "levels";
    mesh.features.push_back(feature);
  }
  appendBox(lawn, {-10, -10, -1}, {20.0f * static_cast<float>(side) + 10, 20.0f * static_cast<float>(side) + 10, 1},
            source::kNoFeature, 60);
  mesh.surfaces = {buildings, lawn};
  return mesh;
}

}  // namespace cm::test
