//! The city document: what is saved in city.json and can be undone. Texts in Chinese and English, relative paths, every
//! fact with a source. Plain values, owned by the loop's thread. `parse` and `write` work on bytes; the app fetches them.
//! The format is described by assets/schema/city.schema.json, version `kFormatVersion`.
#pragma once

#include <glm/glm.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "geo/ellipsoid.h"

namespace cm::city {

inline constexpr int kFormatVersion = 1;

//! A civil date; scenarios, phases and openings are compared by it. `2027-07-01`; month and day may be left out in the file.
struct Date {
  int year = 0;
  int month = 1;
  int day = 1;
  auto operator<=>(const Date&) const = default;  // NOLINT(modernize-use-nullptr): the zero it compares with is no pointer
};
Result<Date> parseDate(std::string_view text);
std::string toString(const Date& date);
//! Years as a fraction, for sliders: 2027-07-01 -> 2027.496.
double yearsOf(const Date& date);
Date dateFromYears(double years);

//! Camera of a saved view: WGS84 degrees, metres above the ellipsoid, heading clockwise from north, pitch 0 level, -90 down.
struct CameraPose {
  double lonDegrees = 0;
  double latDegrees = 0;
  double heightMetres = 0;
  double headingDegrees = 0;
  double pitchDegrees = -30;
  bool operator==(const CameraPose&) const = default;
};

struct Source {
  std::string id;       // referred to from everywhere else
  Text name;
  std::string licence;
  std::string uri;
  std::string date;     // of the data
  Text note;
  bool operator==(const Source&) const = default;
};

//! A 3D Tileset of the city as it is today. A city usually has one that holds ground and buildings together.
struct TilesetRef {
  std::string id;
  Text name;
  std::string uri;      // relative to city.json, or http(s)
  std::string source;   // Source::id
  std::string credentials;  // name of the environment variable that holds them: CITYMIRROR_LAYER_...
  bool operator==(const TilesetRef&) const = default;
};

enum class OverlayKind { Greenway, Metro, Rail, District, Place, Ground };
enum class PlanStatus { Existing, Planned, UnderConstruction, Approved };

//! The networks a rail line may belong to: 城市轨道, 市郊, 城际, 高铁.
enum class Network { Urban, Suburban, Intercity, HighSpeed };

//! Trains of a line, for simulated ones: no timetable of anyone's.
struct RailService {
  double headwaySeconds = 0;         // between trains of one direction; 0: none run
  double speedKilometresPerHour = 80;
  double dwellSeconds = 30;          // at a station
  double trainMetres = 120;
  bool operator==(const RailService&) const = default;
};

//! One named thing of an overlay that a person can switch, pick and read about: a greenway, a metro line.
struct OverlayItem {
  std::string id;       // equals the "item" property of its GeoJSON features
  Text name;
  glm::vec3 colour{0.5f};            // sRGB 0..1
  PlanStatus status = PlanStatus::Existing;
  std::optional<Date> opens;         // shown from this date on; before it a planned item is dashed
  std::optional<double> lengthKilometres;
  Text story;
  std::string source;
  Network network = Network::Urban;  // of a metro or rail line
  RailService service;
  bool operator==(const OverlayItem&) const = default;
};

//! Vector data laid on the city: GeoJSON FeatureCollection, WGS84. Properties the engine reads: "item" (OverlayItem::id),
//! "kind" (line, station, place, area), "zh", "en", "rank" (label priority, 0 first), "opens", "colour" (#rrggbb); of metro and
//! rail also "structure", "height", "depth" and OSM's "tunnel", "bridge", "layer" (frame/rail_paths.h), of stations "lines".
struct Overlay {
  std::string id;
  OverlayKind kind = OverlayKind::Greenway;
  Text name;
  std::string uri;
  std::string source;
  std::vector<OverlayItem> items;
  std::string credentials;           // as TilesetRef's
  bool operator==(const Overlay&) const = default;
};

enum class ImageryKind { Xyz, Tms, Wmts, Wms, Mbtiles };
enum class ImageryMatrix { WebMercator, Geographic };

//! Pictures of the ground in map tiles, laid on it below everything else, in the order of the document.
//! The address is a template: engine/source/imagery.h says what is put in.
struct Imagery {
  std::string id;                    // unique among overlay items, too: both are switched by it
  Text name;
  ImageryKind kind = ImageryKind::Xyz;
  std::string uri;
  ImageryMatrix matrix = ImageryMatrix::WebMercator;
  std::string layer, style, matrixSet, format;
  std::vector<std::string> subdomains;
  int minLevel = 0, maxLevel = 18;
  int levelOffset = 0;
  std::optional<glm::dvec4> bounds;  // west, south, east, north; degrees
  double opacity = 1;
  std::string key;                   // a secret: never in a log
  std::string keyEnvironment;        // the environment variable that holds it, CITYMIRROR_KEY_...
  Text attribution;                  // on screen and on every picture while the layer is shown
  std::string source;
  bool operator==(const Imagery&) const = default;
};
inline constexpr std::string_view kKeyEnvironmentPrefix = "CITYMIRROR_KEY_";

//! WGS84 degrees; first ring outer, the rest holes; rings not closed.
using Polygon = std::vector<std::vector<glm::dvec2>>;
//! Even-odd over all rings, so holes are outside.
bool contains(const Polygon& polygon, glm::dvec2 lonLatDegrees);

struct Phase {
  std::string id;
  Text name;
  Date from;
  Date to;              // on this date what the phase adds stands
  bool operator==(const Phase&) const = default;
};

//! What leaves when `phase` begins: features by id, and everything whose centre lies inside `inside` (holes honoured).
struct Removal {
  std::string phase;
  std::vector<std::string> featureIds;
  std::vector<Polygon> inside;
  bool operator==(const Removal&) const = default;
};

//! What stands when `phase` ends: a tileset of proposed buildings, and ground polygons (GeoJSON with "class": land, green,
//! path, water, plaza, road) that are draped.
struct Addition {
  std::string phase;
  std::string tilesetUri;
  std::string groundUri;
  std::string credentials;  // of both, as TilesetRef's
  bool operator==(const Addition&) const = default;
};

//! A before/after figure, e.g. green ratio 12 -> 35 %.
struct Figure {
  Text label;
  Text unit;
  double before = 0;
  double after = 0;
  bool operator==(const Figure&) const = default;
};

enum class ProjectKind { OldCommunity, VillageInCity, HistoricQuarter, Waterfront, IndustrialHeritage, Park, Transport, Other };

struct Project {
  std::string id;
  Text name;
  ProjectKind kind = ProjectKind::Other;
  PlanStatus status = PlanStatus::Planned;
  Text story;
  std::vector<Polygon> boundary;
  std::vector<Phase> phases;
  std::vector<Removal> removals;
  std::vector<Addition> additions;
  std::vector<Figure> figures;
  CameraPose view;
  std::string source;
  bool operator==(const Project&) const = default;
};

//! A set of projects at a date. `allProjects` with a far date is "the plan".
struct Scenario {
  std::string id;
  Text name;
  Date date;
  bool allProjects = false;
  std::vector<std::string> projects;
  bool operator==(const Scenario&) const = default;
};

struct SavedView {
  std::string id;
  Text name;
  CameraPose camera;
  bool operator==(const SavedView&) const = default;
};

//! How features are coloured and which are shown, by their properties. What a style says nothing about stays as it is.
struct StyleStop {
  double value = 0;
  glm::vec3 colour{0};               // sRGB 0..1
  bool operator==(const StyleStop&) const = default;
};
struct StyleCategory {
  std::string value;
  glm::vec3 colour{0};
  Text name;                         // in the legend; empty: the value
  bool operator==(const StyleCategory&) const = default;
};
struct Style {
  std::string id;
  Text name;
  std::string show;                  // an Expression (city/expression.h); empty: all
  std::string property;              // what the colours are by; empty: none
  std::string unit;
  std::vector<StyleStop> stops;      // ascending: a ramp over numbers, constant beyond its ends
  bool stepped = false;              // each stop's colour from its value up to the next
  std::vector<StyleCategory> categories;
  std::optional<glm::vec3> other;    // of features that none of these fits
  bool operator==(const Style&) const = default;
};

//! A picture on the card of a project, a station, a building ...: whatever has the id.
struct Picture {
  std::string of;                    // Project, OverlayItem, a station's or a building's id
  std::string uri;                   // JPEG, PNG or WebP; relative to city.json, or http(s)
  Text caption;
  std::string source;                // Source::id
  bool operator==(const Picture&) const = default;
};

struct Document {
  std::string id;
  Text name;
  Text description;
  bool illustrative = false;         // synthetic data: labelled 示意数据 on screen
  geo::Geodetic origin;              // the middle of the city; the frame's axes stand here
  std::string geoid;                 // name of the model heights were converted with
  std::string dataDate;
  std::vector<Source> sources;
  std::vector<TilesetRef> tilesets;
  std::vector<std::string> allowedOrigins;  // servers that what comes from the web may lead to besides its own
  std::vector<Overlay> overlays;
  std::vector<Imagery> imagery;      // the lowest first
  std::vector<Project> projects;
  std::vector<Scenario> scenarios;   // the first is "before", the second "after" by default
  std::vector<SavedView> views;      // the first is home
  std::vector<Style> styles;
  std::vector<Picture> pictures;     // at most one of each thing
  std::string extras = "{}";         // JSON kept as found

  const Project* project(std::string_view id) const;
  const Scenario* scenario(std::string_view id) const;
  const SavedView* view(std::string_view id) const;
  const Style* style(std::string_view id) const;
  const Source* source(std::string_view id) const;
  const Picture* picture(std::string_view of) const;
  const OverlayItem* item(std::string_view id) const;   // of any overlay
  bool hasItem(std::string_view id) const;              // of an overlay, or imagery: what Layers::hiddenItems may name
  bool operator==(const Document&) const = default;
};

//! The project's own view, or one that shows its boundary where it has none.
CameraPose viewOf(const Project& project);

//! One thing that is wrong in a city.json: `path` as in "projects[2].phases[0].from".
struct Problem {
  std::string path;
  std::string message;               // what was found, what was expected
  bool operator==(const Problem&) const = default;
};

struct Parsed {
  Document document;                 // everything that was good
  std::vector<Problem> problems;     // empty when all was
};

//! Fails only where there is nothing to show (not JSON, no tilesets and no origin, a newer format version).
Result<Parsed> parseDocument(std::string_view json, std::string_view fileName);
std::string writeDocument(const Document& document);

//! A document around a bare tileset.json (path or URL), so that one may stand wherever a city may.
Document documentForTileset(std::string_view uri);

}  // namespace cm::city
