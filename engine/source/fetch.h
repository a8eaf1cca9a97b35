//! Bytes from files and HTTP, asynchronously. The fetcher owns its threads; results come back through the callback on one of
//! them, which does nothing but post to a mailbox. Outlived by nothing it calls: destruction cancels and joins.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/files.h"

namespace cm::source {

//! Joins a reference found in a document at `base` ("a/b.json", "http://x/y?z") with that base. Handles query strings,
//! percent-encoding of file names, "..", absolute references.
std::string resolveUri(std::string_view base, std::string_view reference);
bool isHttp(std::string_view uri);

class Fetcher {
 public:
  using Id = uint64_t;
  using Done = std::function<void(Result<Bytes>)>;

  struct Options {
    unsigned fileThreads = 2;
    unsigned connections = 8;          // per host
    double timeoutSeconds = 30;
    int retries = 2;                   // of connection errors and 5xx, with growing pauses
  };
  Fetcher();
  explicit Fetcher(const Options& options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  //! Smaller rank first. gzip-compressed bodies and files (magic 1f 8b) arrive unpacked. Errors name the uri.
  Id fetch(std::string uri, double rank, Done done);
  void rerank(Id id, double rank);
  //! After this `done` is not called, unless it is running now.
  void cancel(Id id);
  //! Blocking, for start-up and tools.
  Result<Bytes> read(const std::string& uri);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::source
