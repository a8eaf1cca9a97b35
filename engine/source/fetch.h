//! Bytes from files, archives (archive.h) and HTTP, asynchronously. The fetcher owns its threads; results come back through the callback on one of
//! them, which does nothing but post to a mailbox. Outlived by nothing it calls: destruction cancels and joins.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cm::source {

//! Joins a reference found in a document at `base` ("a/b.json", "http://x/y?z") with that base. Handles query strings,
//! percent-encoding of file names, "..", absolute references.
std::string resolveUri(std::string_view base, std::string_view reference);
bool isHttp(std::string_view uri);
//! "https://tiles.example.org" or "http://tiles.example.org:8080": scheme, host and port where it is not the usual one.
//! Empty for what is not an address on the web.
std::string originOf(std::string_view uri);
//! Whether the file at `from` may have the one at `to` read. One from the web may lead to its own origin and to those
//! allowed, never to files of this machine; one in an archive to the web and to what is in the same archive. Other files of this
//! machine are trusted.
Result<void> mayLead(std::string_view from, std::string_view to, std::span<const std::string> allowedOrigins);

//! A layer's own credentials: the variable's value is the origin they are for, a space, and a bearer token or "user:password".
struct LayerCredentials {
  std::string address;   // of the layer: what lies in its folder gets them, and nothing on another origin
  std::string variable;
};

class Fetcher {
 public:
  using Id = uint64_t;
  using Done = std::function<void(Result<Bytes>)>;
  //! With the address the bytes came from: another than was asked for where the server redirected. What they refer to is
  //! relative to it (RFC 3986, 5.1.3).
  using DoneAt = std::function<void(Result<Bytes>, std::string address)>;

  struct Options {
    unsigned fileThreads = 2;
    unsigned connections = 8;              // per host
    double timeoutSeconds = 30;            // without a kilobyte of progress
    int retries = 2;                       // of what may pass, with growing pauses
    size_t maxBytes = size_t{256} << 20;   // of one answer from the web or entry of an archive: as declared, as sent and unpacked
    Path cacheFolder;                      // of what came from the web; empty: nothing is kept
    size_t cacheBytes = size_t{1} << 30;
    bool cacheCredentialed = false;        // keep answers to requests that carried credentials, too
    std::function<double()> seconds;       // tests move time by hand; empty: the machine's clocks

    //! For programs. CITYMIRROR_CACHE_MIB: the cache's size (1024; 0: no cache), CITYMIRROR_CACHE_CREDENTIALED=1.
    static Options fromEnvironment();
  };
  struct Statistics {
    size_t waiting = 0, resting = 0, underWay = 0;            // now; resting: for a pause before the next attempt
    size_t requests = 0, retries = 0, fromCache = 0;          // since the start; fromCache: without or after asking
    size_t credentialed = 0;                                  // requests that carried credentials
  };
  Fetcher();
  explicit Fetcher(const Options& options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  //! Where redirects may lead besides the origin they come from; also what allowedOrigins() hands to who resolves references.
  void allowOrigins(std::vector<std::string> origins);
  std::vector<std::string> allowedOrigins() const;
  //! Those of layers, before those of their host. The longest folder that holds an address wins. Answers what is wrong with the
  //! variables, one line each, without any secret.
  std::vector<std::string> setLayerCredentials(std::vector<LayerCredentials> layers);

  //! Smaller rank first. gzip-compressed bodies and files (magic 1f 8b) arrive unpacked. Errors name the uri without its
  //! secrets, and pass (Error::passes) where asking again later may help: not after 404 or 403.
  //! Credentials come from the environment, for one host each: CITYMIRROR_TOKEN_TILES_EXAMPLE_ORG (dots become one
  //! underscore, hyphens two) or, with the port, ..._8080; "user:password" or a bearer token. Over plain http only the form
  //! with the port is sent. Addresses with a user in them are refused.
  //! Requests for one address at the same time are one, at the smallest of their ranks; each is answered and cancelled alone.
  Id fetch(std::string uri, double rank, Done done);
  Id fetch(std::string uri, double rank, DoneAt done);
  void rerank(Id id, double rank);
  //! After this `done` is not called, unless it is running now.
  void cancel(Id id);
  //! Blocking, for start-up and tools.
  Result<Bytes> read(const std::string& uri, std::string* address = nullptr);

  //! The address of the document that an archive opens with where `uri` names one alone ("city.zip" -> "city.zip/town/city.json");
  //! any other `uri` as it is.
  Result<std::string> entrance(const std::string& uri);

  //! What came from `uri` (after redirects) was damaged: it is not to come from the cache again.
  void forget(const std::string& uri);

  Statistics statistics() const;  // of the web alone
  //! Looks at Options::seconds again.
  void wake();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::source
