//! Instanced 3D Model (3D Tiles 1.0): one glTF at many places.
#include <cmath>
#include <glm/gtc/matrix_transform.hpp>

#include "geo/ellipsoid.h"
#include "source/content_frame.h"
#include "source/feature_data.h"
#include "source/fetch.h"
#include "source/formats.h"

namespace cm::source {
namespace {

//! Up and right of each instance, from plain or oct-encoded vectors; nothing where the file has none.
Result<std::optional<std::vector<glm::dvec3>>> readDirections(FeatureData& data, std::string_view plain,
                                                              std::string_view packed, size_t count) {
  auto vectors = data.array(plain, 3, Component::Float, count);
  if (!vectors) return vectors.error();
  auto octs = data.array(packed, 2, Component::UShort, count);
  if (!octs) return octs.error();
  if (!*vectors && !*octs) return std::optional<std::vector<glm::dvec3>>();
  std::vector<glm::dvec3> out(count);
  if (*vectors)
    eachElement(**vectors, [&](size_t i, const auto& v) {
      out[i] = {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
    });
  else
    eachElement(**octs, [&](size_t i, const auto& v) {
      out[i] = octDecoded(static_cast<double>(v[0]), static_cast<double>(v[1]), 65535);
    });
  return std::optional(std::move(out));
}

struct Orientation {
  std::optional<std::vector<glm::dvec3>> up, right;
  bool eastNorthUp = false;
  glm::dmat4 ecefFromTile{1.0};
  glm::dvec3 centre{0};

  //! Columns: right, up, and right x up (3D Tiles 1.0, "Instance orientation").
  glm::dmat3 at(size_t i, const glm::dvec3& position) const {
    if (up && right) {
      const glm::dmat3 turn((*right)[i], (*up)[i], glm::cross((*right)[i], (*up)[i]));
      return std::abs(glm::determinant(turn)) > 1e-12 ? turn : glm::dmat3(1.0);
    }
    if (!eastNorthUp) return glm::dmat3(1.0);
    // Positions are mostly ECEF and the tile has no transform; where they are not, the transform leads there.
    const glm::dvec3 here = centre + position;
    if (isOnEarth(here)) return glm::dmat3(geo::enuFrameAt(geo::geodeticFromEcef(here)).ecefFromEnu);
    const glm::dvec3 ecef(ecefFromTile * glm::dvec4(here, 1));
    if (!isOnEarth(ecef)) return glm::dmat3(1.0);
    glm::dmat3 axes(ecefFromTile);
    for (int k = 0; k < 3; ++k) axes[k] = glm::normalize(axes[k]);
    return glm::transpose(axes) * glm::dmat3(geo::enuFrameAt(geo::geodeticFromEcef(ecef)).ecefFromEnu);
  }
};

Result<std::vector<InstancePlace>> readInstances(FeatureData& data, const Placement& placement) {
  auto length = data.whole("INSTANCES_LENGTH");
  if (!length) return length.error();
  if (!*length) return makeError("INSTANCES_LENGTH is missing");
  const size_t count = **length;
  auto positions = readPositions(data, count);
  if (!positions) return positions.error();
  auto up = readDirections(data, "NORMAL_UP", "NORMAL_UP_OCT32P", count);
  if (!up) return up.error();
  auto right = readDirections(data, "NORMAL_RIGHT", "NORMAL_RIGHT_OCT32P", count);
  if (!right) return right.error();
  auto scale = data.array("SCALE", 1, Component::Float, count);
  if (!scale) return scale.error();
  auto scales = data.array("SCALE_NON_UNIFORM", 3, Component::Float, count);
  if (!scales) return scales.error();
  auto ids = readBatchIds(data, count);
  if (!ids) return ids.error();
  const Orientation orientation{std::move(*up), std::move(*right),
                                data.root()["EAST_NORTH_UP"].boolean().value_or(false), placement.ecefFromTile,
                                placement.rtcCentre};
  std::vector<InstancePlace> instances(count);
  for (size_t i = 0; i < count; ++i) {
    glm::dmat4 m(orientation.at(i, (*positions)[i]));
    m[3] = glm::dvec4((*positions)[i], 1);
    if (*scale) m = glm::scale(m, glm::dvec3(numberAt(**scale, i, 0)));
    if (*scales)
      m = glm::scale(m, glm::dvec3(numberAt(**scales, i, 0), numberAt(**scales, i, 1), numberAt(**scales, i, 2)));
    instances[i].tileFromModel = m;
    instances[i].feature = *ids ? static_cast<uint64_t>(std::max(numberAt(**ids, i, 0), 0.0)) : i;
  }
  return instances;
}

}  // namespace

Result<MeshContent> decodeI3dm(std::span<const std::byte> bytes, DecodeContext context) {
  auto parts = openTile(bytes);
  if (!parts) return parts.error();
  auto data = FeatureData::open(parts->featureJson, parts->featureBinary);
  if (!data) return data.error();
  auto centre = readCentre(*data);
  if (!centre) return centre.error();
  context.placement.rtcCentre = *centre;
  auto instances = readInstances(*data, context.placement);
  if (!instances) return instances.error();
  size_t features = 0;
  for (const InstancePlace& instance : *instances) features = std::max<size_t>(features, instance.feature + 1);
  const size_t most =
      std::min<size_t>(instances->size() + parts->batchJson.size() + parts->batchBinary.size() * 8, kNoFeature);
  if (features > most)
    return makeError("BATCH_ID reaches {}, expected less than {}", grouped(features - 1), grouped(most));
  std::vector<std::string> warnings;
  if (features > 0)
    context.placement.batchTable = readBatchTable(parts->batchJson, parts->batchBinary, features, warnings);
  context.placement.instances = std::move(*instances);

  std::span<const std::byte> model = parts->body;
  if (parts->gltfFormat == 0) {
    std::string_view uri = asText(parts->body);
    uri = uri.substr(0, uri.find_last_not_of(std::string_view(" \0\n", 3)) + 1);
    if (!context.resources) return makeError("its model is in the file {}, which is not read here", uri);
    auto file = context.resources->get(context.placement.uri, uri);
    if (!file) return file.error().within("model");
    model = *file;
    context.placement.uri = resolveUri(context.placement.uri, uri);
  } else if (parts->gltfFormat != 1) {
    return makeError("gltfFormat is {}, expected 0 or 1", parts->gltfFormat);
  }
  auto content = decodeGltf(model, std::move(context));
  if (content) content->warnings.insert(content->warnings.begin(), warnings.begin(), warnings.end());
  return content;
}

}  // namespace cm::source
