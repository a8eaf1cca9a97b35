#include "source/primitives.h"

#include <cmath>
#include <numeric>

#include "source/materials.h"

namespace cm::source {
namespace {

constexpr size_t kMaxVertices = size_t{1} << 25;

class PrimitiveReader {
 public:
  PrimitiveReader(Gltf& gltf, const Json& json, std::vector<std::string>& warnings)
      : gltf_(gltf), json_(json), warnings_(warnings) {}

  Result<std::optional<Primitive>> read(bool batched, size_t tables) {
    const uint64_t mode = json_["mode"].whole().value_or(4);
    if (mode < 4 || mode > 6) {
      warnOnce(warnings_, fmt::format("primitives of mode {} (points or lines) are left out", mode));
      return std::optional<Primitive>();
    }
    if (const Json draco = json_["extensions"]["KHR_draco_mesh_compression"]; draco.present()) {
      auto decoded = decodeDraco(gltf_, json_, draco);
      if (!decoded) return decoded.error();
      draco_ = std::move(*decoded);
    }
    Primitive primitive;
    auto position = attribute("POSITION");
    if (!position) return position.error();
    if (!*position) return makeError("POSITION is missing");
    primitive.position = **position;
    if (primitive.position.components != 3)
      return makeError("POSITION has {} components, expected 3", primitive.position.components);
    if (primitive.position.count > kMaxVertices)
      return makeError("{} vertices are more than a tile can hold", grouped(primitive.position.count));
    if (auto bounded = bound(primitive); !bounded) return bounded.error();
    count_ = primitive.position.count;
    primitive.normal = optional("NORMAL", 3, 3);
    primitive.colour = optional("COLOR_0", 3, 4);
    primitive.sky = optional("_SKY_VISIBILITY", 1, 1);
    primitive.uv = {optional("TEXCOORD_0", 2, 2), optional("TEXCOORD_1", 2, 2)};
    primitive.material = json_["material"].whole();
    readFeatures(batched, tables, primitive.features);
    if (auto done = readTriangles(mode, primitive.triangles); !done) return done.error();
    return std::optional<Primitive>(std::move(primitive));
  }

 private:
  Result<std::optional<Accessor>> attribute(std::string_view semantic) {
    if (draco_)
      for (const auto& [name, accessor] : draco_->attributes)
        if (name == semantic) return std::optional<Accessor>(accessor);
    const Json number = json_["attributes"][semantic];
    if (!number.present()) return std::optional<Accessor>();
    auto accessor = gltf_.accessor(number.whole().value_or(SIZE_MAX));
    if (!accessor) return accessor.error();
    return std::optional<Accessor>(*accessor);
  }

  //! An attribute that a primitive can do without: a broken one is left out, which is said.
  std::optional<Accessor> optional(std::string_view semantic, size_t least, size_t most) {
    auto accessor = attribute(semantic);
    if (!accessor) {
      warnOnce(warnings_, fmt::format("{}: {}", semantic, accessor.error().text()));
      return {};
    }
    if (!*accessor) return {};
    const Accessor& a = **accessor;
    if (a.count != count_ || a.components < least || a.components > most) {
      warnOnce(warnings_, fmt::format("{} has {} elements of {} components for {} vertices; left out", semantic,
                                      a.count, a.components, count_));
      return {};
    }
    return a;
  }

  static Result<void> bound(Primitive& primitive) {
    glm::dvec3 lo(std::numeric_limits<double>::max()), hi(std::numeric_limits<double>::lowest());
    bool finite = true;
    eachElement(primitive.position, [&](size_t, const auto& v) {
      for (int k = 0; k < 3; ++k) {
        const auto value = static_cast<double>(v[static_cast<size_t>(k)]);
        finite = finite && std::isfinite(value);
        lo[k] = std::min(lo[k], value);
        hi[k] = std::max(hi[k], value);
      }
    });
    if (!finite) return makeError("a position is not a finite number");
    if (primitive.position.count > 0) {
      primitive.lo = lo;
      primitive.hi = hi;
    }
    return {};
  }

  void readFeatures(bool batched, size_t tables, FeatureIds& out) {
    for (const Json& set : json_["extensions"]["EXT_mesh_features"]["featureIds"].items()) {
      if (set["texture"].present()) {
        warnOnce(warnings_, "feature ids in a texture are not read");
        continue;
      }
      const auto number = set["attribute"].whole();
      if (number) {
        const auto ids = optional(fmt::format("_FEATURE_ID_{}", *number), 1, 1);
        if (!ids) continue;
        out.ids = *ids;
      }
      out.from = number ? FeatureIds::From::Attribute : FeatureIds::From::VertexNumber;
      out.nullId = set["nullFeatureId"].whole();
      out.table.reset();
      if (const auto table = set["propertyTable"].whole()) {
        if (*table < tables)
          out.table = *table;
        else
          warnOnce(warnings_, fmt::format("property table {} does not exist", *table));
      }
      if (out.table) return;  // the first set that says something about its features
    }
    if (out.from != FeatureIds::From::Nothing) return;
    for (const char* name : {"_BATCHID", "BATCHID", "_FEATURE_ID_0"})
      if (const auto ids = optional(name, 1, 1)) {
        out.from = FeatureIds::From::Attribute;
        out.ids = *ids;
        if (tables == 1 || batched) out.table = 0;
        return;
      }
  }

  Result<void> readTriangles(uint64_t mode, std::vector<uint32_t>& triangles) {
    std::vector<uint32_t> corners;
    if (draco_) {
      corners = std::move(draco_->indices);
      mode = 4;
    } else if (const Json number = json_["indices"]; number.present()) {
      auto indices = gltf_.accessor(number.whole().value_or(SIZE_MAX));
      if (!indices) return indices.error();
      if (indices->components != 1 || indices->component == Component::Float)
        return makeError("indices in accessor {} are not whole numbers", number.text());
      if (indices->count > kMaxVertices * 6)
        return makeError("{} indices are more than a tile can hold", grouped(indices->count));
      corners.resize(indices->count);
      // NOLINTNEXTLINE(bugprone-signed-char-misuse): a negative one becomes huge and is refused below
      eachElement(*indices, [&](size_t i, const auto& v) { corners[i] = static_cast<uint32_t>(v[0]); });
    } else {
      corners.resize(count_);
      std::iota(corners.begin(), corners.end(), 0u);
    }
    for (uint32_t corner : corners)
      if (corner >= count_) return makeError("index {} of {} vertices", grouped(corner), grouped(count_));
    if (mode == 4) {
      corners.resize(corners.size() / 3 * 3);
      triangles = std::move(corners);
      return {};
    }
    if (corners.size() < 3) return {};
    triangles.reserve((corners.size() - 2) * 3);
    for (size_t i = 2; i < corners.size(); ++i) {
      const uint32_t first = mode == 6 ? corners[0] : corners[i - 2];
      const bool odd = mode == 5 && i % 2 == 1;  // every second triangle of a strip runs the other way
      const uint32_t b = odd ? corners[i] : corners[i - 1], c = odd ? corners[i - 1] : corners[i];
      if (first != b && b != c && first != c) triangles.insert(triangles.end(), {first, b, c});
    }
    return {};
  }

  Gltf& gltf_;
  const Json& json_;
  std::vector<std::string>& warnings_;
  std::optional<DracoMesh> draco_;
  size_t count_ = 0;
};

}  // namespace

Result<std::optional<Primitive>> readPrimitive(Gltf& gltf, const Json& json, bool batched, size_t tables,
                                               std::vector<std::string>& warnings) {
  return PrimitiveReader(gltf, json, warnings).read(batched, tables);
}

}  // namespace cm::source
