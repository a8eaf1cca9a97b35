#include "source/gltf.h"

#include <meshoptimizer.h>

#include <cmath>

#include "source/image.h"
#include "source/ktx.h"

namespace cm::source {
namespace {

// What one file may unpack to. A tile that needs more is not a tile; a file that claims more is damaged or hostile.
constexpr size_t kMaxUnpackedBytes = size_t{1} << 30;

uint32_t uint32At(std::span<const std::byte> bytes, size_t offset) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, 4);
  return value;
}

struct Container {
  std::span<const std::byte> json, binary;
  bool hasBinary = false;
};

//! glTF 2.0, 4.4: header, JSON chunk, optional binary chunk.
Result<Container> openGlb(std::span<const std::byte> bytes) {
  constexpr size_t kHeader = 12, kChunkHeader = 8;
  if (bytes.size() < kHeader + kChunkHeader)
    return makeError("{} bytes; a glb has at least {}", bytes.size(), kHeader + kChunkHeader);
  const uint32_t version = uint32At(bytes, 4), length = uint32At(bytes, 8);
  if (version == 1) return makeError("glTF 1.0, which is not read; convert it to glTF 2.0");
  if (version != 2) return makeError("glTF version {}, expected 2", version);
  if (length > bytes.size())
    return makeError("header says {} bytes, the file has {}", grouped(length), grouped(bytes.size()));
  bytes = bytes.first(std::max<size_t>(length, kHeader));
  Container container;
  for (size_t at = kHeader; at + kChunkHeader <= bytes.size();) {
    const size_t size = uint32At(bytes, at);
    const uint32_t type = uint32At(bytes, at + 4);
    at += kChunkHeader;
    if (size > bytes.size() - at)
      return makeError("chunk at byte {} has {} bytes, the file ends after {}", grouped(at - kChunkHeader),
                       grouped(size), grouped(bytes.size() - at));
    if (type == 0x4e4f534a && container.json.empty()) container.json = bytes.subspan(at, size);
    if (type == 0x004e4942 && !container.hasBinary) {
      container.binary = bytes.subspan(at, size);
      container.hasBinary = true;
    }
    at += (size + 3) / 4 * 4;
  }
  if (container.json.empty()) return makeError("no JSON chunk");
  return container;
}

struct TypeName {
  std::string_view name;
  size_t components;
};
constexpr TypeName kTypes[] = {{"SCALAR", 1}, {"VEC2", 2}, {"VEC3", 3}, {"VEC4", 4},
                               {"MAT2", 4},   {"MAT3", 9}, {"MAT4", 16}};

Error missing(std::string_view what, size_t index) { return makeError("{} {} does not exist", what, index); }

//! A member that must be a whole number where it is present.
Result<size_t> wholeOr(const Json& json, size_t fallback, std::string_view what, size_t index,
                       std::string_view member) {
  if (!json.present()) return fallback;
  const auto value = json.whole();
  if (!value) return makeError("{} {}: {} is {}, expected a whole number", what, index, member, json.text());
  return static_cast<size_t>(*value);
}

Result<void> unfilter(std::string_view filter, std::byte* data, size_t count, size_t stride) {
  if (filter.empty() || filter == "NONE") return {};
  if (filter == "OCTAHEDRAL" && (stride == 4 || stride == 8))
    meshopt_decodeFilterOct(data, count, stride);
  else if (filter == "QUATERNION" && stride == 8)
    meshopt_decodeFilterQuat(data, count, stride);
  else if (filter == "EXPONENTIAL" && stride % 4 == 0)
    meshopt_decodeFilterExp(data, count, stride);
  else
    return makeError("filter {} with a stride of {} bytes is not defined", filter, stride);
  return {};
}

}  // namespace

size_t sizeOf(Component component) {
  switch (component) {
    case Component::Byte:
    case Component::UByte: return 1;
    case Component::Short:
    case Component::UShort: return 2;
    default: return 4;
  }
}

double numberAt(const Accessor& accessor, size_t element, size_t component) {
  Accessor one = accessor;
  one.data += element * accessor.stride + component * sizeOf(accessor.component);
  one.count = one.components = 1;
  double value = 0;
  eachElement(one, [&](size_t, const auto& values) {
    value = accessor.normalized ? static_cast<double>(toFloat(values[0], true)) : static_cast<double>(values[0]);
  });
  return value;
}

Result<Gltf> Gltf::open(std::span<const std::byte> bytes, std::string uri, Resources* resources) {
  Gltf gltf;
  gltf.uri_ = std::move(uri);
  gltf.resources_ = resources;
  gltf.fileBytes_ = bytes.size();
  Container container;
  if (bytes.size() >= 4 && uint32At(bytes, 0) == 0x46546c67) {
    auto opened = openGlb(bytes);
    if (!opened) return opened.error();
    container = *opened;
  } else {
    container.json = bytes;
  }
  auto document = JsonDocument::parse(container.json);
  if (!document) return document.error();
  gltf.document_ = std::make_shared<JsonDocument>(std::move(*document));
  gltf.binary_ = container.binary;
  gltf.hasBinary_ = container.hasBinary;
  const Json root = gltf.root();
  if (!root["asset"].isObject()) return makeError("asset: found {}, expected a glTF", root["asset"].kind());
  const std::string version = root["asset"]["version"].text();
  if (version == "1" || version.starts_with("1.") || root["meshes"].isObject())
    return makeError("glTF 1.0, which is not read; convert it to glTF 2.0");
  if (!version.starts_with("2")) return makeError("asset.version is \"{}\", expected \"2.0\"", version);
  gltf.accessorJson_ = root["accessors"].items();
  gltf.viewJson_ = root["bufferViews"].items();
  gltf.bufferJson_ = root["buffers"].items();
  gltf.meshes_ = root["meshes"].items();
  gltf.nodes_ = root["nodes"].items();
  gltf.materials_ = root["materials"].items();
  gltf.textures_ = root["textures"].items();
  gltf.images_ = root["images"].items();
  gltf.views_.resize(gltf.viewJson_.size());
  return gltf;
}

std::span<std::byte> Gltf::scratch(size_t bytes) {
  owned_.push_back(std::make_unique_for_overwrite<std::byte[]>(bytes));
  scratchBytes_ += bytes;
  return {owned_.back().get(), bytes};
}

Result<std::span<const std::byte>> Gltf::elsewhere(std::string_view uri) {
  if (!uri.starts_with("data:")) {
    if (!resources_) return makeError("is in the file {}; only glb and data URIs are read here", uri);
    return resources_->get(uri_, uri);
  }
  if (const auto known = dataUris_.find(uri.data()); known != dataUris_.end()) return known->second;
  auto data = decodeDataUri(uri);
  if (!data) return data.error();
  auto kept = scratch(data->size());
  std::copy(data->begin(), data->end(), kept.begin());
  dataUris_.emplace(uri.data(), kept);
  return std::span<const std::byte>(kept);
}

Result<Image> Gltf::decodePicture(size_t index) {
  const Json json = image(index);
  if (const auto number = json["bufferView"].whole()) {
    auto bytes = view(*number);
    if (!bytes) return bytes.error();
    return decodeImage(*bytes);
  }
  const auto uri = json["uri"].string();
  if (!uri) return makeError("neither bufferView nor uri");
  auto bytes = elsewhere(*uri);
  if (!bytes) return bytes.error();
  return decodeImage(*bytes);
}

Result<const Image*> Gltf::picture(size_t index) {
  if (const auto known = pictures_.find(index); known != pictures_.end()) return &known->second;
  auto decoded = decodePicture(index);
  if (!decoded) return decoded.error().within("image {}", index);
  scratchBytes_ += decoded->rgba.size();
  if (scratchBytes_ > kMaxUnpackedBytes) return makeError("image {}: unpacks to too much", index);
  return &pictures_.emplace(index, std::move(*decoded)).first->second;
}

Result<std::span<const std::byte>> Gltf::buffer(size_t index) {
  if (index >= bufferJson_.size()) return missing("buffer", index);
  const Json json = bufferJson_[index];
  if (const auto uri = json["uri"].string()) {
    auto bytes = elsewhere(*uri);
    if (!bytes) return bytes.error().within("buffer {}", index);
    const size_t stated = json["byteLength"].whole().value_or(bytes->size());
    if (stated > bytes->size())
      return makeError("buffer {} says {} bytes, its file has {}", index, grouped(stated), grouped(bytes->size()));
    return bytes->first(stated);
  }
  if (index != 0 || !hasBinary_) return makeError("buffer {} has no data", index);
  const size_t stated = json["byteLength"].whole().value_or(binary_.size());
  if (stated > binary_.size())
    return makeError("buffer 0 says {} bytes, the binary chunk has {}", grouped(stated), grouped(binary_.size()));
  return binary_.first(stated);
}

Result<Gltf::View> Gltf::readView(size_t index) {
  if (index >= views_.size()) return missing("buffer view", index);
  if (views_[index].read) return views_[index];
  const Json json = viewJson_[index];
  View view;
  if (const Json packed = json["extensions"]["EXT_meshopt_compression"]; packed.present()) {
    auto unpacked = unpack(packed, index);
    if (!unpacked) return unpacked.error().within("buffer view {}", index);
    view = *unpacked;
  } else {
    const auto number = json["buffer"].whole();
    const auto length = json["byteLength"].whole();
    if (!number || !length) return makeError("buffer view {}: buffer or byteLength is missing", index);
    auto offset = wholeOr(json["byteOffset"], 0, "buffer view", index, "byteOffset");
    if (!offset) return offset.error();
    auto whole = buffer(*number);
    if (!whole) return whole.error();
    if (*offset > whole->size() || *length > whole->size() - *offset)
      return makeError("buffer view {} ends at byte {}, buffer {} has {}", index, grouped(*offset + *length), *number,
                       grouped(whole->size()));
    view.bytes = whole->subspan(*offset, *length);
  }
  auto stride = wholeOr(json["byteStride"], 0, "buffer view", index, "byteStride");
  if (!stride) return stride.error();
  view.stride = *stride;
  view.read = true;
  views_[index] = view;
  return view;
}

//! EXT_meshopt_compression. The decoders check the stream; what they assert about its shape is checked here.
Result<Gltf::View> Gltf::unpack(const Json& packed, size_t index) {
  const auto number = packed["buffer"].whole(), length = packed["byteLength"].whole(),
             stride = packed["byteStride"].whole(), count = packed["count"].whole();
  if (!number || !length || !stride || !count) return makeError("EXT_meshopt_compression lacks a size");
  const size_t offset = packed["byteOffset"].whole().value_or(0);
  auto whole = buffer(*number);
  if (!whole) return whole.error();
  if (offset > whole->size() || *length > whole->size() - offset)
    return makeError("its packed data ends at byte {}, buffer {} has {}", grouped(offset + *length), *number,
                     grouped(whole->size()));
  const std::string mode = packed["mode"].text();
  const bool attributes = mode == "ATTRIBUTES", triangles = mode == "TRIANGLES";
  if (!attributes && !triangles && mode != "INDICES") return makeError("mode is \"{}\"", mode);
  const bool goodStride = attributes ? *stride > 0 && *stride % 4 == 0 && *stride <= 256 : *stride == 2 || *stride == 4;
  if (!goodStride || (triangles && *count % 3 != 0))
    return makeError("{} elements of {} bytes in mode {} are not allowed", *count, *stride, mode);
  if (*count > kMaxUnpackedBytes / *stride || *count * *stride + scratchBytes_ > kMaxUnpackedBytes)
    return makeError("would unpack to more than {} bytes", grouped(kMaxUnpackedBytes));
  const auto stated = viewJson_[index]["byteLength"].whole();
  if (stated && *stated > *count * *stride)
    return makeError("says {} bytes, its packed data holds {}", grouped(*stated), grouped(*count * *stride));

  auto out = scratch(*count * *stride);
  const auto* in = reinterpret_cast<const unsigned char*>(whole->data() + offset);
  int failed = 0;
  if (attributes)
    failed = meshopt_decodeVertexBuffer(out.data(), *count, *stride, in, *length);
  else if (triangles)
    failed = meshopt_decodeIndexBuffer(out.data(), *count, *stride, in, *length);
  else
    failed = meshopt_decodeIndexSequence(out.data(), *count, *stride, in, *length);
  if (failed != 0) return makeError("its packed data is damaged (meshopt, mode {}, code {})", mode, failed);
  if (attributes)
    if (auto done = unfilter(packed["filter"].text(), out.data(), *count, *stride); !done) return done.error();
  View view;
  view.bytes = out;
  return view;
}

Result<std::span<const std::byte>> Gltf::view(size_t index) {
  auto view = readView(index);
  if (!view) return view.error();
  return view->bytes;
}

Result<Accessor> Gltf::accessor(size_t index) {
  if (index >= accessorJson_.size()) return missing("accessor", index);
  const Json json = accessorJson_[index];
  Accessor accessor;
  const auto component = json["componentType"].whole(), count = json["count"].whole();
  if (!component || *component < 5120 || *component > 5126 || *component == 5124)
    return makeError("accessor {}: componentType is {}, expected 5120 to 5123, 5125 or 5126", index,
                     json["componentType"].text());
  if (!count) return makeError("accessor {}: count is {}, expected a whole number", index, json["count"].text());
  accessor.component = static_cast<Component>(*component);
  accessor.count = *count;
  accessor.normalized = json["normalized"].boolean().value_or(false);
  const std::string type = json["type"].text();
  accessor.components = 0;
  for (const TypeName& known : kTypes)
    if (known.name == type) accessor.components = known.components;
  if (accessor.components == 0) return makeError("accessor {}: type is \"{}\", expected SCALAR, VEC3 ...", index, type);
  const size_t element = accessor.components * sizeOf(accessor.component);
  accessor.stride = element;
  if (*count > kMaxUnpackedBytes / element)
    return makeError("accessor {}: {} elements are more than a tile can hold", index, grouped(*count));

  if (json["bufferView"].present()) {
    auto number = wholeOr(json["bufferView"], 0, "accessor", index, "bufferView");
    if (!number) return number.error();
    auto view = readView(*number);
    if (!view) return view.error().within("accessor {}", index);
    auto offset = wholeOr(json["byteOffset"], 0, "accessor", index, "byteOffset");
    if (!offset) return offset.error();
    if (view->stride > 0) accessor.stride = view->stride;
    if (accessor.stride<element&& * count> 1)
      return makeError("accessor {}: elements of {} bytes every {} bytes", index, element, accessor.stride);
    const size_t needed = *count == 0 ? 0 : (*count - 1) * accessor.stride + element;
    if (*offset > view->bytes.size() || needed > view->bytes.size() - *offset)
      return makeError("accessor {} needs {} bytes, buffer view {} has {}", index, grouped(*offset + needed), *number,
                       grouped(view->bytes.size()));
    accessor.data = view->bytes.data() + *offset;
  } else {  // all zero (glTF 2.0, 3.6.2.1), changed by `sparse` at most
    if (*count * element + scratchBytes_ > kMaxUnpackedBytes / 4)
      return makeError("accessor {}: {} elements without data", index, grouped(*count));
    auto zeros = scratch(*count * element);
    std::fill(zeros.begin(), zeros.end(), std::byte{0});
    accessor.data = zeros.data();
  }
  if (const Json sparse = json["sparse"]; sparse.present())
    if (auto applied = applySparse(sparse, index, accessor); !applied) return applied.error();
  return accessor;
}

Result<void> Gltf::applySparse(const Json& sparse, size_t index, Accessor& accessor) {
  const size_t element = accessor.components * sizeOf(accessor.component);
  if (accessor.count * element + scratchBytes_ > kMaxUnpackedBytes)
    return makeError("accessor {}: {} sparse elements are more than a tile can hold", index, grouped(accessor.count));
  auto dense = scratch(accessor.count * element);
  for (size_t i = 0; i < accessor.count; ++i)
    std::memcpy(dense.data() + i * element, accessor.data + i * accessor.stride, element);
  accessor.data = dense.data();
  accessor.stride = element;

  const size_t count = sparse["count"].whole().value_or(0);
  const auto component = sparse["indices"]["componentType"].whole();
  const auto indexView = sparse["indices"]["bufferView"].whole(), valueView = sparse["values"]["bufferView"].whole();
  // NOLINTNEXTLINE(misc-redundant-expression): three different constants; clang-tidy 14 compares optionals wrongly
  if (!indexView || !valueView || (component != 5121 && component != 5123 && component != 5125))
    return makeError("accessor {}: sparse lacks its indices or values", index);
  Accessor indices;
  indices.component = static_cast<Component>(*component);
  indices.count = count;
  indices.stride = sizeOf(indices.component);
  auto indexBytes = view(*indexView);
  if (!indexBytes) return indexBytes.error().within("accessor {}: sparse", index);
  auto values = view(*valueView);
  if (!values) return values.error().within("accessor {}: sparse", index);
  const size_t indexOffset = sparse["indices"]["byteOffset"].whole().value_or(0);
  const size_t valueOffset = sparse["values"]["byteOffset"].whole().value_or(0);
  if (count > accessor.count || indexOffset > indexBytes->size() ||
      count * indices.stride > indexBytes->size() - indexOffset || valueOffset > values->size() ||
      count * element > values->size() - valueOffset)
    return makeError("accessor {}: {} sparse elements do not fit their buffer views", index, grouped(count));
  indices.data = indexBytes->data() + indexOffset;
  bool good = true;
  eachElement(indices, [&](size_t i, const auto& at) {
    const auto target =
        static_cast<size_t>(at[0]);  // NOLINT(bugprone-signed-char-misuse): unsigned types only, see above
    if (target >= accessor.count)
      good = false;
    else
      std::memcpy(dense.data() + target * element, values->data() + valueOffset + i * element, element);
  });
  if (!good) return makeError("accessor {}: a sparse index is past its {} elements", index, grouped(accessor.count));
  return {};
}

std::optional<uint64_t> imageNumberOf(const Json& texture) {
  if (readsKtx2())
    if (const auto basis = texture["extensions"]["KHR_texture_basisu"]["source"].whole()) return basis;
  if (const auto webp = texture["extensions"]["EXT_texture_webp"]["source"].whole()) return webp;
  return texture["source"].whole();
}

Result<Bytes> decodeDataUri(std::string_view uri) {
  const size_t comma = uri.find(',');
  if (!uri.starts_with("data:") || comma == std::string_view::npos) return makeError("not a data URI");
  const bool base64 = uri.substr(0, comma).ends_with(";base64");
  Bytes bytes;
  uint32_t bits = 0;
  int held = 0;
  const auto digit = [](char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
  };
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
  };
  const std::string_view data = uri.substr(comma + 1);
  for (size_t i = 0; i < data.size(); ++i) {
    if (!base64) {
      const bool escaped = data[i] == '%' && i + 2 < data.size() && hex(data[i + 1]) >= 0 && hex(data[i + 2]) >= 0;
      bytes.push_back(static_cast<std::byte>(escaped ? hex(data[i + 1]) * 16 + hex(data[i + 2]) : data[i]));
      if (escaped) i += 2;
      continue;
    }
    if (data[i] == '=') break;
    const int value = digit(data[i]);
    if (value < 0) return makeError("data URI has '{}' at character {}, expected base64", data[i], comma + 1 + i);
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> held));
    }
  }
  return bytes;
}

}  // namespace cm::source
