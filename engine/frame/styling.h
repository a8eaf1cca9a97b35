//! What a style of the city document makes of the features of one tile: a colour each, and whether they are shown. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "city/document.h"
#include "city/expression.h"
#include "source/content.h"

namespace cm::frame {

//! Linear, 8 bits each from the lowest, `share` of it in the highest: FeatureRecord::tint.
uint32_t packedTint(const glm::vec3& srgb, uint32_t share = 255);

class Styling {
 public:
  //! Everything in its own colours, everything shown.
  Styling() = default;
  explicit Styling(const city::Style& style);

  struct Result {
    std::vector<uint32_t> colours;   // by feature: linear rgb, 8 bits each from the lowest, alpha 255; 0 keeps its own. Empty: all do
    std::vector<bool> hidden;        // by feature; empty: none
  };
  Result of(const source::FeatureTable& features) const;
  bool any() const { return style_.has_value(); }

 private:
  std::optional<city::Style> style_;
  std::optional<city::Expression> show_;
};

//! The colour of a number on a style's ramp, sRGB.
glm::vec3 rampColour(const city::Style& style, double value);

}  // namespace cm::frame
