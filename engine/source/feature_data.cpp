#include "source/feature_data.h"

#include <cmath>

namespace cm::source {

uint32_t uint32At(std::span<const std::byte> bytes, size_t offset) {
  uint32_t value = 0;
  if (offset + 4 <= bytes.size()) std::memcpy(&value, bytes.data() + offset, 4);
  return value;
}

Result<TileParts> openTile(std::span<const std::byte> bytes) {
  const std::string name(asText(bytes).substr(0, 4));
  const size_t header = name == "i3dm" ? 32 : 28;
  if (bytes.size() < header)
    return makeError("{} bytes; {} {} has at least {}", bytes.size(), name == "i3dm" ? "an" : "a", name, header);
  if (uint32At(bytes, 4) != 1) return makeError("{} version {}, expected 1", name, uint32At(bytes, 4));
  const size_t length = uint32At(bytes, 8);
  if (length > bytes.size())
    return makeError("header says {} bytes, the file has {}", grouped(length), grouped(bytes.size()));
  bytes = bytes.first(std::max(length, header));
  size_t sizes[4] = {uint32At(bytes, 12), uint32At(bytes, 16), uint32At(bytes, 20), uint32At(bytes, 24)};
  TileParts out;
  size_t at = header;
  if (name == "i3dm") out.gltfFormat = uint32At(bytes, 28);
  // Before 1.0 the header of b3dm was shorter: what is read as a length of JSON then is the start of "{"..." or of "glTF".
  constexpr uint32_t kTextStarts = 0x22000000;
  if (name == "b3dm" && sizes[2] >= kTextStarts) {
    at = 20;
    out.legacyBatchLength = sizes[0];
    sizes[2] = sizes[1];
    sizes[0] = sizes[1] = sizes[3] = 0;
  } else if (name == "b3dm" && sizes[3] >= kTextStarts) {
    at = 24;
    out.legacyBatchLength = sizes[2];
    sizes[2] = sizes[0];
    sizes[3] = sizes[1];
    sizes[0] = sizes[1] = 0;
  }
  std::span<const std::byte>* parts[4] = {&out.featureJson, &out.featureBinary, &out.batchJson, &out.batchBinary};
  constexpr std::string_view kNames[4] = {"feature table JSON", "feature table", "batch table JSON", "batch table"};
  for (size_t i = 0; i < 4; ++i) {
    if (sizes[i] > bytes.size() - at)
      return makeError("{} has {} bytes, {} are left", kNames[i], grouped(sizes[i]), grouped(bytes.size() - at));
    *parts[i] = bytes.subspan(at, sizes[i]);
    at += sizes[i];
  }
  out.body = bytes.subspan(at);
  return out;
}

Result<FeatureData> FeatureData::open(std::span<const std::byte> json, std::span<const std::byte> binary) {
  FeatureData data;
  data.binary_ = binary;
  const size_t end = asText(json).find_last_not_of(std::string_view(" \0\n", 3));
  if (json.empty() || end == std::string_view::npos) return data;
  auto document = JsonDocument::parse(json.first(end + 1));
  if (!document) return document.error().within("feature table");
  data.document_ = std::make_shared<JsonDocument>(std::move(*document));
  return data;
}

Result<std::optional<std::vector<double>>> FeatureData::global(std::string_view name, size_t components,
                                                               Component stored) const {
  const Json json = root()[name];
  if (!json.present()) return std::optional<std::vector<double>>();
  std::vector<double> numbers = json.numbers();
  if (components == 1 && json.number()) numbers = {*json.number()};
  if (json.isObject()) {
    const auto offset = json["byteOffset"].whole();
    const size_t bytes = components * sizeOf(stored);
    if (!offset || *offset > binary_.size() || bytes > binary_.size() - *offset)
      return makeError("{} needs {} bytes from byte {}, the feature table has {}", name, bytes,
                       json["byteOffset"].text(), grouped(binary_.size()));
    Accessor accessor{binary_.data() + *offset, 1, bytes, stored, components, false};
    for (size_t k = 0; k < components; ++k) numbers.push_back(numberAt(accessor, 0, k));
  }
  if (numbers.size() != components) return makeError("{} is {}, expected {} numbers", name, json.kind(), components);
  for (double number : numbers)
    if (!std::isfinite(number)) return makeError("{} is not a finite number", name);
  return std::optional(std::move(numbers));
}

Result<std::optional<uint64_t>> FeatureData::whole(std::string_view name) const {
  auto number = global(name, 1, Component::UInt);
  if (!number) return number.error();
  if (!*number) return std::optional<uint64_t>();
  const double value = (**number)[0];
  if (value < 0 || value > 4294967295.0 || value != std::floor(value))
    return makeError("{} is {}, expected a whole number", name, numberText(value));
  return std::optional(static_cast<uint64_t>(value));
}

Result<std::optional<Accessor>> FeatureData::array(std::string_view name, size_t components, Component stored,
                                                   size_t count) {
  const Json json = root()[name];
  if (!json.present()) return std::optional<Accessor>();
  Accessor accessor{nullptr, count, components * sizeOf(stored), stored, components, false};
  if (json.isArray()) {
    const auto numbers = json.numbers();
    if (numbers.size() != count * components)
      return makeError("{} has {} numbers, expected {}", name, grouped(numbers.size()), grouped(count * components));
    auto& kept = *fromJson_.emplace_back(std::make_shared<std::vector<float>>(numbers.begin(), numbers.end()));
    accessor.component = Component::Float;
    accessor.stride = components * sizeof(float);
    accessor.data = reinterpret_cast<const std::byte*>(kept.data());
    return std::optional(accessor);
  }
  const auto offset = json["byteOffset"].whole();
  if (!offset) return makeError("{} is {}, expected a byteOffset", name, json.kind());
  if (*offset > binary_.size() || count > (binary_.size() - *offset) / accessor.stride)
    return makeError("{} needs {} bytes from byte {}, the feature table has {}", name, grouped(count * accessor.stride),
                     grouped(*offset), grouped(binary_.size()));
  accessor.data = binary_.data() + *offset;
  return std::optional(accessor);
}

Result<std::vector<glm::dvec3>> readPositions(FeatureData& data, size_t count) {
  auto plain = data.array("POSITION", 3, Component::Float, count);
  if (!plain) return plain.error();
  std::optional<Accessor> quantized;
  glm::dvec3 offset(0), scale(1);
  if (!*plain) {
    auto packed = data.array("POSITION_QUANTIZED", 3, Component::UShort, count);
    if (!packed) return packed.error();
    if (!*packed) return makeError("neither POSITION nor POSITION_QUANTIZED");
    auto from = data.global("QUANTIZED_VOLUME_OFFSET", 3, Component::Float),
         size = data.global("QUANTIZED_VOLUME_SCALE", 3, Component::Float);
    if (!from) return from.error();
    if (!size) return size.error();
    if (!*from || !*size)
      return makeError("POSITION_QUANTIZED without QUANTIZED_VOLUME_OFFSET and QUANTIZED_VOLUME_SCALE");
    offset = {(**from)[0], (**from)[1], (**from)[2]};
    scale = glm::dvec3((**size)[0], (**size)[1], (**size)[2]) / 65535.0;
    quantized = **packed;
  }
  std::vector<glm::dvec3> positions(count);
  bool finite = true;
  eachElement(*plain ? **plain : *quantized, [&](size_t i, const auto& v) {
    positions[i] =
        offset + scale * glm::dvec3(static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2]));
    finite = finite && std::isfinite(positions[i].x + positions[i].y + positions[i].z);
  });
  if (!finite) return makeError("a position is not a finite number");
  return positions;
}

Result<glm::dvec3> readCentre(const FeatureData& data) {
  auto centre = data.global("RTC_CENTER", 3, Component::Float);
  if (!centre) return centre.error();
  return *centre ? glm::dvec3((**centre)[0], (**centre)[1], (**centre)[2]) : glm::dvec3(0);
}

Result<std::optional<Accessor>> readBatchIds(FeatureData& data, size_t count) {
  const std::string type = data.root()["BATCH_ID"]["componentType"].text();
  const bool known = type.empty() || type == "UNSIGNED_BYTE" || type == "UNSIGNED_SHORT" || type == "UNSIGNED_INT";
  if (!known)
    return makeError("BATCH_ID: componentType is \"{}\", expected UNSIGNED_BYTE, UNSIGNED_SHORT or UNSIGNED_INT", type);
  return data.array("BATCH_ID", 1,
                    type == "UNSIGNED_BYTE"  ? Component::UByte
                    : type == "UNSIGNED_INT" ? Component::UInt
                                             : Component::UShort,
                    count);
}

glm::dvec3 octDecoded(double x, double y, double largest) {
  glm::dvec3 v(x / largest * 2 - 1, y / largest * 2 - 1, 0);
  v.z = 1 - std::abs(v.x) - std::abs(v.y);
  if (v.z < 0) {
    const double folded = (1 - std::abs(v.y)) * (v.x < 0 ? -1 : 1);
    v.y = (1 - std::abs(v.x)) * (v.y < 0 ? -1 : 1);
    v.x = folded;
  }
  return glm::normalize(v);
}

}  // namespace cm::source
