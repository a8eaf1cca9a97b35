//! The quadtree of a tileset: squares of the city's ENU plane under one root square, and the 64-bit keys that records are
//! sorted by. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <vector>

namespace cm::tiling {

struct Square {
  glm::dvec2 lo{0};
  double side = 0;
  glm::dvec2 hi() const { return lo + side; }
  glm::dvec2 centre() const { return lo + side * 0.5; }
};

//! Level, column from west, row from south.
struct TileId {
  uint32_t z = 0, x = 0, y = 0;
  auto operator<=>(const TileId&) const = default;  // NOLINT(modernize-use-nullptr): the zero it compares with is no pointer
  TileId child(uint32_t i) const { return {z + 1, 2 * x + (i & 1), 2 * y + (i >> 1)}; }
  std::string text() const { return std::to_string(z) + "/" + std::to_string(x) + "/" + std::to_string(y); }
};

inline Square squareOf(const Square& root, const TileId& id) {
  double side = root.side / static_cast<double>(uint64_t{1} << id.z);
  return {root.lo + glm::dvec2(id.x, id.y) * side, side};
}

//! Interleaves the bits of x (even) and y (odd): Morton order.
constexpr uint64_t morton(uint32_t x, uint32_t y) {
  auto spread = [](uint64_t v) {
    v = (v | v << 16) & 0x0000ffff0000ffffull;
    v = (v | v << 8) & 0x00ff00ff00ff00ffull;
    v = (v | v << 4) & 0x0f0f0f0f0f0f0f0full;
    v = (v | v << 2) & 0x3333333333333333ull;
    return (v | v << 1) & 0x5555555555555555ull;
  };
  return spread(x) | spread(y) << 1;
}

//! A range of keys: [first, last).
struct KeyRange {
  uint64_t first = 0, last = 0;
};

//! Points: 31 bits an axis, 62 in all. What lies outside the root square is keyed at its border.
inline constexpr uint32_t kPointBits = 31;
inline uint64_t pointKey(const Square& root, const glm::dvec2& point) {
  glm::dvec2 unit = glm::clamp((point - root.lo) / root.side, glm::dvec2(0), glm::dvec2(1));
  auto axis = [](double u) {
    return static_cast<uint32_t>(std::min(u * double(1u << kPointBits), double((1u << kPointBits) - 1)));
  };
  return morton(axis(unit.x), axis(unit.y));
}
inline KeyRange pointKeys(const TileId& id) {
  uint32_t shift = 2 * (kPointBits - id.z);
  return {morton(id.x, id.y) << shift, (morton(id.x, id.y) + 1) << shift};
}

//! Things with an extent belong to the smallest square that holds them whole; the key is that square's first cell, then its
//! level, so that a square's own things come before those of its children and all of them form one range.
inline constexpr uint32_t kBoxLevels = 24;
inline uint64_t boxKey(const Square& root, const glm::dvec2& lo, const glm::dvec2& hi) {
  auto cell = [&](const glm::dvec2& point) {
    glm::dvec2 unit = glm::clamp((point - root.lo) / root.side, glm::dvec2(0), glm::dvec2(1)) * double(1u << kBoxLevels);
    return glm::uvec2(glm::min(unit, glm::dvec2((1u << kBoxLevels) - 1)));
  };
  glm::uvec2 a = cell(lo), b = cell(hi);
  uint32_t level = kBoxLevels;
  while (a != b) {
    a >>= 1u;
    b >>= 1u;
    --level;
  }
  return morton(a.x, a.y) << (2 * (kBoxLevels - level)) << 5 | level;
}
//! Things whose smallest square is `id` itself.
inline KeyRange ownBoxKeys(const TileId& id) {
  uint64_t key = morton(id.x, id.y) << (2 * (kBoxLevels - id.z)) << 5 | id.z;
  return {key, key + 1};
}
//! Things whose smallest square is `id` or one below it.
inline KeyRange boxKeys(const TileId& id) {
  uint64_t first = morton(id.x, id.y) << (2 * (kBoxLevels - id.z)) << 5;
  return {first | id.z, first + (uint64_t{1} << (2 * (kBoxLevels - id.z)) << 5)};
}

}  // namespace cm::tiling
