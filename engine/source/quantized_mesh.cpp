//! quantized-mesh-1.0: from bytes to numbers, each checked before it is used.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "source/terrain.h"

namespace cm::source {
namespace {

constexpr size_t kHeaderBytes = 88;  // centre, heights, bounding sphere, horizon occlusion point
constexpr size_t kHeightsAt = 24;
constexpr size_t kMost16BitVertices = 65536;
constexpr double kMostHeightMetres = 1e5;  // ten times the highest mountain and the deepest trench
enum Extension : uint8_t { kOctNormals = 1, kMetadata = 4 };

//! What comes next, and whether it is there.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  size_t left() const { return bytes_.size() - at_; }
  Result<std::span<const std::byte>> take(size_t count, size_t each, std::string_view what) {
    if (each > 0 && count > left() / each)
      return makeError("{}: {} of {} bytes at byte {}, the file has {}", what, grouped(count), each, grouped(at_),
                       grouped(bytes_.size()));
    const auto part = bytes_.subspan(at_, count * each);
    at_ += part.size();
    return part;
  }
  Result<uint32_t> uint32(std::string_view what) {
    auto bytes = take(1, 4, what);
    if (!bytes) return bytes.error();
    return numberAt<uint32_t>(*bytes, 0);
  }
  //! Skips to the next whole multiple from the file's start.
  void align(size_t to) { at_ = std::min(bytes_.size(), (at_ + to - 1) / to * to); }

  template <class T>
  static T numberAt(std::span<const std::byte> bytes, size_t index) {
    T value{};
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
};

//! "Vertex data": each of u, v and height is the difference from the vertex before, zig-zag encoded.
Result<void> readVertices(Cursor& cursor, QuantizedMesh& mesh) {
  auto count = cursor.uint32("vertexCount");
  if (!count) return count.error();
  if (*count > kMaxContentVertices) return makeError("{} vertices are more than a tile can hold", grouped(*count));
  auto bytes = cursor.take(size_t{*count} * 3, 2, "vertices");
  if (!bytes) return bytes.error();
  mesh.vertices.resize(*count);
  constexpr std::string_view kNames[] = {"u", "v", "height"};
  for (size_t axis = 0; axis < 3; ++axis) {
    int32_t value = 0;
    for (size_t i = 0; i < *count; ++i) {
      const int32_t code = Cursor::numberAt<uint16_t>(*bytes, axis * *count + i);
      value += (code >> 1) ^ -(code & 1);
      if (value < 0 || value > static_cast<int32_t>(QuantizedMesh::kLargest))
        return makeError("vertex {}: {} is {}, expected 0 to {}", i, kNames[axis], value, QuantizedMesh::kLargest);
      mesh.vertices[i][axis] = static_cast<uint16_t>(value);
    }
  }
  return {};
}

//! "Index data": high-water-mark encoding (Forsyth, Webgl-loader).
Result<void> readIndices(Cursor& cursor, size_t width, QuantizedMesh& mesh) {
  cursor.align(width);
  auto triangles = cursor.uint32("triangleCount");
  if (!triangles) return triangles.error();
  auto bytes = cursor.take(size_t{*triangles} * 3, width, "indices");
  if (!bytes) return bytes.error();
  mesh.indices.resize(size_t{*triangles} * 3);
  uint32_t highest = 0;
  for (size_t i = 0; i < mesh.indices.size(); ++i) {
    const uint32_t code = width == 4 ? Cursor::numberAt<uint32_t>(*bytes, i) : Cursor::numberAt<uint16_t>(*bytes, i);
    if (code > highest || highest - code >= mesh.vertices.size())
      return makeError("index {}: {} below a high-water mark of {}, with {} vertices", i, code, highest,
                       grouped(mesh.vertices.size()));
    mesh.indices[i] = highest - code;
    if (code == 0) ++highest;
  }
  return {};
}

Result<void> readExtensions(Cursor& cursor, QuantizedMesh& mesh) {
  while (cursor.left() >= 5) {
    auto id = cursor.take(1, 1, "extension");
    auto length = cursor.uint32("extension");
    if (!id || !length) return makeError("extension: cut short");
    auto body = cursor.take(*length, 1, "extension");
    if (!body) return body.error();
    switch (std::to_integer<uint8_t>(id->front())) {
      case kOctNormals:
        if (body->size() < mesh.vertices.size() * 2)
          return makeError("normals: {} bytes for {} vertices", grouped(body->size()), grouped(mesh.vertices.size()));
        mesh.normals = body->first(mesh.vertices.size() * 2);
        break;
      case kMetadata:
        if (body->size() < 4 || Cursor::numberAt<uint32_t>(*body, 0) > body->size() - 4)
          return makeError("metadata: its text is longer than its {} bytes", grouped(body->size()));
        mesh.metadata = asText(body->subspan(4, Cursor::numberAt<uint32_t>(*body, 0)));
        break;
      default: break;  // the water mask, and what is yet to be invented
    }
  }
  return {};
}

}  // namespace

Result<QuantizedMesh> parseQuantizedMesh(std::span<const std::byte> bytes) {
  Cursor cursor(bytes);
  auto header = cursor.take(kHeaderBytes, 1, "header");
  if (!header) return header.error();
  QuantizedMesh mesh;
  mesh.minHeight = Cursor::numberAt<float>(header->subspan(kHeightsAt), 0);
  mesh.maxHeight = Cursor::numberAt<float>(header->subspan(kHeightsAt), 1);
  if (!(std::abs(mesh.minHeight) < kMostHeightMetres && std::abs(mesh.maxHeight) < kMostHeightMetres &&
        mesh.minHeight <= mesh.maxHeight))
    return makeError("heights from {:.6g} to {:.6g} m", mesh.minHeight, mesh.maxHeight);
  if (auto read = readVertices(cursor, mesh); !read) return read.error();
  const size_t width = mesh.vertices.size() > kMost16BitVertices ? 4 : 2;
  if (auto read = readIndices(cursor, width, mesh); !read) return read.error();
  // The vertices of the edges are listed next. What lies on an edge is seen from its u and v as well, also where the tile was cut.
  for (const std::string_view edge : {"west edge", "south edge", "east edge", "north edge"}) {
    auto count = cursor.uint32(edge);
    if (!count) return count.error();
    if (auto skipped = cursor.take(*count, width, edge); !skipped) return skipped.error();
  }
  if (auto read = readExtensions(cursor, mesh); !read) return read.error();
  return mesh;
}

}  // namespace cm::source
