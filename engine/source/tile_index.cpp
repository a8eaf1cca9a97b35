#include "source/tile_index.h"

#include <md5.h>

#include <bit>
#include <cstring>

namespace cm::source {

static_assert(std::endian::native == std::endian::little, "numbers in files are copied as they are");

std::array<std::byte, kTileIndexRecordBytes> TileIndexRecord::bytes() const {
  std::array<std::byte, kTileIndexRecordBytes> out{};
  std::memcpy(out.data(), &first, 8);
  std::memcpy(out.data() + 8, &second, 8);
  std::memcpy(out.data() + 16, &offset, 8);
  return out;
}

TileIndexRecord TileIndexRecord::from(std::span<const std::byte, kTileIndexRecordBytes> bytes) {
  TileIndexRecord record;
  std::memcpy(&record.first, bytes.data(), 8);
  std::memcpy(&record.second, bytes.data() + 8, 8);
  std::memcpy(&record.offset, bytes.data() + 16, 8);
  return record;
}

TileIndexRecord TileIndexRecord::of(std::string_view path, uint64_t offset) {
  std::array<std::byte, kTileIndexRecordBytes> bytes{};
  MD5_CTX context;
  MD5Init(&context);
  MD5Update(&context, reinterpret_cast<const uint8_t*>(path.data()), path.size());
  MD5Final(reinterpret_cast<uint8_t*>(bytes.data()), &context);
  TileIndexRecord record = from(bytes);
  record.offset = offset;
  return record;
}

}  // namespace cm::source
