//! A ZIP or 3D Tiles archive (3TZ 1.3) as a source of bytes: entries stored, deflated or compressed by Zstandard, ZIP64 included.
//!
//! A 3D Tiles archive, and any other that holds such an index, is read by it and never loads its directory, which for millions of tiles takes seconds and hundreds
//! of megabytes; an index that is wrong is told once in the log and the directory used instead. Nothing is ever unpacked to disk.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

struct zip;

namespace cm::source {

//! What an archive says of an entry, and its bytes as they lie there.
struct PackedEntry {
  uint16_t method = 0;  // APPNOTE 4.4.5
  bool encrypted = false;
  uint32_t crc = 0;
  uint64_t packedBytes = 0, bytes = 0;
  Bytes packed;
};

//! One open file. Any thread; several read at once where there is an index, one after the other by the directory, and unpack at once
//! in any case.
class ZipArchive {
 public:
  static Result<std::shared_ptr<ZipArchive>> open(const std::string& file);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  //! `inside`: the entry's path, maybe with a query or percent-encoded (what exists wins); empty: tileset.json. Refused: paths with
  //! "..", entries that are encrypted, that declare or unpack to more than `maxBytes` (what is stored as it is may be larger:
  //! it is on the disk already), or whose checksum is wrong.
  Result<Bytes> read(std::string_view inside, size_t maxBytes);
  //! The path of the document that it opens with: city.json or else tileset.json, at its root or in its one folder.
  Result<std::string> entrance();
  bool indexed() const { return indexRecords_ > 0; }

 private:
  explicit ZipArchive(std::string file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
  bool readAt(uint64_t offset, void* to, size_t bytes) const;
  void findIndex();
  //! Nothing where the index does not know the name, or does not know enough.
  Result<std::optional<PackedEntry>> byIndex(std::string_view name, size_t maxBytes);
  Result<std::optional<PackedEntry>> byDirectory(std::string_view name, size_t maxBytes);
  Result<std::optional<PackedEntry>> at(uint64_t header, std::string_view name, size_t maxBytes, std::string& found) const;
  Result<void> openDirectory();  // mutex_ is held
  Result<void> mayBeRead(const PackedEntry& entry, std::string_view name, size_t maxBytes) const;
  void distrustIndex(std::string_view name, std::string_view found);

  const std::string file_;
  const int descriptor_;
  uint64_t fileBytes_ = 0;
  uint64_t indexOffset_ = 0;                // of its first record
  std::atomic<uint64_t> indexRecords_ = 0;  // 0: no index, or none to rely on
  std::mutex mutex_;                        // guards what follows
  zip* directory_ = nullptr;
};

//! The entry as it was before it was packed; `where` begins the errors.
Result<Bytes> unpackedEntry(PackedEntry entry, const std::string& where);

}  // namespace cm::source
