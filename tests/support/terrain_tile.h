//! Writes quantized-mesh-1.0 tiles from a formula, as the published format has them. Any thread.
#pragma once

#include <glm/glm.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"

namespace cm::test {

struct TerrainTileMaker {
  static constexpr int kLargest = 32767;
  uint32_t cells = 16;                                       // along each side
  std::function<double(double u, double v)> heightMetres = [](double, double) { return 0.0; };  // u, v: 0..1
  std::function<glm::dvec3(double u, double v)> normalEcef;  // empty: none are written
  std::string metadata;                                      // empty: none is written
  bool waterMask = false;

  Bytes bytes() const {
    Bytes out;
    const auto put = [&out](auto value) {
      const auto* from = reinterpret_cast<const std::byte*>(&value);
      out.insert(out.end(), from, from + sizeof value);
    };
    const uint32_t side = cells + 1, count = side * side;
    std::vector<double> heights;
    for (uint32_t row = 0; row < side; ++row)
      for (uint32_t column = 0; column < side; ++column)
        heights.push_back(heightMetres(double(column) / cells, double(row) / cells));
    const auto low = float(*std::min_element(heights.begin(), heights.end()) - 0.01);
    const auto high = float(*std::max_element(heights.begin(), heights.end()) + 0.01);
    for (int i = 0; i < 3; ++i) put(0.0);
    put(low);
    put(high);
    for (int i = 0; i < 7; ++i) put(0.0);
    // Vertices are numbered as triangles first use them, which is what high-water-mark indices can say.
    std::vector<uint32_t> order, numberOf(count, ~0u), indices;
    for (uint32_t row = 0; row < cells; ++row)
      for (uint32_t column = 0; column < cells; ++column) {
        const uint32_t sw = row * side + column;
        for (uint32_t grid : {sw, sw + 1, sw + side + 1, sw, sw + side + 1, sw + side}) {
          if (numberOf[grid] == ~0u) {
            numberOf[grid] = uint32_t(order.size());
            order.push_back(grid);
          }
          indices.push_back(numberOf[grid]);
        }
      }
    put(count);
    for (int axis = 0; axis < 3; ++axis) {
      int before = 0;
      for (uint32_t grid : order) {
        const int value = axis == 0   ? int(grid % side * kLargest / cells)
                          : axis == 1 ? int(grid / side * kLargest / cells)
                                      : int(std::lround((heights[grid] - low) / (double(high) - low) * kLargest));
        const int difference = value - before;
        put(uint16_t(difference << 1 ^ difference >> 31));
        before = value;
      }
    }
    const bool wide = count > 65536;
    const auto putIndex = [&](uint32_t index) { wide ? put(index) : put(uint16_t(index)); };
    while (wide && out.size() % 4) out.push_back({});
    put(uint32_t(indices.size() / 3));
    uint32_t highest = 0;
    for (uint32_t index : indices) {
      putIndex(highest - index);
      if (index == highest) ++highest;
    }
    for (int edge = 0; edge < 4; ++edge) {  // west, south, east, north
      put(side);
      for (uint32_t i = 0; i < side; ++i)
        putIndex(numberOf[edge == 0 ? i * side : edge == 1 ? i : edge == 2 ? i * side + cells : cells * side + i]);
    }
    if (normalEcef) {
      put(uint8_t{1});
      put(count * 2);
      for (uint32_t grid : order) {
        const glm::dvec2 oct = octEncoded(normalEcef(double(grid % side) / cells, double(grid / side) / cells));
        for (int k = 0; k < 2; ++k) put(uint8_t(std::lround((oct[k] * 0.5 + 0.5) * 255)));
      }
    }
    if (waterMask) {
      put(uint8_t{2});
      put(1u);
      put(uint8_t{0});
    }
    if (!metadata.empty()) {
      put(uint8_t{4});
      put(uint32_t(metadata.size() + 4));
      put(uint32_t(metadata.size()));
      for (char c : metadata) put(c);
    }
    return out;
  }

 private:
  //! Cigolle et al. 2014.
  static glm::dvec2 octEncoded(glm::dvec3 n) {
    n /= std::abs(n.x) + std::abs(n.y) + std::abs(n.z);
    if (n.z >= 0) return glm::dvec2(n);
    return {(1 - std::abs(n.y)) * (n.x < 0 ? -1 : 1), (1 - std::abs(n.x)) * (n.y < 0 ? -1 : 1)};
  }
};

//! {"startX":..} of one range.
inline std::string terrainRange(uint64_t startX, uint64_t startY, uint64_t endX, uint64_t endY) {
  return R"({"startX":)" + std::to_string(startX) + R"(,"startY":)" + std::to_string(startY) + R"(,"endX":)" +
         std::to_string(endX) + R"(,"endY":)" + std::to_string(endY) + "}";
}

}  // namespace cm::test
