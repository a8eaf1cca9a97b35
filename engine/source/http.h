//! HTTP transfers on one thread of its own (libcurl multi): most urgent first, a limited number at once, kept-alive and
//! multiplexed connections, retries. Any thread may call; results arrive on the transfer thread. Used by Fetcher only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "source/fetch.h"

namespace cm::source {

class HttpClient {
 public:
  explicit HttpClient(const Fetcher::Options& options);
  ~HttpClient();  // cancels and joins
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void start(Fetcher::Id id, std::string uri, double rank, Fetcher::Done done);
  //! No effect on a transfer that is under way.
  void rerank(Fetcher::Id id, double rank);
  void cancel(Fetcher::Id id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

//! Unpacks gzip (one member or several, RFC 1952); anything else is handed back as it is.
Result<Bytes> unpacked(Bytes bytes);

}  // namespace cm::source
