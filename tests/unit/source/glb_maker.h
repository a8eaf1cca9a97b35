//! Makes small glTF and b3dm files by hand, good and bad ones. For tests.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "base/files.h"

namespace cm::test {

//! The binary chunk as it grows; each `add` returns the byte offset of what was added, a multiple of four.
struct Chunk {
  Bytes bytes;
  template <class T>
  size_t add(const std::vector<T>& values) {
    bytes.resize((bytes.size() + 3) / 4 * 4);
    const size_t at = bytes.size();
    bytes.resize(at + values.size() * sizeof(T));
    std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(T));
    return at;
  }
};

inline void putWord(Bytes& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
}
inline void putText(Bytes& out, std::string_view text) { out.insert(out.end(), asBytes(text).begin(), asBytes(text).end()); }

inline Bytes glbOf(std::string json, Bytes chunk = {}) {
  json.resize((json.size() + 3) / 4 * 4, ' ');
  chunk.resize((chunk.size() + 3) / 4 * 4);
  Bytes out;
  putText(out, "glTF");
  putWord(out, 2);
  putWord(out, static_cast<uint32_t>(28 + json.size() + chunk.size()));
  putWord(out, static_cast<uint32_t>(json.size()));
  putText(out, "JSON");
  putText(out, json);
  putWord(out, static_cast<uint32_t>(chunk.size()));
  putWord(out, 0x004e4942);
  out.insert(out.end(), chunk.begin(), chunk.end());
  return out;
}

inline Bytes b3dmOf(const Bytes& glb, std::string_view feature, std::string_view batch = {}, const Bytes& batchBinary = {}) {
  Bytes out;
  putText(out, "b3dm");
  putWord(out, 1);
  putWord(out, static_cast<uint32_t>(28 + feature.size() + batch.size() + batchBinary.size() + glb.size()));
  putWord(out, static_cast<uint32_t>(feature.size()));
  putWord(out, 0);
  putWord(out, static_cast<uint32_t>(batch.size()));
  putWord(out, static_cast<uint32_t>(batchBinary.size()));
  putText(out, feature);
  putText(out, batch);
  out.insert(out.end(), batchBinary.begin(), batchBinary.end());
  out.insert(out.end(), glb.begin(), glb.end());
  return out;
}

//! A glTF with one node and one mesh.
struct GltfParts {
  std::string primitive = R"({"attributes":{"POSITION":0}})";
  std::string node = R"({"mesh":0})";
  std::string accessors;
  std::string views;
  std::string more;     // further top-level members, with a leading comma
  size_t bufferBytes = 0;

  std::string json() const {
    return R"({"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[)" + node +
           R"(],"meshes":[{"primitives":[)" + primitive + R"(]}],"accessors":[)" + accessors + R"(],"bufferViews":[)" + views +
           R"(],"buffers":[{"byteLength":)" + std::to_string(bufferBytes) + "}]" + more + "}";
  }
};

//! A triangle (0,0,0) (2,0,0) (0,3,0) in glTF's axes, float positions in view 0, accessor 0.
inline GltfParts triangleParts(Chunk& chunk) {
  chunk.add<float>({0, 0, 0, 2, 0, 0, 0, 3, 0});
  GltfParts parts;
  parts.accessors = R"({"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"})";
  parts.views = R"({"buffer":0,"byteOffset":0,"byteLength":36})";
  parts.bufferBytes = 36;
  return parts;
}

inline Bytes triangleGlb() {
  Chunk chunk;
  const std::string json = triangleParts(chunk).json();
  return glbOf(json, chunk.bytes);
}

}  // namespace cm::test
