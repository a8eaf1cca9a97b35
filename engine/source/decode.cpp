#include <cstring>
#include <exception>

#include "source/gltf.h"
#include "source/mesh_builder.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

//! 3D Tiles 1.0, "Batched 3D Model": header, feature table, batch table, glb.
struct B3dm {
  std::span<const std::byte> featureJson, featureBinary, batchJson, batchBinary, glb;
  size_t legacyBatchLength = 0;
};

uint32_t uint32At(std::span<const std::byte> bytes, size_t offset) {
  uint32_t value = 0;
  if (offset + 4 <= bytes.size()) std::memcpy(&value, bytes.data() + offset, 4);
  return value;
}

Result<B3dm> openB3dm(std::span<const std::byte> bytes) {
  constexpr size_t kHeader = 28;
  if (bytes.size() < kHeader) return makeError("{} bytes; a b3dm has at least {}", bytes.size(), kHeader);
  if (uint32At(bytes, 4) != 1) return makeError("b3dm version {}, expected 1", uint32At(bytes, 4));
  const size_t length = uint32At(bytes, 8);
  if (length > bytes.size())
    return makeError("header says {} bytes, the file has {}", grouped(length), grouped(bytes.size()));
  bytes = bytes.first(std::max(length, kHeader));
  size_t sizes[4] = {uint32At(bytes, 12), uint32At(bytes, 16), uint32At(bytes, 20), uint32At(bytes, 24)};
  B3dm out;
  size_t at = kHeader;
  // Before 1.0 the header was shorter: what is read as a length of JSON then is the start of "{"..." or of "glTF".
  constexpr uint32_t kTextStarts = 0x22000000;
  if (sizes[2] >= kTextStarts) {
    at = 20;
    out.legacyBatchLength = sizes[0];
    sizes[2] = sizes[1];
    sizes[0] = sizes[1] = sizes[3] = 0;
  } else if (sizes[3] >= kTextStarts) {
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
  out.glb = bytes.subspan(at);
  return out;
}

Result<MeshContent> decodeGltf(std::span<const std::byte> bytes, Placement placement) {
  auto gltf = Gltf::open(bytes);
  if (!gltf) return gltf.error();
  return buildMesh(*gltf, std::move(placement));
}

Result<MeshContent> decodeB3dm(std::span<const std::byte> bytes, Placement placement) {
  auto file = openB3dm(bytes);
  if (!file) return file.error();
  std::vector<std::string> warnings;
  size_t batchLength = file->legacyBatchLength;
  if (!file->featureJson.empty()) {
    auto document = JsonDocument::parse(file->featureJson);
    if (!document) return document.error().within("feature table");
    const Json table = document->root();
    const auto whole = [&](const Json& json, size_t offset) -> std::optional<uint64_t> {
      if (!json.isObject()) return json.whole();
      return offset + 4 <= file->featureBinary.size() ? std::optional<uint64_t>(uint32At(file->featureBinary, offset))
                                                      : std::nullopt;
    };
    batchLength = whole(table["BATCH_LENGTH"], table["BATCH_LENGTH"]["byteOffset"].whole().value_or(0)).value_or(0);
    if (const Json centre = table["RTC_CENTER"]; centre.present()) {
      const auto numbers = centre.numbers();
      const auto offset = centre["byteOffset"].whole();
      if (numbers.size() == 3) {
        placement.rtcCentre = {numbers[0], numbers[1], numbers[2]};
      } else if (offset && *offset + 12 <= file->featureBinary.size()) {
        std::array<float, 3> values{};
        std::memcpy(values.data(), file->featureBinary.data() + *offset, 12);
        placement.rtcCentre = {values[0], values[1], values[2]};
      } else {
        return makeError("RTC_CENTER is {}, expected three numbers", centre.kind());
      }
    }
  }
  if (batchLength > bytes.size() * 8)
    return makeError("BATCH_LENGTH is {} in a file of {} bytes", grouped(batchLength), grouped(bytes.size()));
  if (batchLength > 0) placement.batchTable = readBatchTable(file->batchJson, file->batchBinary, batchLength, warnings);
  auto content = decodeGltf(file->glb, std::move(placement));
  if (content) content->warnings.insert(content->warnings.begin(), warnings.begin(), warnings.end());
  return content;
}

Result<MeshContent> decodeAny(std::span<const std::byte> bytes, Placement placement) {
  const std::string_view start = asText(bytes).substr(0, 4);
  if (start == "glTF") return decodeGltf(bytes, std::move(placement));
  if (start == "b3dm") return decodeB3dm(bytes, std::move(placement));
  if (start == "i3dm" || start == "pnts" || start == "cmpt" || start == "vctr" || start == "geom")
    return makeError("{} content is not supported; glb and b3dm are", start);
  if (start.starts_with('{') || start.starts_with(' ')) return decodeGltf(bytes, std::move(placement));
  std::string shown;
  for (char c : start) shown += static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f ? c : '?';
  return makeError("starts with '{}', expected glTF or b3dm", shown);
}

}  // namespace

Result<MeshContent> decodeContent(std::span<const std::byte> bytes, const std::string& uri,
                                  const glm::dmat4& ecefFromTile, bool zUpContent) {
  Placement placement;
  placement.uri = uri;
  placement.ecefFromTile = ecefFromTile;
  placement.zUp = zUpContent;
  try {
    auto content = decodeAny(bytes, std::move(placement));
    if (!content) return content.error().within("{}", uri);
    for (std::string& warning : content->warnings) warning.insert(0, uri + ": ");
    return content;
  } catch (const std::exception& failure) {  // Draco and allocation: nothing of theirs leaves this folder
    return makeError("{}: {}", uri, failure.what());
  }
}

}  // namespace cm::source
