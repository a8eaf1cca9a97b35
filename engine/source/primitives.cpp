#include "source/primitives.h"

#include <cmath>
#include <numeric>

#include "source/materials.h"

namespace cm::source {
namespace {

constexpr size_t kMaxVertices = kMaxContentVertices;

//! glTF 2.0, 5.24.4.
enum Mode : uint64_t { kPoints, kLines, kLineLoop, kLineStrip, kTriangles, kTriangleStrip, kTriangleFan };

class PrimitiveReader {
 public:
  PrimitiveReader(Gltf& gltf, const Json& json, std::vector<std::string>& warnings)
      : gltf_(gltf), json_(json), warnings_(warnings) {}

  Result<Primitive> read(bool batched, size_t tables) {
    const uint64_t mode = json_["mode"].whole().value_or(kTriangles);
    if (mode > kTriangleFan) return makeError("mode is {}, expected 0 to 6", json_["mode"].text());
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
    primitive.matter = optional("_GROUND", 4, 4);
    primitive.uv = {optional("TEXCOORD_0", 2, 2), optional("TEXCOORD_1", 2, 2)};
    primitive.material = json_["material"].whole();
    readFeatures(batched, tables, primitive.features);
    primitive.topology = draco_              ? Topology::Triangles
                         : mode == kPoints   ? Topology::Points
                         : mode < kTriangles ? Topology::Lines
                                             : Topology::Triangles;
    auto corners = readCorners();
    if (!corners) return corners.error();
    primitive.corners = draco_ ? std::move(*corners) : resolved(mode, std::move(*corners));
    return primitive;
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
    double nothing = 0;  // not a number once there was infinity or none
    eachElement(primitive.position, [&](size_t, const auto& v) {
      const glm::dvec3 at(static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2]));
      nothing += (at.x + at.y + at.z) * 0;
      lo = glm::min(lo, at);
      hi = glm::max(hi, at);
    });
    if (nothing != 0) return makeError("a position is not a finite number");
    if (primitive.position.count > 0) {
      primitive.lo = lo;
      primitive.hi = hi;
    }
    return {};
  }

  void readFeatures(bool batched, size_t tables, FeatureIds& out) {
    for (const Json& set : json_["extensions"]["EXT_mesh_features"]["featureIds"].items()) {
      const auto number = set["attribute"].whole();
      if (number) {
        const auto ids = optional(fmt::format("_FEATURE_ID_{}", *number), 1, 1);
        if (!ids) continue;
        out.ids = *ids;
      } else if (set["texture"].present()) {
        auto ids = idsFromTexture(set["texture"]);
        if (!ids) {
          warnOnce(warnings_, fmt::format("EXT_mesh_features: texture: {}", ids.error().text()));
          continue;
        }
        out.ids = *ids;
      }
      out.from = number || set["texture"].present() ? FeatureIds::From::Attribute : FeatureIds::From::VertexNumber;
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

  //! What the texture says at each vertex: channels are bytes of the id, lowest first (EXT_mesh_features, "Feature ID by texture
  //! coordinates"). A triangle whose corners differ belongs to its first one's feature.
  Result<Accessor> idsFromTexture(const Json& info) {
    const uint64_t set = info["texCoord"].whole().value_or(0);
    const auto uv = optional(fmt::format("TEXCOORD_{}", set), 2, 2);
    if (!uv) return makeError("TEXCOORD_{} is missing", set);
    const Json texture = gltf_.texture(info["index"].whole().value_or(SIZE_MAX));
    const auto source = imageNumberOf(texture);
    if (!source) return makeError("texture {} has no picture", info["index"].text());
    auto picture = gltf_.picture(*source);
    if (!picture) return picture.error();
    std::vector<double> channels = info["channels"].numbers();
    if (channels.empty()) channels = {0};
    if (channels.size() > 4) channels.resize(4);
    const Image& image = **picture;
    Accessor ids;
    ids.component = Component::UInt;
    ids.count = count_;
    ids.stride = sizeof(uint32_t);
    auto bytes = gltf_.scratch(count_ * sizeof(uint32_t));
    const auto texel = [](float at, uint32_t size) {  // repeated, nearest
      const float part = std::isfinite(at) ? at - std::floor(at) : 0;
      return std::min(static_cast<uint32_t>(part * static_cast<float>(size)), size - 1);
    };
    eachElement(*uv, [&](size_t i, const auto& v) {
      const uint32_t x = texel(edged(toFloat(v[0], uv->normalized)), image.width);
      const uint32_t y = texel(edged(toFloat(v[1], uv->normalized)), image.height);
      uint32_t id = 0;
      for (size_t k = 0; k < channels.size(); ++k) {
        const size_t channel = channels[k] >= 0 && channels[k] < 4 ? static_cast<size_t>(channels[k]) : 0;
        id |= uint32_t{image.rgba[(size_t{y} * image.width + x) * 4 + channel]} << (8 * k);
      }
      std::memcpy(bytes.data() + i * sizeof id, &id, sizeof id);
    });
    ids.data = bytes.data();
    return ids;
  }
  //! A coordinate of exactly 1 means the last texel, not the first of the next turn.
  static float edged(float at) { return at == 1 ? std::nextafter(1.0f, 0.0f) : at; }

  Result<std::vector<uint32_t>> readCorners() {
    std::vector<uint32_t> corners;
    if (draco_) {
      corners = std::move(draco_->indices);
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
    uint32_t largest = 0;
    for (uint32_t corner : corners) largest = std::max(largest, corner);
    if (largest < count_) return corners;
    for (uint32_t corner : corners)
      if (corner >= count_) return makeError("index {} of {} vertices", grouped(corner), grouped(count_));
    return corners;
  }

  //! Strips, loops and fans as separate lines and triangles; what is incomplete at the end is left out.
  static std::vector<uint32_t> resolved(uint64_t mode, std::vector<uint32_t> corners) {
    if (mode == kPoints) return corners;
    if (mode == kLines || mode == kTriangles) {
      const size_t each = mode == kLines ? 2 : 3;
      corners.resize(corners.size() / each * each);
      return corners;
    }
    std::vector<uint32_t> out;
    if (mode == kLineLoop || mode == kLineStrip) {
      for (size_t i = 1; i < corners.size(); ++i) out.insert(out.end(), {corners[i - 1], corners[i]});
      if (mode == kLineLoop && corners.size() > 2) out.insert(out.end(), {corners.back(), corners.front()});
      return out;
    }
    if (corners.size() < 3) return out;
    out.reserve((corners.size() - 2) * 3);
    for (size_t i = 2; i < corners.size(); ++i) {
      const uint32_t first = mode == kTriangleFan ? corners[0] : corners[i - 2];
      const bool odd = mode == kTriangleStrip && i % 2 == 1;  // every second triangle of a strip runs the other way
      const uint32_t b = odd ? corners[i] : corners[i - 1], c = odd ? corners[i - 1] : corners[i];
      if (first != b && b != c && first != c) out.insert(out.end(), {first, b, c});
    }
    return out;
  }

  Gltf& gltf_;
  const Json& json_;
  std::vector<std::string>& warnings_;
  std::optional<DracoMesh> draco_;
  size_t count_ = 0;
};

}  // namespace

Result<Primitive> readPrimitive(Gltf& gltf, const Json& json, bool batched, size_t tables,
                                std::vector<std::string>& warnings) {
  return PrimitiveReader(gltf, json, warnings).read(batched, tables);
}

}  // namespace cm::source
