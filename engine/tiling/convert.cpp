#include "tiling/convert.h"

#include <cmath>

namespace cm::tiling {

Result<Converter> Converter::from(const std::string& crs) {
  Converter converter;
  if (crs.empty() || crs == "EPSG:4326" || crs == "WGS84") return converter;
  auto transform = geo::Transform::toWgs84(crs);
  if (!transform) return transform.error();
  converter.transform_.emplace(std::move(*transform));
  return converter;
}

Result<void> Converter::operator()(std::vector<glm::dvec2>& points) const {
  for (auto& point : points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y))
      return makeError(
          "坐标 {0}, {1} 不是有效数值 / coordinate {0}, {1} is not a number, expected finite longitude and latitude",
          point.x, point.y);
    if (transform_) {
      auto moved = (*transform_)(point);
      if (!moved) return moved.error();
      point = *moved;
    }
    if (std::abs(point.x) > 180 || std::abs(point.y) > 90) {
      bool projected = std::abs(point.x) > 1000 || std::abs(point.y) > 1000;
      return makeError(
          "坐标 {0:.3f}, {1:.3f} 不是以度为单位的经纬度{2} / coordinate {0:.3f}, {1:.3f} is not longitude and latitude "
          "in degrees{3}",
          point.x, point.y, projected ? "；像是投影坐标（米）：请在文件后用 --crs EPSG:n 指明坐标系" : "",
          projected ? "; these look like projected metres: name their system with --crs EPSG:n after the file" : "");
    }
  }
  return {};
}

}  // namespace cm::tiling
