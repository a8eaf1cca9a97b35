//! City data on its way to tiles: what readers and the built-in city's rules hand to the builder. WGS84 lon/lat degrees;
//! heights orthometric metres above the local ground unless stated. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "city/document.h"

namespace cm::tiling {

enum class BuildingClass : uint8_t {
  House, Residential, Apartments, Commercial, Office, Retail, Hotel, Industrial, Warehouse, Public, School, Hospital,
  Religious, Historic, Transport, Garage, Shed, Other
};
std::string_view nameOf(BuildingClass kind);      // "house" ... as written in the property table
double defaultHeightMetres(BuildingClass kind);   // used where nothing is known; marked as such

enum class HeightSource : uint8_t { Measured, Levels, ClassDefault, Rule /* synthetic */ };
std::string_view nameOf(HeightSource source);

enum class RoofShape : uint8_t { Flat, Gabled, Hipped, Pyramidal, Skillion, Dome, Round, Mansard };

//! One building or building part: a prism with a roof. Rings are not closed; first outer, then holes.
struct Building {
  std::string id;                      // stable, e.g. "osm:way/123"
  std::string name;                    // as in the data; Chinese where there is one
  std::string parent;                  // id of the outline a part belongs to, empty otherwise: one feature with it
  bool part = false;                   // a part whose outline the builder finds by place (`parent` empty)
  BuildingClass kind = BuildingClass::Other;
  city::Polygon rings;
  float height = 0;                    // top of the roof above the ground
  float minHeight = 0;                 // underside above the ground
  HeightSource heightSource = HeightSource::ClassDefault;
  RoofShape roof = RoofShape::Flat;
  float roofHeight = 0;                // 0: by shape
  float roofDirectionDegrees = -1;     // direction the main slope faces; -1: from the footprint
  std::optional<glm::vec3> colour;     // sRGB 0..1, tagged
  std::optional<glm::vec3> roofColour;
};

//! What the ground is, lowest drawn first. Later ones cut earlier ones.
enum class GroundClass : uint8_t {
  Land, Residential, Commercial, Industrial, Farmland, Sand, Rock, Grass, Park, Forest, Pitch, Plaza, Water, Sea, Path,
  RoadMinor, RoadMajor, Motorway, Rail, Runway, Pier
};
std::string_view nameOf(GroundClass kind);
bool isLine(GroundClass kind);

//! An area, or a line with a width, on the ground. `layer` != 0 with bridge or tunnel leaves the ground.
struct GroundFeature {
  std::string id;
  std::string name;
  GroundClass kind = GroundClass::Land;
  city::Polygon rings;                 // area
  std::vector<glm::dvec2> line;        // or line
  float widthMetres = 0;
  int8_t layer = 0;
  bool bridge = false;
  bool tunnel = false;
};

//! A point with a name: station, place, summit, sight.
struct PlaceLabel {
  std::string id;
  Text name;
  std::string kind;                    // "station", "city", "district", "suburb", "peak", "sight", "island", "water"
  glm::dvec2 lonLat{0};
  int rank = 5;                        // 0 most important
};

//! Orthometric height of the bare ground at lon/lat degrees; NaN where unknown. Called from many threads at once.
using TerrainFunction = std::function<double(double lonDegrees, double latDegrees)>;

}  // namespace cm::tiling
