//! Writes a ZIP archive entry by entry (APPNOTE 6.3.9, ZIP64 where it has to be), beside its place and renamed when it is whole. Ours,
//! because the index of a 3D Tiles archive (3TZ 1.3) wants to know where every entry lies, which no library tells while it writes.
//! The same entries in the same order make the same bytes. One thread; `packed` may run on many.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "source/tile_index.h"
#include "source/zip_archive.h"

namespace cm::tiling {

//! A file's bytes as they will lie in an archive: deflated where that saves a tenth at least, for reading pays for it each time.
source::PackedEntry packed(Bytes bytes);

class ZipWriter {
 public:
  static Result<std::unique_ptr<ZipWriter>> create(const Path& out);
  ~ZipWriter();  // what was not finished leaves nothing behind
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  Result<void> add(const std::string& name, const source::PackedEntry& entry);
  //! A file of any size, stored as it is and never held whole.
  Result<void> addStored(const std::string& name, const Path& file);
  //! The index of all entries so far, as the last one.
  Result<void> addTileIndex();
  Result<void> finish();
  uint64_t bytes() const { return position_; }  // written so far

 private:
  struct Entry {
    std::string name;
    uint16_t method = 0;
    uint32_t crc = 0;
    uint64_t packedBytes = 0, bytes = 0, offset = 0;
  };
  ZipWriter(Path out, Path beside, int descriptor) : out_(std::move(out)), beside_(std::move(beside)), descriptor_(descriptor) {}
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> begin(Entry entry);

  const Path out_, beside_;
  int descriptor_;
  uint64_t position_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace cm::tiling
