//! Decoding one tile's glb on one core: as floats, with meshopt and with Draco, by us and by the libraries one would reach for
//! otherwise. Ours ends with a mesh in the content's frame, ready for upload (24 bytes a vertex); theirs with plain arrays of
//! positions, normals, feature ids and indices, still in the file's axes. MB are those of the file.
#include <benchmark/benchmark.h>
#include <meshoptimizer.h>

#include <assimp/scene.h>
#include <assimp/Importer.hpp>
#include <cmath>
#include <cstring>
#include <functional>

#include "../unit/source/glb_maker.h"
#include "geo/ellipsoid.h"
#include "source/tileset.h"

#ifdef CITYMIRROR_HAS_DRACO
#include <draco/compression/decode.h>
#include <draco/compression/encode.h>
#endif
#ifdef CITYMIRROR_HAS_TINYGLTF
#include <tiny_gltf.h>
#endif

namespace cm::source {
namespace {

//! A hilly square of ground and 4,000 boxes on it, each a feature.
struct Town {
  std::vector<glm::vec3> positions, normals;
  std::vector<uint16_t> features;
  std::vector<uint32_t> indices;

  uint32_t add(glm::vec3 position, glm::vec3 normal, size_t feature) {
    positions.push_back(position);
    normals.push_back(normal);
    features.push_back(uint16_t(feature));
    return uint32_t(positions.size() - 1);
  }
  void quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    for (uint32_t i : {a, b, c, a, c, d}) indices.push_back(i);
  }
};

const Town& town() {
  static const Town made = [] {
    Town t;
    constexpr int kGrid = 220, kBoxes = 4000;
    constexpr float kSize = 1000;
    const auto height = [](float x, float z) { return 12 * std::sin(x * 0.011f) * std::cos(z * 0.017f); };
    for (int row = 0; row <= kGrid; ++row)
      for (int column = 0; column <= kGrid; ++column) {
        const float x = kSize * float(column) / kGrid, z = kSize * float(row) / kGrid;
        const glm::vec3 normal(height(x - 1, z) - height(x + 1, z), 2, height(x, z - 1) - height(x, z + 1));
        t.add({x, height(x, z), z}, glm::normalize(normal), kBoxes);
      }
    for (uint32_t row = 0; row < kGrid; ++row)
      for (uint32_t column = 0; column < kGrid; ++column) {
        const uint32_t a = row * (kGrid + 1) + column, b = a + kGrid + 1;
        t.quad(a, b, b + 1, a + 1);
      }
    for (int box = 0; box < kBoxes; ++box) {
      const glm::vec3 half(3 + box % 7, 4 + box % 29, 3 + box % 5);
      const float x = 8 + 984 * std::fmod(float(box) * 0.7548777f, 1.0f),
                  z = 8 + 984 * std::fmod(float(box) * 0.5698403f, 1.0f);
      const glm::vec3 middle(x, height(x, z) + half.y, z);
      for (int axis = 0; axis < 3; ++axis)
        for (float sign : {-1.f, 1.f}) {
          glm::vec3 normal(0), u(0), v(0);
          normal[axis] = sign;
          u[(axis + 1) % 3] = 1;
          v[(axis + 2) % 3] = sign;
          uint32_t corner[4];
          for (int k = 0; k < 4; ++k)
            corner[k] =
                t.add(middle + half * (normal + u * (k == 1 || k == 2 ? 1.f : -1.f) + v * (k >= 2 ? 1.f : -1.f)),
                      normal, size_t(box));
          t.quad(corner[0], corner[1], corner[2], corner[3]);
        }
    }
    return t;
  }();
  return made;
}

constexpr std::string_view kExtensions = R"(,"extensionsUsed":["KHR_mesh_quantization","EXT_meshopt_compression",)"
                                         R"("KHR_draco_mesh_compression","EXT_mesh_features"])";
constexpr std::string_view kFeatures = R"("EXT_mesh_features":{"featureIds":[{"featureCount":4001,"attribute":0}]})";

std::string accessor(int view, int component, size_t count, const char* type, bool normalized = false,
                     bool bounds = false) {
  return fmt::format(R"({{"componentType":{},"count":{},"type":"{}"{}{}{}}})", component, count, type,
                     view >= 0 ? fmt::format(R"(,"bufferView":{})", view) : "",
                     normalized ? R"(,"normalized":true)" : "",
                     bounds ? R"(,"min":[0,-12,0],"max":[1000,75,1000])" : "");
}

Bytes glbOf(const std::string& primitiveExtensions, const std::string& accessors, const std::string& views,
            const Bytes& binary, const std::string& node = R"({"mesh":0})") {
  std::string json =
      R"({"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[)" + node +
      R"(],"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"_FEATURE_ID_0":2},"indices":3,)" +
      R"("extensions":{)" + primitiveExtensions + R"(}}]}],"accessors":[)" + accessors + R"(],"bufferViews":[)" +
      views + R"(],"buffers":[{"byteLength":)" + std::to_string(binary.size()) + "}]" + std::string(kExtensions) + "}";
  return test::glbOf(std::move(json), binary);
}

Bytes plainGlb() {
  const Town& t = town();
  test::Chunk chunk;
  std::string views;
  const auto view = [&](size_t at, size_t bytes, size_t stride) {
    views += fmt::format(R"({}{{"buffer":0,"byteOffset":{},"byteLength":{}{}}})", views.empty() ? "" : ",", at, bytes,
                         stride ? fmt::format(R"(,"byteStride":{})", stride) : "");
  };
  const size_t n = t.positions.size();
  view(chunk.add(t.positions), n * 12, 12);
  view(chunk.add(t.normals), n * 12, 12);
  std::vector<float> features(t.features.begin(), t.features.end());
  view(chunk.add(features), n * 4, 4);
  view(chunk.add(t.indices), t.indices.size() * 4, 0);
  return glbOf(std::string(kFeatures),
               accessor(0, 5126, n, "VEC3", false, true) + "," + accessor(1, 5126, n, "VEC3") + "," +
                   accessor(2, 5126, n, "SCALAR") + "," + accessor(3, 5125, t.indices.size(), "SCALAR"),
               views, chunk.bytes);
}

//! Positions in whole centimetres, normals in bytes, as tilers write them.
Bytes meshoptGlb() {
  const Town& source = town();
  const size_t n = source.positions.size();
  std::vector<uint32_t> indices(source.indices.size()), order(n);
  meshopt_optimizeVertexCache(indices.data(), source.indices.data(), source.indices.size(), n);
  meshopt_optimizeVertexFetchRemap(order.data(), indices.data(), indices.size(), n);
  meshopt_remapIndexBuffer(indices.data(), indices.data(), indices.size(), order.data());
  std::vector<std::array<uint16_t, 4>> positions(n);
  std::vector<std::array<int8_t, 4>> normals(n);
  std::vector<std::array<uint16_t, 2>> features(n);
  for (size_t i = 0; i < n; ++i) {
    const size_t to = order[i];
    for (size_t k = 0; k < 3; ++k) {
      positions[to][k] = uint16_t(std::lround((source.positions[i][int(k)] + 20) * 60));
      normals[to][k] = int8_t(std::lround(source.normals[i][int(k)] * 127));
    }
    features[to] = {source.features[i], 0};
  }
  Bytes binary;
  std::string views;
  const auto view = [&](const Bytes& packed, size_t count, size_t stride, const char* mode) {
    // Without a fallback buffer: tinygltf opens no file that has one.
    views += fmt::format(R"({}{{"buffer":0,"byteLength":{}{},"extensions":{{"EXT_meshopt_compression":)"
                         R"({{"buffer":0,"byteOffset":{},"byteLength":{},"byteStride":{},"count":{},"mode":"{}"}}}}}})",
                         views.empty() ? "" : ",", count * stride,
                         std::string_view(mode) == "ATTRIBUTES" ? fmt::format(R"(,"byteStride":{})", stride) : "",
                         binary.size(), packed.size(), stride, count, mode);
    binary.insert(binary.end(), packed.begin(), packed.end());
    binary.resize((binary.size() + 3) / 4 * 4);
  };
  const auto vertices = [&](const void* data, size_t stride) {
    Bytes packed(meshopt_encodeVertexBufferBound(n, stride));
    packed.resize(
        meshopt_encodeVertexBuffer(reinterpret_cast<unsigned char*>(packed.data()), packed.size(), data, n, stride));
    view(packed, n, stride, "ATTRIBUTES");
  };
  meshopt_encodeVertexVersion(0);
  meshopt_encodeIndexVersion(1);
  vertices(positions.data(), 8);
  vertices(normals.data(), 4);
  vertices(features.data(), 4);
  Bytes packed(meshopt_encodeIndexBufferBound(indices.size(), n));
  packed.resize(meshopt_encodeIndexBuffer(reinterpret_cast<unsigned char*>(packed.data()), packed.size(),
                                          indices.data(), indices.size()));
  view(packed, indices.size(), 4, "TRIANGLES");
  return glbOf(std::string(kFeatures),
               accessor(0, 5123, n, "VEC3") + "," + accessor(1, 5120, n, "VEC3", true) + "," +
                   accessor(2, 5123, n, "SCALAR") + "," + accessor(3, 5125, indices.size(), "SCALAR"),
               views, binary, R"({"mesh":0,"scale":[0.0166667,0.0166667,0.0166667],"translation":[-20,-20,-20]})");
}

#ifdef CITYMIRROR_HAS_DRACO
Bytes dracoGlb() {
  const Town& t = town();
  const auto n = uint32_t(t.positions.size());
  draco::Mesh mesh;
  mesh.set_num_points(n);
  const auto attribute = [&](draco::GeometryAttribute::Type type, int components, draco::DataType data,
                             const void* values, size_t stride) {
    draco::GeometryAttribute made;
    made.Init(type, nullptr, int8_t(components), data, false, int64_t(stride), 0);
    const int id = mesh.AddAttribute(made, true, n);
    for (uint32_t i = 0; i < n; ++i)
      mesh.attribute(id)->SetAttributeValue(draco::AttributeValueIndex(i),
                                            static_cast<const char*>(values) + i * stride);
    return mesh.attribute(id)->unique_id();
  };
  const uint32_t position = attribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32, t.positions.data(), 12),
                 normal = attribute(draco::GeometryAttribute::NORMAL, 3, draco::DT_FLOAT32, t.normals.data(), 12),
                 feature = attribute(draco::GeometryAttribute::GENERIC, 1, draco::DT_UINT16, t.features.data(), 2);
  mesh.SetNumFaces(t.indices.size() / 3);
  for (uint32_t face = 0; face < t.indices.size() / 3; ++face)
    mesh.SetFace(draco::FaceIndex(face),
                 {draco::PointIndex(t.indices[face * 3]), draco::PointIndex(t.indices[face * 3 + 1]),
                  draco::PointIndex(t.indices[face * 3 + 2])});
  draco::Encoder encoder;
  encoder.SetAttributeQuantization(draco::GeometryAttribute::POSITION, 16);
  encoder.SetAttributeQuantization(draco::GeometryAttribute::NORMAL, 10);
  encoder.SetSpeedOptions(3, 3);
  draco::EncoderBuffer buffer;
  if (!encoder.EncodeMeshToBuffer(mesh, &buffer).ok()) return {};
  Bytes binary(buffer.size());
  std::memcpy(binary.data(), buffer.data(), buffer.size());
  return glbOf(
      fmt::format(R"({},"KHR_draco_mesh_compression":{{"bufferView":0,"attributes":{{"POSITION":{},"NORMAL":{},)"
                  R"("_FEATURE_ID_0":{}}}}})",
                  kFeatures, position, normal, feature),
      accessor(-1, 5126, n, "VEC3", false, true) + "," + accessor(-1, 5126, n, "VEC3") + "," +
          accessor(-1, 5123, n, "SCALAR") + "," + accessor(0, 5125, t.indices.size(), "SCALAR"),
      fmt::format(R"({{"buffer":0,"byteLength":{}}})", binary.size()), binary);
}
#endif

//! `decode` answers the number of triangles, 0 where it failed.
void measure(benchmark::State& state, const Bytes& glb, const std::function<size_t(const Bytes&)>& decode) {
  size_t triangles = 0;
  for (auto _ : state) {
    triangles = decode(glb);
    if (triangles == 0) return state.SkipWithError("could not be decoded");
  }
  if (triangles != town().indices.size() / 3) return state.SkipWithError("has not as many triangles as were written");
  state.SetBytesProcessed(int64_t(state.iterations()) * int64_t(glb.size()));
  state.counters["triangles"] = benchmark::Counter(double(triangles), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["file MB"] = double(glb.size()) / 1e6;
}

size_t ours(const Bytes& glb) {
  static const glm::dmat4 here = geo::enuFrameAt({120.38, 36.07, 0}).ecefFromEnu;
  auto content = decodeContent(glb, "a.glb", here);
  if (!content || !content->warnings.empty() || content->features.size() != 4001) return 0;
  return content->count(Topology::Triangles);
}

size_t assimp(const Bytes& glb) {
  Assimp::Importer importer;
  const aiScene* scene = importer.ReadFileFromMemory(glb.data(), glb.size(), 0, "glb");
  return scene && scene->mNumMeshes == 1 ? scene->mMeshes[0]->mNumFaces : 0;
}

#ifdef CITYMIRROR_HAS_TINYGLTF
struct Arrays {
  std::vector<glm::vec3> positions, normals;
  std::vector<uint32_t> features, indices;
};

bool open(const Bytes& glb, tinygltf::Model& model) {
  tinygltf::TinyGLTF loader;
  std::string error, warning;
  return loader.LoadBinaryFromMemory(&model, &error, &warning, reinterpret_cast<const unsigned char*>(glb.data()),
                                     unsigned(glb.size()));
}

size_t tinygltfPlain(const Bytes& glb) {
  tinygltf::Model model;
  if (!open(glb, model)) return 0;
  const auto bytesOf = [&](int number) {
    const auto& view = model.bufferViews[size_t(model.accessors[size_t(number)].bufferView)];
    return model.buffers[size_t(view.buffer)].data.data() + view.byteOffset;
  };
  const size_t n = model.accessors[0].count;
  Arrays arrays;
  arrays.positions.resize(n);
  arrays.normals.resize(n);
  arrays.features.resize(n);
  arrays.indices.resize(model.accessors[3].count);
  std::memcpy(arrays.positions.data(), bytesOf(0), n * 12);
  std::memcpy(arrays.normals.data(), bytesOf(1), n * 12);
  for (size_t i = 0; i < n; ++i) {
    float feature = 0;
    std::memcpy(&feature, bytesOf(2) + i * 4, 4);
    arrays.features[i] = uint32_t(feature);
  }
  std::memcpy(arrays.indices.data(), bytesOf(3), arrays.indices.size() * 4);
  benchmark::DoNotOptimize(arrays.indices.data());
  return arrays.indices.size() / 3;
}

size_t tinygltfMeshopt(const Bytes& glb) {
  tinygltf::Model model;
  if (!open(glb, model)) return 0;
  std::array<std::vector<unsigned char>, 4> views;
  for (size_t i = 0; i < 4; ++i) {
    const tinygltf::Value& packed = model.bufferViews[i].extensions.at("EXT_meshopt_compression");
    const auto number = [&](const char* name) { return size_t(packed.Get(name).GetNumberAsInt()); };
    const unsigned char* from = model.buffers[0].data.data() + number("byteOffset");
    views[i].resize(number("count") * number("byteStride"));
    const int failed = i < 3 ? meshopt_decodeVertexBuffer(views[i].data(), number("count"), number("byteStride"), from,
                                                          number("byteLength"))
                             : meshopt_decodeIndexBuffer(views[i].data(), number("count"), number("byteStride"), from,
                                                         number("byteLength"));
    if (failed) return 0;
  }
  const size_t n = views[0].size() / 8;
  Arrays arrays;
  arrays.positions.resize(n);
  arrays.normals.resize(n);
  arrays.features.resize(n);
  for (size_t i = 0; i < n; ++i) {
    uint16_t position[3], feature = 0;
    std::memcpy(position, views[0].data() + i * 8, 6);
    std::memcpy(&feature, views[2].data() + i * 4, 2);
    const auto* normal = reinterpret_cast<const int8_t*>(views[1].data() + i * 4);
    arrays.positions[i] = glm::vec3(position[0], position[1], position[2]) * 0.0166667f - 20.0f;
    arrays.normals[i] = glm::vec3(normal[0], normal[1], normal[2]) / 127.0f;
    arrays.features[i] = feature;
  }
  benchmark::DoNotOptimize(arrays.positions.data());
  return views[3].size() / 12;
}

#ifdef CITYMIRROR_HAS_DRACO
size_t tinygltfDraco(const Bytes& glb) {
  tinygltf::Model model;
  if (!open(glb, model)) return 0;
  const auto& view = model.bufferViews[0];
  draco::DecoderBuffer buffer;
  buffer.Init(reinterpret_cast<const char*>(model.buffers[0].data.data() + view.byteOffset), view.byteLength);
  draco::Decoder decoder;
  auto decoded = decoder.DecodeMeshFromBuffer(&buffer);
  if (!decoded.ok()) return 0;
  const draco::Mesh& mesh = *decoded.value();
  const tinygltf::Value& names =
      model.meshes[0].primitives[0].extensions.at("KHR_draco_mesh_compression").Get("attributes");
  const auto attribute = [&](const char* name) {
    return mesh.GetAttributeByUniqueId(uint32_t(names.Get(name).GetNumberAsInt()));
  };
  const auto *position = attribute("POSITION"), *normal = attribute("NORMAL"), *feature = attribute("_FEATURE_ID_0");
  Arrays arrays;
  arrays.positions.resize(mesh.num_points());
  arrays.normals.resize(mesh.num_points());
  arrays.features.resize(mesh.num_points());
  for (uint32_t i = 0; i < mesh.num_points(); ++i) {
    const draco::PointIndex point(i);
    position->GetMappedValue(point, &arrays.positions[i]);
    normal->GetMappedValue(point, &arrays.normals[i]);
    uint16_t value = 0;
    feature->GetMappedValue(point, &value);
    arrays.features[i] = value;
  }
  for (uint32_t face = 0; face < mesh.num_faces(); ++face)
    for (const draco::PointIndex& point : mesh.face(draco::FaceIndex(face))) arrays.indices.push_back(point.value());
  benchmark::DoNotOptimize(arrays.indices.data());
  return mesh.num_faces();
}
#endif
#endif

#define CM_DECODE_BENCH(name, glb, decode)                              \
  void name(benchmark::State& state) { measure(state, glb(), decode); } \
  BENCHMARK(name)->Unit(benchmark::kMillisecond)

CM_DECODE_BENCH(plainByUs, plainGlb, ours);
CM_DECODE_BENCH(plainByAssimp, plainGlb, assimp);
#ifdef CITYMIRROR_HAS_TINYGLTF
CM_DECODE_BENCH(plainByTinygltf, plainGlb, tinygltfPlain);
#endif
CM_DECODE_BENCH(meshoptByUs, meshoptGlb, ours);
#ifdef CITYMIRROR_HAS_TINYGLTF
CM_DECODE_BENCH(meshoptByTinygltfAndMeshoptimizer, meshoptGlb, tinygltfMeshopt);
#endif
#ifdef CITYMIRROR_HAS_DRACO
CM_DECODE_BENCH(dracoByUs, dracoGlb, ours);
#ifdef CITYMIRROR_HAS_TINYGLTF
CM_DECODE_BENCH(dracoByTinygltfAndDraco, dracoGlb, tinygltfDraco);
#endif
#endif

}  // namespace
}  // namespace cm::source
