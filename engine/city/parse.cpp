#include <algorithm>
#include <cmath>
#include <set>

#include "city/document.h"
#include "city/expression.h"
#include "city/json_reader.h"

namespace cm::city {
namespace {

constexpr std::string_view kLayerVariables = "CITYMIRROR_LAYER_";

//! Duplicate ids of one list (or, for overlay items, of all lists together). The first one stays.
class Ids {
 public:
  bool take(const ObjectReader& object, std::string& id) {
    if (!object.read("id", id, true)) return false;
    if (taken_.insert(id).second) return true;
    object.report("id", fmt::format("found \"{}\" a second time, expected an id of its own", id));
    return false;
  }
  bool has(const std::string& id) const { return taken_.contains(id); }
  std::string_view near(const std::string& id) const {
    std::vector<std::string_view> all(taken_.begin(), taken_.end());
    return nearest(id, all);  // one of the set's own strings
  }

 private:
  std::set<std::string> taken_;
};

class DocumentParser {
 public:
  explicit DocumentParser(Parsed& parsed) : document_(parsed.document), problems_(parsed.problems) {}

  void parse(const Json& json) {
    ObjectReader city(problems_, json, "", format::kCity);
    city.read("id", document_.id, true);
    city.read("name", document_.name, true);
    city.read("description", document_.description);
    city.read("illustrative", document_.illustrative);
    city.read("geoid", document_.geoid);
    city.read("dataDate", document_.dataDate);
    parseOrigin(city);
    city.each("sources", format::kSource, [&](const ObjectReader& o) { parseSource(o); });
    city.each("tilesets", format::kTileset, [&](const ObjectReader& o) { parseTileset(o); });
    parseAllowedOrigins(city);
    city.each("overlays", format::kOverlay, [&](const ObjectReader& o) { parseOverlay(o); });
    city.each("imagery", format::kImagery, [&](const ObjectReader& o) { parseImagery(o); });
    city.each("projects", format::kProject, [&](const ObjectReader& o) { parseProject(o); });
    city.each("scenarios", format::kScenario, [&](const ObjectReader& o) { parseScenario(o); });
    city.each("views", format::kView, [&](const ObjectReader& o) { parseView(o); });
    city.each("styles", format::kStyle, [&](const ObjectReader& o) { parseStyle(o); });
    city.each("pictures", format::kPicture, [&](const ObjectReader& o) { parsePicture(o); });
    if (const Json* extras = city.find("extras")) {
      if (extras->is_object())
        document_.extras = extras->dump(-1, ' ', false, Json::error_handler_t::replace);
      else
        city.report("extras", fmt::format("found {}, expected an object", describe(extras)));
    }
  }

 private:
  void parseOrigin(const ObjectReader& city) {
    const Json* value = city.find("origin");
    if (!value) return city.report("origin", "found nothing, expected the middle of the city: lon, lat and height");
    if (!value->is_object())
      return city.report("origin",
                         fmt::format("found {}, expected an object with lon, lat and height", describe(value)));
    ObjectReader origin(problems_, *value, "origin", format::kPlace);
    origin.read("lon", document_.origin.lonDegrees, -180, 180, true);
    origin.read("lat", document_.origin.latDegrees, -90, 90, true);
    origin.read("height", document_.origin.heightMetres, -12000, 1e6);
  }

  //! A reference into `ids`; reported and emptied where it leads nowhere.
  static void parseReference(const ObjectReader& object, std::string_view key, std::string& target, const Ids& ids,
                             std::string_view what, bool required = false) {
    if (!object.read(key, target, required) || target.empty() || ids.has(target)) return;
    std::string_view near = ids.near(target);
    object.report(key, fmt::format("found \"{}\", expected the id of a {}{}", target, what,
                                   near.empty() ? std::string{} : fmt::format(" (perhaps \"{}\")", near)));
    target.clear();
  }
  void parseSourceOf(const ObjectReader& object, std::string& target) const {
    parseReference(object, "source", target, sources_, "source");
  }

  void parseSource(const ObjectReader& object) {
    Source source;
    bool good = sources_.take(object, source.id);
    object.read("name", source.name, true);
    object.read("licence", source.licence);
    object.read("uri", source.uri);
    object.read("date", source.date);
    object.read("note", source.note);
    if (good) document_.sources.push_back(std::move(source));
  }

  void parseTileset(const ObjectReader& object) {
    TilesetRef tileset;
    bool good = tilesets_.take(object, tileset.id);
    object.read("name", tileset.name);
    good &= object.read("uri", tileset.uri, true);
    parseCredentials(object, tileset.credentials);
    parseSourceOf(object, tileset.source);
    if (good) document_.tilesets.push_back(std::move(tileset));
  }

  //! Only variables made for this: a city from elsewhere must not have others of this machine sent away.
  void parseCredentials(const ObjectReader& object, std::string& variable) const {
    object.read("credentials", variable);
    const bool named = variable.starts_with(kLayerVariables) && variable.size() > kLayerVariables.size() &&
                       variable.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
    if (variable.empty() || named) return;
    object.report("credentials",
                  fmt::format("found \"{}\", expected the name of an environment variable like \"{}SURVEY\"", variable,
                              kLayerVariables));
    variable.clear();
  }

  void parseAllowedOrigins(const ObjectReader& city) {
    std::vector<std::string> origins;
    city.read("allowedOrigins", origins);
    for (size_t i = 0; i < origins.size(); ++i) {
      std::string_view host = origins[i];
      const bool web = host.starts_with("https://") || host.starts_with("http://");
      host.remove_prefix(web ? host.find("//") + 2 : 0);
      if (web && !host.empty() && host.find_first_of("/?#@* \t\\") == std::string_view::npos)
        document_.allowedOrigins.push_back(std::move(origins[i]));
      else
        problems_.push_back(
            {fmt::format("{}[{}]", city.pathOf("allowedOrigins"), i),
             fmt::format("found \"{}\", expected a scheme and a host like \"https://tiles.example.org\"", origins[i])});
    }
  }

  void parseOverlay(const ObjectReader& object) {
    Overlay overlay;
    bool good = overlays_.take(object, overlay.id);
    good &= object.readEnum("kind", overlay.kind, format::kOverlayKinds, true);
    object.read("name", overlay.name);
    good &= object.read("uri", overlay.uri, true);
    parseCredentials(object, overlay.credentials);
    parseSourceOf(object, overlay.source);
    object.each("items", format::kItem, [&](const ObjectReader& o) { parseItem(o, overlay); });
    if (good) document_.overlays.push_back(std::move(overlay));
  }

  void parseImagery(const ObjectReader& object) {
    Imagery imagery;
    bool good = items_.take(object, imagery.id);
    object.read("name", imagery.name);
    good &= object.readEnum("kind", imagery.kind, format::kImageryKinds, true);
    good &= object.read("uri", imagery.uri, true);
    object.readEnum("matrix", imagery.matrix, format::kImageryMatrices);
    object.read("layer", imagery.layer);
    object.read("style", imagery.style);
    object.read("matrixSet", imagery.matrixSet);
    object.read("format", imagery.format);
    object.read("subdomains", imagery.subdomains);
    readWhole(object, "minLevel", imagery.minLevel, 0, 24);
    readWhole(object, "maxLevel", imagery.maxLevel, 0, 24);
    readWhole(object, "levelOffset", imagery.levelOffset, -24, 24);
    if (imagery.maxLevel < imagery.minLevel) {
      object.report("maxLevel",
                    fmt::format("found {}, expected at least \"minLevel\" ({})", imagery.maxLevel, imagery.minLevel));
      imagery.maxLevel = imagery.minLevel;
    }
    parseBounds(object, imagery.bounds);
    object.read("opacity", imagery.opacity, 0, 1);
    object.read("key", imagery.key);
    // A document may ask for keys that are meant for it, not for whatever else the environment holds.
    if (object.read("keyEnvironment", imagery.keyEnvironment) &&
        !imagery.keyEnvironment.starts_with(kKeyEnvironmentPrefix)) {
      object.report("keyEnvironment", fmt::format("found \"{}\", expected a name that begins with {}",
                                                  imagery.keyEnvironment, kKeyEnvironmentPrefix));
      imagery.keyEnvironment.clear();
    }
    object.read("attribution", imagery.attribution);
    parseSourceOf(object, imagery.source);
    if (good) document_.imagery.push_back(std::move(imagery));
  }

  static void readWhole(const ObjectReader& object, std::string_view key, int& target, int least, int most) {
    double number = target;
    if (!object.read(key, number, least, most)) return;
    if (number != std::floor(number))
      return object.report(key, fmt::format("found {}, expected a whole number", number));
    target = static_cast<int>(number);
  }

  static void parseBounds(const ObjectReader& object, std::optional<glm::dvec4>& target) {
    const Json* value = object.find("bounds");
    if (!value) return;
    glm::dvec4 bounds{0};
    bool good = value->is_array() && value->size() == 4;
    for (int i = 0; good && i < 4; ++i) {
      const Json& number = (*value)[static_cast<size_t>(i)];
      good = number.is_number();
      if (good) bounds[i] = number.get<double>();
    }
    good = good && bounds.x >= -180 && bounds.z <= 180 && bounds.y >= -90 && bounds.w <= 90 && bounds.x < bounds.z &&
           bounds.y < bounds.w;
    if (good)
      target = bounds;
    else
      object.report("bounds",
                    fmt::format("found {}, expected west, south, east and north in degrees", describe(value)));
  }

  void parseItem(const ObjectReader& object, Overlay& overlay) {
    OverlayItem item;
    bool good = items_.take(object, item.id);
    object.read("name", item.name, true);
    object.readColour("colour", item.colour);
    object.readEnum("status", item.status, format::kStatuses);
    Date opens;
    if (object.read("opens", opens)) item.opens = opens;
    double length = 0;
    if (object.read("lengthKilometres", length, 0, 1e5)) item.lengthKilometres = length;
    object.read("story", item.story);
    parseSourceOf(object, item.source);
    object.readEnum("network", item.network, format::kNetworks);
    if (const Json* service = object.find("service")) {
      if (service->is_object())
        parseService(ObjectReader(problems_, *service, object.pathOf("service"), format::kService), item.service);
      else
        object.report("service", fmt::format("found {}, expected an object", describe(service)));
    }
    if (good) overlay.items.push_back(std::move(item));
  }

  static void parseService(const ObjectReader& object, RailService& service) {
    object.read("headwaySeconds", service.headwaySeconds, 0, 86400);
    object.read("speedKilometresPerHour", service.speedKilometresPerHour, 1, 600);
    object.read("dwellSeconds", service.dwellSeconds, 0, 3600);
    object.read("trainMetres", service.trainMetres, 10, 1000);
  }

  void parseProject(const ObjectReader& object) {
    Project project;
    bool good = projects_.take(object, project.id);
    object.read("name", project.name, true);
    object.readEnum("kind", project.kind, format::kProjectKinds);
    object.readEnum("status", project.status, format::kStatuses);
    object.read("story", project.story);
    object.read("boundary", project.boundary);
    Ids phases;
    object.each("phases", format::kPhase, [&](const ObjectReader& o) {
      Phase phase;
      bool kept = phases.take(o, phase.id);
      o.read("name", phase.name);
      bool begins = o.read("from", phase.from, true);
      bool ends = o.read("to", phase.to, true);
      kept &= begins && ends;
      if (begins && ends && phase.to < phase.from) {
        o.report("to", fmt::format("found {}, expected a date not before \"from\" ({})", toString(phase.to),
                                   toString(phase.from)));
        kept = false;
      }
      if (kept) project.phases.push_back(std::move(phase));
    });
    object.each("removals", format::kRemoval, [&](const ObjectReader& o) {
      Removal removal;
      parseReference(o, "phase", removal.phase, phases, "phase of this project", true);
      o.read("featureIds", removal.featureIds);
      o.read("inside", removal.inside);
      project.removals.push_back(std::move(removal));
    });
    object.each("additions", format::kAddition, [&](const ObjectReader& o) {
      Addition addition;
      parseReference(o, "phase", addition.phase, phases, "phase of this project", true);
      o.read("tileset", addition.tilesetUri);
      o.read("ground", addition.groundUri);
      parseCredentials(o, addition.credentials);
      if (addition.tilesetUri.empty() && addition.groundUri.empty() && !o.find("tileset") && !o.find("ground"))
        o.report("tileset", "found nothing, expected a tileset, a ground or both");
      project.additions.push_back(std::move(addition));
    });
    object.each("figures", format::kFigure, [&](const ObjectReader& o) {
      Figure figure;
      bool kept = o.read("label", figure.label, true);
      o.read("unit", figure.unit);
      kept &= o.read("before", figure.before, -1e15, 1e15, true);
      kept &= o.read("after", figure.after, -1e15, 1e15, true);
      if (kept) project.figures.push_back(std::move(figure));
    });
    object.read("view", project.view);
    parseSourceOf(object, project.source);
    if (good) document_.projects.push_back(std::move(project));
  }

  void parseScenario(const ObjectReader& object) {
    Scenario scenario;
    bool good = scenarios_.take(object, scenario.id);
    object.read("name", scenario.name, true);
    good &= object.read("date", scenario.date, true);
    object.read("allProjects", scenario.allProjects);
    std::vector<std::string> wanted;
    object.read("projects", wanted);
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (projects_.has(wanted[i])) {
        scenario.projects.push_back(wanted[i]);
        continue;
      }
      std::string_view near = projects_.near(wanted[i]);
      problems_.push_back({fmt::format("{}[{}]", object.pathOf("projects"), i),
                           fmt::format("found \"{}\", expected the id of a project{}", wanted[i],
                                       near.empty() ? std::string{} : fmt::format(" (perhaps \"{}\")", near))});
    }
    if (good) document_.scenarios.push_back(std::move(scenario));
  }

  void parseView(const ObjectReader& object) {
    SavedView view;
    bool good = views_.take(object, view.id);
    object.read("name", view.name, true);
    good &= object.read("camera", view.camera, true);
    if (good) document_.views.push_back(std::move(view));
  }

  void parsePicture(const ObjectReader& object) {
    Picture picture;
    bool good = object.read("of", picture.of, true);
    good &= object.read("uri", picture.uri, true);
    object.read("caption", picture.caption);
    parseSourceOf(object, picture.source);
    if (good && document_.picture(picture.of)) {
      object.report("of", fmt::format("found \"{}\" a second time, expected one picture of each thing", picture.of));
      good = false;
    }
    if (good) document_.pictures.push_back(std::move(picture));
  }

  void parseStyle(const ObjectReader& object) {
    Style style;
    bool good = styles_.take(object, style.id);
    object.read("name", style.name, true);
    if (object.read("show", style.show)) {
      if (auto expression = Expression::parse(style.show); !expression) {
        object.report("show", expression.error().text());
        style.show.clear();
      }
    }
    if (const Json* colour = object.find("colour")) {
      if (colour->is_object())
        parseStyleColour(ObjectReader(problems_, *colour, object.pathOf("colour"), format::kStyleColour), style);
      else
        object.report("colour", fmt::format("found {}, expected an object", describe(colour)));
    }
    if (good) document_.styles.push_back(std::move(style));
  }

  void parseStyleColour(const ObjectReader& object, Style& style) {
    object.read("property", style.property, true);
    object.read("unit", style.unit);
    object.read("stepped", style.stepped);
    object.each("stops", format::kStop, [&](const ObjectReader& o) {
      StyleStop stop;
      bool good = o.read("value", stop.value, -1e12, 1e12, true);
      good &= o.readColour("colour", stop.colour);
      if (good && !style.stops.empty() && stop.value <= style.stops.back().value) {
        o.report("value",
                 fmt::format("found {}, expected more than the stop before, {}", stop.value, style.stops.back().value));
        good = false;
      }
      if (good) style.stops.push_back(stop);
    });
    object.each("categories", format::kCategory, [&](const ObjectReader& o) {
      StyleCategory category;
      bool good = o.read("value", category.value, true);
      good &= o.readColour("colour", category.colour);
      o.read("name", category.name);
      if (good) style.categories.push_back(std::move(category));
    });
    glm::vec3 other;
    if (object.readColour("other", other)) style.other = other;
    if (style.stops.empty() && style.categories.empty() && !style.other)
      object.report("stops", "found no colour, expected stops, categories or other");
    if (!style.stops.empty() && !style.categories.empty())
      object.report("categories", "found beside stops, expected one of the two; stops are used");
  }

  Document& document_;
  std::vector<Problem>& problems_;
  Ids sources_, tilesets_, overlays_, items_, projects_, scenarios_, views_, styles_;
};

//! Keys that occur twice in one object, which a JSON reader would silently merge.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(std::vector<Problem>& problems) : problems_(problems) {}
  bool operator()(int, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start: open_.push_back({{}, {}}); break;
      case Json::parse_event_t::object_end: open_.pop_back(); break;
      case Json::parse_event_t::key: {
        std::string key = value.get<std::string>();
        open_.back().current = key;
        if (!open_.back().keys.insert(key).second)
          problems_.push_back({path(), "found this key twice, expected it once"});
        break;
      }
      default: break;
    }
    return true;
  }

 private:
  struct Open {
    std::set<std::string> keys;
    std::string current;
  };
  std::string path() const {
    std::string text;
    for (const Open& open : open_) text += (text.empty() ? "" : ".") + open.current;
    return text;
  }
  std::vector<Problem>& problems_;
  std::vector<Open> open_;
};

//! "line 3, column 14": the parser counts bytes from 1.
std::string placeOf(std::string_view text, size_t byte) {
  std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  size_t lineStart = before.find_last_of('\n');
  return fmt::format("line {}, column {}", line, before.size() - (lineStart == before.npos ? 0 : lineStart + 1) + 1);
}

}  // namespace

Result<Parsed> parseDocument(std::string_view text, std::string_view fileName) {
  Parsed parsed;
  Json json;
  try {
    DuplicateKeys duplicates(parsed.problems);
    json = Json::parse(text.begin(), text.end(), std::ref(duplicates));
  } catch (const Json::parse_error& error) {
    return makeError("{}: {}: found something that is not JSON, expected a city document ({})", fileName,
                     placeOf(text, error.byte), error.what());
  } catch (const Json::exception& error) {  // a number too large for a double
    return makeError("{}: found something that is not JSON, expected a city document ({})", fileName, error.what());
  }
  if (!json.is_object()) return makeError("{}: found {}, expected a city document", fileName, describe(&json));

  auto version = json.find("version");
  if (version == json.end()) {
    parsed.problems.push_back({"version", fmt::format("found nothing, expected {}", kFormatVersion)});
  } else if (!version->is_number_integer() || version->get<int64_t>() < 1) {
    parsed.problems.push_back({"version", fmt::format("found {}, expected {}", describe(&*version), kFormatVersion)});
  } else if (version->get<int64_t>() > kFormatVersion) {
    return makeError("{}: version: found {}, expected at most {}: this city was made for a newer CityMirror", fileName,
                     version->get<int64_t>(), kFormatVersion);
  }
  DocumentParser(parsed).parse(json);
  if (parsed.document.tilesets.empty() && !json.contains("origin"))
    return makeError("{}: found neither \"tilesets\" nor \"origin\", expected a city document", fileName);
  return parsed;
}

}  // namespace cm::city
