//! The index of a 3D Tiles archive (3TZ 1.3, "Reading and writing the index file"): where each file's header lies, by the MD5 of its
//! path, so that one of millions is found without reading the archive's directory. Plain values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cm::source {

inline constexpr std::string_view kTileIndexName = "@3dtilesIndex1@";
inline constexpr size_t kTileIndexRecordBytes = 24;

struct TileIndexRecord {
  uint64_t first = 0, second = 0;  // the hash as two little-endian numbers: the order of the records
  uint64_t offset = 0;             // of the local file header

  bool sameHash(const TileIndexRecord& other) const { return first == other.first && second == other.second; }
  bool before(const TileIndexRecord& other) const {
    return first != other.first ? first < other.first : second < other.second;
  }
  std::array<std::byte, kTileIndexRecordBytes> bytes() const;
  static TileIndexRecord from(std::span<const std::byte, kTileIndexRecordBytes> bytes);
  //! `path` with slashes and without one in front.
  static TileIndexRecord of(std::string_view path, uint64_t offset = 0);
};

}  // namespace cm::source
