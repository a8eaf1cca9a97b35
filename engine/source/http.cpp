#include "source/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace cm::source {
namespace {

using Clock = std::chrono::steady_clock;
using Id = Fetcher::Id;

constexpr size_t kMaxBodyBytes = size_t{1} << 30;
constexpr std::chrono::milliseconds kFirstPause{200};  // before the first retry; doubled for each further one

struct Request {
  Id id = 0;
  std::string uri;
  double rank = 0;
  Fetcher::Done done;
  int failures = 0;
  Clock::time_point notBefore{};
};

struct Transfer {
  Request request;
  CURL* easy = nullptr;
  Bytes body;
  char message[CURL_ERROR_SIZE] = {};

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (easy) curl_easy_cleanup(easy);
  }
};

size_t receive(char* data, size_t, size_t size, void* to) {
  auto& body = static_cast<Transfer*>(to)->body;
  if (body.size() + size > kMaxBodyBytes) return 0;
  const auto* from = reinterpret_cast<const std::byte*>(data);
  body.insert(body.end(), from, from + size);
  return size;
}

bool worthRetrying(CURLcode code, long status) {
  switch (code) {
    case CURLE_OK: return status >= 500 || status == 429;
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

struct HttpClient::Impl {
  explicit Impl(const Fetcher::Options& given) : options(given) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    CM_CHECK(initialised == CURLE_OK, "curl_global_init: {}", curl_easy_strerror(initialised));
    multi = curl_multi_init();
    CM_CHECK(multi, "curl_multi_init failed");
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options.connections));
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    thread = std::jthread([this](std::stop_token stop) { run(stop); });
  }

  ~Impl() {
    thread.request_stop();
    curl_multi_wakeup(multi);
    thread.join();
    for (auto& [id, transfer] : active) curl_multi_remove_handle(multi, transfer->easy);
    active.clear();
    curl_multi_cleanup(multi);
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto pause = startAndCancel();
      int running = 0;
      curl_multi_perform(multi, &running);
      const bool finishedSome = finish(stop);
      if (!finishedSome && !stop.stop_requested())
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
  }

  //! Returns how long to sleep at most.
  std::chrono::milliseconds startAndCancel() {
    std::lock_guard lock(mutex);
    for (Id id : cancelled)
      if (const auto found = active.find(id); found != active.end()) {
        curl_multi_remove_handle(multi, found->second->easy);
        active.erase(found);
      }
    cancelled.clear();
    const auto now = Clock::now();
    std::chrono::milliseconds pause{1000};
    for (auto it = waiting.begin(); it != waiting.end() && active.size() < options.connections;) {
      if (it->second.notBefore > now) {
        pause = std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(it->second.notBefore - now));
        ++it;
        continue;
      }
      Request request = std::move(it->second);
      it = waiting.erase(it);
      ranks.erase(request.id);
      begin(std::move(request));
    }
    return pause;
  }

  void begin(Request request) {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    CURL* easy = transfer->easy = curl_easy_init();
    CM_CHECK(easy, "curl_easy_init failed");
    curl_easy_setopt(easy, CURLOPT_URL, transfer->request.uri.c_str());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->message);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 8L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can unpack
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // Waiting for a connection to multiplex on pays where there is TLS to set up, and costs where there is not.
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, transfer->request.uri.starts_with("https:") ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeoutSeconds * 1000));
    // Not a limit on the whole transfer: a large tile over a slow line may take long, a stalled one may not.
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, std::max(1L, static_cast<long>(options.timeoutSeconds)));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "CityMirror");
    curl_multi_add_handle(multi, easy);
    active.emplace(transfer->request.id, std::move(transfer));
  }

  bool finish(const std::stop_token& stop) {
    bool any = false;
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any = true;
      const CURLcode code = message->data.result;
      Transfer* raw = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &raw);
      long status = 0;
      curl_easy_getinfo(raw->easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi, raw->easy);
      std::unique_ptr<Transfer> transfer;
      {
        std::lock_guard lock(mutex);
        const auto found = active.find(raw->request.id);
        transfer = std::move(found->second);
        active.erase(found);
        if (cancelled.erase(transfer->request.id) > 0) continue;
        if (worthRetrying(code, status) && transfer->request.failures < options.retries) {
          retry(std::move(transfer->request));
          continue;
        }
      }
      if (stop.stop_requested()) return any;
      transfer->request.done(resultOf(*transfer, code, status));
    }
    return any;
  }

  void retry(Request request) {
    request.notBefore = Clock::now() + kFirstPause * (1 << request.failures);
    ++request.failures;
    enqueue(std::move(request));
  }

  void enqueue(Request request) {
    const Id id = request.id;
    ranks[id] = request.rank;
    waiting.emplace(std::pair(request.rank, id), std::move(request));
  }

  static Result<Bytes> resultOf(Transfer& transfer, CURLcode code, long status) {
    const std::string& uri = transfer.request.uri;
    if (code == CURLE_WRITE_ERROR && transfer.body.size() + CURL_MAX_WRITE_SIZE > kMaxBodyBytes)
      return makeError("{}: larger than {} bytes", uri, kMaxBodyBytes);
    if (code != CURLE_OK)
      return makeError("{}: {}", uri, *transfer.message ? transfer.message : curl_easy_strerror(code));
    if (status < 200 || status >= 300) return makeError("{}: HTTP status {}, expected 200", uri, status);
    auto bytes = unpacked(std::move(transfer.body));
    if (!bytes) return bytes.error().within("{}", uri);
    return bytes;
  }

  const Fetcher::Options options;
  CURLM* multi = nullptr;
  std::mutex mutex;                                            // guards all that follows but `thread`
  std::map<std::pair<double, Id>, Request> waiting;
  std::unordered_map<Id, double> ranks;                        // of what waits
  std::unordered_map<Id, std::unique_ptr<Transfer>> active;    // changed by the thread only
  std::unordered_set<Id> cancelled;                            // of what is active
  std::jthread thread;
};

HttpClient::HttpClient(const Fetcher::Options& options) : impl_(std::make_unique<Impl>(options)) {}
HttpClient::~HttpClient() = default;

void HttpClient::start(Id id, std::string uri, double rank, Fetcher::Done done) {
  if (const size_t hash = uri.find('#'); hash != std::string::npos) uri.resize(hash);
  for (size_t at = 0; (at = uri.find(' ', at)) != std::string::npos;) uri.replace(at, 1, "%20");
  {
    std::lock_guard lock(impl_->mutex);
    impl_->enqueue({id, std::move(uri), rank, std::move(done), 0, {}});
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

}  // namespace cm::source
