#include "source/geojson.h"

#include <cmath>

#include "source/json.h"

namespace cm::source {
namespace {

class Reader {
 public:
  explicit Reader(VectorLayer& layer) : layer_(layer) {}

  void feature(const Json& json, size_t number) {
    VectorFeature properties;
    for (const auto& [name, value] : json["properties"].members()) properties.properties.emplace(name, value.text());
    if (const std::string id = json["id"].text(); !id.empty()) properties.properties.emplace("id", id);
    place_ = fmt::format("features[{}]", number);
    for (const char* key : {"id", "zh", "name", "en"})
      if (const auto found = properties.properties.find(key); found != properties.properties.end()) {
        place_ += fmt::format(" ({})", found->second);
        break;
      }
    const Json shape = json["geometry"];
    if (!shape.isObject()) return problem("geometry is {}, expected an object", shape.kind());
    geometry(shape, properties, 0);
  }

  void geometry(const Json& shape, const VectorFeature& properties, int depth) {
    const std::string type = shape["type"].text();
    if (type == "GeometryCollection") {
      if (depth > 4) return problem("geometry collections inside each other more than 4 deep");
      for (const Json& part : shape["geometries"].items()) geometry(part, properties, depth + 1);
      return;
    }
    const Json places = shape["coordinates"];
    VectorFeature out = properties;
    bool good = true;
    if (type == "Point" || type == "MultiPoint") {
      // Each point of several is a feature of its own: a label stands at one place.
      const auto points = type == "Point" ? std::vector<Json>{places} : places.items();
      for (const Json& point : points) {
        VectorFeature one = properties;
        one.parts.resize(1);
        if (position(point, one, 0)) add(std::move(one), 1);
      }
      return;
    }
    if (type == "LineString") {
      good = line(places, out, 2);
    } else if (type == "MultiLineString") {
      for (const Json& part : places.items()) good = good && line(part, out, 2);
    } else if (type == "Polygon") {
      good = polygon(places, out);
    } else if (type == "MultiPolygon") {
      for (const Json& part : places.items()) good = good && polygon(part, out);
    } else {
      return problem("geometry type is \"{}\", expected one of GeoJSON's", type);
    }
    out.kind = type.ends_with("Polygon") ? GeometryKind::Area : GeometryKind::Line;
    if (good) add(std::move(out), 1);
  }

 private:
  template <class... Args>
  void problem(fmt::format_string<Args...> format, Args&&... args) {
    layer_.problems.push_back(place_ + ": " + fmt::format(format, std::forward<Args>(args)...) + "; left out");
  }

  void add(VectorFeature feature, size_t leastParts) {
    if (feature.parts.size() < leastParts) return problem("no coordinates");
    layer_.features.push_back(std::move(feature));
  }

  //! Appends to the last part. False, with the problem noted, where it is no place on Earth.
  bool position(const Json& json, VectorFeature& out, size_t index) {
    const auto items = json.items();
    glm::dvec3 at(0);
    if (items.size() < 2) return problem("position {} is {}, expected longitude and latitude", index, json.kind()), false;
    for (size_t k = 0; k < std::min<size_t>(items.size(), 3); ++k) {
      const auto value = items[k].number();
      if (!value)
        return problem("position {}: coordinate {} is {}, expected a number", index, k + 1,
                       items[k].string() ? fmt::format("\"{}\"", *items[k].string()) : std::string(items[k].kind())),
               false;
      at[static_cast<int>(k)] = *value;
    }
    if (std::abs(at.x) > 360 || std::abs(at.y) > 90)
      return problem("position {} is {}, {}, expected degrees (WGS84 longitude, latitude)", index, at.x, at.y), false;
    out.hasHeights = out.hasHeights || items.size() > 2;
    out.parts.back().push_back(at);
    return true;
  }

  bool line(const Json& json, VectorFeature& out, size_t least) {
    out.parts.emplace_back();
    const auto items = json.items();
    for (size_t i = 0; i < items.size(); ++i)
      if (!position(items[i], out, i)) return false;
    if (items.size() < least) return problem("a line of {} positions, expected at least {}", items.size(), least), false;
    return true;
  }

  bool polygon(const Json& json, VectorFeature& out) {
    const auto rings = json.items();
    if (rings.empty()) return problem("a polygon without rings"), false;
    out.polygonStarts.push_back(static_cast<uint32_t>(out.parts.size()));
    for (const Json& ring : rings) {
      if (!line(ring, out, 3)) return false;
      auto& points = out.parts.back();
      if (points.front() == points.back()) points.pop_back();  // ours are not closed
      if (points.size() < 3) return problem("a ring of {} different positions, expected at least 3", points.size()), false;
    }
    return true;
  }

  VectorLayer& layer_;
  std::string place_;
};

}  // namespace

const std::string& VectorFeature::property(const std::string& name) const {
  static const std::string kNone;
  const auto found = properties.find(name);
  return found == properties.end() ? kNone : found->second;
}

Result<VectorLayer> parseGeoJson(std::string_view json, std::string_view fileName) {
  auto document = JsonDocument::parse(asBytes(json));
  if (!document) return document.error().within("{}", fileName);
  const Json root = document->root();
  VectorLayer layer;
  Reader reader(layer);
  const std::string type = root["type"].text();
  if (type == "FeatureCollection") {
    if (!root["features"].isArray())
      return makeError("{}: features is {}, expected an array", fileName, root["features"].kind());
    size_t number = 0;
    for (const Json& feature : root["features"].items()) reader.feature(feature, number++);
  } else if (type == "Feature") {
    reader.feature(root, 0);
  } else if (root["coordinates"].present() || root["geometries"].present()) {
    reader.geometry(root, {}, 0);
  } else {
    return makeError("{}: type is \"{}\", expected FeatureCollection", fileName, type);
  }
  for (std::string& problem : layer.problems) problem = fmt::format("{}: {}", fileName, problem);
  return layer;
}

}  // namespace cm::source
