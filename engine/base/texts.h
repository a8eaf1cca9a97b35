//! Many short strings packed into one: a row costs its characters and four bytes, where a vector of std::string takes 32 and
//! more. Grows at its end only. Plain value; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace cm {

class Texts {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;
    Iterator(const Texts& texts, size_t at) : texts_(&texts), at_(at) {}
    std::string_view operator*() const { return (*texts_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    difference_type operator-(const Iterator& other) const { return difference_type(at_) - difference_type(other.at_); }
    bool operator==(const Iterator&) const = default;

   private:
    const Texts* texts_;
    size_t at_;
  };

  Texts() = default;
  Texts(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) push_back(text);
  }

  size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  //! Valid until the next change.
  std::string_view operator[](size_t row) const {
    const uint32_t start = row ? ends_[row - 1] : 0;
    return std::string_view(characters_).substr(start, ends_[row] - start);
  }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }
  bool operator==(const Texts&) const = default;

  void reserve(size_t rows) { ends_.reserve(rows); }
  //! All of them together hold less than 4 GiB: what reads files bounds their bytes far below.
  void push_back(std::string_view text) {
    characters_.append(text);
    ends_.push_back(uint32_t(characters_.size()));
  }
  void append(const Texts& texts) {
    for (const std::string_view text : texts) push_back(text);
  }
  //! Adds empty texts up to `rows`.
  void pad(size_t rows) {
    if (rows > size()) ends_.resize(rows, uint32_t(characters_.size()));
  }
  void clear() { *this = {}; }
  void shrink_to_fit() {
    characters_.shrink_to_fit();
    ends_.shrink_to_fit();
  }
  size_t bytes() const { return characters_.capacity() + ends_.capacity() * sizeof(uint32_t); }

 private:
  std::string characters_;
  std::vector<uint32_t> ends_;
};

}  // namespace cm
