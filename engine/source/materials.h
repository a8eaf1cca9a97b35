//! glTF materials and their pictures, read when first used. One thread per content.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "source/content.h"
#include "source/gltf.h"

namespace cm::source {

struct UsedMaterial {
  uint32_t index = 0;            // into MeshContent::materials
  Surface surface = Surface::Authored;
  bool textured = false;
  bool unlit = false;
  size_t uvSet = 0;
  glm::mat3x2 uvTransform{1, 0, 0, 1, 0, 0};  // columns: of u, of v, offset
};

class MaterialReader {
 public:
  MaterialReader(Gltf& gltf, MeshContent& out) : gltf_(gltf), out_(out) {}
  //! `material` absent: glTF's default one. `unlit`: whatever it says (points and lines without normals).
  const UsedMaterial& use(std::optional<uint64_t> material, bool unlit = false);

 private:
  UsedMaterial read(const Json& json);
  int imageOf(const Json& textureInfo);
  int decode(size_t image);

  Gltf& gltf_;
  MeshContent& out_;
  std::map<std::pair<uint64_t, bool>, UsedMaterial> used_;
  std::map<uint64_t, int> images_;
};

//! Where a texture's picture lies on a surface, as KHR_texture_transform says, if it does.
size_t uvSetOf(const Json& textureInfo);
glm::mat3x2 uvTransformOf(const Json& textureInfo);

void warnOnce(std::vector<std::string>& warnings, std::string text);

}  // namespace cm::source
