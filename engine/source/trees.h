//! Trees of a tile of a city, strewn over its greens, its blocks and along its streets when it comes: no file holds them. They stand
//! on a lattice fixed to the Earth: a tree is at the same place in every level of detail, and coarser tiles have a part of the finer
//! ones' trees, evenly. Pure; any thread.
#pragma once

#include <functional>

#include "source/content.h"

namespace cm::source {

inline constexpr size_t kMostTrees = 6000;          // of a tile
inline constexpr float kTreeSpacingMetres = 6.5f;   // of the lattice

//! What a place on the ground is, as far as trees care.
enum class Soil : uint8_t { Bare, Street, Town, Grass, Park, Forest, Orchard };
//! From what the tiler wrote (Vertex::matter) or, in tiles without it, from surface and colour.
Soil soilOf(const Vertex& vertex);

//! Fills in content.trees; none where nothing of the content is a city's ground.
void strewTrees(MeshContent& content);

//! Adds a park's trees with these bits in their looks: over ground of any kind, whatever is built there, between `lo` and `hi` (content
//! frame) where `wanted` says so of a place on the ground.
void plantTrees(MeshContent& content, glm::vec2 lo, glm::vec2 hi, const std::function<bool(const glm::vec3&)>& wanted, uint32_t look);

}  // namespace cm::source
