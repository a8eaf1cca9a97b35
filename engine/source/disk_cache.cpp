#include "source/disk_cache.h"

#include <sha2.h>
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

constexpr std::string_view kMagic = "CMWEB002";
//! Of the digest. Names of another length are of an earlier version, which wrote addresses in full.
constexpr size_t kNameBytes = 20;
constexpr int kMaxRedirects = 8;
//! What another program is writing now is younger than this; older, it was left by a crash.
constexpr std::chrono::minutes kAbandoned{10};

//! The file's head, followed by address, etag, lastModified and body. A redirect's address is the one it leads to, its body the
//! name of that one's file. A cache is read by the machine that wrote it: its own byte order.
struct FileHead {
  char magic[8];
  double freshUntil;
  uint64_t bodyBytes;
  uint32_t addressBytes, etagBytes, lastModifiedBytes;
  uint16_t mustRevalidate, isRedirect;
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

//! Two addresses that differ in their queries alone have two names.
std::string nameOf(const std::string& uri) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const uint8_t*>(uri.data()), uri.size());
  SHA256Final(digest, &context);
  std::string name;
  for (size_t i = 0; i < kNameBytes; ++i) name += fmt::format("{:02x}", digest[i]);
  return name;
}

std::string withoutQuery(const std::string& uri) { return uri.substr(0, uri.find_first_of("?#")); }

struct Kept {
  CachedAnswer answer;
  bool isRedirect = false;
};

std::optional<Kept> keptIn(std::span<const std::byte> file) {
  FileHead head;
  if (file.size() < sizeof head) return {};
  std::memcpy(&head, file.data(), sizeof head);
  if (std::string_view(head.magic, sizeof head.magic) != kMagic || head.headCheck != headCheckOf(head)) return {};
  std::span<const std::byte> rest = file.subspan(sizeof head);
  const uint64_t texts = uint64_t{head.addressBytes} + head.etagBytes + head.lastModifiedBytes;
  if (rest.size() < texts || rest.size() - texts != head.bodyBytes || head.check != crcOf(rest)) return {};
  const auto take = [&](size_t bytes) {
    const std::span<const std::byte> taken = rest.first(bytes);
    rest = rest.subspan(bytes);
    return taken;
  };
  Kept kept{{}, head.isRedirect != 0};
  CachedAnswer& answer = kept.answer;
  answer.address = asText(take(head.addressBytes));
  answer.etag = asText(take(head.etagBytes));
  answer.lastModified = asText(take(head.lastModifiedBytes));
  answer.freshUntil = head.freshUntil;
  answer.mustRevalidate = head.mustRevalidate != 0;
  answer.body.assign(rest.begin(), rest.end());
  return kept;
}

Bytes fileWith(const CachedAnswer& answer, const std::string& address, bool isRedirect) {
  FileHead head{};
  std::memcpy(head.magic, kMagic.data(), sizeof head.magic);
  head.freshUntil = answer.freshUntil;
  head.bodyBytes = answer.body.size();
  head.addressBytes = static_cast<uint32_t>(address.size());
  head.etagBytes = static_cast<uint32_t>(answer.etag.size());
  head.lastModifiedBytes = static_cast<uint32_t>(answer.lastModified.size());
  head.mustRevalidate = answer.mustRevalidate;
  head.isRedirect = isRedirect;
  Bytes file(sizeof head);
  file.reserve(sizeof head + address.size() + answer.etag.size() + answer.lastModified.size() + answer.body.size());
  for (const std::string* text : {&address, &answer.etag, &answer.lastModified})
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
  fs::permissions(folder_, fs::perms::owner_all, ignored);  // what was asked for is nobody else's business
}

std::optional<CachedAnswer> DiskCache::find(const std::string& uri) { return answerNamed(nameOf(uri), 0); }

std::optional<CachedAnswer> DiskCache::answerNamed(const std::string& name, int redirects) {
  const Path path = folder_ / name;
  auto file = readFile(path);
  if (!file) return {};
  auto kept = keptIn(*file);
  std::error_code ignored;
  if (!kept) {
    fs::remove(path, ignored);
    std::lock_guard lock(mutex_);
    forget(name);
    return {};
  }
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);  // what the next run ranks by
  {
    std::lock_guard lock(mutex_);
    if (indexed_) touch(name, file->size());
  }
  if (!kept->isRedirect) {
    kept->answer.address.clear();
    return std::move(kept->answer);
  }
  const std::string next(asText(kept->answer.body));
  if (redirects == kMaxRedirects || next.size() != 2 * kNameBytes || next.find('/') != std::string::npos) return {};
  auto answer = answerNamed(next, redirects + 1);
  if (!answer) return {};
  if (answer->address.empty()) answer->address = kept->answer.address;
  answer->etag.clear();  // the other address's: of no use in asking for this one
  answer->lastModified.clear();
  answer->freshUntil = 0;
  return answer;
}

void DiskCache::store(const std::string& uri, const CachedAnswer& answer) {
  write(nameOf(uri), fileWith(answer, withoutQuery(uri), false));
}

void DiskCache::storeRedirect(const std::string& uri, const std::string& target) {
  CachedAnswer named;
  const std::string name = nameOf(target);
  named.body.assign(asBytes(name).begin(), asBytes(name).end());
  const Bytes file = fileWith(named, withoutQuery(target), true);
  const auto before = readFile(folder_ / nameOf(uri));
  if (!before || *before != file) write(nameOf(uri), file);
}

void DiskCache::write(const std::string& name, const Bytes& file) {
  if (file.size() > maxBytes_ / 8) return;
  {
    std::lock_guard lock(mutex_);
    index();
  }
  if (!writeFileAtomically(folder_ / name, file)) return;
  std::lock_guard lock(mutex_);
  touch(name, file.size());
  while (bytes_ > maxBytes_ && !byUse_.empty()) {
    const std::string oldest = byUse_.begin()->second;
    std::error_code ignored;
    fs::remove(folder_ / oldest, ignored);
    forget(oldest);
  }
}

void DiskCache::remove(const std::string& uri) {
  const std::string name = nameOf(uri);
  std::error_code ignored;
  fs::remove(folder_ / name, ignored);
  std::lock_guard lock(mutex_);
  forget(name);
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
    if (name.find('.') == std::string::npos && name.size() == 2 * kNameBytes)
      found.push_back({used, name, bytes});
    else if (name.find('.') == std::string::npos || fs::file_time_type::clock::now() - used > kAbandoned)
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
