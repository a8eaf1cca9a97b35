//! The layer's own texts, assets/i18n/{zh,en}.json, by key. Read once; the loop's thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/text.h"

namespace cm::app::ui {

class Words {
 public:
  //! Reads <folder>/zh.json and en.json; what cannot be read is said in the log and its keys stand for themselves.
  explicit Words(const Path& folder);

  const std::string& in(Language language, std::string_view key) const;
  const std::map<std::string, Text, std::less<>>& all() const { return texts_; }

 private:
  std::map<std::string, Text, std::less<>> texts_;
  mutable std::map<std::string, std::string, std::less<>> unknown_;
};

//! `text` with each "{}" replaced in turn.
std::string filled(std::string_view text, std::initializer_list<std::string_view> values);

}  // namespace cm::app::ui
