#include <algorithm>
#include <exception>

#include "source/feature_data.h"
#include "source/formats.h"
#include "source/gltf.h"
#include "source/merge.h"
#include "source/tileset.h"

namespace cm::source {
namespace {

constexpr int kDeepestComposite = 8;

Result<MeshContent> decodeAny(std::span<const std::byte> bytes, const DecodeContext& context, int depth);

//! Composite (3D Tiles 1.0): tiles one after the other. What cannot be read becomes a warning; an error where nothing can.
Result<MeshContent> decodeCmpt(std::span<const std::byte> bytes, const DecodeContext& context, int depth) {
  constexpr size_t kHeader = 16, kInnerHeader = 12;
  if (depth >= kDeepestComposite)
    return makeError("composites within composites, more than {} deep", kDeepestComposite);
  if (bytes.size() < kHeader) return makeError("{} bytes; a cmpt has at least {}", bytes.size(), kHeader);
  if (uint32At(bytes, 4) != 1) return makeError("cmpt version {}, expected 1", uint32At(bytes, 4));
  const size_t length = uint32At(bytes, 8);
  if (length > bytes.size())
    return makeError("header says {} bytes, the file has {}", grouped(length), grouped(bytes.size()));
  bytes = bytes.first(std::max(length, kHeader));
  const size_t count = uint32At(bytes, 12);
  std::optional<MeshContent> whole;
  std::vector<std::string> problems;
  size_t at = kHeader;
  for (size_t i = 0; i < count; ++i) {
    const size_t left = bytes.size() - at, size = left >= kInnerHeader ? uint32At(bytes, at + 8) : 0;
    if (left < kInnerHeader || size < kInnerHeader || size > left) {
      problems.push_back(fmt::format("tile {} of {} at byte {}: says {} bytes, {} are left", i, count, grouped(at),
                                     grouped(size), grouped(left)));
      break;
    }
    auto inner = decodeAny(bytes.subspan(at, size), context, depth + 1);
    at += size;
    if (!inner) {
      problems.push_back(fmt::format("tile {} of {}: {}", i, count, inner.error().text()));
    } else if (whole && whole->vertices.size() + inner->vertices.size() > kMaxContentVertices) {
      problems.push_back(fmt::format("tile {} of {}: more than {} vertices in all; the rest is left out", i, count,
                                     grouped(kMaxContentVertices)));
      break;
    } else if (whole) {
      merge(*whole, std::move(*inner));
    } else {
      whole = std::move(*inner);
    }
  }
  if (!whole && !problems.empty()) return makeError("{}", problems.front());
  if (!whole) whole.emplace();
  whole->warnings.insert(whole->warnings.end(), problems.begin(), problems.end());
  return std::move(*whole);
}

Result<MeshContent> decodeAny(std::span<const std::byte> bytes, const DecodeContext& context, int depth) {
  const std::string_view start = asText(bytes).substr(0, 4);
  if (start == "glTF") return decodeGltf(bytes, context);
  if (start == "b3dm") return decodeB3dm(bytes, context);
  if (start == "i3dm") return decodeI3dm(bytes, context);
  if (start == "pnts") return decodePnts(bytes, context.placement);
  if (start == "cmpt") return decodeCmpt(bytes, context, depth);
  if (start == "vctr" || start == "geom") return makeError("{} content is not supported", start);
  const size_t first = asText(bytes).find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first != std::string_view::npos && asText(bytes)[first] == '{') return decodeGltf(bytes, context);
  std::string shown;
  for (char c : start) shown += static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f ? c : '?';
  return makeError("starts with '{}', expected glTF, b3dm, i3dm, pnts or cmpt", shown);
}

}  // namespace

Result<MeshContent> decodeGltf(std::span<const std::byte> bytes, DecodeContext context) {
  auto gltf = Gltf::open(bytes, context.placement.uri, context.resources);
  if (!gltf) return gltf.error();
  return buildMesh(*gltf, std::move(context.placement));
}

//! Batched 3D Model (3D Tiles 1.0).
Result<MeshContent> decodeB3dm(std::span<const std::byte> bytes, DecodeContext context) {
  auto parts = openTile(bytes);
  if (!parts) return parts.error();
  auto data = FeatureData::open(parts->featureJson, parts->featureBinary);
  if (!data) return data.error();
  auto length = data->whole("BATCH_LENGTH");
  if (!length) return length.error();
  auto centre = readCentre(*data);
  if (!centre) return centre.error();
  context.placement.rtcCentre = *centre;
  const size_t batchLength = length->value_or(parts->legacyBatchLength);
  if (batchLength > bytes.size())
    return makeError("BATCH_LENGTH is {} in a file of {} bytes", grouped(batchLength), grouped(bytes.size()));
  std::vector<std::string> warnings;
  if (batchLength > 0)
    context.placement.batchTable = readBatchTable(parts->batchJson, parts->batchBinary, batchLength, warnings);
  auto content = decodeGltf(parts->body, std::move(context));
  if (content) content->warnings.insert(content->warnings.begin(), warnings.begin(), warnings.end());
  return content;
}

Result<MeshContent> decodeContent(std::span<const std::byte> bytes, const std::string& uri,
                                  const glm::dmat4& ecefFromTile, bool zUpContent, Resources* resources) {
  DecodeContext context;
  context.resources = resources;
  context.placement.uri = uri;
  context.placement.ecefFromTile = ecefFromTile;
  context.placement.zUp = zUpContent;
  try {
    auto content = decodeAny(bytes, context, 0);
    if (!content) return content.error().within("{}", uri);
    for (std::string& warning : content->warnings) warning.insert(0, uri + ": ");
    return content;
  } catch (const std::exception& failure) {  // Draco and allocation: nothing of theirs leaves this folder
    return makeError("{}: {}", uri, failure.what());
  }
}

}  // namespace cm::source
