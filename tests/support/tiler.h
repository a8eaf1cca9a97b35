//! Input for the tiler and what it made of it, for tests that run the program. Any thread.
#pragma once

#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/files.h"
#include "support/process.h"

namespace cm::test {

//! A little town of boxes on streets 40 m apart, as GeoJSON: id, h (metres) and storeys. `place` moves each corner.
template <class Place>
std::string townGeoJson(int count, Place place) {
  std::string features;
  for (int i = 0; i < count; ++i) {
    const double lon = 120.30 + (i % 40) * 0.0004, lat = 36.05 + (i / 40) * 0.0004, s = 0.00011;
    std::string ring;
    for (auto [x, y] : {std::pair{lon, lat}, {lon + s, lat}, {lon + s, lat + s}, {lon, lat + s}, {lon, lat}}) {
      const auto [u, v] = place(x, y);
      ring += fmt::format("{}[{:.12},{:.12}]", ring.empty() ? "" : ",", u, v);
    }
    features += fmt::format("{}{{\"type\":\"Feature\",\"properties\":{{\"id\":\"b{}\",\"h\":{},\"storeys\":{}}},"
                            "\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}}}",
                            i ? ",\n" : "", i, 6 + i % 50, 1 + i % 9, ring);
  }
  return "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}";
}
inline std::string townGeoJson(int count) {
  return townGeoJson(count, [](double x, double y) { return std::pair{x, y}; });
}

//! Every file under the folder, by its relative path.
inline std::map<std::string, std::string> filesIn(const std::filesystem::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all[std::filesystem::relative(entry.path(), folder).string()] = textOf(entry.path());
  return all;
}

}  // namespace cm::test
