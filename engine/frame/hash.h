//! Tells whether anything a kept picture depends on has changed (FNV-1a, 64 bits). Not for data from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace cm::frame {

class Hash {
 public:
  template <class T>
  Hash& add(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
    for (size_t i = 0; i < sizeof(T); ++i) hash_ = (hash_ ^ bytes[i]) * 1099511628211ull;
    return *this;
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 14695981039346656037ull;
};

}  // namespace cm::frame
