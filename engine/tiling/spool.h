//! Records on disk: what `Builder::add` was given, compactly, and the files that hold it. A record is a varint-packed
//! Building or GroundFeature with coordinates to 1e-9 degrees (0.1 mm). Writers belong to one thread; a mapped file may be
//! read from any number.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"
#include "tiling/model.h"

namespace cm::tiling {

//! Appends the record's bytes to `out`.
void encode(const Building& building, std::string& out);
void encode(const GroundFeature& feature, std::string& out);
//! The record back. `bytes` must be what `encode` wrote (files of our own work folder, checked by their manifest).
Building decodeBuilding(std::string_view bytes);
GroundFeature decodeGround(std::string_view bytes);
//! Whether a building's record says `part`, without decoding it.
bool isPartRecord(std::string_view bytes);

//! A file written front to back through a buffer. Errors name the file and the byte (a full disk, most often).
class FileWriter {
 public:
  static Result<FileWriter> create(const Path& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;
  ~FileWriter();

  Result<void> write(std::string_view bytes);
  template <class T>
  Result<void> writePod(const T& value) {
    return write({reinterpret_cast<const char*>(&value), sizeof(T)});
  }
  //! Everything on disk and the file closed; the last error of the system is reported here at the latest.
  Result<void> finish();
  uint64_t bytesWritten() const { return written_ + buffer_.size(); }

 private:
  FileWriter(Path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Result<void> flush();

  Path path_;
  int descriptor_ = -1;
  uint64_t written_ = 0;
  std::string buffer_;
};

//! A whole file as read-only memory; the system keeps only the pages in use.
class MappedFile {
 public:
  static Result<MappedFile> open(const Path& path);
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }
  //! The file as an array of T, which wrote it.
  template <class T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data_), size_ / sizeof(T)};
  }
  //! Tells the system that [begin, begin + length) is not needed for now: it leaves this process's memory.
  void forget(uint64_t begin, uint64_t length) const;

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace cm::tiling
