#include "app/ui/words.h"

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace cm::app::ui {

Words::Words(const Path& folder) {
  struct Half { const char* file; std::string Text::*member; };
  for (const Half& half : {Half{"zh.json", &Text::zh}, Half{"en.json", &Text::en}}) {
    Path path = folder / half.file;
    auto bytes = readFile(path);
    if (!bytes) {
      log::error("{}", bytes.error().text());
      continue;
    }
    std::string_view text = asText(*bytes);
    auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (!json.is_object()) {
      log::error("{}: found something that is not a JSON object, expected texts by key", path.string());
      continue;
    }
    for (const auto& [key, value] : json.items())
      if (value.is_string()) texts_[key].*half.member = value.get<std::string>();
  }
}

const std::string& Words::in(Language language, std::string_view key) const {
  auto found = texts_.find(key);
  if (found != texts_.end()) return found->second.in(language);
  auto known = unknown_.find(key);
  if (known == unknown_.end()) {
    log::warning("the text \"{}\" is missing from assets/i18n", key);
    known = unknown_.emplace(key, key).first;
  }
  return known->second;
}

std::string filled(std::string_view text, std::initializer_list<std::string_view> values) {
  std::string out;
  for (std::string_view value : values) {
    size_t at = text.find("{}");
    if (at == text.npos) break;
    out.append(text.substr(0, at)).append(value);
    text.remove_prefix(at + 2);
  }
  return out.append(text);
}

}  // namespace cm::app::ui
