#include "source/disk_cache.h"

#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace cm::source {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "CMWEB001";
//! What another program is writing now is younger than this; older, it was left by a crash.
constexpr std::chrono::minutes kAbandoned{10};

//! The file's head, followed by uri, etag, lastModified and body. A cache is read by the machine that wrote it: its own
//! byte order.
struct FileHead {
  char magic[8];
  double freshUntil;
  uint64_t bodyBytes;
  uint32_t uriBytes, etagBytes, lastModifiedBytes, mustRevalidate;
  uint32_t check;      // CRC-32 of all that follows the head
  uint32_t headCheck;  // and of the head up to here
};
static_assert(sizeof(FileHead) == 48);

uint32_t crcOf(std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}
uint32_t headCheckOf(const FileHead& head) {
  return crcOf(std::as_bytes(std::span(&head, 1)).first(offsetof(FileHead, headCheck)));
}

std::optional<CachedAnswer> answerIn(std::span<const std::byte> file, const std::string& uri) {
  FileHead head;
  if (file.size() < sizeof head) return {};
  std::memcpy(&head, file.data(), sizeof head);
  if (std::string_view(head.magic, sizeof head.magic) != kMagic || head.headCheck != headCheckOf(head)) return {};
  std::span<const std::byte> rest = file.subspan(sizeof head);
  const uint64_t texts = uint64_t{head.uriBytes} + head.etagBytes + head.lastModifiedBytes;
  if (rest.size() < texts || rest.size() - texts != head.bodyBytes || head.check != crcOf(rest)) return {};
  const auto take = [&](size_t bytes) {
    const std::span<const std::byte> taken = rest.first(bytes);
    rest = rest.subspan(bytes);
    return taken;
  };
  if (asText(take(head.uriBytes)) != uri) return {};
  CachedAnswer answer;
  answer.etag = asText(take(head.etagBytes));
  answer.lastModified = asText(take(head.lastModifiedBytes));
  answer.freshUntil = head.freshUntil;
  answer.mustRevalidate = head.mustRevalidate != 0;
  answer.body.assign(rest.begin(), rest.end());
  return answer;
}

Bytes fileWith(const CachedAnswer& answer, const std::string& uri) {
  FileHead head{};
  std::memcpy(head.magic, kMagic.data(), sizeof head.magic);
  head.freshUntil = answer.freshUntil;
  head.bodyBytes = answer.body.size();
  head.uriBytes = static_cast<uint32_t>(uri.size());
  head.etagBytes = static_cast<uint32_t>(answer.etag.size());
  head.lastModifiedBytes = static_cast<uint32_t>(answer.lastModified.size());
  head.mustRevalidate = answer.mustRevalidate;
  Bytes file(sizeof head);
  file.reserve(sizeof head + uri.size() + answer.etag.size() + answer.lastModified.size() + answer.body.size());
  for (const std::string* text : {&uri, &answer.etag, &answer.lastModified})
    file.insert(file.end(), asBytes(*text).begin(), asBytes(*text).end());
  file.insert(file.end(), answer.body.begin(), answer.body.end());
  head.check = crcOf(std::span(file).subspan(sizeof head));
  head.headCheck = headCheckOf(head);
  std::memcpy(file.data(), &head, sizeof head);
  return file;
}

}  // namespace

DiskCache::DiskCache(Path folder, size_t maxBytes) : folder_(std::move(folder)), maxBytes_(maxBytes) {
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  fs::permissions(folder_, fs::perms::owner_all, ignored);  // addresses may hold keys
}

//! Two addresses with one name only cost a hit: the file says whose it is.
Path DiskCache::fileOf(const std::string& uri) const {
  const std::string name = fmt::format("{:016x}{:016x}", hash64(uri), hash64(uri + "|"));
  return folder_ / name;
}

std::optional<CachedAnswer> DiskCache::find(const std::string& uri) {
  const Path path = fileOf(uri);
  auto file = readFile(path);
  if (!file) return {};
  auto answer = answerIn(*file, uri);
  std::error_code ignored;
  if (!answer) {
    fs::remove(path, ignored);
    std::lock_guard lock(mutex_);
    forget(path.filename().string());
    return {};
  }
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);  // what the next run ranks by
  std::lock_guard lock(mutex_);
  if (indexed_) touch(path.filename().string(), file->size());
  return answer;
}

void DiskCache::store(const std::string& uri, const CachedAnswer& answer) {
  const Bytes file = fileWith(answer, uri);
  if (file.size() > maxBytes_ / 8) return;
  const Path path = fileOf(uri);
  {
    std::lock_guard lock(mutex_);
    index();
  }
  if (!writeFileAtomically(path, file)) return;
  std::lock_guard lock(mutex_);
  touch(path.filename().string(), file.size());
  while (bytes_ > maxBytes_ && !byUse_.empty()) {
    const std::string name = byUse_.begin()->second;
    std::error_code ignored;
    fs::remove(folder_ / name, ignored);
    forget(name);
  }
}

void DiskCache::remove(const std::string& uri) {
  const Path path = fileOf(uri);
  std::error_code ignored;
  fs::remove(path, ignored);
  std::lock_guard lock(mutex_);
  forget(path.filename().string());
}

size_t DiskCache::bytes() {
  std::lock_guard lock(mutex_);
  index();
  return bytes_;
}

//! What is there, from the files alone.
void DiskCache::index() {
  if (std::exchange(indexed_, true)) return;
  struct Found {
    fs::file_time_type used;
    std::string name;
    size_t bytes;
  };
  std::vector<Found> found;
  std::error_code failure;
  for (fs::directory_iterator file(folder_, failure), end; !failure && file != end; file.increment(failure)) {
    std::error_code gone, vanished;
    const auto used = file->last_write_time(gone);
    const auto bytes = file->file_size(vanished);
    if (gone || vanished) continue;
    const std::string name = file->path().filename().string();
    if (name.find('.') == std::string::npos)
      found.push_back({used, name, bytes});
    else if (fs::file_time_type::clock::now() - used > kAbandoned)
      fs::remove(file->path(), gone);
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.used < b.used; });
  for (const Found& one : found) touch(one.name, one.bytes);
}

void DiskCache::touch(const std::string& name, size_t bytes) {
  forget(name);
  entries_[name] = {bytes, ++uses_};
  byUse_[uses_] = name;
  bytes_ += bytes;
}

void DiskCache::forget(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  byUse_.erase(found->second.use);
  entries_.erase(found);
}

}  // namespace cm::source
