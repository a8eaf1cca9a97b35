#include <algorithm>
#include <cmath>

#include "city/document.h"
#include "city/json_reader.h"

namespace cm::city {
namespace {

// Writers leave out what is empty and keep the order of city/format.h.

Json json(const Text& text) {
  Json out = Json::object();
  out["zh"] = text.zh;
  out["en"] = text.en;
  return out;
}

Json json(const CameraPose& pose) {
  Json out;
  out["lon"] = pose.lonDegrees;
  out["lat"] = pose.latDegrees;
  out["height"] = pose.heightMetres;
  out["heading"] = pose.headingDegrees;
  out["pitch"] = pose.pitchDegrees;
  return out;
}

Json json(const std::vector<Polygon>& polygons) {
  Json out = Json::array();
  for (const Polygon& polygon : polygons) {
    Json rings = Json::array();
    for (const auto& ring : polygon) {
      Json corners = Json::array();
      for (const glm::dvec2& corner : ring) corners.push_back(Json::array({corner.x, corner.y}));
      rings.push_back(std::move(corners));
    }
    out.push_back(std::move(rings));
  }
  return out;
}

void put(Json& out, const char* key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}
void put(Json& out, const char* key, const Text& text) {
  if (!text.empty()) out[key] = json(text);
}
template <class Items, class F>
void putList(Json& out, const char* key, const Items& items, F element) {
  if (items.empty()) return;
  Json list = Json::array();
  for (const auto& item : items) list.push_back(element(item));
  out[key] = std::move(list);
}
Json startWith(const std::string& id, const Text& name) {
  Json out;
  out["id"] = id;
  put(out, "name", name);
  return out;
}

std::string hexColour(const glm::vec3& colour) {
  auto byte = [](float channel) {
    return static_cast<int>(std::lround(std::fmin(std::fmax(channel, 0.0f), 1.0f) * 255.0f));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", byte(colour.r), byte(colour.g), byte(colour.b));
}

Json json(const Source& source) {
  Json out = startWith(source.id, source.name);
  put(out, "licence", source.licence);
  put(out, "uri", source.uri);
  put(out, "date", source.date);
  put(out, "note", source.note);
  return out;
}

Json json(const TilesetRef& tileset) {
  Json out = startWith(tileset.id, tileset.name);
  out["uri"] = tileset.uri;
  put(out, "credentials", tileset.credentials);
  put(out, "source", tileset.source);
  return out;
}

Json json(const OverlayItem& item) {
  Json out = startWith(item.id, item.name);
  out["colour"] = hexColour(item.colour);
  out["status"] = format::kStatuses[static_cast<size_t>(item.status)];
  if (item.opens) out["opens"] = toString(*item.opens);
  if (item.lengthKilometres) out["lengthKilometres"] = *item.lengthKilometres;
  put(out, "story", item.story);
  put(out, "source", item.source);
  if (item.network != Network::Urban) out["network"] = format::kNetworks[static_cast<size_t>(item.network)];
  if (const RailService& service = item.service; service != RailService{})
    out["service"] = {{"headwaySeconds", service.headwaySeconds},
                      {"speedKilometresPerHour", service.speedKilometresPerHour},
                      {"dwellSeconds", service.dwellSeconds},
                      {"trainMetres", service.trainMetres}};
  return out;
}

Json json(const Overlay& overlay) {
  Json out;
  out["id"] = overlay.id;
  out["kind"] = format::kOverlayKinds[static_cast<size_t>(overlay.kind)];
  put(out, "name", overlay.name);
  out["uri"] = overlay.uri;
  put(out, "credentials", overlay.credentials);
  put(out, "source", overlay.source);
  putList(out, "items", overlay.items, [](const auto& item) { return json(item); });
  return out;
}

Json json(const Imagery& imagery) {
  const Imagery plain;
  Json out = startWith(imagery.id, imagery.name);
  out["kind"] = format::kImageryKinds[static_cast<size_t>(imagery.kind)];
  out["uri"] = imagery.uri;
  if (imagery.matrix != plain.matrix) out["matrix"] = format::kImageryMatrices[static_cast<size_t>(imagery.matrix)];
  put(out, "layer", imagery.layer);
  put(out, "style", imagery.style);
  put(out, "matrixSet", imagery.matrixSet);
  put(out, "format", imagery.format);
  putList(out, "subdomains", imagery.subdomains, [](const auto& name) { return Json(name); });
  if (imagery.minLevel != plain.minLevel) out["minLevel"] = imagery.minLevel;
  if (imagery.maxLevel != plain.maxLevel) out["maxLevel"] = imagery.maxLevel;
  if (imagery.levelOffset != plain.levelOffset) out["levelOffset"] = imagery.levelOffset;
  if (const auto& b = imagery.bounds) out["bounds"] = Json::array({b->x, b->y, b->z, b->w});
  if (imagery.opacity != plain.opacity) out["opacity"] = imagery.opacity;
  put(out, "key", imagery.key);
  put(out, "keyEnvironment", imagery.keyEnvironment);
  put(out, "attribution", imagery.attribution);
  put(out, "source", imagery.source);
  return out;
}

Json json(const Phase& phase) {
  Json out = startWith(phase.id, phase.name);
  out["from"] = toString(phase.from);
  out["to"] = toString(phase.to);
  return out;
}

Json json(const Removal& removal) {
  Json out = Json::object();
  put(out, "phase", removal.phase);
  putList(out, "featureIds", removal.featureIds, [](const auto& id) { return Json(id); });
  if (!removal.inside.empty()) out["inside"] = json(removal.inside);
  return out;
}

Json json(const Addition& addition) {
  Json out = Json::object();
  put(out, "phase", addition.phase);
  put(out, "tileset", addition.tilesetUri);
  put(out, "ground", addition.groundUri);
  put(out, "credentials", addition.credentials);
  return out;
}

Json json(const Figure& figure) {
  Json out;
  out["label"] = json(figure.label);
  put(out, "unit", figure.unit);
  out["before"] = figure.before;
  out["after"] = figure.after;
  return out;
}

Json json(const Project& project) {
  Json out = startWith(project.id, project.name);
  out["kind"] = format::kProjectKinds[static_cast<size_t>(project.kind)];
  out["status"] = format::kStatuses[static_cast<size_t>(project.status)];
  put(out, "story", project.story);
  if (!project.boundary.empty()) out["boundary"] = json(project.boundary);
  auto element = [](const auto& item) { return json(item); };
  putList(out, "phases", project.phases, element);
  putList(out, "removals", project.removals, element);
  putList(out, "additions", project.additions, element);
  putList(out, "figures", project.figures, element);
  if (project.view != CameraPose{}) out["view"] = json(project.view);
  put(out, "source", project.source);
  return out;
}

Json json(const Scenario& scenario) {
  Json out = startWith(scenario.id, scenario.name);
  out["date"] = toString(scenario.date);
  if (scenario.allProjects) out["allProjects"] = true;
  putList(out, "projects", scenario.projects, [](const auto& id) { return Json(id); });
  return out;
}

Json json(const SavedView& view) {
  Json out = startWith(view.id, view.name);
  out["camera"] = json(view.camera);
  return out;
}

Json json(const Style& style) {
  Json out = startWith(style.id, style.name);
  put(out, "show", style.show);
  if (style.property.empty() && !style.other) return out;
  Json& colour = out["colour"];
  colour["property"] = style.property;
  put(colour, "unit", style.unit);
  putList(colour, "stops", style.stops, [](const StyleStop& stop) {
    return Json{{"value", stop.value}, {"colour", hexColour(stop.colour)}};
  });
  if (style.stepped) colour["stepped"] = true;
  putList(colour, "categories", style.categories, [](const StyleCategory& category) {
    Json one{{"value", category.value}, {"colour", hexColour(category.colour)}};
    if (!category.name.empty()) one["name"] = json(category.name);
    return one;
  });
  if (style.other) colour["other"] = hexColour(*style.other);
  return out;
}

Json json(const Picture& picture) {
  Json out;
  out["of"] = picture.of;
  out["uri"] = picture.uri;
  put(out, "caption", picture.caption);
  put(out, "source", picture.source);
  return out;
}

std::string compact(const Json& value) {
  if (value.is_primitive()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out(1, value.is_array() ? '[' : '{');
  for (const auto& entry : value.items()) {
    if (out.size() > 1) out += ", ";
    if (value.is_object()) out += compact(Json(entry.key())) + ": ";
    out += compact(entry.value());
  }
  return out + (value.is_array() ? ']' : '}');
}

//! Indented by two, with lists and short objects of plain values (coordinates, texts, cameras) on one line each, so that a
//! person can read a diff.
void pretty(const Json& value, size_t indent, std::string& out) {
  constexpr size_t shortLine = 110;
  auto isPlain = [](const Json& element) { return element.is_primitive(); };
  if (value.is_primitive() || value.empty() || std::all_of(value.begin(), value.end(), isPlain)) {
    std::string line = compact(value);
    if (!value.is_object() || line.size() <= shortLine) {
      out += line;
      return;
    }
  }
  out += value.is_array() ? '[' : '{';
  bool first = true;
  for (const auto& entry : value.items()) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 2, ' ');
    if (value.is_object()) out += compact(Json(entry.key())) + ": ";
    pretty(entry.value(), indent + 2, out);
  }
  out += '\n';
  out.append(indent, ' ');
  out += value.is_array() ? ']' : '}';
}

}  // namespace

std::string writeDocument(const Document& document) {
  Json out;
  out["version"] = kFormatVersion;
  out["id"] = document.id;
  out["name"] = json(document.name);
  put(out, "description", document.description);
  if (document.illustrative) out["illustrative"] = true;
  Json& origin = out["origin"];
  origin["lon"] = document.origin.lonDegrees;
  origin["lat"] = document.origin.latDegrees;
  origin["height"] = document.origin.heightMetres;
  put(out, "geoid", document.geoid);
  put(out, "dataDate", document.dataDate);
  auto element = [](const auto& item) { return json(item); };
  putList(out, "sources", document.sources, element);
  putList(out, "tilesets", document.tilesets, element);
  putList(out, "allowedOrigins", document.allowedOrigins, [](const auto& server) { return Json(server); });
  putList(out, "overlays", document.overlays, element);
  putList(out, "imagery", document.imagery, element);
  putList(out, "projects", document.projects, element);
  putList(out, "scenarios", document.scenarios, element);
  putList(out, "views", document.views, element);
  putList(out, "styles", document.styles, element);
  putList(out, "pictures", document.pictures, element);
  Json extras = Json::parse(document.extras, nullptr, false);
  if (extras.is_object() && !extras.empty()) out["extras"] = std::move(extras);
  std::string text;
  pretty(out, 0, text);
  return text + "\n";
}

}  // namespace cm::city
