//! Values that a texture holds for each point of a surface (EXT_structural_metadata, "Property textures"): what of them a pick
//! needs, kept on the CPU. Only surfaces that have any are kept.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "source/content.h"
#include "source/gltf.h"
#include "source/tileset.h"

namespace cm::source {

//! One property and the texels it is read from.
struct TexelProperty {
  std::string name;
  size_t uvSet = 0;
  glm::mat3x2 uvTransform{1, 0, 0, 1, 0, 0};                       // columns: of u, of v, offset
  std::shared_ptr<const Image> picture;
  std::vector<size_t> channels;                                    // lowest byte first
  std::function<std::string(std::span<const std::byte>)> text;     // of a value's bytes; empty where there is none
};

struct PropertySurface {
  glm::dmat4 contentFromEcef{1.0};
  std::vector<glm::vec3> positions;                                // content frame
  std::array<std::vector<glm::vec2>, 2> uvs;
  std::vector<uint32_t> corners;                                   // three a triangle
  std::vector<TexelProperty> properties;
  size_t bytes() const;
};

//! Reads what primitives name; pictures are shared among them. One thread per content.
class PropertyTextureReader {
 public:
  PropertyTextureReader(Gltf& gltf, std::vector<std::string>& warnings) : gltf_(gltf), warnings_(warnings) {}
  std::vector<TexelProperty> read(const Json& primitive, const Json& schema);

 private:
  Result<TexelProperty> property(std::string_view name, const Json& use, const Json& definition, const Json& schema);

  Gltf& gltf_;
  std::vector<std::string>& warnings_;
  std::map<uint64_t, std::shared_ptr<const Image>> pictures_;
};

//! What the textures say where the surfaces are nearest to `ecef`; nothing where none is within `reachMetres`.
std::vector<Fact> propertiesAt(std::span<const std::shared_ptr<const PropertySurface>> surfaces, const glm::dvec3& ecef,
                               double reachMetres);

}  // namespace cm::source
