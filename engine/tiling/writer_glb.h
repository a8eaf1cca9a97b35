//! How a tile is laid out as glb: one interleaved vertex view and one index view shared by all primitives, then the property
//! table's columns. Used by writer.cpp only. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "tiling/mesh.h"

namespace cm::tiling {

inline constexpr size_t kVertexStride = 24;  // position u16x3+2, normal s8x3+1, colour u8x4, sky u8, matter u8x3, feature u16+2

//! A buffer view; `mode` empty: stored as it is, else EXT_meshopt_compression.
struct GlbView {
  size_t offset = 0, storedBytes = 0;  // in the glb's binary chunk
  size_t stride = 0, count = 0;        // of what it holds once unpacked; stride 0: plain bytes
  int target = 0;
  std::string mode;
};

struct GlbBody {
  Bytes bytes;
  std::vector<GlbView> views;
  //! Appends on a multiple of eight, as EXT_structural_metadata demands of property tables; returns the view's number.
  size_t addView(std::span<const std::byte> data, GlbView view);
};

struct GlbPrimitive {
  std::string material;
  size_t firstVertex = 0, vertexCount = 0;
  size_t firstIndex = 0, indexCount = 0;
  std::array<uint16_t, 3> lo{}, hi{};  // of the stored positions
  bool matter = false;                 // the three bytes behind the sky's say something: attribute _GROUND
  size_t featureCount = 0;             // different features; 0: the primitive has none
};

struct GlbScene {
  std::vector<GlbPrimitive> primitives;
  size_t indexWidth = 2;
  double scale = 1;
  glm::dvec3 translation{0};           // y-up
  std::string copyright;
  std::span<const TileFeature> features;
};

//! View 0 of `body` holds the vertices, view 1 the indices; the columns of the property table are appended here.
Bytes assembleGlb(const GlbScene& scene, GlbBody& body);

//! Quoted and escaped; what is not UTF-8 becomes U+FFFD.
void appendJsonString(std::string& json, std::string_view text);

}  // namespace cm::tiling
