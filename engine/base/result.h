//! Values or errors. An `Error` is one sentence a user can act on: file, place in it, what was found, what was expected.
//! Plain values; any thread.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace cm {

class [[nodiscard]] Error {
 public:
  explicit Error(std::string text) : text_(std::move(text)) {}

  //! The same error, as one that may be gone later without anybody's doing: a server that is down, a lost network.
  Error passing() && {
    passes_ = true;
    return std::move(*this);
  }
  bool passes() const { return passes_; }

  //! The same error seen from one level further out: "tileset a.json: accessor 3 …".
  template <class... Args>
  Error within(fmt::format_string<Args...> format, Args&&... args) const {
    Error outer(fmt::format(format, std::forward<Args>(args)...) + ": " + text_);
    outer.passes_ = passes_;
    return outer;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool passes_ = false;
};

template <class... Args>
Error makeError(fmt::format_string<Args...> format, Args&&... args) {
  return Error(fmt::format(format, std::forward<Args>(args)...));
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& value() {
    CM_CHECK(*this, "value() of a failed Result: {}", error().text());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    CM_CHECK(*this, "value() of a failed Result: {}", error().text());
    return *std::get_if<0>(&state_);
  }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  explicit operator bool() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace cm
