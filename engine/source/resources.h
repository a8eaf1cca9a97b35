//! Files that a content refers to: buffers, pictures, models, schemas. What is not here yet is noted, so that whoever decodes can
//! fetch it and decode again; decoding itself never waits. One thread at a time.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace cm::source {

class Resources {
 public:
  //! The bytes of `reference` as written in the file at `base`. An error where they could not be read, are not here yet (then
  //! `missing` names them), or may not be asked for: a file from the web leads neither to files of this machine nor to
  //! servers that are not allowed (mayLead).
  Result<std::span<const std::byte>> get(std::string_view base, std::string_view reference);
  void allowOrigins(std::vector<std::string> origins) { allowedOrigins_ = std::move(origins); }
  void put(std::string uri, Result<Bytes> bytes);
  //! Uris asked for since the last call.
  std::vector<std::string> takeMissing();

 private:
  std::map<std::string, Result<Bytes>, std::less<>> held_;
  std::vector<std::string> missing_, allowedOrigins_;
};

}  // namespace cm::source
