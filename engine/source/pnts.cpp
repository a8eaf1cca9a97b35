//! Point Cloud (3D Tiles 1.0), with 3DTILES_draco_point_compression.
#include <algorithm>
#include <cmath>

#include "source/content_frame.h"
#include "source/draco_points.h"
#include "source/feature_data.h"
#include "source/features.h"
#include "source/formats.h"

namespace cm::source {
namespace {

using Colour = std::array<uint8_t, 4>;

//! Colours of point clouds are those of a screen; vertices hold linear light (IEC 61966-2-1).
uint8_t linear8(double srgb) {
  const double linear = srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
  return static_cast<uint8_t>(std::clamp(linear, 0.0, 1.0) * 255 + 0.5);
}
std::array<uint8_t, 256> makeLinear() {
  std::array<uint8_t, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) table[i] = linear8(static_cast<double>(i) / 255);
  return table;
}
const std::array<uint8_t, 256> kLinear = makeLinear();

Colour colourOf(double r, double g, double b, double a) {
  const auto byte = [](double v) { return static_cast<uint8_t>(std::clamp(v, 0.0, 255.0)); };
  return {kLinear[byte(r)], kLinear[byte(g)], kLinear[byte(b)], byte(a)};
}

class PointReader {
 public:
  PointReader(const TileParts& parts, FeatureData& data, const Placement& placement)
      : parts_(parts), data_(data), placement_(placement) {}

  Result<MeshContent> read() {
    auto length = data_.whole("POINTS_LENGTH");
    if (!length) return length.error();
    if (!*length) return makeError("POINTS_LENGTH is missing");
    count_ = **length;
    if (count_ > kMaxContentVertices) return makeError("{} points are more than a tile can hold", grouped(count_));
    if (auto unpacked = unpackDraco(); !unpacked) return unpacked.error();
    auto centre = readCentre(data_);
    if (!centre) return centre.error();
    auto positions = this->positions();
    if (!positions) return positions.error();
    if (auto placed = place(*positions, *centre); !placed) return placed.error();
    if (auto coloured = readColours(); !coloured) return coloured.error();
    if (auto turned = readNormals(); !turned) return turned.error();
    if (auto named = readFeatures(); !named) return named.error();
    Material material;
    material.unlit = !hasNormals_;
    out_.materials.push_back(std::move(material));
    out_.indices.resize(count_);
    for (size_t i = 0; i < count_; ++i) out_.indices[i] = static_cast<uint32_t>(i);
    if (count_ > 0) out_.parts.push_back({0, static_cast<uint32_t>(count_), 0, Topology::Points});
    return std::move(out_);
  }

 private:
  Result<void> unpackDraco() {
    const Json extension = data_.root()["extensions"]["3DTILES_draco_point_compression"];
    if (!extension.present()) return {};
    const auto offset = extension["byteOffset"].whole(), length = extension["byteLength"].whole();
    if (!offset || !length || *offset > parts_.featureBinary.size() || *length > parts_.featureBinary.size() - *offset)
      return makeError("3DTILES_draco_point_compression: its data lies outside the feature table of {} bytes",
                       grouped(parts_.featureBinary.size()));
    std::vector<std::pair<std::string, uint32_t>> wanted;
    for (const auto& [name, id] : extension["properties"].members())
      wanted.emplace_back(name, static_cast<uint32_t>(id.whole().value_or(~uint32_t{0})));
    auto unpacked = decodeDracoPoints(parts_.featureBinary.subspan(*offset, *length), wanted, count_);
    if (!unpacked) return unpacked.error().within("3DTILES_draco_point_compression");
    draco_ = std::move(*unpacked);
    return {};
  }

  const DracoPoints::Attribute* packed(std::string_view name) const {
    for (const DracoPoints::Attribute& attribute : draco_.attributes)
      if (attribute.name == name) return &attribute;
    return nullptr;
  }

  Result<std::vector<glm::dvec3>> positions() {
    const auto* values = packed("POSITION");
    if (!values) return readPositions(data_, count_);
    std::vector<glm::dvec3> out(count_);
    for (size_t i = 0; i < count_; ++i) {
      out[i] = {values->at(i, 0), values->at(i, 1), values->at(i, 2)};
      if (!std::isfinite(out[i].x + out[i].y + out[i].z)) return makeError("a position is not a finite number");
    }
    return out;
  }

  Result<void> place(const std::vector<glm::dvec3>& positions, const glm::dvec3& centre) {
    glm::dvec3 lo(kFarthestMetres), hi(-kFarthestMetres);
    for (const glm::dvec3& position : positions) {
      const glm::dvec3 ecef(placement_.ecefFromTile * glm::dvec4(centre + position, 1));
      for (int k = 0; k < 3; ++k)
        if (!(std::abs(ecef[k]) < kFarthestMetres))
          return makeError("positions reach {:.3g} m from the Earth's centre", ecef[k]);
      lo = glm::min(lo, ecef);
      hi = glm::max(hi, ecef);
    }
    if (positions.empty()) return {};
    const ContentFrame frame = contentFrameOf(lo, hi, placement_.ecefFromTile);
    out_.ecefFromContent = frame.ecefFromContent;
    contentFromTile_ = frame.contentFromEcef * placement_.ecefFromTile;
    out_.vertices.resize(count_);
    for (size_t i = 0; i < count_; ++i) {
      Vertex& vertex = out_.vertices[i];
      vertex.position = glm::vec3(glm::dvec3(contentFromTile_ * glm::dvec4(centre + positions[i], 1)));
      vertex.featureAndSurface = kNoFeature;
      vertex.normal = {0, 0, 127};
      vertex.colour = {255, 255, 255, 255};
      out_.lo = i == 0 ? vertex.position : glm::min(out_.lo, vertex.position);
      out_.hi = i == 0 ? vertex.position : glm::max(out_.hi, vertex.position);
    }
    return {};
  }

  Result<void> readColours() {
    for (const auto& [name, components] : {std::pair<std::string_view, size_t>("RGBA", 4), {"RGB", 3}}) {
      if (const auto* values = packed(name)) {
        for (size_t i = 0; i < count_; ++i)
          out_.vertices[i].colour =
              colourOf(values->at(i, 0), values->at(i, 1), values->at(i, 2), components == 4 ? values->at(i, 3) : 255);
        return {};
      }
      auto colours = data_.array(name, components, Component::UByte, count_);
      if (!colours) return colours.error();
      if (!*colours) continue;
      eachElement(**colours, [&, alpha = components == 4](size_t i, const auto& v) {
        const auto c = [&](size_t k) { return static_cast<double>(v[k]); };
        out_.vertices[i].colour = colourOf(c(0), c(1), c(2), alpha ? c(3) : 255);
      });
      return {};
    }
    auto packed565 = data_.array("RGB565", 1, Component::UShort, count_);
    if (!packed565) return packed565.error();
    if (*packed565) {
      eachElement(**packed565, [&](size_t i, const auto& v) {
        const auto bits = static_cast<uint32_t>(v[0]);
        out_.vertices[i].colour = colourOf((bits >> 11 & 31) * 255.0 / 31 + 0.5, (bits >> 5 & 63) * 255.0 / 63 + 0.5,
                                           (bits & 31) * 255.0 / 31 + 0.5, 255);
      });
      return {};
    }
    auto constant = data_.global("CONSTANT_RGBA", 4, Component::UByte);
    if (!constant) return constant.error();
    // Without any, dark grey: readable on bright ground and on sky.
    const Colour colour = *constant ? colourOf((**constant)[0], (**constant)[1], (**constant)[2], (**constant)[3])
                                    : colourOf(105, 105, 105, 255);
    for (Vertex& vertex : out_.vertices) vertex.colour = colour;
    return {};
  }

  Result<void> readNormals() {
    const glm::dmat3 turn(contentFromTile_);
    const auto set = [&](size_t i, const glm::dvec3& normal) {
      const glm::dvec3 n = turn * normal;
      const double length = glm::length(n);
      if (!(length > 0) || !std::isfinite(length)) return;
      for (int k = 0; k < 3; ++k)
        out_.vertices[i].normal[static_cast<size_t>(k)] = static_cast<int8_t>(std::lround(n[k] / length * 127));
    };
    hasNormals_ = true;
    if (const auto* values = packed("NORMAL")) {
      for (size_t i = 0; i < count_; ++i) set(i, {values->at(i, 0), values->at(i, 1), values->at(i, 2)});
      return {};
    }
    auto plain = data_.array("NORMAL", 3, Component::Float, count_);
    if (!plain) return plain.error();
    auto oct = data_.array("NORMAL_OCT16P", 2, Component::UByte, count_);
    if (!oct) return oct.error();
    if (*plain)
      eachElement(**plain, [&](size_t i, const auto& v) {
        set(i, {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])});
      });
    else if (*oct)
      eachElement(**oct, [&](size_t i, const auto& v) {
        set(i, octDecoded(static_cast<double>(v[0]), static_cast<double>(v[1]), 255));
      });
    else
      hasNormals_ = false;
    return {};
  }

  //! With BATCH_ID points share features; without, each point is one, if the batch table says anything.
  Result<void> readFeatures() {
    auto length = data_.whole("BATCH_LENGTH");
    if (!length) return length.error();
    const auto* packedIds = packed("BATCH_ID");
    auto ids = packedIds ? Result<std::optional<Accessor>>(std::optional<Accessor>()) : readBatchIds(data_, count_);
    if (!ids) return ids.error();
    const bool shared = packedIds || *ids;
    const size_t rows = shared ? length->value_or(0) : count_;
    if (rows > parts_.batchBinary.size() * 8 + parts_.batchJson.size() + count_)
      return makeError("BATCH_LENGTH is {} for {} points", grouped(rows), grouped(count_));
    PropertyTable table = readBatchTable(parts_.batchJson, parts_.batchBinary, rows, out_.warnings);
    if (auto more = addDracoColumns(table); !more) return more.error();
    if (!shared && table.columns.empty()) return {};
    std::vector<PropertyTable> tables;
    tables.push_back(std::move(table));
    FeatureNumbering numbering(std::move(tables), out_.warnings);
    FeatureIds from;
    from.table = 0;
    for (size_t i = 0; i < count_; ++i) {
      const double id = packedIds ? packedIds->at(i, 0) : *ids ? numberAt(**ids, i, 0) : static_cast<double>(i);
      if (!(id >= 0 && id < 1e9)) continue;
      const uint32_t number = numbering.number(from, static_cast<uint64_t>(id));
      out_.vertices[i].featureAndSurface = number;
      if (number != kNoFeature) numbering.grow(number, out_.vertices[i].position, out_.vertices[i].position);
    }
    out_.features = numbering.finish(placement_.uri);
    return {};
  }

  //! Properties of the batch table that were packed together with the points.
  Result<void> addDracoColumns(PropertyTable& table) {
    if (draco_.attributes.empty() || parts_.batchJson.empty()) return {};
    auto document = FeatureData::open(parts_.batchJson, {});
    if (!document) return {};  // readBatchTable has said so
    std::vector<std::pair<std::string, uint32_t>> wanted;
    for (const auto& [name, id] :
         document->root()["extensions"]["3DTILES_draco_point_compression"]["properties"].members())
      wanted.emplace_back(name, static_cast<uint32_t>(id.whole().value_or(~uint32_t{0})));
    if (wanted.empty()) return {};
    const Json extension = data_.root()["extensions"]["3DTILES_draco_point_compression"];
    auto unpacked = decodeDracoPoints(
        parts_.featureBinary.subspan(*extension["byteOffset"].whole(), *extension["byteLength"].whole()), wanted,
        count_);
    if (!unpacked) return unpacked.error().within("batch table");
    for (const DracoPoints::Attribute& attribute : unpacked->attributes) {
      std::erase_if(table.columns, [&](const Column& column) { return column.name == attribute.name; });
      if (table.count != count_ || attribute.components != 1) continue;
      std::vector<double> values(count_);
      for (size_t i = 0; i < count_; ++i) values[i] = attribute.at(i, 0);
      table.columns.push_back({attribute.name, std::move(values)});
    }
    return {};
  }

  const TileParts& parts_;
  FeatureData& data_;
  const Placement& placement_;
  size_t count_ = 0;
  bool hasNormals_ = false;
  DracoPoints draco_;
  glm::dmat4 contentFromTile_{1.0};
  MeshContent out_;
};

}  // namespace

Result<MeshContent> decodePnts(std::span<const std::byte> bytes, const Placement& placement) {
  auto parts = openTile(bytes);
  if (!parts) return parts.error();
  auto data = FeatureData::open(parts->featureJson, parts->featureBinary);
  if (!data) return data.error();
  return PointReader(*parts, *data, placement).read();
}

}  // namespace cm::source
