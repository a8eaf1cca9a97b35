//! Answers from the web, kept in a folder between runs: one file each, written beside and renamed, checked when read, so that a
//! crash leaves nothing but whole answers. Bounded: the longest unused go first. Several programs may share the folder. Any thread.
//!
//! Queries hold keys and tokens: an address is written without its query, and told from others by its SHA-256.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/files.h"

namespace cm::source {

struct CachedAnswer {
  std::string etag, lastModified;
  double freshUntil = 0;        // seconds since 1970; until then the server need not be asked
  bool mustRevalidate = false;  // not to be shown without asking, even where the server cannot be reached
  std::string address;          // where a redirect led, without its query; empty: no redirect. Then nothing above is known
  Bytes body;                   // as it was sent, maybe gzip
};

class DiskCache {
 public:
  //! Makes the folder, for this user alone. Nothing is read before the first `store`.
  DiskCache(Path folder, size_t maxBytes);

  //! What is kept of `uri`, whole and undamaged, along the redirects that were kept; this counts as a use.
  std::optional<CachedAnswer> find(const std::string& uri);
  //! Keeps it in place of what was kept before, and evicts down to the bound. What alone is larger than an eighth of it is not
  //! kept. A cache that cannot be written is no error: nothing is kept then.
  void store(const std::string& uri, const CachedAnswer& answer);
  //! For when the server cannot be asked: `uri` was redirected to `target`.
  void storeRedirect(const std::string& uri, const std::string& target);
  void remove(const std::string& uri);
  size_t bytes();  // of all files

 private:
  struct Entry {
    size_t bytes = 0;
    uint64_t use = 0;
  };
  void write(const std::string& name, const Bytes& file);
  std::optional<CachedAnswer> answerNamed(const std::string& name, int redirects);
  void index();
  void touch(const std::string& name, size_t bytes);
  void forget(const std::string& name);

  const Path folder_;
  const size_t maxBytes_;
  std::mutex mutex_;  // guards what follows
  bool indexed_ = false;
  uint64_t uses_ = 0;
  size_t bytes_ = 0;
  std::unordered_map<std::string, Entry> entries_;  // by file name
  std::map<uint64_t, std::string> byUse_;           // longest unused first
};

}  // namespace cm::source
