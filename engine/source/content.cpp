#include "source/content.h"

#include <array>

#include "source/metadata.h"
#include "source/property_textures.h"

namespace cm::source {
namespace {
constexpr std::array<std::string_view, 8> kSurfaceNames = {"authored", "building", "ground", "green",
                                                           "water",    "road",     "rail",   "structure"};
}  // namespace

std::string_view nameOf(Surface surface) { return kSurfaceNames[static_cast<size_t>(surface)]; }

Surface surfaceNamed(std::string_view material) {
  if (!material.starts_with("cm:")) return Surface::Authored;
  for (size_t i = 1; i < kSurfaceNames.size(); ++i)
    if (material.substr(3) == kSurfaceNames[i]) return static_cast<Surface>(i);
  return Surface::Authored;
}

bool isGround(Surface surface) {
  switch (surface) {
    case Surface::Ground:
    case Surface::Green:
    case Surface::Water:
    case Surface::Road:
    case Surface::Rail: return true;
    default: return false;
  }
}

const Column* FeatureTable::column(std::string_view name) const {
  for (const Column& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

std::string FeatureTable::text(std::string_view name, size_t row) const {
  const Column* found = column(name);
  return found ? textAt(*found, row) : std::string();
}

size_t MeshContent::gpuBytes() const {
  size_t bytes = vertices.size() * sizeof(Vertex) + uvs.size() * sizeof(glm::vec2) + indices.size() * indexBytes() +
                 trees.size() * sizeof(Tree) + features.size() * sizeof(uint32_t);
  for (const Image& image : images) bytes += image.rgba.size() * 4 / 3;  // with mip levels
  return bytes;
}

size_t MeshContent::cpuBytes() const {
  size_t bytes = vertices.capacity() * sizeof(Vertex) + uvs.capacity() * sizeof(glm::vec2) +
                 indices.capacity() * sizeof(uint32_t) + trees.capacity() * sizeof(Tree) +
                 features.lo.capacity() * 2 * sizeof(glm::vec3);
  for (const Image& image : images) bytes += image.rgba.capacity();
  for (const auto& surface : propertySurfaces) bytes += surface->bytes();
  bytes += features.ids.bytes();
  for (const Column& column : features.columns) {
    if (const auto* texts = std::get_if<Texts>(&column.values))
      bytes += texts->bytes();
    else
      bytes += std::get<std::vector<double>>(column.values).size() * sizeof(double);
  }
  return bytes;
}

size_t MeshContent::count(Topology topology) const {
  size_t corners = 0;
  for (const Part& part : parts)
    if (part.topology == topology) corners += part.indexCount;
  return corners / (topology == Topology::Triangles ? 3 : topology == Topology::Lines ? 2 : 1);
}

}  // namespace cm::source
