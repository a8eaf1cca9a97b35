//! Points packed with Draco (3DTILES_draco_point_compression). One thread per content.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/files.h"

namespace cm::source {

struct DracoPoints {
  struct Attribute {
    std::string name;
    size_t components = 0;
    std::vector<float> values;
    double at(size_t point, size_t component) const {
      return component < components ? static_cast<double>(values[point * components + component]) : 0;
    }
  };
  std::vector<Attribute> attributes;
};

//! `wanted`: names and Draco's unique ids. Fails unless there are `count` points. In a build without Draco an error.
Result<DracoPoints> decodeDracoPoints(std::span<const std::byte> bytes,
                                      const std::vector<std::pair<std::string, uint32_t>>& wanted, size_t count);

}  // namespace cm::source
