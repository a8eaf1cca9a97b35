//! Writes small tilesets into a folder of its own, for streaming tests. One thread; removes the folder at the end.
#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"

namespace cm::tiles::test {

//! A glb of `triangles` separate triangles at heights around zero: nothing but positions, so that its size is known.
inline Bytes tinyGlb(unsigned triangles) {
  std::vector<float> positions;
  for (unsigned i = 0; i < triangles; ++i) {
    auto x = static_cast<float>(i);
    for (float v : {x, 0.f, 0.f, x + 0.5f, 0.f, 0.25f, x, 1.f, 0.f}) positions.push_back(v);
  }
  size_t bytes = positions.size() * sizeof(float);
  std::string json = fmt::format(
      R"({{"asset":{{"version":"2.0"}},"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0}}],)"
      R"("meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}}}}]}}],)"
      R"("accessors":[{{"bufferView":0,"componentType":5126,"count":{},"type":"VEC3","min":[0,0,0],"max":[{}.0,1,0.25]}}],)"
      R"("bufferViews":[{{"buffer":0,"byteLength":{}}}],"buffers":[{{"byteLength":{}}}]}})",
      triangles * 3, triangles, bytes, bytes);
  while (json.size() % 4) json += ' ';
  Bytes glb(20 + json.size() + 8 + bytes);
  auto put = [&](size_t at, uint32_t value) { std::memcpy(glb.data() + at, &value, 4); };
  put(0, 0x46546c67);
  put(4, 2);
  put(8, static_cast<uint32_t>(glb.size()));
  put(12, static_cast<uint32_t>(json.size()));
  put(16, 0x4e4f534a);
  std::memcpy(glb.data() + 20, json.data(), json.size());
  put(20 + json.size(), static_cast<uint32_t>(bytes));
  put(24 + json.size(), 0x004e4942);
  std::memcpy(glb.data() + 28 + json.size(), positions.data(), bytes);
  return glb;
}

class TileFiles {
 public:
  TileFiles() {
    static int count = 0;
    folder_ = std::filesystem::temp_directory_path() / fmt::format("citymirror-tiles-{}-{}", ::getpid(), count++);
    std::filesystem::create_directories(folder_);
  }
  ~TileFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::span<const std::byte> bytes) {
    ASSERT_TRUE(writeFileAtomically(folder_ / name, bytes));
  }
  void writeGlb(const std::string& name, unsigned triangles) { write(name, tinyGlb(triangles)); }
  void writeTileset(const std::string& name, const std::string& root) {
    write(name, asBytes(R"({"asset":{"version":"1.1"},"geometricError":1000,"root":)" + root + "}"));
  }

 private:
  Path folder_;
};

//! One tile as JSON; a box on the plane of flat_world.h. `rest` may hold children.
inline std::string tileJson(double west, double south, double east, double north, double error, const std::string& uri,
                            const std::string& rest = "") {
  std::string content = uri.empty() ? "" : fmt::format(R"(,"content":{{"uri":"{}"}})", uri);
  return fmt::format(
      R"({{"boundingVolume":{{"box":[{},{},15,{},0,0,0,{},0,0,0,15]}},"geometricError":{},"refine":"REPLACE"{}{}}})",
      (west + east) / 2, (south + north) / 2, (east - west) / 2, (north - south) / 2, error, content,
      rest.empty() ? "" : "," + rest);
}

inline std::string childrenJson(const std::vector<std::string>& tiles) {
  std::string list;
  for (const std::string& tile : tiles) list += (list.empty() ? "" : ",") + tile;
  return R"("children":[)" + list + "]";
}

}  // namespace cm::tiles::test
