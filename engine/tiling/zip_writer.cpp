#include "tiling/zip_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace cm::tiling {
namespace {

constexpr uint32_t k32 = 0xffffffff;  // "see ZIP64"
constexpr uint16_t k16 = 0xffff;
constexpr uint16_t kVersion = 20, kVersionZip64 = 45, kMadeOnUnix = 3 << 8;
constexpr uint16_t kNamesAreUtf8 = 1 << 11;
constexpr uint32_t kFirstOf1980 = 0x0021u << 16;  // DOS date and time: the same archive whenever it is made
constexpr uint32_t kPlainFile = 0100644u << 16;
constexpr size_t kChunkBytes = 1 << 20;
constexpr int kLevel = 6;

//! Numbers as they stand in the file, little-endian.
class Record {
 public:
  Record& u16(uint64_t value) { return put(value, 2); }
  Record& u32(uint64_t value) { return put(value, 4); }
  Record& u64(uint64_t value) { return put(value, 8); }
  Record& text(std::string_view text) {
    const auto bytes = asBytes(text);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Record& record(const Record& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
    return *this;
  }
  size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const { return bytes_; }

 private:
  Record& put(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  Bytes bytes_;
};

uint32_t crcOf(uint32_t crc, std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

//! Calls `use(bytes)` for one piece of the file after the other.
template <class Use>
Result<void> inPieces(const Path& file, Use use) {
  const int from = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return makeError("{}: cannot be opened: {}", file.string(), std::strerror(errno));
  Bytes piece(kChunkBytes);
  Result<void> done;
  while (done) {
    const ssize_t n = ::read(from, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) done = makeError("{}: reading failed: {}", file.string(), std::strerror(errno));
    if (n <= 0) break;
    done = use(std::span<const std::byte>(piece).first(static_cast<size_t>(n)));
  }
  ::close(from);
  return done;
}

}  // namespace

source::PackedEntry packed(Bytes bytes) {
  source::PackedEntry entry;
  entry.crc = crcOf(0, bytes);
  entry.bytes = entry.packedBytes = bytes.size();
  z_stream stream{};
  CM_CHECK(deflateInit2(&stream, kLevel, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflate: no memory");
  Bytes smaller(bytes.size() - bytes.size() / 10);
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(smaller.data());
  stream.avail_out = static_cast<uInt>(smaller.size());
  const bool fits = deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  smaller.resize(stream.total_out);
  deflateEnd(&stream);
  const bool deflated = fits && smaller.size() < bytes.size();
  entry.method = deflated ? 8 : 0;
  entry.packed = deflated ? std::move(smaller) : std::move(bytes);
  entry.packedBytes = entry.packed.size();
  return entry;
}

Result<std::unique_ptr<ZipWriter>> ZipWriter::create(const Path& out) {
  Path beside = out;
  beside += fmt::format(".part{}", ::getpid());
  std::error_code failure;
  if (out.has_parent_path()) std::filesystem::create_directories(out.parent_path(), failure);
  if (failure) return makeError("{}: folder cannot be made: {}", out.parent_path().string(), failure.message());
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return makeError("{}: cannot be written: {}", out.string(), std::strerror(errno));
  return std::unique_ptr<ZipWriter>(new ZipWriter(out, std::move(beside), descriptor));
}

ZipWriter::~ZipWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(beside_.c_str());
}

Result<void> ZipWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return makeError("{}: writing failed at byte {}: {}", out_.string(), position_, std::strerror(errno));
    position_ += static_cast<uint64_t>(n);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return {};
}

//! The local file header (4.3.7), sizes and checksum in it as 3TZ wants them.
Result<void> ZipWriter::begin(Entry entry) {
  if (entry.name.size() >= k16)
    return makeError("{}: is a path of {} bytes, expected less than {}", entry.name, entry.name.size(), k16);
  entry.offset = position_;
  const bool large = entry.bytes >= k32 || entry.packedBytes >= k32;
  Record extra;
  if (large) extra.u16(1).u16(16).u64(entry.bytes).u64(entry.packedBytes);
  Record header;
  header.u32(0x04034b50).u16(large ? kVersionZip64 : kVersion).u16(kNamesAreUtf8).u16(entry.method).u32(kFirstOf1980);
  header.u32(entry.crc).u32(large ? k32 : entry.packedBytes).u32(large ? k32 : entry.bytes);
  header.u16(entry.name.size()).u16(extra.size()).text(entry.name).record(extra);
  entries_.push_back(std::move(entry));
  return write(header.bytes());
}

Result<void> ZipWriter::add(const std::string& name, const source::PackedEntry& entry) {
  if (auto begun = begin({name, entry.method, entry.crc, entry.packedBytes, entry.bytes}); !begun) return begun;
  return write(entry.packed);
}

Result<void> ZipWriter::addStored(const std::string& name, const Path& file) {
  uint32_t crc = 0, again = 0;
  uint64_t bytes = 0, written = 0;
  auto read = inPieces(file, [&](std::span<const std::byte> piece) -> Result<void> {
    crc = crcOf(crc, piece);
    bytes += piece.size();
    return {};
  });
  if (!read) return read;
  if (auto begun = begin({name, 0, crc, bytes, bytes}); !begun) return begun;
  auto copied = inPieces(file, [&](std::span<const std::byte> piece) {
    again = crcOf(again, piece);
    written += piece.size();
    return write(piece);
  });
  if (copied && (again != crc || written != bytes))
    return makeError("{}: changed while it was packed, from {} bytes to {}", file.string(), bytes, written);
  return copied;
}

Result<void> ZipWriter::addTileIndex() {
  std::vector<source::TileIndexRecord> records;
  for (const Entry& entry : entries_) records.push_back(source::TileIndexRecord::of(entry.name, entry.offset));
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.before(b); });
  source::PackedEntry index;
  for (const auto& record : records) {
    const auto bytes = record.bytes();
    index.packed.insert(index.packed.end(), bytes.begin(), bytes.end());
  }
  index.crc = crcOf(0, index.packed);
  index.bytes = index.packedBytes = index.packed.size();
  return add(std::string(source::kTileIndexName), index);
}

//! The directory (4.3.12) and its end, in both sizes where the old one is too small (4.3.14 to 4.3.16).
Result<void> ZipWriter::finish() {
  const uint64_t start = position_;
  for (const Entry& entry : entries_) {
    Record extra, large;
    if (entry.bytes >= k32) large.u64(entry.bytes);
    if (entry.packedBytes >= k32) large.u64(entry.packedBytes);
    if (entry.offset >= k32) large.u64(entry.offset);
    if (large.size() > 0) extra.u16(1).u16(large.size()).record(large);
    const uint16_t version = large.size() > 0 ? kVersionZip64 : kVersion;
    Record header;
    header.u32(0x02014b50).u16(kMadeOnUnix | version).u16(version).u16(kNamesAreUtf8).u16(entry.method);
    header.u32(kFirstOf1980).u32(entry.crc).u32(std::min<uint64_t>(entry.packedBytes, k32));
    header.u32(std::min<uint64_t>(entry.bytes, k32)).u16(entry.name.size()).u16(extra.size()).u16(0).u16(0).u16(0);
    header.u32(kPlainFile).u32(std::min<uint64_t>(entry.offset, k32)).text(entry.name).record(extra);
    if (auto written = write(header.bytes()); !written) return written;
  }
  const uint64_t end = position_, count = entries_.size();
  Record last;
  if (count >= k16 || end - start >= k32 || start >= k32) {
    last.u32(0x06064b50).u64(44).u16(kMadeOnUnix | kVersionZip64).u16(kVersionZip64).u32(0).u32(0);
    last.u64(count).u64(count).u64(end - start).u64(start);
    last.u32(0x07064b50).u32(0).u64(end).u32(1);
  }
  last.u32(0x06054b50).u16(0).u16(0).u16(std::min<uint64_t>(count, k16)).u16(std::min<uint64_t>(count, k16));
  last.u32(std::min<uint64_t>(end - start, k32)).u32(std::min<uint64_t>(start, k32)).u16(0);
  if (auto written = write(last.bytes()); !written) return written;
  if (::close(std::exchange(descriptor_, -1)) != 0 || ::rename(beside_.c_str(), out_.c_str()) != 0) {
    Error error = makeError("{}: cannot be finished: {}", out_.string(), std::strerror(errno));
    ::unlink(beside_.c_str());
    return error;
  }
  return {};
}

}  // namespace cm::tiling
