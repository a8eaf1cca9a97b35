//! GeoJSON (RFC 7946) for overlays: WGS84 degrees, optional height above the ellipsoid as third coordinate. Any thread.
#pragma once

#include <glm/glm.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cm::source {

enum class GeometryKind { Point, Line, Area };

struct VectorFeature {
  GeometryKind kind = GeometryKind::Point;
  //! Point: one part of one position. Line: one part per line. Area: `parts` are rings; `polygonStarts` tells where each
  //! polygon's outer ring begins among them, holes follow it.
  std::vector<std::vector<glm::dvec3>> parts;
  std::vector<uint32_t> polygonStarts;
  bool hasHeights = false;
  std::map<std::string, std::string> properties;   // numbers and booleans as text
  const std::string& property(const std::string& name) const;
};

struct VectorLayer {
  std::vector<VectorFeature> features;
  std::vector<std::string> problems;               // features left out and why (NaN coordinates, unknown geometry ...)
};

Result<VectorLayer> parseGeoJson(std::string_view json, std::string_view fileName);

}  // namespace cm::source
