#include "source/resources.h"

#include <algorithm>

#include "source/fetch.h"

namespace cm::source {
namespace {
constexpr size_t kMostFiles = 1024;  // of one content
}

Result<std::span<const std::byte>> Resources::get(std::string_view base, std::string_view reference) {
  std::string uri = resolveUri(base, reference);
  if (auto may = mayLead(base, uri, allowedOrigins_); !may) return may.error();
  if (const auto found = held_.find(uri); found != held_.end()) {
    if (!found->second) return found->second.error();
    return std::span<const std::byte>(*found->second);
  }
  if (held_.size() + missing_.size() >= kMostFiles) return makeError("refers to more than {} files", kMostFiles);
  if (std::find(missing_.begin(), missing_.end(), uri) == missing_.end()) missing_.push_back(uri);
  return makeError("{} has not been read", uri);
}

void Resources::put(std::string uri, Result<Bytes> bytes) { held_.insert_or_assign(std::move(uri), std::move(bytes)); }

std::vector<std::string> Resources::takeMissing() { return std::exchange(missing_, {}); }

}  // namespace cm::source
