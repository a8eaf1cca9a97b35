//! Archives as they should be and as they should not: every field of an entry can be made to lie. One thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "source/tile_index.h"
#include "support/deflate.h"

namespace cm::test {

struct ZipEntry {
  std::string name;
  std::string body;                  // as it lies in the archive
  uint16_t method = 0, flags = 0;
  uint32_t crc = 0;
  uint64_t declared = 0;             // unpacked
  std::string nameInDirectory;       // empty: the same
  uint64_t hole = 0;                 // bytes of nothing before it, on disk and in the archive
  uint64_t indexOffset = ~0ull;      // else where the index says it is
  bool indexed = true;
};

inline uint32_t crcOf(const std::string& text) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}
inline ZipEntry stored(std::string name, std::string text) {
  return {std::move(name), text, 0, 0, crcOf(text), text.size(), "", 0, ~0ull, true};
}
inline ZipEntry deflated(std::string name, const std::string& text) {
  const std::string out = test::deflated(text, -15);
  return {std::move(name), out, 8, 0, crcOf(text), text.size(), "", 0, ~0ull, true};
}
inline ZipEntry zstandard(std::string name, const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return {std::move(name), out, 93, 0, crcOf(text), text.size(), "", 0, ~0ull, true};
}

enum class Index { None, Right, CutShort };

//! Writes the archive and answers with its path. ZIP64 where an offset needs it.
inline std::string writeZip(const std::string& file, std::vector<ZipEntry> entries, Index index = Index::None) {
  const auto number = [](std::string& out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += i < 8 ? static_cast<char>(value >> (8 * i)) : 0;
  };
  std::string directory, indexed;
  std::vector<source::TileIndexRecord> records;
  const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  uint64_t at = 0;
  const auto write = [&](const std::string& text) {
    EXPECT_EQ(::pwrite(to, text.data(), text.size(), static_cast<off_t>(at)), static_cast<ssize_t>(text.size()));
    at += text.size();
  };
  const auto add = [&](const ZipEntry& entry) {
    at += entry.hole;
    const uint64_t offset = at;
    if (entry.indexed)
      records.push_back(source::TileIndexRecord::of(entry.name, entry.indexOffset == ~0ull ? offset : entry.indexOffset));
    const std::string& listed = entry.nameInDirectory.empty() ? entry.name : entry.nameInDirectory;
    std::string header, common;
    number(common, 20, 2);
    number(common, entry.flags | 2048u, 2);
    number(common, entry.method, 2);
    number(common, 0x00210000, 4);
    number(common, entry.crc, 4);
    number(common, entry.body.size(), 4);
    number(common, entry.declared, 4);
    number(header, 0x04034b50, 4);
    header += common;
    number(header, entry.name.size(), 2);
    number(header, 0, 2);
    write(header + entry.name + entry.body);
    const bool far = offset >= 0xffffffff;
    number(directory, 0x02014b50, 4);
    number(directory, 45, 2);
    directory += common;
    number(directory, listed.size(), 2);
    number(directory, far ? 12 : 0, 2);
    number(directory, 0, 10);
    number(directory, far ? 0xffffffff : offset, 4);
    directory += listed;
    if (far) {
      number(directory, 1, 2);
      number(directory, 8, 2);
      number(directory, offset, 8);
    }
  };
  for (const ZipEntry& entry : entries) add(entry);
  if (index != Index::None) {
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.before(b); });
    for (const auto& record : records) {
      const auto bytes = record.bytes();
      indexed.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    if (index == Index::CutShort) indexed.pop_back();
    add(stored(std::string(source::kTileIndexName), indexed));
  }
  const uint64_t count = entries.size() + (index != Index::None), start = at, bytes = directory.size();
  std::string end;
  if (start >= 0xffffffff) {
    number(end, 0x06064b50, 4);
    number(end, 44, 8);
    number(end, 45 | 45 << 16, 4);
    number(end, 0, 8);
    number(end, count, 8);
    number(end, count, 8);
    number(end, bytes, 8);
    number(end, start, 8);
    number(end, 0x07064b50, 4);
    number(end, 0, 4);
    number(end, start + bytes, 8);
    number(end, 1, 4);
  }
  number(end, 0x06054b50, 4);
  number(end, 0, 4);
  number(end, count, 2);
  number(end, count, 2);
  number(end, bytes, 4);
  number(end, start >= 0xffffffff ? 0xffffffff : start, 4);
  number(end, 0, 2);
  write(directory + end);
  ::close(to);
  return file;
}

}  // namespace cm::test
