#include "source/draco_points.h"
#include "source/gltf.h"

#ifdef CITYMIRROR_HAS_DRACO
#include <draco/compression/decode.h>
#endif

namespace cm::source {

#ifdef CITYMIRROR_HAS_DRACO
namespace {

float largestOf(draco::DataType type) {
  switch (type) {
    case draco::DT_INT8: return 127;
    case draco::DT_UINT8: return 255;
    case draco::DT_INT16: return 32767;
    case draco::DT_UINT16: return 65535;
    default: return 1;
  }
}

//! All values of one attribute, point by point, as floats: exact for the 16-bit ids and 8-bit colours found in tiles.
//! `described` is the glTF accessor, which alone tells whether whole numbers stand for fractions.
Accessor valuesOf(Gltf& gltf, const draco::Mesh& mesh, const draco::PointAttribute& attribute, const Json& described) {
  Accessor accessor;
  accessor.count = mesh.num_points();
  accessor.components = std::min<size_t>(static_cast<size_t>(attribute.num_components()), 4);
  accessor.stride = accessor.components * sizeof(float);
  const bool fractions = described["normalized"].boolean().value_or(false) && !attribute.normalized();
  const float scale = fractions ? 1 / largestOf(attribute.data_type()) : 1;
  auto bytes = gltf.scratch(accessor.count * accessor.stride);
  accessor.data = bytes.data();
  if (attribute.data_type() == draco::DT_FLOAT32 && scale == 1) {  // as they lie there: positions, normals, uvs
    for (uint32_t i = 0; i < mesh.num_points(); ++i) {
      const auto index = attribute.mapped_index(draco::PointIndex(i));
      std::memcpy(bytes.data() + i * accessor.stride, attribute.GetAddress(index), accessor.stride);
    }
    return accessor;
  }
  for (uint32_t i = 0; i < mesh.num_points(); ++i) {
    const auto index = attribute.mapped_index(draco::PointIndex(i));
    std::array<float, 4> values{};
    attribute.ConvertValue<float>(index, static_cast<int8_t>(accessor.components), values.data());
    for (float& value : values) value *= scale;
    std::memcpy(bytes.data() + i * accessor.stride, values.data(), accessor.stride);
  }
  return accessor;
}

}  // namespace

Result<DracoMesh> decodeDraco(Gltf& gltf, const Json& primitive, const Json& extension) {
  const auto viewNumber = extension["bufferView"].whole();
  if (!viewNumber) return makeError("KHR_draco_mesh_compression: bufferView is missing");
  auto bytes = gltf.view(*viewNumber);
  if (!bytes) return bytes.error();
  draco::DecoderBuffer buffer;
  buffer.Init(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  draco::Decoder decoder;
  auto decoded = decoder.DecodeMeshFromBuffer(&buffer);
  if (!decoded.ok())
    return makeError("KHR_draco_mesh_compression: buffer view {}: {}", *viewNumber, decoded.status().error_msg());
  const std::unique_ptr<draco::Mesh> held = std::move(decoded).value();
  const draco::Mesh& mesh = *held;
  DracoMesh out;
  for (const auto& [semantic, id] : extension["attributes"].members()) {
    const auto number = id.whole();
    const draco::PointAttribute* attribute =
        number ? mesh.GetAttributeByUniqueId(static_cast<uint32_t>(*number)) : nullptr;
    if (!attribute) return makeError("KHR_draco_mesh_compression: no attribute {} for {}", id.text(), semantic);
    const Json described = gltf.accessorJson(primitive["attributes"][semantic].whole().value_or(SIZE_MAX));
    out.attributes.emplace_back(std::string(semantic), valuesOf(gltf, mesh, *attribute, described));
  }
  out.indices.resize(mesh.num_faces() * size_t{3});
  for (uint32_t face = 0; face < mesh.num_faces(); ++face)
    for (size_t k = 0; k < 3; ++k) out.indices[face * size_t{3} + k] = mesh.face(draco::FaceIndex(face))[k].value();
  return out;
}

Result<DracoPoints> decodeDracoPoints(std::span<const std::byte> bytes,
                                      const std::vector<std::pair<std::string, uint32_t>>& wanted, size_t count) {
  draco::DecoderBuffer buffer;
  buffer.Init(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  draco::Decoder decoder;
  auto decoded = decoder.DecodePointCloudFromBuffer(&buffer);
  if (!decoded.ok()) return makeError("{}", decoded.status().error_msg());
  const std::unique_ptr<draco::PointCloud> cloud = std::move(decoded).value();
  if (cloud->num_points() != count) return makeError("{} points, expected {}", cloud->num_points(), count);
  DracoPoints out;
  for (const auto& [name, id] : wanted) {
    const draco::PointAttribute* from = cloud->GetAttributeByUniqueId(id);
    if (!from) return makeError("no attribute {} for {}", id, name);
    DracoPoints::Attribute attribute;
    attribute.name = name;
    attribute.components = std::min<size_t>(static_cast<size_t>(from->num_components()), 4);
    attribute.values.resize(count * attribute.components);
    for (uint32_t i = 0; i < count; ++i)
      from->ConvertValue<float>(from->mapped_index(draco::PointIndex(i)), static_cast<int8_t>(attribute.components),
                                attribute.values.data() + i * attribute.components);
    out.attributes.push_back(std::move(attribute));
  }
  return out;
}
#else
Result<DracoPoints> decodeDracoPoints(std::span<const std::byte>, const std::vector<std::pair<std::string, uint32_t>>&,
                                      size_t) {
  return makeError("compressed with Draco, which this build cannot read");
}

Result<DracoMesh> decodeDraco(Gltf&, const Json&, const Json&) {
  return makeError("compressed with Draco, which this build cannot read");
}
#endif

}  // namespace cm::source
