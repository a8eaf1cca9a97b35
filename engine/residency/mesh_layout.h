//! From decoded content to what the GPU draws: how a tile's bytes lie in the arena, its runs of triangles, its border. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "residency/residency.h"
#include "source/content.h"

namespace cm::residency {

//! Byte offsets from the start of a tile's room (which begins at a multiple of the vertex size).
struct MeshLayout {
  VkDeviceSize vertices = 0, uvs = 0, trees = 0, indices = 0, bytes = 0;
};
MeshLayout layoutOf(const source::MeshContent& content);

//! Copies vertices, uvs, trees and indices to `out`, mends feature indices that are out of range and finds water and the border's
//! colours. Indices out of range become 0.
void writeMesh(const source::MeshContent& content, const MeshLayout& layout, std::byte* out, ResidentTile& tile);

//! Runs of indices with one look, merged where neighbours share it. `firstIndex` counts from the start of the tile.
//! `images[i]` is the descriptor set of content.images[i].
std::vector<TileDraw> drawsOf(const source::MeshContent& content, std::span<const VkDescriptorSet> images);

}  // namespace cm::residency
