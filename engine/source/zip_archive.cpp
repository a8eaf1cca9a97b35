#include "source/zip_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "base/log.h"
#include "source/archive.h"
#include "source/json.h"
#include "source/tile_index.h"

namespace cm::source {
namespace {

// APPNOTE 6.3.9: 4.3.7 local file header, 4.3.12 directory header.
constexpr uint32_t kLocalSignature = 0x04034b50, kDirectorySignature = 0x02014b50;
constexpr size_t kLocalBytes = 30, kDirectoryBytes = 46;
constexpr size_t kTailBytes =
    4096;  // holds the last directory header and the end records of an archive without a comment

template <class T>
T numberAt(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

//! No name leads out of an archive, for it is only looked up in it; one that tries to is a mistake or an attack, and is told as one.
bool leadsOut(std::string_view name) {
  if (name.starts_with('/')) return true;
  while (!name.empty()) {
    const size_t end = std::min(name.find_first_of("/\\"), name.size());
    if (name.substr(0, end) == "..") return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

//! As written, without query, decoded: each once.
std::vector<std::string> namesFor(std::string_view inside) {
  if (inside.empty()) return {"tileset.json"};
  std::vector<std::string> names{std::string(inside)};
  const std::string_view path = inside.substr(0, inside.find_first_of("?#"));
  for (std::string& name : std::array{std::string(path), percentDecoded(path)})
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  return names;
}

bool holdsArchive(std::string_view name) {
  for (size_t end = 0; end < name.size(); ++end) {
    end = std::min(name.find('/', end), name.size());
    if (namesArchive(name.substr(0, end))) return true;
  }
  return false;
}

//! A name as it may be shown: it may be any bytes where the file is damaged.
std::string shown(std::string_view name) {
  std::string out(name.substr(0, 80));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return out;
}

std::string withSlashes(std::string name) {
  std::replace(name.begin(), name.end(), '\\', '/');
  return name.substr(std::min(name.find_first_not_of('/'), name.size()));
}

}  // namespace

Result<std::shared_ptr<ZipArchive>> ZipArchive::open(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return makeError("{}: cannot be opened: {}", file, std::strerror(errno));
  std::shared_ptr<ZipArchive> made(new ZipArchive(file, descriptor));
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return makeError("{}: {}", file, std::strerror(errno));
  made->fileBytes_ = static_cast<uint64_t>(info.st_size);
  made->findIndex();
  if (made->indexed()) return made;
  std::lock_guard lock(made->mutex_);
  if (auto opened = made->openDirectory(); !opened) return opened.error();
  return made;
}

ZipArchive::~ZipArchive() {
  if (directory_) zip_discard(directory_);
  ::close(descriptor_);
}

bool ZipArchive::readAt(uint64_t offset, void* to, size_t bytes) const {
  if (offset > fileBytes_ || bytes > fileBytes_ - offset) return false;
  auto* out = static_cast<std::byte*>(to);
  while (bytes > 0) {
    const ssize_t n = ::pread(descriptor_, out, bytes, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    out += n;
    offset += static_cast<uint64_t>(n);
    bytes -= static_cast<size_t>(n);
  }
  return true;
}

//! The index is the last entry of the directory and stored as it is; its header is found from the end of the file.
void ZipArchive::findIndex() {
  Bytes tail(std::min<uint64_t>(fileBytes_, kTailBytes));
  if (!readAt(fileBytes_ - tail.size(), tail.data(), tail.size())) return;
  const size_t name = asText(tail).rfind(kTileIndexName);
  if (name == std::string_view::npos || name < kDirectoryBytes) return;
  const std::byte* header = tail.data() + name - kDirectoryBytes;
  if (numberAt<uint32_t>(header) != kDirectorySignature || numberAt<uint16_t>(header + 28) != kTileIndexName.size())
    return;
  uint64_t bytes = numberAt<uint32_t>(header + 20), local = numberAt<uint32_t>(header + 42);
  const bool stored = numberAt<uint16_t>(header + 10) == 0 && numberAt<uint32_t>(header + 24) == bytes;
  // Beyond 4 GiB the offset stands in the ZIP64 field (APPNOTE 4.5.3), alone there: an index is smaller.
  size_t extra = name + kTileIndexName.size();
  const size_t extraEnd = std::min<size_t>(extra + numberAt<uint16_t>(header + 30), tail.size());
  while (local == 0xffffffff && extra + 12 <= extraEnd) {
    const auto kind = numberAt<uint16_t>(&tail[extra]), size = numberAt<uint16_t>(&tail[extra + 2]);
    if (kind == 1 && size >= 8) local = numberAt<uint64_t>(&tail[extra + 4]);
    extra += 4 + size;
  }
  std::array<std::byte, kLocalBytes> start{};
  const bool sound = stored && bytes > 0 && bytes % kTileIndexRecordBytes == 0 &&
                     readAt(local, start.data(), start.size()) && numberAt<uint32_t>(start.data()) == kLocalSignature;
  indexOffset_ = local + kLocalBytes + numberAt<uint16_t>(&start[26]) + numberAt<uint16_t>(&start[28]);
  if (!sound || indexOffset_ > fileBytes_ || bytes > fileBytes_ - indexOffset_) {
    log::warning(
        "{}: {}: found {} bytes at byte {}, expected {} stored ones for each file, within the {} of the archive; "
        "its directory is read instead",
        file_, kTileIndexName, bytes, local, kTileIndexRecordBytes, grouped(fileBytes_));
    return;
  }
  indexRecords_ = bytes / kTileIndexRecordBytes;
}

void ZipArchive::distrustIndex(std::string_view name, std::string_view found) {
  if (indexRecords_.exchange(0) > 0)
    log::warning("{}: {}: {}: found {}, expected where its header is; the directory of the archive is read instead",
                 file_, kTileIndexName, name, found);
}

Result<std::optional<PackedEntry>> ZipArchive::byIndex(std::string_view name, size_t maxBytes) {
  const TileIndexRecord wanted = TileIndexRecord::of(name);
  const uint64_t count = indexRecords_;
  const auto record = [&](uint64_t i) -> std::optional<TileIndexRecord> {
    std::array<std::byte, kTileIndexRecordBytes> bytes{};
    if (!readAt(indexOffset_ + i * bytes.size(), bytes.data(), bytes.size())) return {};
    return TileIndexRecord::from(bytes);
  };
  uint64_t low = 0, high = count;  // the first record that is not before the wanted one
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    const auto there = record(middle);
    if (!there) return makeError("{}: {}: record {} cannot be read", file_, kTileIndexName, middle);
    if (there->before(wanted))
      low = middle + 1;
    else
      high = middle;
  }
  std::string found;
  for (; low < count; ++low) {
    const auto there = record(low);
    if (!there || !there->sameHash(wanted)) break;
    auto entry = at(there->offset, name, maxBytes, found);
    if (!entry || *entry) return entry;
    if (found.empty()) return std::optional<PackedEntry>{};
  }
  if (!found.empty()) distrustIndex(name, found);
  return std::optional<PackedEntry>{};
}

//! What the local file header at `header` describes. Nothing where it is not that of `name`, and then `found` says what is there, or
//! where it leaves the sizes to the directory.
Result<std::optional<PackedEntry>> ZipArchive::at(uint64_t header, std::string_view name, size_t maxBytes,
                                                  std::string& found) const {
  found.clear();
  std::array<std::byte, kLocalBytes> start{};
  if (!readAt(header, start.data(), start.size()) || numberAt<uint32_t>(start.data()) != kLocalSignature) {
    found = fmt::format("no file header at byte {}", header);
    return std::optional<PackedEntry>{};
  }
  std::string written(numberAt<uint16_t>(&start[26]), '\0');
  const uint64_t data = header + kLocalBytes + written.size() + numberAt<uint16_t>(&start[28]);
  if (!readAt(header + kLocalBytes, written.data(), written.size()) || withSlashes(written) != name) {
    found = fmt::format("the header of \"{}\" at byte {}", shown(written), header);
    return std::optional<PackedEntry>{};
  }
  PackedEntry entry;
  const auto flags = numberAt<uint16_t>(&start[6]);
  entry.encrypted = (flags & 1) != 0;
  entry.method = numberAt<uint16_t>(&start[8]);
  entry.crc = numberAt<uint32_t>(&start[14]);
  entry.packedBytes = numberAt<uint32_t>(&start[18]);
  entry.bytes = numberAt<uint32_t>(&start[22]);
  // A data descriptor or ZIP64: 3TZ allows neither here.
  if ((flags & 8) != 0 || entry.packedBytes == 0xffffffff || entry.bytes == 0xffffffff)
    return std::optional<PackedEntry>{};
  if (auto may = mayBeRead(entry, name, maxBytes); !may) return may.error();
  if (data > fileBytes_ || entry.packedBytes > fileBytes_ - data)
    return makeError("{}: {}: needs {} bytes from byte {} on, the file ends at {}; was it copied whole?", file_, name,
                     grouped(entry.packedBytes), grouped(data), grouped(fileBytes_));
  entry.packed.resize(entry.packedBytes);
  if (!readAt(data, entry.packed.data(), entry.packed.size()))
    return makeError("{}: {}: reading {} bytes failed at byte {}: {}", file_, name, grouped(entry.packedBytes),
                     grouped(data), std::strerror(errno));
  return std::optional(std::move(entry));
}

Result<void> ZipArchive::openDirectory() {
  if (directory_) return {};
  int code = 0;
  const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  directory_ = copy < 0 ? nullptr : zip_fdopen(copy, 0, &code);  // takes the copy
  if (directory_) return {};
  zip_error_t reason;
  zip_error_init_with_code(&reason, code);
  Error error = makeError("{}: cannot be read as an archive: {} ({} bytes; was it copied whole?)", file_,
                          copy < 0 ? std::strerror(errno) : zip_error_strerror(&reason), grouped(fileBytes_));
  zip_error_fini(&reason);
  if (copy >= 0) ::close(copy);
  return error;
}

Result<void> ZipArchive::mayBeRead(const PackedEntry& entry, std::string_view name, size_t maxBytes) const {
  if (entry.encrypted) return makeError("{}: {}: is encrypted, expected an archive without a password", file_, name);
  if (entry.method != ZIP_CM_STORE && entry.method != ZIP_CM_DEFLATE && entry.method != 93)
    return makeError("{}: {}: is compressed by method {}, expected 0 (stored), 8 (deflate) or 93 (Zstandard)", file_,
                     name, entry.method);
  if (entry.method == ZIP_CM_STORE && entry.bytes != entry.packedBytes)
    return makeError("{}: {}: is stored in {} bytes and declares {}, expected as many", file_, name,
                     grouped(entry.packedBytes), grouped(entry.bytes));
  if (entry.method != ZIP_CM_STORE && std::max(entry.bytes, entry.packedBytes) > maxBytes)
    return makeError("{}: {}: declares {} bytes, more than the {} allowed", file_, name, grouped(entry.bytes),
                     grouped(maxBytes));
  return {};
}

Result<std::optional<PackedEntry>> ZipArchive::byDirectory(std::string_view name, size_t maxBytes) {
  std::lock_guard lock(mutex_);
  if (auto opened = openDirectory(); !opened) return opened.error();
  zip_stat_t told;
  zip_stat_init(&told);
  std::string key(name);
  if (zip_stat(directory_, key.c_str(), 0, &told) != 0) {
    std::replace(key.begin(), key.end(), '/', '\\');  // as some programs write them
    if (zip_stat(directory_, key.c_str(), 0, &told) != 0) return std::optional<PackedEntry>{};
  }
  PackedEntry entry;
  entry.encrypted = told.encryption_method != ZIP_EM_NONE;
  entry.method = told.comp_method;
  entry.crc = told.crc;
  entry.packedBytes = told.comp_size;
  entry.bytes = told.size;
  if (auto may = mayBeRead(entry, name, maxBytes); !may) return may.error();
  if (entry.packedBytes > fileBytes_)
    return makeError("{}: {}: needs {} bytes, the file has {}", file_, name, grouped(entry.packedBytes),
                     grouped(fileBytes_));
  entry.packed.resize(entry.packedBytes);
  zip_file_t* file = zip_fopen_index(directory_, told.index, ZIP_FL_COMPRESSED);
  if (!file) return makeError("{}: {}: cannot be read: {}", file_, name, zip_strerror(directory_));
  uint64_t done = 0;
  while (done < entry.packedBytes) {
    const zip_int64_t n = zip_fread(file, entry.packed.data() + done, entry.packedBytes - done);
    if (n <= 0) break;
    done += static_cast<uint64_t>(n);
  }
  const std::string reason = zip_file_strerror(file);
  zip_fclose(file);
  if (done < entry.packedBytes)
    return makeError("{}: {}: ends after {} of {} bytes: {}", file_, name, grouped(done), grouped(entry.packedBytes),
                     reason);
  return std::optional(std::move(entry));
}

Result<Bytes> ZipArchive::read(std::string_view inside, size_t maxBytes) {
  const std::vector<std::string> names = namesFor(inside);
  if (std::any_of(names.begin(), names.end(), leadsOut))
    return makeError("{}: \"{}\" leads out of the archive, expected a path inside it", file_, inside);
  for (auto way : {&ZipArchive::byIndex, &ZipArchive::byDirectory}) {
    if (way == &ZipArchive::byIndex && !indexed()) continue;
    for (const std::string& name : names) {
      auto entry = (this->*way)(name, maxBytes);
      if (!entry) return entry.error();
      if (*entry) return unpackedEntry(std::move(**entry), fmt::format("{}: {}", file_, name));
    }
  }
  if (holdsArchive(names.back()))
    return makeError("{}: {}: is an archive in an archive, expected it unpacked or beside", file_, names.back());
  return makeError("{}: holds no \"{}\"", file_, names.back());
}

Result<std::string> ZipArchive::entrance() {
  for (const char* document : {"city.json", "tileset.json"}) {
    if (!indexed()) break;
    auto entry = byIndex(document, 0);  // refused for its size alone: it is there
    if (!entry || *entry) return std::string(document);
  }
  std::lock_guard lock(mutex_);
  if (auto opened = openDirectory(); !opened) return opened.error();
  const zip_int64_t count = zip_get_num_entries(directory_, 0);
  for (std::string_view document : {"city.json", "tileset.json"}) {
    std::vector<std::string> inFolders;
    for (zip_int64_t i = 0; i < count; ++i) {
      const char* written = zip_get_name(directory_, static_cast<zip_uint64_t>(i), 0);
      if (!written) continue;
      const std::string name = withSlashes(written);
      if (name == document) return name;
      const size_t slash = name.find('/');
      if (slash != std::string::npos && name.substr(slash + 1) == document) inFolders.push_back(name);
    }
    if (inFolders.size() == 1) return inFolders.front();
    if (inFolders.size() > 1)
      return makeError(
          "{}: found {} and {}, expected one {} at the root or in the one folder; name the one you mean: {}/{}", file_,
          inFolders[0], inFolders[1], document, file_, inFolders[0]);
  }
  return makeError(
      "{}: found {} entries, expected city.json or tileset.json among them, at the root or in the one folder", file_,
      count);
}

}  // namespace cm::source
