#include "source/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace cm::source {
namespace {

//! Finds where a text stops being JSON: the fast parser does not say.
struct ErrorFinder : nlohmann::json_sax<nlohmann::json> {
  size_t position = 0;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception&) override {
    position = at;
    return false;
  }
};

Error notJson(std::string_view text, simdjson::error_code code) {
  ErrorFinder finder;
  if (text.empty()) return makeError("empty; expected JSON");
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &finder) || finder.position == 0)
    return makeError("not JSON: {}", simdjson::error_message(code));
  const size_t at = std::min(finder.position, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  size_t from = at > 12 ? at - 12 : 0;
  std::string near;
  for (char c : text.substr(from, at - from + 4)) near += static_cast<unsigned char>(c) < 0x20 || c == '"' ? ' ' : c;
  for (char& c : near) c = static_cast<unsigned char>(c) < 0x7f ? c : '?';
  return makeError("not JSON at line {}, byte {}, near '{}'{}", line, grouped(at), near,
                   at == text.size() ? ": the text ends too early" : "");
}

}  // namespace

Json Json::operator[](std::string_view key) const {
  simdjson::dom::element found;
  if (!isObject() || element_->at_key(key).get(found) != simdjson::SUCCESS) return {};
  return Json(found);
}

std::optional<double> Json::number() const {
  double value = 0;
  if (!element_ || !element_->is_number() || element_->get_double().get(value) != simdjson::SUCCESS) return {};
  return value;
}

std::optional<uint64_t> Json::whole() const {
  const auto value = number();
  if (!value || *value < 0 || *value > 9007199254740992.0 || *value != std::floor(*value)) return {};
  return static_cast<uint64_t>(*value);
}

std::optional<bool> Json::boolean() const {
  bool value = false;
  if (!element_ || element_->get_bool().get(value) != simdjson::SUCCESS) return {};
  return value;
}

std::optional<std::string_view> Json::string() const {
  std::string_view value;
  if (!element_ || element_->get_string().get(value) != simdjson::SUCCESS) return {};
  return value;
}

std::vector<Json> Json::items() const {
  std::vector<Json> items;
  simdjson::dom::array array;
  if (!element_ || element_->get_array().get(array) != simdjson::SUCCESS) return items;
  items.reserve(array.size());
  for (simdjson::dom::element item : array) items.emplace_back(item);
  return items;
}

std::vector<double> Json::numbers() const {
  std::vector<double> numbers;
  for (const Json& item : items()) {
    const auto value = item.number();
    if (!value) return {};
    numbers.push_back(*value);
  }
  return numbers;
}

std::vector<std::pair<std::string_view, Json>> Json::members() const {
  std::vector<std::pair<std::string_view, Json>> members;
  simdjson::dom::object object;
  if (!element_ || element_->get_object().get(object) != simdjson::SUCCESS) return members;
  for (simdjson::dom::key_value_pair member : object) members.emplace_back(member.key, Json(member.value));
  return members;
}

std::string Json::text() const {
  if (!present() || isNull()) return {};
  if (const auto value = string()) return std::string(*value);
  if (isWhole()) {
    int64_t value = 0;
    if (element_->get_int64().get(value) == simdjson::SUCCESS) return fmt::format("{}", value);
    uint64_t large = 0;
    if (element_->get_uint64().get(large) == simdjson::SUCCESS) return fmt::format("{}", large);
  }
  if (const auto value = number()) return numberText(*value);
  return simdjson::minify(*element_);
}

std::string_view Json::kind() const {
  if (!present()) return "nothing";
  if (isObject()) return "an object";
  if (isArray()) return "an array";
  if (string()) return "a string";
  if (number()) return "a number";
  return isNull() ? "null" : "true or false";
}

Result<JsonDocument> JsonDocument::parse(std::span<const std::byte> bytes) {
  std::string_view text = asText(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  JsonDocument document;
  document.parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root;
  const auto code = document.parser_->parse(text.data(), text.size()).get(root);
  if (code != simdjson::SUCCESS) return notJson(text, code);
  document.root_ = Json(root);
  return document;
}

std::string grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string numberText(double value) {
  if (std::isnan(value)) return {};
  if (value == std::floor(value) && std::abs(value) < 9.0e15) return fmt::format("{}", static_cast<int64_t>(value));
  const auto narrow = static_cast<float>(value);
  return static_cast<double>(narrow) == value ? fmt::format("{}", narrow) : fmt::format("{}", value);
}

}  // namespace cm::source
