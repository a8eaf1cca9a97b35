//! A glTF 2.0 file opened for reading: its JSON, and checked looks into its buffers. Nothing read through it can lie outside
//! the file, whatever the file says. Looks into the bytes it was opened with, which must outlive it; one thread.
//! Formats: glTF 2.0, EXT_meshopt_compression, KHR_mesh_quantization.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "source/content.h"
#include "source/json.h"
#include "source/resources.h"

namespace cm::source {

enum class Component : uint16_t { Byte = 5120, UByte = 5121, Short = 5122, UShort = 5123, UInt = 5125, Float = 5126 };
size_t sizeOf(Component component);

//! `count` elements of `components` values each, `stride` bytes apart.
struct Accessor {
  const std::byte* data = nullptr;
  size_t count = 0;
  size_t stride = 0;
  Component component = Component::Float;
  size_t components = 1;
  bool normalized = false;
};

//! Calls `visit` with the first value of element `i` for every element, typed: one switch for a whole accessor.
template <class Visit>
void eachElement(const Accessor& accessor, Visit&& visit);

//! Value as the extension KHR_mesh_quantization and glTF 2.0, 3.6.2.2 define it.
template <class T>
float toFloat(T value, bool normalized);

//! One value, any type, as a number.
double numberAt(const Accessor& accessor, size_t element, size_t component);

class Gltf {
 public:
  //! glb, or glTF as JSON. Buffers and pictures in other files are looked for in `resources`, which may be null.
  static Result<Gltf> open(std::span<const std::byte> bytes, std::string uri = {}, Resources* resources = nullptr);

  Json root() const { return document_->root(); }
  Json mesh(size_t index) const { return at(meshes_, index); }
  Json node(size_t index) const { return at(nodes_, index); }
  Json material(size_t index) const { return at(materials_, index); }
  Json texture(size_t index) const { return at(textures_, index); }
  Json image(size_t index) const { return at(images_, index); }
  Json accessorJson(size_t index) const { return at(accessorJson_, index); }
  size_t nodeCount() const { return nodes_.size(); }
  size_t fileBytes() const { return fileBytes_; }

  //! Bytes of a data URI or of another file.
  Result<std::span<const std::byte>> elsewhere(std::string_view uri);
  //! A picture, decoded; kept as long as this where it is asked for again.
  Result<const Image*> picture(size_t index);
  Result<Image> decodePicture(size_t index);
  Result<std::span<const std::byte>> view(size_t index);
  Result<Accessor> accessor(size_t index);
  //! Memory that lives as long as this, for data that must be made first.
  std::span<std::byte> scratch(size_t bytes);

 private:
  struct View {
    std::span<const std::byte> bytes;
    size_t stride = 0;
    bool read = false;
  };
  static Json at(const std::vector<Json>& list, size_t index) { return index < list.size() ? list[index] : Json(); }
  Result<std::span<const std::byte>> buffer(size_t index);
  Result<View> readView(size_t index);
  Result<View> unpack(const Json& packed, size_t index);
  Result<void> applySparse(const Json& sparse, size_t index, Accessor& accessor);

  std::shared_ptr<JsonDocument> document_;
  std::span<const std::byte> binary_;
  bool hasBinary_ = false;
  size_t fileBytes_ = 0;
  size_t scratchBytes_ = 0;
  std::vector<Json> accessorJson_, viewJson_, bufferJson_, meshes_, nodes_, materials_, textures_, images_;
  std::vector<View> views_;
  std::string uri_;
  Resources* resources_ = nullptr;
  std::map<const char*, std::span<const std::byte>> dataUris_;  // by where they stand in the JSON, once decoded
  std::map<size_t, Image> pictures_;
  std::vector<std::unique_ptr<std::byte[]>> owned_;
};

//! The picture a texture shows: WebP where it has one.
std::optional<uint64_t> imageNumberOf(const Json& texture);

//! The bytes of "data:...;base64,..." and of percent-encoded ones (RFC 2397).
Result<Bytes> decodeDataUri(std::string_view uri);

//! KHR_draco_mesh_compression: accessors by attribute semantic, indices under "". In a build without Draco an error.
struct DracoMesh {
  std::vector<std::pair<std::string, Accessor>> attributes;
  std::vector<uint32_t> indices;
};
Result<DracoMesh> decodeDraco(Gltf& gltf, const Json& primitive, const Json& extension);

// ---------------------------------------------------------------------------------------------------------------------

template <class T>
float toFloat(T value, bool normalized) {
  if constexpr (std::is_floating_point_v<T>) return value;
  else if (!normalized) return static_cast<float>(value);
  else if constexpr (std::is_signed_v<T>)
    return std::max(static_cast<float>(value) / static_cast<float>(std::numeric_limits<T>::max()), -1.0f);
  else return static_cast<float>(value) / static_cast<float>(std::numeric_limits<T>::max());
}

//! `kComponents` 0: as many as the accessor says. A fixed number lets the copy become one or two loads.
//! Flattened: a call for each vertex costs as much as what most visitors do.
template <class T, size_t kComponents, class Visit>
[[gnu::flatten]] void eachElementOf(const Accessor& accessor, Visit&& visit) {
  const std::byte* p = accessor.data;
  const size_t bytes = (kComponents == 0 ? accessor.components : kComponents) * sizeof(T);
  for (size_t i = 0; i < accessor.count; ++i, p += accessor.stride) {
    std::array<T, kComponents == 0 ? 16 : 4> values{};  // copied out: elements need not be aligned in bad files
    std::memcpy(values.data(), p, bytes);
    visit(i, values);
  }
}

template <class T, class Visit>
void eachElementTyped(const Accessor& accessor, Visit&& visit) {
  switch (accessor.components) {
    case 1: return eachElementOf<T, 1>(accessor, visit);
    case 2: return eachElementOf<T, 2>(accessor, visit);
    case 3: return eachElementOf<T, 3>(accessor, visit);
    case 4: return eachElementOf<T, 4>(accessor, visit);
    default: return eachElementOf<T, 0>(accessor, visit);
  }
}

template <class Visit>
void eachElement(const Accessor& accessor, Visit&& visit) {
  switch (accessor.component) {
    case Component::Byte: return eachElementTyped<int8_t>(accessor, visit);
    case Component::UByte: return eachElementTyped<uint8_t>(accessor, visit);
    case Component::Short: return eachElementTyped<int16_t>(accessor, visit);
    case Component::UShort: return eachElementTyped<uint16_t>(accessor, visit);
    case Component::UInt: return eachElementTyped<uint32_t>(accessor, visit);
    case Component::Float: return eachElementTyped<float>(accessor, visit);
  }
}

}  // namespace cm::source
