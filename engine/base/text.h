//! Text that a person sees: Chinese first, English second. Plain values; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cm {

enum class Language { Chinese, English };

struct Text {
  std::string zh;
  std::string en;

  //! The text in `language`, or in the other one where that is empty.
  const std::string& in(Language language) const {
    const std::string& first = language == Language::Chinese ? zh : en;
    return first.empty() ? (language == Language::Chinese ? en : zh) : first;
  }
  bool empty() const { return zh.empty() && en.empty(); }
  bool operator==(const Text&) const = default;
};

//! The candidate with the smallest edit distance (Levenshtein) to `word`; empty where none is nearer than half its length.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

//! FNV-1a, 64 bits: the stable hash for feature ids and cache keys (http://www.isthe.com/chongo/tech/comp/fnv).
constexpr uint64_t hash64(std::string_view bytes) {
  uint64_t h = 14695981039346656037ull;
  for (char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return h;
}

}  // namespace cm
