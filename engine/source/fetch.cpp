#include "source/fetch.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <future>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/jobs.h"
#include "source/archive.h"
#include "source/gltf.h"
#include "source/http.h"

namespace cm::source {
namespace {

constexpr size_t kMaxUnpackedBytes = size_t{2} << 30;

//! A reference in a tileset is a URI, but a name on disk may hold '%', '?' or '#' itself: what exists wins.
Path fileOf(std::string_view uri) {
  if (uri.starts_with("file://")) {
    uri.remove_prefix(7);
    uri = uri.substr(std::min(uri.find('/'), uri.size()));  // past "localhost"
    return percentDecoded(uri.substr(0, uri.find_first_of("?#")));
  }
  std::error_code ignored;
  if (std::filesystem::exists(uri, ignored)) return uri;
  const std::string_view name = uri.substr(0, uri.find_first_of("?#"));
  if (std::filesystem::exists(name, ignored)) return name;
  return percentDecoded(name);
}

}  // namespace

Result<Bytes> unpacked(Bytes bytes, size_t maxBytes) {
  if (bytes.size() < 2 || bytes[0] != std::byte{0x1f} || bytes[1] != std::byte{0x8b}) return bytes;
  const auto tooLarge = [&] {
    return makeError("gzip data unpacks to more than the {} bytes allowed", grouped(maxBytes));
  };
  // The last four bytes say how much there is (RFC 1952, 2.3.1), modulo 4 GiB and if they do not lie.
  uint32_t declared = 0;
  if (bytes.size() >= 18) std::memcpy(&declared, bytes.data() + bytes.size() - 4, 4);
  if (declared > maxBytes) return tooLarge();
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return makeError("gzip: no memory");
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  Bytes out(std::min(std::max<size_t>(declared + 1, 4096), maxBytes + 1));
  size_t done = 0;
  int code = Z_OK;
  while (true) {
    if (done == out.size()) out.resize(std::min(out.size() * 2, maxBytes + 1));
    const size_t room = std::min<size_t>(out.size() - done, size_t{1} << 30);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    code = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (done > maxBytes) break;
    if (code == Z_STREAM_END && stream.avail_in > 2 && stream.next_in[0] == 0x1f && stream.next_in[1] == 0x8b) {
      code = inflateReset(&stream);  // the next member
      continue;
    }
    if (code != Z_OK) break;
  }
  const std::string reason = stream.msg ? stream.msg : "ends too early";
  inflateEnd(&stream);
  if (done > maxBytes) return tooLarge();
  if (code != Z_STREAM_END)
    return makeError("gzip data is damaged after {} unpacked bytes: {}", grouped(done), reason).passing();
  out.resize(done);
  return out;
}

Fetcher::Options Fetcher::Options::fromEnvironment() {
  Options options;
  const char* mebibytes = std::getenv("CITYMIRROR_CACHE_MIB");
  if (mebibytes) options.cacheBytes = static_cast<size_t>(std::strtoul(mebibytes, nullptr, 10)) << 20;
  if (options.cacheBytes > 0) options.cacheFolder = cm::cacheFolder() / "http";
  const char* credentialed = std::getenv("CITYMIRROR_CACHE_CREDENTIALED");
  options.cacheCredentialed = credentialed && std::string_view(credentialed) == "1";
  return options;
}

struct Fetcher::Impl {
  explicit Impl(const Options& given) : options(given), files(given.fileThreads) {}
  ~Impl() {
    std::lock_guard lock(mutex);
    local.clear();  // what has not finished will find nothing to report to
  }

  struct Local {
    std::string uri;
    DoneAt done;
    JobPool::Id job = 0;
  };

  //! Requests for one address that is under way: one is made, each caller hears of it.
  struct Shared {
    struct Caller {
      Id id;
      double rank;
      DoneAt done;
    };
    Id request = 0;
    std::string uri;
    double rank = 0;  // the least of the callers'
    std::vector<Caller> callers;
  };

  void start(Id id, std::string uri, double rank, DoneAt done) {
    if (isHttp(uri))
      web().start(id, std::move(uri), rank, std::move(done));
    else
      fetchLocal(id, std::move(uri), rank, std::move(done));
  }

  //! The answer is here: for whoever has not cancelled until its turn comes, most urgent first.
  void deliver(const std::shared_ptr<Shared>& shared, Result<Bytes> bytes, const std::string& address) {
    for (bool first = true, last = false;; first = false) {
      DoneAt done;
      {
        std::lock_guard lock(sharing);
        if (first) leave(shared);  // who asks now asks anew
        if (shared->callers.empty()) return;
        const auto turn = std::min_element(shared->callers.begin(), shared->callers.end(),
                                           [](const auto& a, const auto& b) { return a.rank < b.rank; });
        done = std::move(turn->done);
        sharedOf.erase(turn->id);
        shared->callers.erase(turn);
        last = shared->callers.empty();
      }
      if (last) return done(std::move(bytes), address);
      done(bytes, address);
    }
  }

  //! With `sharing` held: nobody joins this request any more.
  void leave(const std::shared_ptr<Shared>& shared) {
    const auto found = byUri.find(shared->uri);
    if (found != byUri.end() && found->second == shared) byUri.erase(found);
  }

  //! With `sharing` held.
  void rankAnew(Shared& shared) {
    double rank = shared.callers.front().rank;
    for (const Shared::Caller& caller : shared.callers) rank = std::min(rank, caller.rank);
    if (rank != std::exchange(shared.rank, rank)) rerank(shared.request, rank);
  }

  void rerank(Id id, double rank) {
    {
      std::lock_guard lock(mutex);
      if (const auto found = local.find(id); found != local.end()) return files.rerank(found->second.job, rank);
    }
    if (HttpClient* client = webIfAny()) client->rerank(id, rank);
  }

  void cancel(Id id) {
    {
      std::lock_guard lock(mutex);
      if (const auto found = local.find(id); found != local.end()) {
        files.cancel(found->second.job);
        local.erase(found);
        return;
      }
    }
    if (HttpClient* client = webIfAny()) client->cancel(id);
  }

  Result<Bytes> readLocal(const std::string& uri) {
    const auto inArchive = archiveAddressOf(uri);
    auto bytes = inArchive                  ? archives.read(*inArchive, options.maxBytes)
                 : uri.starts_with("data:") ? decodeDataUri(uri)
                                            : readFile(fileOf(uri));
    if (!bytes) return bytes.error();
    bytes = unpacked(std::move(*bytes), inArchive ? options.maxBytes : kMaxUnpackedBytes);
    if (!bytes) return bytes.error().within("{}", uri);
    return bytes;
  }

  void fetchLocal(Id id, std::string uri, double rank, DoneAt done) {
    std::lock_guard lock(mutex);  // held while submitting: the job looks for itself in `local`
    Local& request = local[id];
    request.uri = std::move(uri);
    request.done = std::move(done);
    request.job = files.submit(rank, [this, id](std::stop_token) { runLocal(id); });
  }

  void runLocal(Id id) {
    std::string uri;
    {
      std::lock_guard lock(mutex);
      const auto found = local.find(id);
      if (found == local.end()) return;
      uri = found->second.uri;
    }
    auto bytes = readLocal(uri);
    DoneAt done;
    {
      std::lock_guard lock(mutex);
      const auto found = local.find(id);
      if (found == local.end()) return;
      done = std::move(found->second.done);
      local.erase(found);
    }
    done(std::move(bytes), std::move(uri));
  }

  HttpClient& web() {
    std::lock_guard lock(mutex);
    if (!http) {
      http = std::make_unique<HttpClient>(options);
      http->allowOrigins(allowed);
      http->setLayerCredentials(layers);
    }
    return *http;
  }
  //! Null where nothing has been asked of the web.
  HttpClient* webIfAny() const {
    std::lock_guard lock(mutex);
    return http.get();
  }

  const Options options;
  std::mutex sharing;  // of the next three; taken before `mutex`, and never while a `done` runs
  Id next = 1;
  std::unordered_map<std::string, std::shared_ptr<Shared>> byUri;
  std::unordered_map<Id, std::shared_ptr<Shared>> sharedOf;
  mutable std::mutex mutex;
  std::unordered_map<Id, Local> local;
  std::vector<std::string> allowed;
  std::vector<LayerCredentials> layers;
  std::unique_ptr<HttpClient> http;
  Archives archives;
  JobPool files;  // last: joined first
};

Fetcher::Fetcher() : Fetcher(Options{}) {}
Fetcher::Fetcher(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Fetcher::~Fetcher() = default;

Fetcher::Id Fetcher::fetch(std::string uri, double rank, Done done) {
  return fetch(std::move(uri), rank,
               [done = std::move(done)](Result<Bytes> bytes, const std::string&) { done(std::move(bytes)); });
}

Fetcher::Id Fetcher::fetch(std::string uri, double rank, DoneAt done) {
  Impl& s = *impl_;
  std::lock_guard lock(s.sharing);
  const Id id = s.next++;
  std::shared_ptr<Impl::Shared>& shared = s.byUri[uri];
  const bool first = !shared;
  if (first) {
    shared = std::make_shared<Impl::Shared>();
    shared->request = s.next++;
    shared->uri = uri;
    shared->rank = rank;
  }
  shared->callers.push_back({id, rank, std::move(done)});
  s.sharedOf[id] = shared;
  if (first)
    s.start(shared->request, std::move(uri), rank,
            [&s, shared = shared](Result<Bytes> bytes, const std::string& address) {
              s.deliver(shared, std::move(bytes), address);
            });
  else
    s.rankAnew(*shared);
  return id;
}

void Fetcher::rerank(Id id, double rank) {
  std::lock_guard lock(impl_->sharing);
  const auto found = impl_->sharedOf.find(id);
  if (found == impl_->sharedOf.end()) return;
  for (Impl::Shared::Caller& caller : found->second->callers)
    if (caller.id == id) caller.rank = rank;
  impl_->rankAnew(*found->second);
}

void Fetcher::cancel(Id id) {
  std::lock_guard lock(impl_->sharing);
  const auto found = impl_->sharedOf.find(id);
  if (found == impl_->sharedOf.end()) return;
  const std::shared_ptr<Impl::Shared> shared = found->second;
  impl_->sharedOf.erase(found);
  std::erase_if(shared->callers, [&](const Impl::Shared::Caller& caller) { return caller.id == id; });
  if (!shared->callers.empty()) return impl_->rankAnew(*shared);
  impl_->leave(shared);
  impl_->cancel(shared->request);
}

Result<Bytes> Fetcher::read(const std::string& uri, std::string* address) {
  if (address) *address = uri;
  if (!isHttp(uri)) return impl_->readLocal(uri);
  std::promise<Result<Bytes>> promise;
  auto future = promise.get_future();
  fetch(uri, -1e18, [&](Result<Bytes> bytes, std::string at) {
    if (address) *address = std::move(at);
    promise.set_value(std::move(bytes));
  });
  return future.get();
}

Result<std::string> Fetcher::entrance(const std::string& uri) {
  const auto address = archiveAddressOf(uri);
  if (!address || !address->inside.empty()) return uri;
  auto path = impl_->archives.entrance(address->file);
  if (!path) return path.error();
  return address->file + "/" + *path;
}

void Fetcher::allowOrigins(std::vector<std::string> origins) {
  std::lock_guard lock(impl_->mutex);
  impl_->allowed = std::move(origins);
  if (impl_->http) impl_->http->allowOrigins(impl_->allowed);
}

std::vector<std::string> Fetcher::allowedOrigins() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->allowed;
}

std::vector<std::string> Fetcher::setLayerCredentials(std::vector<LayerCredentials> layers) {
  if (layers.empty() && !impl_->webIfAny()) return {};
  {
    std::lock_guard lock(impl_->mutex);
    impl_->layers = layers;
  }
  return impl_->web().setLayerCredentials(layers);
}

void Fetcher::forget(const std::string& uri) {
  if (HttpClient* web = impl_->webIfAny()) web->forget(uri);
}

Fetcher::Statistics Fetcher::statistics() const {
  const HttpClient* web = impl_->webIfAny();
  return web ? web->statistics() : Statistics{};
}

void Fetcher::wake() {
  if (HttpClient* web = impl_->webIfAny()) web->wake();
}

}  // namespace cm::source
