//! Whatever the bytes are, decoding a content (glTF, b3dm, i3dm, pnts, cmpt) ends with a value or an error, and what is decoded
//! holds together. Files that a content refers to have the same bytes as itself.
#include "source/image.h"
#include "source/tileset.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cm;
  const auto bytes = std::as_bytes(std::span(data, size));
  source::Resources resources;
  auto content = source::decodeContent(bytes, "fuzz", glm::dmat4(1.0), false, &resources);
  for (int round = 0; round < 2; ++round) {
    const auto missing = resources.takeMissing();
    if (missing.empty()) break;
    for (const std::string& uri : missing) resources.put(uri, Bytes(bytes.begin(), bytes.end()));
    content = source::decodeContent(bytes, "fuzz", glm::dmat4(1.0), false, &resources);
  }
  if (!content) {
    if (content.error().text().empty()) __builtin_trap();
    return 0;
  }
  const auto holds = [](bool good) {
    if (!good) __builtin_trap();
  };
  for (uint32_t index : content->indices) holds(index < content->vertices.size());
  for (const source::Part& part : content->parts)
    holds(size_t{part.firstIndex} + part.indexCount <= content->indices.size() &&
          part.material < content->materials.size());
  for (const source::Vertex& vertex : content->vertices) {
    const uint32_t feature = vertex.featureAndSurface & source::kNoFeature;
    holds(feature == source::kNoFeature || feature < content->features.size());
  }
  holds(content->uvs.empty() || content->uvs.size() == content->vertices.size());
  holds(content->features.lo.size() == content->features.size() &&
        content->features.hi.size() == content->features.size());
  for (const source::Image& image : content->images) holds(image.rgba.size() == size_t{image.width} * image.height * 4);
  for (const source::Column& column : content->features.columns)
    holds(std::visit([](const auto& values) { return values.size(); }, column.values) == content->features.size());
  return 0;
}
