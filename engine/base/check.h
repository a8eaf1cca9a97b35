//! CM_CHECK: an always-on check for misuse and for what the machine must not do (DESIGN, decision 9). Prints and aborts.
#pragma once

#include <fmt/format.h>

namespace cm {
[[noreturn]] void checkFailed(const char* file, int line, const char* condition, const std::string& message);
}

#define CM_CHECK(condition, ...)                                                                 \
  do {                                                                                           \
    if (!(condition)) ::cm::checkFailed(__FILE__, __LINE__, #condition, fmt::format(__VA_ARGS__)); \
  } while (false)
