#include "source/materials.h"

#include <algorithm>
#include <cmath>

#include "source/image.h"

namespace cm::source {

namespace {
constexpr size_t kMaxPictureBytes = size_t{512} << 20;
constexpr float kOpaque = 0.99f;

//! What exporters call BLEND is mostly opaque, or foliage and signs, whose pictures are all or nothing but at their edges. Those
//! are drawn so, with depth, because what truly blends is in the right order only tile by tile.
float cutoffOfBlended(const Image& picture) {
  size_t clear = 0, between = 0;
  for (size_t i = 3; i < picture.rgba.size(); i += 4) {
    clear += picture.rgba[i] < 16;
    between += picture.rgba[i] >= 16 && picture.rgba[i] < 240;
  }
  if (between * 8 > picture.rgba.size() / 4) return Material::kBlends;
  return clear + between > 0 ? 0.5f : 0.0f;
}

}  // namespace

size_t uvSetOf(const Json& textureInfo) {
  const auto moved = textureInfo["extensions"]["KHR_texture_transform"]["texCoord"].whole();
  return moved.value_or(textureInfo["texCoord"].whole().value_or(0));
}

glm::mat3x2 uvTransformOf(const Json& textureInfo) {
  glm::mat3x2 matrix{1, 0, 0, 1, 0, 0};
  const Json transform = textureInfo["extensions"]["KHR_texture_transform"];
  const auto offset = transform["offset"].numbers(), scale = transform["scale"].numbers();
  const double turn = transform["rotation"].number().value_or(0);
  const glm::dvec2 s = scale.size() == 2 ? glm::dvec2(scale[0], scale[1]) : glm::dvec2(1);
  matrix[0] = glm::vec2(std::cos(turn) * s.x, -std::sin(turn) * s.x);
  matrix[1] = glm::vec2(std::sin(turn) * s.y, std::cos(turn) * s.y);
  if (offset.size() == 2) matrix[2] = glm::vec2(offset[0], offset[1]);
  return matrix;
}

void warnOnce(std::vector<std::string>& warnings, std::string text) {
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(std::move(text));
}

const UsedMaterial& MaterialReader::use(std::optional<uint64_t> material, bool unlit) {
  const std::pair key(material.value_or(~uint64_t{0}), unlit);
  const auto found = used_.find(key);
  if (found != used_.end()) return found->second;
  const Json json = material ? gltf_.material(*material) : Json();
  if (material && !json.present()) warnOnce(out_.warnings, fmt::format("material {} does not exist", *material));
  UsedMaterial used = read(json);
  if (unlit) out_.materials[used.index].unlit = used.unlit = true;
  return used_.emplace(key, used).first->second;
}

UsedMaterial MaterialReader::read(const Json& json) {
  UsedMaterial used;
  Material material;
  material.name = json["name"].text();
  used.surface = surfaceNamed(material.name);
  material.doubleSided = json["doubleSided"].boolean().value_or(false);
  material.unlit = used.unlit = json["extensions"]["KHR_materials_unlit"].present();
  const Json glossy = json["extensions"]["KHR_materials_pbrSpecularGlossiness"];
  const Json rough = json["pbrMetallicRoughness"];
  const bool old = glossy.present() && !rough.present();
  const auto factor = (old ? glossy["diffuseFactor"] : rough["baseColorFactor"]).numbers();
  if (factor.size() == 4)
    for (int i = 0; i < 4; ++i)
      material.baseColour[i] = static_cast<float>(std::clamp(factor[static_cast<size_t>(i)], 0.0, 1.0));
  Json texture = old ? glossy["diffuseTexture"] : rough["baseColorTexture"];
  const Json values =
      json["extensions"]["KHR_techniques_webgl"]["values"];  // its shaders are not run, its picture is shown
  for (const char* name : {"u_diffuse", "u_tex", "diffuse"})
    if (!texture.present() && values[name]["index"].present()) texture = values[name];
  if (texture.present()) {
    material.image = imageOf(texture);
    used.textured = material.image >= 0;
    used.uvSet = uvSetOf(texture);
    used.uvTransform = uvTransformOf(texture);
  }
  const std::string alpha = json["alphaMode"].text();
  const auto cutoff = static_cast<float>(json["alphaCutoff"].number().value_or(0.5));
  if (alpha == "MASK")
    material.alphaCutoff = cutoff;
  else if (alpha == "BLEND")
    material.alphaCutoff = used.textured && material.baseColour.a > kOpaque
                               ? cutoffOfBlended(out_.images[size_t(material.image)])
                               : Material::kBlends;
  used.index = static_cast<uint32_t>(out_.materials.size());
  out_.materials.push_back(std::move(material));
  return used;
}

int MaterialReader::imageOf(const Json& textureInfo) {
  const auto number = textureInfo["index"].whole();
  const Json texture = number ? gltf_.texture(*number) : Json();
  const auto source = imageNumberOf(texture);
  if (!source) {
    warnOnce(out_.warnings, texture["extensions"]["KHR_texture_basisu"].present()
                                ? "a texture is in KTX2 form, which is not read; drawn without it"
                                : fmt::format("texture {} has no picture", textureInfo["index"].text()));
    return -1;
  }
  const auto found = images_.find(*source);
  if (found != images_.end()) return found->second;
  return images_[*source] = decode(*source);
}

int MaterialReader::decode(size_t image) {
  auto decoded = gltf_.decodePicture(image);
  if (decoded) {
    size_t bytes = decoded->rgba.size();
    for (const Image& other : out_.images) bytes += other.rgba.size();
    if (bytes > kMaxPictureBytes)
      decoded = makeError("its tile's pictures unpack to more than {} bytes", grouped(kMaxPictureBytes));
  }
  if (!decoded) {
    warnOnce(out_.warnings, fmt::format("image {}: {}", image, decoded.error().text()));
    return -1;
  }
  out_.images.push_back(std::move(*decoded));
  return static_cast<int>(out_.images.size()) - 1;
}

}  // namespace cm::source
