//! Decoded tile content, ready to be copied to the GPU: plain CPU data, made by worker threads, handed over whole.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/texts.h"

namespace cm::source {

//! What a triangle is, which decides how it is lit: read from the name of the glTF material ("cm:building" ...).
//! Anything else is Authored: drawn with its own colours and textures.
enum class Surface : uint8_t { Authored, Building, Ground, Green, Water, Road, Rail, Structure };
std::string_view nameOf(Surface surface);         // "building" ...
//! What a city stands on, water included; not what somebody modelled.
bool isGround(Surface surface);
Surface surfaceNamed(std::string_view material);  // of "cm:building" ...; Authored for anything else

//! 28 bytes; also the layout of the GPU vertex buffer.
struct Vertex {
  glm::vec3 position{0};             // metres, content frame: x east, y north, z up, near the content's centre
  uint32_t featureAndSurface = 0;    // bits 0..23 feature index in the tile (0xffffff: none), bits 24..31 Surface
  std::array<int8_t, 3> normal{};    // snorm8, content frame
  uint8_t sky = 255;                 // baked sky visibility, unorm8
  std::array<uint8_t, 4> colour{};   // linear rgb and alpha, unorm8
  std::array<uint8_t, 4> matter{};   // what the look "day" paints by: see matter.h
};
static_assert(sizeof(Vertex) == 28);
inline constexpr uint32_t kNoFeature = 0xffffff;

//! 16 bytes; also the layout of the GPU's instances. `look`: bits 0..1 kind (0 broad leaf, 1 conifer, 2 of a street), 2..7 the site
//! of a plan it leaves with (frame/plan_sites.h), 0 none, 8 set where it comes with it instead, 9..15 size, 16..23 turn, 24..31 how
//! soon it goes in the distance: 0 last.
struct Tree {
  glm::vec3 position{0};             // of its foot, content frame
  uint32_t look = 0;
};
static_assert(sizeof(Tree) == 16);
inline constexpr uint32_t kTreeSiteShift = 2, kTreeComes = 1u << 8;

struct Image {
  uint32_t width = 0, height = 0;
  std::vector<uint8_t> rgba;         // 8 bits a channel, sRGB, rows from the top
};

struct Material {
  static constexpr float kBlends = -1;
  std::string name;
  glm::vec4 baseColour{1.0f};        // linear
  int image = -1;                    // index into MeshContent::images
  bool doubleSided = false;
  bool unlit = false;
  float alphaCutoff = 0;             // 0: opaque; kBlends: seen through by baseColour's, the vertices' and the picture's alpha
};

enum class Topology : uint8_t { Triangles, Lines, Points };  // three, two or one index each

//! A run of indices with one material.
struct Part {
  uint32_t firstIndex = 0;
  uint32_t indexCount = 0;
  uint32_t material = 0;
  Topology topology = Topology::Triangles;
};

//! One column of a property table (EXT_structural_metadata) or batch table. Row = feature.
struct Column {
  std::string name;
  std::variant<std::vector<double>, Texts> values;
};

struct FeatureTable {
  Texts ids;                         // stable, equal at every level of detail; "<uri>#<n>" where the data has none
  std::vector<glm::vec3> lo, hi;     // bounds of each feature in the content frame, for growth, removal by place, zoom-to
  std::vector<Column> columns;
  size_t size() const { return ids.size(); }
  const Column* column(std::string_view name) const;
  //! The value as a person reads it; empty where there is none.
  std::string text(std::string_view column, size_t row) const;
};

struct PropertySurface;  // property_textures.h

struct MeshContent {
  glm::dmat4 ecefFromContent{1.0};   // rigid: the tile's transform, glTF's y-up and all node transforms are already in
  glm::vec3 lo{0}, hi{0};
  std::vector<Vertex> vertices;
  std::vector<glm::vec2> uvs;        // empty, or one per vertex
  std::vector<uint32_t> indices;
  std::vector<Tree> trees;           // those that last longest first
  std::vector<Part> parts;
  std::vector<Material> materials;
  std::vector<Image> images;
  FeatureTable features;
  std::vector<std::shared_ptr<const PropertySurface>> propertySurfaces;  // what property textures lie on; mostly empty
  std::vector<std::string> warnings; // what was skipped and why, with its place in the file

  //! 2 or 4: of an index, as short as the vertices allow.
  size_t indexBytes() const { return vertices.size() <= 0x10000 ? sizeof(uint16_t) : sizeof(uint32_t); }
  size_t gpuBytes() const;
  size_t cpuBytes() const;
  size_t count(Topology topology) const;  // triangles, lines or points
};

//! What one content may hold once instances are spread out. A tile that needs more is no tile; a file that claims more is
//! damaged or hostile.
inline constexpr size_t kMaxContentVertices = size_t{1} << 24;

}  // namespace cm::source
