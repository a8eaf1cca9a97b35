#include "residency/mesh_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "geo/ellipsoid.h"
#include "shared/frame.h"

namespace cm::residency {
namespace {

constexpr VkDeviceSize alignUp(VkDeviceSize value, VkDeviceSize to) { return (value + to - 1) / to * to; }

source::Surface surfaceOf(const source::Vertex& vertex) { return source::Surface(vertex.featureAndSurface >> 24); }

DrawClass classOf(source::Surface surface) {
  switch (surface) {
    case source::Surface::Ground:
    case source::Surface::Green:
    case source::Surface::Road:
    case source::Surface::Rail: return DrawClass::Ground;
    case source::Surface::Water: return DrawClass::Water;
    default: return DrawClass::Solid;
  }
}

//! Border colours are gathered from ground and water within this share of the box's size from its sides.
constexpr float kBorderShare = 0.06f;

//! By area: a shoal's many small triangles are not the sea around it.
void addToBorder(const source::Vertex& vertex, glm::vec2 centre, float area, TileBorder& border) {
  const source::Surface surface = surfaceOf(vertex);
  const bool water = surface == source::Surface::Water;
  if (!water && surface != source::Surface::Ground && surface != source::Surface::Green) return;
  const float angle = std::atan2(vertex.position.y - centre.y, vertex.position.x - centre.x);  // -pi..pi from east
  const size_t sector = size_t(std::lround((angle / 6.2831853f + 1.0f) * shared::kSectors)) % size_t(shared::kSectors);
  // Skirts hang down from the border: the highest point of a place is the ground's.
  glm::vec3& place = border.places[sector];
  if (border.weights[sector] == 0 || vertex.position.z > place.z) place = vertex.position;
  border.colours[sector] +=
      area * glm::vec4(vertex.colour[0], vertex.colour[1], vertex.colour[2], water ? 255 : 0) / 255.0f;
  border.weights[sector] += area;
}

//! Metres; of a box of kilometres the sea's rim lies lower than its middle.
float aboveSea(const glm::vec3& place, glm::vec2 centre) {
  const glm::vec2 away = glm::vec2(place) - centre;
  return place.z + glm::dot(away, away) / float(2 * geo::kSemiMajorMetres);
}

//! What the plane beyond the city goes on from: the border's colours, and the lowest water that lies level (skirts do not).
void survey(const source::MeshContent& content, ResidentTile& tile) {
  const glm::vec2 centre = (glm::vec2(content.lo) + glm::vec2(content.hi)) * 0.5f;
  const glm::vec2 inner = (glm::vec2(content.hi) - glm::vec2(content.lo)) * (0.5f - kBorderShare);
  const auto count = uint32_t(content.vertices.size());
  float lowest = 0;
  for (const source::Part& part : content.parts) {
    if (part.topology != source::Topology::Triangles || part.indexCount < 3) continue;
    if (size_t(part.firstIndex) + part.indexCount > content.indices.size()) continue;
    const uint32_t* index = content.indices.data() + part.firstIndex;
    if (index[0] >= count || classOf(surfaceOf(content.vertices[index[0]])) == DrawClass::Solid) continue;
    for (uint32_t i = 0; i + 2 < part.indexCount; i += 3) {
      if (index[i] >= count || index[i + 1] >= count || index[i + 2] >= count) continue;
      const std::array corners{&content.vertices[index[i]], &content.vertices[index[i + 1]],
                               &content.vertices[index[i + 2]]};
      const glm::vec3 across =
          glm::cross(corners[1]->position - corners[0]->position, corners[2]->position - corners[0]->position);
      const bool level = std::abs(across.z) > 0.9f * glm::length(across);
      for (const source::Vertex* corner : corners) {
        const glm::vec2 offset = glm::abs(glm::vec2(corner->position) - centre);
        // A wall's worth at least, so that a border of skirts alone counts, too.
        if (offset.x > inner.x || offset.y > inner.y)
          addToBorder(*corner, centre, std::abs(across.z) + 1e-3f, tile.border);
        if (!level || surfaceOf(*corner) != source::Surface::Water) continue;
        const float rise = aboveSea(corner->position, centre);
        if (!tile.water || rise < lowest) tile.water = corner->position, lowest = rise;
      }
    }
  }
}

template <class Index>
void writeIndices(const source::MeshContent& content, Index* indices) {
  const auto count = uint32_t(content.vertices.size());
  for (size_t i = 0; i < content.indices.size(); ++i)
    indices[i] = Index(content.indices[i] < count ? content.indices[i] : 0);
}

}  // namespace

MeshLayout layoutOf(const source::MeshContent& content) {
  MeshLayout layout;
  layout.uvs = alignUp(content.vertices.size() * sizeof(source::Vertex), 8);
  layout.trees = layout.uvs + content.uvs.size() * sizeof(glm::vec2);
  layout.indices = layout.trees + content.trees.size() * sizeof(source::Tree);
  layout.bytes = layout.indices + alignUp(content.indices.size() * content.indexBytes(), 4);
  return layout;
}

void writeMesh(const source::MeshContent& content, const MeshLayout& layout, std::byte* out, ResidentTile& tile) {
  auto* vertices = reinterpret_cast<source::Vertex*>(out + layout.vertices);
  const size_t features = tile.features->size();
  tile.removable.assign(features, false);
  for (size_t i = 0; i < content.vertices.size(); ++i) {
    source::Vertex vertex = content.vertices[i];
    const uint32_t feature = vertex.featureAndSurface & source::kNoFeature;
    if (feature != source::kNoFeature && feature >= features)
      vertex.featureAndSurface |= source::kNoFeature;
    else if (feature != source::kNoFeature && classOf(surfaceOf(vertex)) == DrawClass::Solid)
      tile.removable[feature] = true;
    vertices[i] = vertex;
  }
  survey(content, tile);
  if (!content.uvs.empty()) std::memcpy(out + layout.uvs, content.uvs.data(), content.uvs.size() * sizeof(glm::vec2));
  if (!content.trees.empty())
    std::memcpy(out + layout.trees, content.trees.data(), content.trees.size() * sizeof(source::Tree));
  if (content.indexBytes() == sizeof(uint16_t))
    writeIndices(content, reinterpret_cast<uint16_t*>(out + layout.indices));
  else
    writeIndices(content, reinterpret_cast<uint32_t*>(out + layout.indices));
}

std::vector<TileDraw> drawsOf(const source::MeshContent& content, std::span<const VkDescriptorSet> images) {
  std::vector<TileDraw> draws;
  for (const source::Part& part : content.parts) {
    if (part.indexCount == 0 || size_t(part.firstIndex) + part.indexCount > content.indices.size()) continue;
    const source::Material plain;
    const source::Material& material =
        part.material < content.materials.size() ? content.materials[part.material] : plain;
    const uint32_t vertex = content.indices[part.firstIndex];
    TileDraw draw{.doubleSided = material.doubleSided,
                  .unlit = material.unlit,
                  .firstIndex = part.firstIndex,
                  .indexCount = part.indexCount,
                  .baseColour = material.baseColour,
                  .alphaCutoff = material.alphaCutoff};
    if (vertex < content.vertices.size()) draw.kind = classOf(surfaceOf(content.vertices[vertex]));
    if (material.alphaCutoff == source::Material::kBlends) draw.kind = DrawClass::Blended;
    if (part.topology == source::Topology::Points) draw.kind = DrawClass::Points;
    if (part.topology == source::Topology::Lines) draw.kind = DrawClass::Lines;
    const bool textured = part.topology == source::Topology::Triangles && material.image >= 0 &&
                          size_t(material.image) < images.size() && !content.uvs.empty();
    if (textured && images[size_t(material.image)]) {
      draw.kind = DrawClass::Textured;
      draw.texture = images[size_t(material.image)];
    }
    const bool joins = !draws.empty() && draws.back().firstIndex + draws.back().indexCount == draw.firstIndex &&
                       draws.back().kind == draw.kind && draws.back().doubleSided == draw.doubleSided &&
                       draws.back().unlit == draw.unlit && draws.back().baseColour == draw.baseColour &&
                       draws.back().texture == draw.texture && draws.back().alphaCutoff == draw.alphaCutoff;
    if (joins)
      draws.back().indexCount += draw.indexCount;
    else
      draws.push_back(draw);
  }
  return draws;
}

}  // namespace cm::residency
