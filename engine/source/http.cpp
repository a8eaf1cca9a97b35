#include "source/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/jobs.h"
#include "base/log.h"
#include "source/http_message.h"
#include "source/json.h"

namespace cm::source {
namespace {

using Id = Fetcher::Id;

constexpr double kFirstPauseSeconds = 0.2;  // before the first retry
constexpr double kLongestRestSeconds = 30;  // a server that asks for more is not waited for: the request fails
constexpr double kAwaySeconds = 20;
constexpr double kPollSeconds = 1;            // how often to look for transfers that stall
constexpr size_t kLeastProgressBytes = 1024;  // in Options::timeoutSeconds; a tile at less than that never comes
constexpr size_t kMaxHeadBytes = 256 << 10;
constexpr int kMaxRedirects = 8;
constexpr size_t kMaxTransfers = 64;             // over all hosts
constexpr size_t kMaxUnwrittenBytes = 64 << 20;  // waiting to be written to the cache

struct Request {
  Id id = 0;
  std::string uri;     // as asked for
  std::string target;  // after redirects
  std::string origin;  // of the target
  double rank = 0;
  Fetcher::DoneAt done;
  int failures = 0, redirects = 0;
  double notBefore = 0;
};

struct Transfer {
  Request request;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  Bytes body;
  ResponseHead head;
  std::optional<CachedAnswer> cached;
  bool credentialed = false;
  size_t maxBytes = 0, headBytes = 0;
  std::string refusal;     // why we broke it off
  double windowStart = 0;  // of the last kilobyte
  size_t received = 0, windowReceived = 0;
  char message[CURL_ERROR_SIZE] = {};

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (easy) curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }
};

size_t receiveBody(char* data, size_t, size_t size, void* to) {
  Transfer& transfer = *static_cast<Transfer*>(to);
  if (transfer.body.size() + size > transfer.maxBytes) {
    transfer.refusal = fmt::format("sends more than the {} bytes allowed", grouped(transfer.maxBytes));
    return 0;
  }
  const auto* from = reinterpret_cast<const std::byte*>(data);
  transfer.body.insert(transfer.body.end(), from, from + size);
  transfer.received += size;
  return size;
}

size_t receiveHead(char* data, size_t, size_t size, void* to) {
  Transfer& transfer = *static_cast<Transfer*>(to);
  transfer.headBytes += size;
  if (transfer.headBytes > kMaxHeadBytes) {
    transfer.refusal = fmt::format("sends a head of more than {} bytes", grouped(kMaxHeadBytes));
    return 0;
  }
  transfer.head.read({data, size});
  transfer.received += size;
  return size;
}

bool mayPass(CURLcode code, long status) {
  switch (code) {
    case CURLE_OK: return status >= 500 || status == 429 || status == 408;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return true;
    default: return false;
  }
}

}  // namespace

double pauseSeconds(int failures, double chance) {
  return kFirstPauseSeconds * static_cast<double>(1 << std::min(failures - 1, 10)) * (0.5 + chance / 2);
}

struct HttpClient::Impl {
  explicit Impl(const Fetcher::Options& given) : options(given) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    CM_CHECK(initialised == CURLE_OK, "curl_global_init: {}", curl_easy_strerror(initialised));
    multi = curl_multi_init();
    CM_CHECK(multi, "curl_multi_init failed");
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options.connections));
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    if (!options.cacheFolder.empty() && options.cacheBytes > 0) {
      cache = std::make_unique<DiskCache>(options.cacheFolder, options.cacheBytes);
      writer = std::make_unique<JobPool>(1);
    }
    thread = std::jthread([this](std::stop_token stop) { run(stop); });
  }

  ~Impl() {
    thread.request_stop();
    curl_multi_wakeup(multi);
    thread.join();
    for (auto& [id, transfer] : active)
      if (transfer->easy) curl_multi_remove_handle(multi, transfer->easy);
    active.clear();
    curl_multi_cleanup(multi);
    if (writer) writer->waitIdle();
  }

  //! For pauses and time-outs; and what a cache's dates are compared with. Tests have one clock for both.
  double now() const {
    if (options.seconds) return options.seconds();
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  double wallClock() const {
    if (options.seconds) return options.seconds();
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      double pause = kPollSeconds;
      bool something = false;
      for (Transfer* transfer : takeDue(pause)) something |= begin(*transfer);
      int running = 0;
      curl_multi_perform(multi, &running);
      something |= finish();
      something |= breakOffStalled();
      deliver(stop);
      if (!something && !stop.stop_requested())
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(std::ceil(pause * 1000)), nullptr);
    }
  }

  //! Forgets what was cancelled and takes what may begin out of the queue. `pause` becomes how long to sleep at most.
  std::vector<Transfer*> takeDue(double& pause) {
    std::lock_guard lock(mutex);
    for (Id id : cancelled)
      if (const auto found = active.find(id); found != active.end()) release(found);
    cancelled.clear();
    const double time = now();
    std::vector<Transfer*> due;
    for (auto it = waiting.begin(); it != waiting.end() && active.size() < kMaxTransfers;) {
      const Host& host = hosts[it->second.origin];
      const double start = std::max(it->second.notBefore, host.restsUntil);
      if (start > time && start - time <= kLongestRestSeconds) pause = std::min(pause, start - time);
      const bool rests = start > time && start - time <= kLongestRestSeconds;
      if (rests || host.active >= options.connections) {
        ++it;
        continue;
      }
      auto transfer = std::make_unique<Transfer>();
      transfer->request = std::move(it->second);
      it = waiting.erase(it);
      ranks.erase(transfer->request.id);
      ++hosts[transfer->request.origin].active;
      due.push_back(transfer.get());
      active.emplace(transfer->request.id, std::move(transfer));
    }
    return due;
  }

  using Active = std::unordered_map<Id, std::unique_ptr<Transfer>>;
  std::unique_ptr<Transfer> release(Active::iterator found) {
    std::unique_ptr<Transfer> transfer = std::move(found->second);
    active.erase(found);
    if (transfer->easy) curl_multi_remove_handle(multi, transfer->easy);
    --hosts[transfer->request.origin].active;
    return transfer;
  }

  //! True where it is over already: what is kept is fresh, or it must not be asked for at all.
  bool begin(Transfer& transfer) {
    const Request& request = transfer.request;
    if (std::string refusal = refusalOf(request); !refusal.empty()) {
      complete(transfer, makeError("{}: {}", log::withoutSecrets(request.uri), refusal));
      return true;
    }
    if (const double rest = restOf(request.origin); rest > kLongestRestSeconds) {
      complete(transfer, makeError("{}: the server asks to be left alone for {:.0f} s more",
                                   log::withoutSecrets(request.uri), rest)
                             .passing());
      return true;
    }
    const std::string authorization = authorizationOf(request.target);
    transfer.credentialed = !authorization.empty();
    if (mayCache(transfer)) transfer.cached = cache->find(request.target);
    if (transfer.cached && !mayFollow(transfer)) transfer.cached.reset();
    if (transfer.cached &&
        (transfer.cached->freshUntil > wallClock() || (!transfer.cached->mustRevalidate && isAway(request.origin)))) {
      completeAsKept(transfer);
      return true;
    }
    CURL* easy = transfer.easy = curl_easy_init();
    CM_CHECK(easy, "curl_easy_init failed");
    const auto add = [&](const std::string& line) {
      transfer.headers = curl_slist_append(transfer.headers, line.c_str());
    };
    if (transfer.credentialed) add(authorization);
    if (transfer.cached && !transfer.cached->etag.empty()) add("If-None-Match: " + transfer.cached->etag);
    if (transfer.cached && !transfer.cached->lastModified.empty())
      add("If-Modified-Since: " + transfer.cached->lastModified);
    transfer.maxBytes = options.maxBytes;
    transfer.windowStart = now();
    curl_easy_setopt(easy, CURLOPT_URL, request.target.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receiveBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receiveHead);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.message);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.maxBytes));
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can unpack
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // Waiting for a connection to multiplex on pays where there is TLS to set up, and costs where there is not.
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, request.origin.starts_with("https:") ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeoutSeconds * 1000));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "CityMirror");
    if (!authorities.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, authorities.c_str());
    ++requests;
    if (transfer.credentialed) ++credentialed;
    curl_multi_add_handle(multi, easy);
    return false;
  }

  static std::string refusalOf(const Request& request) {
    if (request.origin.empty()) return "is no address on the web";
    const std::string_view target = request.target;
    const std::string_view authority = target.substr(0, target.find_first_of("/?#", target.find("://") + 3));
    if (authority.find('@') == std::string_view::npos) return {};
    return "地址中含有用户名，凭据请放入环境变量 (CITYMIRROR_TOKEN_...) / has a user in its address; put the "
           "credentials into the environment (CITYMIRROR_TOKEN_...)";
  }

  std::string authorizationOf(const std::string& target) const {
    std::lock_guard lock(mutex);
    return credentials.headerFor(target);
  }

  bool mayCache(const Transfer& transfer) const {
    return cache && (!transfer.credentialed || options.cacheCredentialed);
  }

  //! What was kept along a redirect may be shown where the redirect itself could be followed.
  bool mayFollow(const Transfer& transfer) const {
    if (transfer.cached->address.empty()) return true;
    std::lock_guard lock(mutex);
    return bool(mayLead(transfer.request.target, transfer.cached->address, allowed));
  }

  void completeAsKept(Transfer& transfer) {
    ++fromCache;
    CachedAnswer& cached = *transfer.cached;
    if (!cached.address.empty()) transfer.request.target = cached.address;
    complete(transfer, bodyOf(transfer, std::move(cached.body)));
  }

  double restOf(const std::string& origin) {
    std::lock_guard lock(mutex);
    return hosts[origin].restsUntil - now();
  }

  bool finish() {
    bool any = false;
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any = true;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      judge(*transfer, code);
    }
    return any;
  }

  //! Not a limit on the whole transfer: a large tile over a slow line may take long, a stalled one may not.
  bool breakOffStalled() {
    const double time = now();
    std::vector<Transfer*> stalled;
    for (auto& [id, transfer] : active) {  // changed by this thread only
      if (!transfer->easy) continue;
      if (transfer->received - transfer->windowReceived >= kLeastProgressBytes) {
        transfer->windowReceived = transfer->received;
        transfer->windowStart = time;
      }
      if (time - transfer->windowStart >= options.timeoutSeconds) stalled.push_back(transfer.get());
    }
    for (Transfer* transfer : stalled) {
      const std::string message = fmt::format("no answer, or hardly one, in {} s", options.timeoutSeconds);
      message.copy(transfer->message, CURL_ERROR_SIZE - 1);
      transfer->message[std::min<size_t>(message.size(), CURL_ERROR_SIZE - 1)] = '\0';
      judge(*transfer, CURLE_OPERATION_TIMEDOUT);
    }
    return !stalled.empty();
  }

  //! What becomes of a transfer that is over.
  void judge(Transfer& transfer, CURLcode code) {
    const std::string uri = log::withoutSecrets(transfer.request.uri);
    long status = 0;
    curl_off_t retryAfter = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer.easy, CURLINFO_RETRY_AFTER, &retryAfter);
    const char* leadsTo = nullptr;
    curl_easy_getinfo(transfer.easy, CURLINFO_REDIRECT_URL, &leadsTo);
    const std::string next = leadsTo ? leadsTo : "";

    if (!transfer.refusal.empty()) return complete(transfer, makeError("{}: {}", uri, transfer.refusal));
    if (code == CURLE_FILESIZE_EXCEEDED)
      return complete(transfer,
                      makeError("{}: is declared larger than the {} bytes allowed", uri, grouped(options.maxBytes)));
    if (code == CURLE_OK && status == 304 && transfer.cached && transfer.cached->address.empty())
      return complete(transfer, revalidated(transfer));
    if (code == CURLE_OK && status >= 300 && status < 400 && !next.empty()) return redirect(transfer, next);
    if (code == CURLE_OK && status >= 200 && status < 300) {
      return complete(transfer, received(transfer, status));
    }
    Error error = code == CURLE_OK
                      ? makeError("{}: HTTP status {}, expected 200", uri, status)
                      : makeError("{}: {}", uri,
                                  log::withoutSecrets(*transfer.message ? transfer.message : curl_easy_strerror(code)));
    if (!mayPass(code, status)) {
      if (code == CURLE_OK && transfer.cached && (status == 404 || status == 410))
        cache->remove(transfer.request.target);
      return complete(transfer, std::move(error));
    }
    if (retryAfter > 0) rest(transfer.request.origin, static_cast<double>(retryAfter));
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_OPERATION_TIMEDOUT) {
      std::lock_guard lock(mutex);
      hosts[transfer.request.origin].awayUntil = now() + kAwaySeconds;
    }
    // A server that cannot be reached or is broken: what was kept is better than nothing (RFC 9111, 4.2.4).
    if (transfer.cached && !transfer.cached->mustRevalidate) return completeAsKept(transfer);
    if (transfer.request.failures < options.retries && static_cast<double>(retryAfter) <= kLongestRestSeconds)
      return again(transfer);
    complete(transfer, std::move(error).passing());
  }

  bool isAway(const std::string& origin) {
    std::lock_guard lock(mutex);
    return hosts[origin].awayUntil > now();
  }

  void rest(const std::string& origin, double forSeconds) {
    std::lock_guard lock(mutex);
    double& until = hosts[origin].restsUntil;
    until = std::max(until, now() + forSeconds);
  }

  void again(Transfer& transfer) {
    std::lock_guard lock(mutex);
    Request request = std::move(release(active.find(transfer.request.id))->request);
    if (cancelled.erase(request.id) > 0) return;
    ++retries;
    ++request.failures;
    request.notBefore = now() + pauseSeconds(request.failures, std::uniform_real_distribution<>(0, 1)(random));
    enqueue(std::move(request));
  }

  void redirect(Transfer& transfer, const std::string& next) {
    Request& request = transfer.request;
    const std::string uri = log::withoutSecrets(request.uri);
    if (++request.redirects > kMaxRedirects)
      return complete(transfer, makeError("{}: is redirected more than {} times, the last to {}", uri, kMaxRedirects,
                                          log::withoutSecrets(next)));
    std::unique_lock lock(mutex);
    auto may = mayLead(request.target, next, allowed);
    if (!may) {
      lock.unlock();
      return complete(transfer, may.error().within("{}: is redirected", uri));
    }
    const bool keep = mayCache(transfer) && mayBeKept(transfer.head);
    if (keep)
      writer->submit(0, [this, from = request.target, next](std::stop_token) { cache->storeRedirect(from, next); });
    Request moved = std::move(release(active.find(request.id))->request);
    if (cancelled.erase(moved.id) > 0) return;
    moved.target = next;
    moved.origin = originOf(next);
    enqueue(std::move(moved));
  }

  Result<Bytes> revalidated(Transfer& transfer) {
    ++fromCache;
    CachedAnswer& cached = *transfer.cached;
    if (auto renewed = keptAnswer(transfer.head, wallClock()); renewed && renewed->freshUntil > wallClock()) {
      cached.freshUntil = renewed->freshUntil;
      write(transfer.request.target, cached);
    }
    return bodyOf(transfer, std::move(cached.body));
  }

  Result<Bytes> received(Transfer& transfer, long status) {
    std::optional<CachedAnswer> kept;
    if (status == 200 && mayCache(transfer)) kept = keptAnswer(transfer.head, wallClock());
    if (kept) kept->body = transfer.body;
    auto bytes = bodyOf(transfer, std::move(transfer.body));
    if (bytes && kept)
      write(transfer.request.target, std::move(*kept));
    else if (transfer.cached)
      cache->remove(transfer.request.target);
    return bytes;
  }

  //! On a thread of its own: a disk may be slower than the network.
  void write(const std::string& uri, CachedAnswer answer) {
    const size_t bytes = answer.body.size();
    if (unwritten + bytes > kMaxUnwrittenBytes) return;
    unwritten += bytes;
    auto held = std::make_shared<const CachedAnswer>(std::move(answer));
    writer->submit(0, [this, uri, held, bytes](std::stop_token) {
      cache->store(uri, *held);
      unwritten -= bytes;
    });
  }

  Result<Bytes> bodyOf(const Transfer& transfer, Bytes body) const {
    auto bytes = unpacked(std::move(body), options.maxBytes);
    if (!bytes) return bytes.error().within("{}", log::withoutSecrets(transfer.request.uri));
    return bytes;
  }

  void complete(Transfer& transfer, Result<Bytes> result) {
    std::lock_guard lock(mutex);
    Request request = std::move(release(active.find(transfer.request.id))->request);
    if (cancelled.erase(request.id) > 0) return;
    completed.emplace_back(std::move(request), std::move(result));
    undelivered.insert(completed.back().first.id);
  }

  void deliver(const std::stop_token& stop) {
    for (auto& [request, result] : completed) {
      if (stop.stop_requested()) break;
      {
        std::lock_guard lock(mutex);
        if (undelivered.erase(request.id) == 0) continue;  // cancelled meanwhile
      }
      request.done(std::move(result), request.target);
    }
    completed.clear();
  }

  void enqueue(Request request) {
    const Id id = request.id;
    ranks[id] = request.rank;
    waiting.emplace(std::pair(request.rank, id), std::move(request));
  }

  struct Host {
    size_t active = 0;
    double restsUntil = 0;  // asked for by the server
    double awayUntil = 0;   // could not be reached: what is kept of it need not wait for another time-out
  };

  const Fetcher::Options options;
  //! libcurl itself knows one file of certificates; a city's own authority is named as for other programs.
  const std::string authorities = std::getenv("SSL_CERT_FILE") ? std::getenv("SSL_CERT_FILE") : "";
  CURLM* multi = nullptr;
  std::unique_ptr<DiskCache> cache;                          // null: none
  std::mt19937 random{std::random_device{}()};               // the thread's
  std::vector<std::pair<Request, Result<Bytes>>> completed;  // the thread's: to be handed over
  std::atomic<size_t> requests{0}, retries{0}, fromCache{0}, credentialed{0}, unwritten{0};
  mutable std::mutex mutex;  // guards what follows, up to `writer`
  std::map<std::pair<double, Id>, Request> waiting;
  std::unordered_map<Id, double> ranks;  // of what waits
  Active active;                         // changed by the thread only
  std::unordered_set<Id> cancelled;      // of what is active
  std::unordered_set<Id> undelivered;    // of what is completed
  std::map<std::string, Host> hosts;     // by origin
  std::vector<std::string> allowed;
  Credentials credentials;
  std::unique_ptr<JobPool> writer;
  std::jthread thread;
};

HttpClient::HttpClient(const Fetcher::Options& options) : impl_(std::make_unique<Impl>(options)) {}
HttpClient::~HttpClient() = default;

void HttpClient::allowOrigins(std::vector<std::string> origins) {
  std::lock_guard lock(impl_->mutex);
  impl_->allowed = std::move(origins);
}

std::vector<std::string> HttpClient::setLayerCredentials(std::span<const LayerCredentials> layers) {
  std::lock_guard lock(impl_->mutex);
  return impl_->credentials.setLayers(layers);
}

void HttpClient::start(Id id, std::string uri, double rank, Fetcher::DoneAt done) {
  if (const size_t hash = uri.find('#'); hash != std::string::npos) uri.resize(hash);
  for (size_t at = 0; (at = uri.find(' ', at)) != std::string::npos;) uri.replace(at, 1, "%20");
  Request request;
  request.id = id;
  request.origin = originOf(uri);
  request.target = uri;
  request.uri = std::move(uri);
  request.rank = rank;
  request.done = std::move(done);
  {
    std::lock_guard lock(impl_->mutex);
    impl_->enqueue(std::move(request));
  }
  curl_multi_wakeup(impl_->multi);
}

void HttpClient::rerank(Id id, double rank) {
  std::lock_guard lock(impl_->mutex);
  const auto found = impl_->ranks.find(id);
  if (found == impl_->ranks.end()) return;
  auto node = impl_->waiting.extract({found->second, id});
  node.key().first = node.mapped().rank = found->second = rank;
  impl_->waiting.insert(std::move(node));
}

void HttpClient::cancel(Id id) {
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->undelivered.erase(id) > 0) return;
    if (const auto found = impl_->ranks.find(id); found != impl_->ranks.end()) {
      impl_->waiting.erase({found->second, id});
      impl_->ranks.erase(found);
      return;
    }
    if (!impl_->active.contains(id)) return;
    impl_->cancelled.insert(id);
  }
  curl_multi_wakeup(impl_->multi);
}

void HttpClient::forget(const std::string& uri) {
  if (impl_->cache)
    impl_->writer->submit(1, [cache = impl_->cache.get(), uri](std::stop_token) { cache->remove(uri); });
}

Fetcher::Statistics HttpClient::statistics() const {
  const Impl& s = *impl_;
  std::lock_guard lock(s.mutex);
  Fetcher::Statistics statistics;
  statistics.waiting = s.waiting.size();
  statistics.underWay = s.active.size();
  const double time = s.now();
  for (const auto& [key, request] : s.waiting) {
    const auto host = s.hosts.find(request.origin);
    statistics.resting += std::max(request.notBefore, host == s.hosts.end() ? 0 : host->second.restsUntil) > time;
  }
  statistics.requests = s.requests;
  statistics.retries = s.retries;
  statistics.fromCache = s.fromCache;
  statistics.credentialed = s.credentialed;
  return statistics;
}

void HttpClient::wake() { curl_multi_wakeup(impl_->multi); }

}  // namespace cm::source
