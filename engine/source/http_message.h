//! What HTTP requests and answers say in their heads, and what follows from it for keeping an answer (RFC 9111) and for
//! credentials. Plain values; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/disk_cache.h"
#include "source/fetch.h"

namespace cm::source {

//! The lines of one answer's head that matter here.
struct ResponseHead {
  std::string etag, lastModified, cacheControl, expires, date, vary;
  double ageSeconds = 0;

  //! One line as it was received; a status line begins a new head.
  void read(std::string_view line);
};

//! How an answer received at `nowSeconds` (since 1970) may be kept, its body left empty; nothing where it may not, or where
//! keeping it would be of no use.
std::optional<CachedAnswer> keptAnswer(const ResponseHead& head, double nowSeconds);

//! Whether anything may be remembered of an answer (a redirect), to be shown where the server cannot be asked.
bool mayBeKept(const ResponseHead& head);

//! Credentials from the environment, read once (fetch.h says how they are named).
class Credentials {
 public:
  Credentials();
  //! Those of layers, instead of the ones given before. Answers what is wrong, one line a layer, without any secret.
  std::vector<std::string> setLayers(std::span<const LayerCredentials> layers);
  //! "Authorization: ..." for a request to `address` (or an origin); empty where there is none.
  std::string headerFor(std::string_view address) const;

 private:
  struct Layer {
    std::string origin, folder, header;
  };
  std::vector<Layer> layers_;  // longest folder first
  std::map<std::string, std::string, std::less<>> byName_;
};

}  // namespace cm::source
