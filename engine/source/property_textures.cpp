#include "source/property_textures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "source/materials.h"
#include "source/metadata.h"

namespace cm::source {
namespace {

//! The point of a triangle nearest to `p`, as weights of its corners (Ericson, Real-Time Collision Detection, 5.1.5).
glm::dvec3 nearestWeights(const glm::dvec3& p, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c) {
  const glm::dvec3 ab = b - a, ac = c - a, ap = p - a, bp = p - b, cp = p - c;
  const double d1 = glm::dot(ab, ap), d2 = glm::dot(ac, ap), d3 = glm::dot(ab, bp), d4 = glm::dot(ac, bp),
               d5 = glm::dot(ab, cp), d6 = glm::dot(ac, cp);
  if (d1 <= 0 && d2 <= 0) return {1, 0, 0};
  if (d3 >= 0 && d4 <= d3) return {0, 1, 0};
  if (d6 >= 0 && d5 <= d6) return {0, 0, 1};
  const double va = d3 * d6 - d5 * d4, vb = d5 * d2 - d1 * d6, vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return {1 - d1 / (d1 - d3), d1 / (d1 - d3), 0};
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return {1 - d2 / (d2 - d6), 0, d2 / (d2 - d6)};
  if (va <= 0 && d4 >= d3 && d5 >= d6) {
    const double t = (d4 - d3) / ((d4 - d3) + (d5 - d6));
    return {0, 1 - t, t};
  }
  const double sum = va + vb + vc;
  if (!(sum != 0)) return {1, 0, 0};  // no area
  return glm::dvec3(va, vb, vc) / sum;
}

//! Repeated, nearest; exactly 1 is the last texel.
uint32_t texelOf(float at, uint32_t size) {
  if (!std::isfinite(at)) return 0;
  const float part = at == 1 ? std::nextafter(1.0f, 0.0f) : at - std::floor(at);
  return std::min(static_cast<uint32_t>(part * static_cast<float>(size)), size - 1);
}

}  // namespace

size_t PropertySurface::bytes() const {
  size_t sum = positions.size() * sizeof(glm::vec3) + corners.size() * sizeof(uint32_t);
  for (const auto& set : uvs) sum += set.size() * sizeof(glm::vec2);
  for (size_t i = 0; i < properties.size(); ++i) {
    const auto& picture = properties[i].picture;
    const bool counted = std::any_of(properties.begin(), properties.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const TexelProperty& other) { return other.picture == picture; });
    if (!counted) sum += picture->rgba.size();
  }
  return sum;
}

Result<TexelProperty> PropertyTextureReader::property(std::string_view name, const Json& use, const Json& definition,
                                                      const Json& schema) {
  if (!definition.present()) return makeError("the schema does not describe it");
  TexelProperty made;
  made.name = definition["name"].string().value_or(name);
  made.uvSet = uvSetOf(use);
  made.uvTransform = uvTransformOf(use);
  if (made.uvSet > 1) return makeError("TEXCOORD_{} is not read", made.uvSet);
  const auto number = imageNumberOf(gltf_.texture(use["index"].whole().value_or(SIZE_MAX)));
  if (!number) return makeError("texture {} has no picture", use["index"].text());
  std::shared_ptr<const Image>& picture = pictures_[*number];
  if (!picture) {
    auto decoded = gltf_.picture(*number);
    if (!decoded) return decoded.error();
    picture = std::make_shared<const Image>(**decoded);
  }
  if (picture->width == 0 || picture->height == 0) return makeError("image {} is empty", *number);
  made.picture = picture;
  for (double channel : use["channels"].numbers()) {
    if (!(channel >= 0 && channel < 4)) return makeError("channel {} does not exist", channel);
    made.channels.push_back(static_cast<size_t>(channel));
  }
  if (made.channels.empty()) made.channels = {0};
  made.text = valueReader(definition, schema, use);
  return made;
}

std::vector<TexelProperty> PropertyTextureReader::read(const Json& primitive, const Json& schema) {
  std::vector<TexelProperty> all;
  const auto named = primitive["extensions"]["EXT_structural_metadata"]["propertyTextures"].items();
  if (named.empty()) return all;
  const auto textures = gltf_.root()["extensions"]["EXT_structural_metadata"]["propertyTextures"].items();
  for (const Json& number : named) {
    const auto index = number.whole();
    if (!index || *index >= textures.size()) {
      warnOnce(warnings_, fmt::format("property texture {} does not exist", number.text()));
      continue;
    }
    const Json texture = textures[*index], properties = schema["classes"][texture["class"].text()]["properties"];
    for (const auto& [name, use] : texture["properties"].members()) {
      auto made = property(name, use, properties[name], schema);
      if (made)
        all.push_back(std::move(*made));
      else
        warnOnce(warnings_, fmt::format("property texture {}, {}: {}", *index, name, made.error().text()));
    }
  }
  return all;
}

std::vector<Fact> propertiesAt(std::span<const std::shared_ptr<const PropertySurface>> surfaces, const glm::dvec3& ecef,
                               double reachMetres) {
  const PropertySurface* nearest = nullptr;
  size_t first = 0;
  glm::dvec3 weights(0);
  double least = reachMetres * reachMetres;
  for (const auto& surface : surfaces) {
    const glm::dvec3 p(surface->contentFromEcef * glm::dvec4(ecef, 1));
    for (size_t i = 0; i + 2 < surface->corners.size(); i += 3) {
      const glm::dvec3 a(surface->positions[surface->corners[i]]), b(surface->positions[surface->corners[i + 1]]),
          c(surface->positions[surface->corners[i + 2]]);
      const glm::dvec3 w = nearestWeights(p, a, b, c), off = a * w.x + b * w.y + c * w.z - p;
      if (!(glm::dot(off, off) <= least)) continue;
      least = glm::dot(off, off);
      nearest = surface.get();
      first = i;
      weights = w;
    }
  }
  std::vector<Fact> facts;
  if (!nearest) return facts;
  for (const TexelProperty& property : nearest->properties) {
    const std::vector<glm::vec2>& uvs = nearest->uvs[property.uvSet];
    if (uvs.size() != nearest->positions.size()) continue;
    const auto uv = [&](size_t k) { return uvs[nearest->corners[first + k]]; };
    const glm::vec2 on = uv(0) * float(weights.x) + uv(1) * float(weights.y) + uv(2) * float(weights.z);
    const glm::vec2 at = property.uvTransform * glm::vec3(on, 1);
    const Image& picture = *property.picture;
    const size_t texel = size_t{texelOf(at.y, picture.height)} * picture.width + texelOf(at.x, picture.width);
    std::vector<std::byte> bytes;
    for (size_t channel : property.channels) bytes.push_back(std::byte{picture.rgba[texel * 4 + channel]});
    if (std::string text = property.text(bytes); !text.empty()) facts.push_back({property.name, std::move(text)});
  }
  return facts;
}

}  // namespace cm::source
