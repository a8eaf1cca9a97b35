#include "base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace cm::log {
namespace {
std::atomic<Level> leastLevel{Level::Info};
std::mutex writing;
}  // namespace

void setLevel(Level least) { leastLevel = least; }

void write(Level level, std::string_view line) {
  if (level < leastLevel.load(std::memory_order_relaxed)) return;
  const char* prefix = level == Level::Error ? "error: " : level == Level::Warning ? "warning: " : "";
  std::lock_guard lock(writing);
  fmt::print(stderr, "{}{}\n", prefix, line);
}

}  // namespace cm::log
