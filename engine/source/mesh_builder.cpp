#include "source/mesh_builder.h"

#include <algorithm>
#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <glm/gtc/quaternion.hpp>
#include <map>
#include <span>

#include "source/content_frame.h"
#include "source/materials.h"
#include "source/matter.h"
#include "source/primitives.h"
#include "source/property_textures.h"
#include "source/trees.h"

namespace cm::source {
namespace {

constexpr size_t kMaxInstances = size_t{1} << 20;

//! What a file may require without changing what the triangles are.
constexpr std::string_view kKnownExtensions[] = {
    "KHR_mesh_quantization",   "EXT_meshopt_compression", "KHR_draco_mesh_compression", "CESIUM_RTC",
    "EXT_mesh_features",       "EXT_structural_metadata", "CESIUM_primitive_outline",   "KHR_lights_punctual",
    "EXT_mesh_gpu_instancing", "EXT_instance_features"};

//! A primitive at one place in the scene.
struct Instance {
  size_t primitive = 0;
  glm::dmat4 ecefFromStored{1.0};
  uint32_t material = 0;
  Topology topology = Topology::Triangles;
  std::optional<uint32_t> feature;  // of the whole instance, instead of its vertices' own
};

//! One of the places a node's mesh stands at: (0, 0, 0) alone without EXT_mesh_gpu_instancing.
struct NodePlace {
  glm::dmat4 nodeFromMesh{1.0};
  std::optional<uint32_t> feature;
};

struct LoadedPrimitive {
  Primitive data;
  UsedMaterial material;
  std::vector<TexelProperty> properties;
};

double storedScale(const Accessor& a) {
  if (!a.normalized) return 1;
  switch (a.component) {
    case Component::Byte: return 1.0 / 127;
    case Component::UByte: return 1.0 / 255;
    case Component::Short: return 1.0 / 32767;
    case Component::UShort: return 1.0 / 65535;
    default: return 1;
  }
}

//! Clamped: a normal whose length is near the smallest float comes out of normalizing longer than one.
int8_t snorm8(float value) {
  return static_cast<int8_t>(std::min(std::max(value, -1.0f), 1.0f) * 127 + std::copysign(0.5f, value));
}

std::array<int8_t, 3> packedNormal(glm::vec3 n) {
  const float length = std::sqrt(glm::dot(n, n));
  if (!(length > 0) || !std::isfinite(length)) return {0, 0, 127};
  n *= 1 / length;
  return {snorm8(n.x), snorm8(n.y), snorm8(n.z)};
}

template <class T>
uint8_t unorm8(T value) {
  if constexpr (std::is_same_v<T, uint8_t>)
    return value;
  else if constexpr (std::is_same_v<T, uint16_t>)
    return static_cast<uint8_t>((uint32_t{value} * 255 + 32767) / 65535);
  else if constexpr (std::is_floating_point_v<T>)
    return value > 0 ? static_cast<uint8_t>(std::min(value, T{1}) * 255 + T{0.5}) : uint8_t{0};
  else
    return value > 0 ? static_cast<uint8_t>(std::min<int64_t>(value, 255)) : uint8_t{0};
}

class MeshBuilder {
 public:
  MeshBuilder(Gltf& gltf, Placement placement)
      : gltf_(gltf), placement_(std::move(placement)), materials_(gltf, out_), propertyTextures_(gltf, out_.warnings) {}

  Result<MeshContent> build() {
    if (auto known = checkExtensions(); !known) return known.error();
    schema_ = readSchema(gltf_, out_.warnings);
    std::vector<PropertyTable> tables;
    if (placement_.batchTable)
      tables.push_back(std::move(*placement_.batchTable));
    else
      readTables(tables);
    if (placement_.batchTable) tableCount_ = 1;
    FeatureNumbering features(std::move(tables), out_.warnings);
    features_ = &features;
    placeModels();
    if (auto walked = walk(); !walked) return walked.error();
    if (auto placed = place(); !placed) return placed.error();
    // One run of indices per material, so that a tile is few draws.
    std::stable_sort(instances_.begin(), instances_.end(), [](const Instance& a, const Instance& b) {
      return a.material != b.material ? a.material < b.material : a.topology < b.topology;
    });
    out_.vertices.reserve(vertices_);
    out_.indices.reserve(indices_);
    for (const Instance& instance : instances_) append(instance);
    measureWalls(out_);
    strewTrees(out_);
    out_.features = features.finish(placement_.uri);
    return std::move(out_);
  }

 private:
  Result<void> checkExtensions() {
    for (const Json& required : gltf_.root()["extensionsRequired"].items()) {
      const std::string name = required.text();
      const bool known =
          std::find(std::begin(kKnownExtensions), std::end(kKnownExtensions), name) != std::end(kKnownExtensions);
      // Materials and textures that are not understood change colours, not shapes.
      const bool looks = name == "KHR_techniques_webgl" || name.starts_with("KHR_materials_") ||
                         name.starts_with("KHR_texture_") || name.starts_with("EXT_texture_");
      if (!known && !looks) return makeError("requires the glTF extension {}, which is not supported", name);
    }
    return {};
  }

  void readTables(std::vector<PropertyTable>& tables) {
    tables = readPropertyTables(gltf_, schema_.json, out_.warnings);
    tableCount_ = tables.size();
    size_t mesh = 0;
    for (const Json& one : gltf_.root()["meshes"].items()) {
      size_t number = 0;
      for (const Json& primitive : one["primitives"].items()) {
        const bool named = primitive["extensions"]["EXT_mesh_features"].present();
        auto table = named ? std::nullopt : readPropertyAttributes(gltf_, primitive, schema_.json, out_.warnings);
        if (table) {
          vertexTables_[{mesh, number}] = tables.size();
          tables.push_back(std::move(*table));
        }
        ++number;
      }
      ++mesh;
    }
  }

  //! Where the scene as a whole stands: once, or at every instance of an i3dm.
  void placeModels() {
    const glm::dmat4 zFromY(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1);  // (x, y, z) -> (x, -z, y)
    const glm::dmat4 turn = placement_.zUp ? glm::dmat4(1.0) : zFromY;
    glm::dmat4 centred(1.0);
    const auto rtc = gltf_.root()["extensions"]["CESIUM_RTC"]["center"].numbers();
    if (rtc.size() == 3) centred = glm::translate(centred, glm::dvec3(rtc[0], rtc[1], rtc[2]));
    const glm::dmat4 moved = glm::translate(placement_.ecefFromTile, placement_.rtcCentre);
    if (!placement_.instances) {
      models_.push_back({moved * centred * turn, {}});
      return;
    }
    FeatureIds rows;
    if (placement_.batchTable.has_value()) rows.table = 0;
    for (const InstancePlace& instance : *placement_.instances)
      models_.push_back({moved * instance.tileFromModel * centred * turn, features_->number(rows, instance.feature)});
  }

  static Result<glm::dmat4> matrixOf(const Json& node, size_t index) {
    glm::dmat4 matrix(1.0);
    if (const Json given = node["matrix"]; given.present()) {
      const auto n = given.numbers();
      if (n.size() != 16) return makeError("node {}: matrix is {}, expected 16 numbers", index, given.kind());
      for (int i = 0; i < 16; ++i) matrix[i / 4][i % 4] = n[static_cast<size_t>(i)];
      return matrix;
    }
    const auto t = node["translation"].numbers(), r = node["rotation"].numbers(), s = node["scale"].numbers();
    if (t.size() == 3) matrix = glm::translate(matrix, glm::dvec3(t[0], t[1], t[2]));
    if (r.size() == 4) {
      const glm::dquat turn(r[3], r[0], r[1], r[2]);
      if (glm::length(turn) > 0) matrix *= glm::mat4_cast(glm::normalize(turn));
    }
    if (s.size() == 3) matrix = glm::scale(matrix, glm::dvec3(s[0], s[1], s[2]));
    return matrix;
  }

  //! The nodes the scene starts from: the default scene, else the first, else every node that is nobody's child.
  std::vector<size_t> rootNodes() const {
    std::vector<size_t> roots;
    const auto scenes = gltf_.root()["scenes"].items();
    if (!scenes.empty()) {
      const size_t scene = gltf_.root()["scene"].whole().value_or(0);
      for (const Json& node : scenes[scene < scenes.size() ? scene : 0]["nodes"].items())
        roots.push_back(node.whole().value_or(SIZE_MAX));
      return roots;
    }
    std::vector<bool> child(gltf_.nodeCount(), false);
    for (size_t i = 0; i < gltf_.nodeCount(); ++i)
      for (const Json& node : gltf_.node(i)["children"].items())
        if (const auto number = node.whole(); number && *number < child.size()) child[*number] = true;
    for (size_t i = 0; i < child.size(); ++i)
      if (!child[i]) roots.push_back(i);
    return roots;
  }

  Result<void> walk() {
    std::vector<std::pair<size_t, glm::dmat4>> stack;
    for (size_t root : rootNodes()) stack.emplace_back(root, glm::dmat4(1.0));
    std::reverse(stack.begin(), stack.end());
    std::vector<bool> visited(gltf_.nodeCount(), false);
    while (!stack.empty()) {
      const auto [index, above] = stack.back();
      stack.pop_back();
      if (index >= gltf_.nodeCount())
        return makeError("node {} does not exist", index == SIZE_MAX ? "?" : std::to_string(index));
      if (visited[index]) return makeError("node {} is reached twice: the nodes form a cycle or share children", index);
      visited[index] = true;
      const Json node = gltf_.node(index);
      auto matrix = matrixOf(node, index);
      if (!matrix) return matrix.error();
      const glm::dmat4 sceneFromNode = above * *matrix;
      if (const auto mesh = node["mesh"].whole()) {
        auto places = nodePlaces(node);
        if (!places) return places.error().within("node {}", index);
        if (auto added = addMesh(*mesh, sceneFromNode, *places); !added) return added.error();
      }
      const auto children = node["children"].items();
      for (auto child = children.rbegin(); child != children.rend(); ++child)
        stack.emplace_back(child->whole().value_or(SIZE_MAX), sceneFromNode);
    }
    return {};
  }

  //! EXT_mesh_gpu_instancing, and EXT_instance_features for whose each instance is.
  Result<std::vector<NodePlace>> nodePlaces(const Json& node) {
    const Json attributes = node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"];
    if (!attributes.present()) return std::vector<NodePlace>(1);
    const auto read = [&](std::string_view name, size_t components) -> Result<std::optional<Accessor>> {
      if (!attributes[name].present()) return std::optional<Accessor>();
      auto accessor = gltf_.accessor(attributes[name].whole().value_or(SIZE_MAX));
      if (!accessor) return accessor.error().within("EXT_mesh_gpu_instancing: {}", name);
      if (accessor->components != components)
        return makeError("EXT_mesh_gpu_instancing: {} has {} components, expected {}", name, accessor->components,
                         components);
      return std::optional<Accessor>(*accessor);
    };
    auto moves = read("TRANSLATION", 3), turns = read("ROTATION", 4), scales = read("SCALE", 3);
    for (const auto* attribute : {&moves, &turns, &scales})
      if (!*attribute) return attribute->error();
    size_t count = SIZE_MAX;
    for (const auto* attribute : {&moves, &turns, &scales})
      if (**attribute) count = std::min(count, (**attribute)->count);
    for (const auto& [name, number] : attributes.members())  // only ids: as many places as they name
      if (count == SIZE_MAX && name.starts_with("_"))
        if (auto accessor = gltf_.accessor(number.whole().value_or(SIZE_MAX))) count = accessor->count;
    if (count == SIZE_MAX) return makeError("EXT_mesh_gpu_instancing has no TRANSLATION, ROTATION or SCALE");
    if (count > kMaxInstances) return makeError("{} instances are more than a tile can hold", grouped(count));
    std::vector<NodePlace> places(count);
    for (size_t i = 0; i < count; ++i) {
      glm::dmat4& m = places[i].nodeFromMesh;
      const auto vector = [&](const Accessor& a) {
        return glm::dvec3(numberAt(a, i, 0), numberAt(a, i, 1), numberAt(a, i, 2));
      };
      if (*moves) m = glm::translate(m, vector(**moves));
      if (*turns) {
        const glm::dquat turn(numberAt(**turns, i, 3), numberAt(**turns, i, 0), numberAt(**turns, i, 1),
                              numberAt(**turns, i, 2));
        if (glm::length(turn) > 0) m *= glm::mat4_cast(glm::normalize(turn));
      }
      if (*scales) m = glm::scale(m, vector(**scales));
    }
    nameInstances(node, attributes, places);
    return places;
  }

  void nameInstances(const Json& node, const Json& attributes, std::vector<NodePlace>& places) {
    for (const Json& set : node["extensions"]["EXT_instance_features"]["featureIds"].items()) {
      FeatureIds ids;
      ids.nullId = set["nullFeatureId"].whole();
      if (const auto table = set["propertyTable"].whole(); table && *table < tableCount_) ids.table = *table;
      std::optional<Accessor> values;
      if (const auto number = set["attribute"].whole()) {
        auto accessor = gltf_.accessor(attributes[fmt::format("_FEATURE_ID_{}", *number)].whole().value_or(SIZE_MAX));
        if (!accessor || accessor->components != 1 || accessor->count < places.size()) {
          warnOnce(out_.warnings, fmt::format("EXT_instance_features: _FEATURE_ID_{} cannot be read", *number));
          continue;
        }
        values = *accessor;
      }
      for (size_t i = 0; i < places.size(); ++i) {
        const double id = values ? numberAt(*values, i, 0) : static_cast<double>(i);
        places[i].feature = id >= 0 && id < 1e15 ? features_->number(ids, static_cast<uint64_t>(id + 0.5)) : kNoFeature;
      }
      if (ids.table) return;  // the first set that says something about its features
    }
  }

  Result<void> addMesh(size_t mesh, const glm::dmat4& sceneFromNode, const std::vector<NodePlace>& places) {
    const Json json = gltf_.mesh(mesh);
    if (!json.present()) return makeError("mesh {} does not exist", mesh);
    const auto [known, fresh] = meshes_.emplace(mesh, std::vector<size_t>());
    if (fresh) {
      size_t number = 0;
      for (const Json& primitive : json["primitives"].items()) {
        auto read = readPrimitive(gltf_, primitive, placement_.batchTable.has_value(), tableCount_, out_.warnings);
        if (!read) return read.error().within("mesh {}, primitive {}", mesh, number);
        const auto own = vertexTables_.find({mesh, number});
        if (own != vertexTables_.end() && read->features.from == FeatureIds::From::Nothing) {
          read->features.from = FeatureIds::From::VertexNumber;
          read->features.table = own->second;
        }
        ++number;
        if (read->corners.empty()) continue;
        const bool unlit = read->topology != Topology::Triangles && !read->normal;  // glTF 2.0, 3.7.2.1
        const UsedMaterial material = materials_.use(read->material, unlit);
        known->second.push_back(primitives_.size());
        primitives_.push_back({std::move(*read), material, propertyTextures_.read(primitive, schema_.json)});
      }
    }
    for (size_t primitive : known->second) {
      const LoadedPrimitive& loaded = primitives_[primitive];
      const Primitive& p = loaded.data;
      const size_t times = models_.size() * places.size();
      const bool flat = p.topology == Topology::Triangles && !p.normal;
      const size_t each = std::max<size_t>(p.position.count + (flat ? p.corners.size() : 0), 1);
      if (times > kMaxInstances - instances_.size())
        return makeError("more than {} instances; a tile cannot hold that many", grouped(kMaxInstances));
      if (times > (kMaxContentVertices - vertices_) / each ||
          times * p.corners.size() > kMaxContentVertices * 4 - indices_)
        return makeError("more than {} vertices; a tile cannot hold that many", grouped(kMaxContentVertices));
      vertices_ += times * each;
      indices_ += times * p.corners.size();
      const double scale = storedScale(p.position);
      for (const NodePlace& model : models_)
        for (const NodePlace& place : places)
          instances_.push_back({primitive,
                                glm::scale(model.nodeFromMesh * sceneFromNode * place.nodeFromMesh, glm::dvec3(scale)),
                                loaded.material.index, p.topology, place.feature ? place.feature : model.feature});
    }
    return {};
  }

  //! Chooses the content's frame: at the middle of what is there; east-north-up where that is on Earth, else along the
  //! tile's own axes.
  Result<void> place() {
    if (instances_.empty()) return {};
    glm::dvec3 lo(std::numeric_limits<double>::max()), hi(std::numeric_limits<double>::lowest());
    for (const Instance& instance : instances_) {
      const Primitive& p = primitives_[instance.primitive].data;
      for (int corner = 0; corner < 8; ++corner) {
        const glm::dvec3 at(corner & 1 ? p.hi.x : p.lo.x, corner & 2 ? p.hi.y : p.lo.y, corner & 4 ? p.hi.z : p.lo.z);
        const glm::dvec3 ecef(instance.ecefFromStored * glm::dvec4(at, 1));
        for (int k = 0; k < 3; ++k)
          if (!(std::abs(ecef[k]) < kFarthestMetres))
            return makeError("positions reach {:.3g} m from the Earth's centre", ecef[k]);
        lo = glm::min(lo, ecef);
        hi = glm::max(hi, ecef);
      }
    }
    const ContentFrame frame = contentFrameOf(lo, hi, placement_.ecefFromTile);
    out_.ecefFromContent = frame.ecefFromContent;
    contentFromEcef_ = frame.contentFromEcef;
    return {};
  }

  void append(const Instance& instance) {
    const LoadedPrimitive& loaded = primitives_[instance.primitive];
    const Primitive& p = loaded.data;
    const glm::dmat4 contentFromStored = contentFromEcef_ * instance.ecefFromStored;
    const bool mirrored = glm::determinant(glm::dmat3(contentFromStored)) < 0;
    const auto base = static_cast<uint32_t>(out_.vertices.size());
    const uint32_t surface = static_cast<uint32_t>(loaded.material.surface) << 24;
    const uint32_t feature = surface | instance.feature.value_or(kNoFeature);
    out_.vertices.resize(base + p.position.count);
    Vertex* vertices = out_.vertices.data() + base;
    for (size_t i = 0; i < p.position.count; ++i) {
      vertices[i].featureAndSurface = feature;
      vertices[i].normal = {0, 0, 127};
      vertices[i].colour = {255, 255, 255, 255};
    }
    writePositions(p.position, contentFromStored, vertices);
    if (p.normal) writeNormals(*p.normal, contentFromStored, mirrored, vertices);
    if (p.colour) writeColours(*p.colour, vertices);
    if (p.sky) eachElement(*p.sky, [&](size_t i, const auto& v) { vertices[i].sky = unorm8(v[0]); });
    if (p.matter && loaded.material.surface != Surface::Building) writeMatter(*p.matter, vertices);
    if (!instance.feature) writeFeatures(p, surface, vertices);
    writeUvs(loaded, base);
    if (!loaded.properties.empty() && p.topology == Topology::Triangles)
      keepProperties(loaded, std::span<const Vertex>(vertices, p.position.count));

    const auto first = static_cast<uint32_t>(out_.indices.size());
    out_.indices.resize(first + p.corners.size());
    std::transform(p.corners.begin(), p.corners.end(), out_.indices.begin() + first,
                   [base](uint32_t corner) { return base + corner; });
    if (p.topology == Topology::Triangles) {
      if (mirrored)
        for (size_t i = first; i + 2 < out_.indices.size(); i += 3) std::swap(out_.indices[i + 1], out_.indices[i + 2]);
      if (!p.normal && !loaded.material.unlit) flatten(base, first);
    }
    const auto count = static_cast<uint32_t>(out_.indices.size()) - first;
    const bool joins = !out_.parts.empty() && out_.parts.back().material == instance.material &&
                       out_.parts.back().topology == instance.topology;
    if (joins)
      out_.parts.back().indexCount += count;
    else
      out_.parts.push_back({first, count, instance.material, instance.topology});
    growBounds(base);
  }

  static void writePositions(const Accessor& accessor, const glm::dmat4& m, Vertex* vertices) {
    eachElement(accessor, [&](size_t i, const auto& v) {
      const auto x = static_cast<double>(v[0]), y = static_cast<double>(v[1]), z = static_cast<double>(v[2]);
      vertices[i].position = {static_cast<float>(m[0].x * x + m[1].x * y + m[2].x * z + m[3].x),
                              static_cast<float>(m[0].y * x + m[1].y * y + m[2].y * z + m[3].y),
                              static_cast<float>(m[0].z * x + m[1].z * y + m[2].z * z + m[3].z)};
    });
  }

  static void writeNormals(const Accessor& accessor, const glm::dmat4& contentFromStored, bool mirrored,
                           Vertex* vertices) {
    // Cofactors instead of the inverse transpose: the same direction, and defined for flat scales too.
    const glm::dmat3 m(contentFromStored);
    const double size = std::max({glm::length(m[0]), glm::length(m[1]), glm::length(m[2]), 1e-300});
    const glm::dmat3 unit = m / size;
    glm::mat3 turn(
        glm::dmat3(glm::cross(unit[1], unit[2]), glm::cross(unit[2], unit[0]), glm::cross(unit[0], unit[1])));
    if (mirrored) turn = -turn;
    glm::vec3 last(0);  // walls and roofs are flat: neighbours mostly share a normal
    auto packed = packedNormal(last);
    eachElement(accessor, [&](size_t i, const auto& v) {
      const glm::vec3 n(static_cast<float>(v[0]), static_cast<float>(v[1]), static_cast<float>(v[2]));
      if (n != last) {
        last = n;
        packed = packedNormal(turn * n);
      }
      vertices[i].normal = packed;
    });
  }

  static void writeColours(const Accessor& accessor, Vertex* vertices) {
    const bool alpha = accessor.components == 4;
    eachElement(accessor, [&](size_t i, const auto& v) {
      vertices[i].colour = {unorm8(v[0]), unorm8(v[1]), unorm8(v[2]), alpha ? unorm8(v[3]) : uint8_t{255}};
    });
  }

  static void writeMatter(const Accessor& accessor, Vertex* vertices) {
    const auto byte = [](auto v) { return static_cast<uint8_t>(v); };
    eachElement(accessor, [&](size_t i, const auto& v) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(v[0])>, uint8_t>) vertices[i].matter = {byte(v[1]), byte(v[2]), byte(v[3]), 0};
    });
  }

  void writeFeatures(const Primitive& p, uint32_t surface, Vertex* vertices) {
    if (p.features.from == FeatureIds::From::Nothing) return;
    uint64_t lastId = ~uint64_t{0};  // neighbours mostly share a feature
    uint32_t lastNumber = kNoFeature;
    const auto set = [&](size_t i, uint64_t id) {
      if (id != lastId) {
        lastId = id;
        lastNumber = features_->number(p.features, id);
      }
      vertices[i].featureAndSurface = surface | lastNumber;
    };
    if (p.features.from == FeatureIds::From::VertexNumber) {
      for (size_t i = 0; i < p.position.count; ++i) set(i, i);
      return;
    }
    eachElement(p.features.ids, [&](size_t i, const auto& v) {
      if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(v[0])>>) {
        if (v[0] >= 0 && v[0] < 1e9f) set(i, static_cast<uint64_t>(double{v[0]} + 0.5));
      } else if (v[0] >= 0) {
        set(i, static_cast<uint64_t>(v[0]));
      }
    });
  }

  void writeUvs(const LoadedPrimitive& loaded, size_t base) {
    if (!loaded.material.textured && out_.uvs.empty()) return;
    out_.uvs.resize(out_.vertices.size(), glm::vec2(0));
    if (!loaded.material.textured || loaded.material.uvSet > 1) return;
    const auto& accessor = loaded.data.uv[loaded.material.uvSet];
    if (!accessor) return;
    const glm::mat3x2& m = loaded.material.uvTransform;
    eachElement(*accessor, [&](size_t i, const auto& v) {
      const bool normalized = accessor->normalized;
      const glm::vec2 uv = m * glm::vec3(toFloat(v[0], normalized), toFloat(v[1], normalized), 1);
      out_.uvs[base + i] = std::isfinite(uv.x + uv.y) ? uv : glm::vec2(0);
    });
  }

  //! For picks: what property textures lie on.
  void keepProperties(const LoadedPrimitive& loaded, std::span<const Vertex> vertices) {
    PropertySurface surface;
    surface.contentFromEcef = contentFromEcef_;
    for (const Vertex& vertex : vertices) surface.positions.push_back(vertex.position);
    surface.corners = loaded.data.corners;
    surface.properties = loaded.properties;
    for (size_t set = 0; set < surface.uvs.size(); ++set) {
      const auto& accessor = loaded.data.uv[set];
      if (!accessor) continue;
      surface.uvs[set].resize(vertices.size());
      eachElement(*accessor, [&](size_t i, const auto& v) {
        surface.uvs[set][i] = {toFloat(v[0], accessor->normalized), toFloat(v[1], accessor->normalized)};
      });
    }
    out_.propertySurfaces.push_back(std::make_shared<const PropertySurface>(std::move(surface)));
  }

  //! Without normals each triangle gets corners and a normal of its own (glTF 2.0, 3.7.2.1).
  void flatten(uint32_t base, uint32_t firstIndex) {
    const std::vector<Vertex> shared(out_.vertices.begin() + base, out_.vertices.end());
    std::vector<glm::vec2> sharedUvs;
    if (!out_.uvs.empty()) sharedUvs.assign(out_.uvs.begin() + base, out_.uvs.end());
    const size_t corners = out_.indices.size() - firstIndex;
    out_.vertices.resize(base + corners);
    if (!out_.uvs.empty()) out_.uvs.resize(base + corners);
    for (size_t i = 0; i < corners; i += 3) {
      glm::vec3 at[3];
      for (size_t k = 0; k < 3; ++k) at[k] = shared[out_.indices[firstIndex + i + k] - base].position;
      const auto normal = packedNormal(glm::cross(at[1] - at[0], at[2] - at[0]));
      for (size_t k = 0; k < 3; ++k) {
        uint32_t& index = out_.indices[firstIndex + i + k];
        const auto to = static_cast<uint32_t>(base + i + k);
        out_.vertices[to] = shared[index - base];
        out_.vertices[to].normal = normal;
        if (!sharedUvs.empty()) out_.uvs[to] = sharedUvs[index - base];
        index = to;
      }
    }
  }

  void growBounds(size_t base) {
    if (base == 0 && !out_.vertices.empty()) out_.lo = out_.hi = out_.vertices[0].position;
    const std::span<const Vertex> vertices = std::span(out_.vertices).subspan(base);
    for (size_t i = 0; i < vertices.size();) {  // run by run of one feature
      const uint32_t feature = vertices[i].featureAndSurface & kNoFeature;
      glm::vec3 lo = vertices[i].position, hi = lo;
      for (++i; i < vertices.size() && (vertices[i].featureAndSurface & kNoFeature) == feature; ++i) {
        lo = glm::min(lo, vertices[i].position);
        hi = glm::max(hi, vertices[i].position);
      }
      out_.lo = glm::min(out_.lo, lo);
      out_.hi = glm::max(out_.hi, hi);
      if (feature != kNoFeature) features_->grow(feature, lo, hi);
    }
  }

  Gltf& gltf_;
  Placement placement_;
  MeshContent out_;
  MaterialReader materials_;
  PropertyTextureReader propertyTextures_;
  Schema schema_;
  FeatureNumbering* features_ = nullptr;
  std::map<size_t, std::vector<size_t>> meshes_;  // glTF mesh -> primitives_
  std::vector<LoadedPrimitive> primitives_;
  size_t tableCount_ = 0;  // property tables: what feature ids may name
  std::map<std::pair<size_t, size_t>, size_t>
      vertexTables_;  // mesh and primitive -> the table of its property attributes
  std::vector<NodePlace> models_;
  std::vector<Instance> instances_;
  size_t vertices_ = 0, indices_ = 0;
  glm::dmat4 contentFromEcef_{1.0};
};

}  // namespace

Result<MeshContent> buildMesh(Gltf& gltf, Placement placement) {
  return MeshBuilder(gltf, std::move(placement)).build();
}

}  // namespace cm::source
