//! Reading JSON that others wrote: never throws, absent members are values like any other. `Json` looks into its
//! `JsonDocument`, which must outlive it; one thread per document.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace cm::source {

class Json {
 public:
  Json() = default;
  explicit Json(simdjson::dom::element element) : element_(element) {}

  bool present() const { return element_.has_value(); }
  bool isObject() const { return element_ && element_->is_object(); }
  bool isArray() const { return element_ && element_->is_array(); }
  bool isNull() const { return element_ && element_->is_null(); }
  bool isWhole() const { return element_ && (element_->is_int64() || element_->is_uint64()); }

  //! Absent where this is no object or has no such member.
  Json operator[](std::string_view key) const;
  std::optional<double> number() const;
  std::optional<uint64_t> whole() const;  // 3 and 3.0, not -1 and not 3.5
  std::optional<bool> boolean() const;
  std::optional<std::string_view> string() const;
  //! Empty where this is no array; `numbers` also where any item is not a number.
  std::vector<Json> items() const;
  std::vector<double> numbers() const;
  std::vector<std::pair<std::string_view, Json>> members() const;

  //! As a person reads it: strings without quotes, null as nothing, the rest as compact JSON.
  std::string text() const;
  //! "a number", "an object" ... for errors.
  std::string_view kind() const;

 private:
  std::optional<simdjson::dom::element> element_;
};

class JsonDocument {
 public:
  //! The error names line and byte of the first thing that is not JSON. A UTF-8 byte order mark is skipped.
  static Result<JsonDocument> parse(std::span<const std::byte> bytes);
  Json root() const { return root_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
  Json root_;
};

//! 48120 -> "48,120".
std::string grouped(uint64_t number);
//! Without needless digits: floats as floats, whole numbers without a point.
std::string numberText(double value);

}  // namespace cm::source
