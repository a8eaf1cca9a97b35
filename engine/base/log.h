//! Lines for the one who runs the program, on standard error, whole and in order from any thread. Addresses on the web are
//! written without the secrets they may hold.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace cm::log {

enum class Level { Debug, Info, Warning, Error };

//! `text` with what addresses on the web may hide taken out of it: "http://user:word@h/a?key=1" becomes "http://h/a?…".
std::string withoutSecrets(std::string_view text);

void setLevel(Level least);
void write(Level level, std::string_view line);

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::Info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::Debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::Warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::Error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace cm::log
