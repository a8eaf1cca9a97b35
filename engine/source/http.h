//! HTTP transfers on one thread of its own (libcurl multi): most urgent first, a limited number at once for each host, kept-alive
//! and multiplexed connections, redirects, retries, the cache. Any thread may call; results arrive on the transfer thread.
//! Used by Fetcher only.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "source/fetch.h"

namespace cm::source {

class HttpClient {
 public:
  explicit HttpClient(const Fetcher::Options& options);
  ~HttpClient();  // cancels and joins; what is to be cached is written first
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void allowOrigins(std::vector<std::string> origins);
  std::vector<std::string> setLayerCredentials(std::span<const LayerCredentials> layers);
  void start(Fetcher::Id id, std::string uri, double rank, Fetcher::DoneAt done);
  //! No effect on a transfer that is under way.
  void rerank(Fetcher::Id id, double rank);
  void cancel(Fetcher::Id id);
  void forget(const std::string& uri);
  Fetcher::Statistics statistics() const;
  void wake();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

//! How long to wait before attempt `failures` + 1: doubled each time, and between half and all of that by `chance` (0..1), so
//! that those who failed together do not come back together.
double pauseSeconds(int failures, double chance);

//! Unpacks gzip (one member or several, RFC 1952); anything else is handed back as it is. Refused where more than `maxBytes`
//! are declared or come out.
Result<Bytes> unpacked(Bytes bytes, size_t maxBytes);

}  // namespace cm::source
