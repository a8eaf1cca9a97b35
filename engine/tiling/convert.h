//! A file's coordinates to WGS84, and the check that they can be what the file says they are. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "geo/datum.h"

namespace cm::tiling {

class Converter {
 public:
  //! `crs` empty: coordinates are WGS84 degrees already.
  static Result<Converter> from(const std::string& crs);

  //! Converts in place. Fails, with what to do about it, where a point is not on the Earth.
  Result<void> operator()(std::vector<glm::dvec2>& points) const;
  std::string name() const { return transform_ ? transform_->name() : std::string(); }
  double residualMetres() const { return transform_ ? transform_->residualMetres() : 0; }

 private:
  std::optional<geo::Transform> transform_;
};

}  // namespace cm::tiling
