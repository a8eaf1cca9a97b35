#include "base/log.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>

namespace cm::log {
namespace {
std::atomic<Level> leastLevel{Level::Info};
std::mutex writing;
}  // namespace

std::string withoutSecrets(std::string_view text) {
  constexpr std::string_view kEnds = " \t\r\n\"'<>)";
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t colon = text.find("://", at);
    if (colon == std::string_view::npos) return out.append(text.substr(at));
    out.append(text.substr(at, colon + 3 - at));
    const std::string_view address = text.substr(colon + 3, text.find_first_of(kEnds, colon) - colon - 3);
    at = colon + 3 + address.size();
    std::string_view authority = address.substr(0, address.find_first_of("/?#"));
    const size_t query = std::min(address.find('?'), address.size());
    const std::string_view path = address.substr(authority.size(), query - authority.size());
    if (const size_t user = authority.rfind('@'); user != std::string_view::npos) authority.remove_prefix(user + 1);
    out.append(authority).append(path);
    if (query == address.size()) continue;
    out += "?…";
    // What ends the sentence's part and not the address: "http://h/a?k=1: HTTP status 404".
    const size_t last = address.find_last_not_of(":;,.");
    out.append(address.substr(std::min(std::max(last + 1, query + 1), address.size())));
  }
  return out;
}

void setLevel(Level least) { leastLevel = least; }

void write(Level level, std::string_view line) {
  if (level < leastLevel.load(std::memory_order_relaxed)) return;
  const char* prefix = level == Level::Error ? "error: " : level == Level::Warning ? "warning: " : "";
  const std::string shown = withoutSecrets(line);
  std::lock_guard lock(writing);
  fmt::print(stderr, "{}{}\n", prefix, shown);
}

}  // namespace cm::log
