#include <algorithm>
#include <array>

#include "tiling/tags.h"

namespace cm::tiling {
namespace {

struct LineFacts {
  std::string_view value;
  GroundClass kind;
  float widthMetres;
};

// Carriageway widths: lanes of 3.5 m on fast roads, 3 m in streets, as built more often than not.
constexpr std::array kHighways = std::to_array<LineFacts>({
    {"motorway", GroundClass::Motorway, 11},
    {"motorway_link", GroundClass::Motorway, 5.5f},
    {"trunk", GroundClass::Motorway, 10},
    {"trunk_link", GroundClass::Motorway, 5.5f},
    {"primary", GroundClass::RoadMajor, 10},
    {"primary_link", GroundClass::RoadMajor, 5},
    {"secondary", GroundClass::RoadMajor, 8.5f},
    {"secondary_link", GroundClass::RoadMajor, 5},
    {"tertiary", GroundClass::RoadMinor, 7.5f},
    {"tertiary_link", GroundClass::RoadMinor, 4.5f},
    {"unclassified", GroundClass::RoadMinor, 6},
    {"residential", GroundClass::RoadMinor, 6},
    {"living_street", GroundClass::RoadMinor, 5},
    {"road", GroundClass::RoadMinor, 5},
    {"service", GroundClass::RoadMinor, 3.5f},
    {"busway", GroundClass::RoadMinor, 6},
    {"bus_guideway", GroundClass::RoadMinor, 4},
    {"raceway", GroundClass::RoadMinor, 8},
    {"pedestrian", GroundClass::Path, 4},
    {"track", GroundClass::Path, 3},
    {"footway", GroundClass::Path, 2},
    {"cycleway", GroundClass::Path, 2.2f},
    {"path", GroundClass::Path, 1.5f},
    {"bridleway", GroundClass::Path, 2},
    {"steps", GroundClass::Path, 2},
});

constexpr std::array kRailways = std::to_array<LineFacts>({
    {"rail", GroundClass::Rail, 3.6f},
    {"light_rail", GroundClass::Rail, 3.2f},
    {"subway", GroundClass::Rail, 3.2f},
    {"tram", GroundClass::Rail, 2.6f},
    {"monorail", GroundClass::Rail, 2},
    {"narrow_gauge", GroundClass::Rail, 2.6f},
    {"funicular", GroundClass::Rail, 2.6f},
    {"preserved", GroundClass::Rail, 3.2f},
});

constexpr std::array kWaterways = std::to_array<LineFacts>({
    {"river", GroundClass::Water, 12},
    {"canal", GroundClass::Water, 8},
    {"stream", GroundClass::Water, 2},
    {"drain", GroundClass::Water, 2},
    {"ditch", GroundClass::Water, 1.2f},
    {"tidal_channel", GroundClass::Water, 4},
});

constexpr std::array kAeroways = std::to_array<LineFacts>({
    {"runway", GroundClass::Runway, 45},
    {"taxiway", GroundClass::Runway, 18},
});

constexpr std::array kManMade = std::to_array<LineFacts>({
    {"pier", GroundClass::Pier, 3},
    {"breakwater", GroundClass::Rock, 8},
    {"groyne", GroundClass::Rock, 4},
});

template <size_t N>
const LineFacts* find(const std::array<LineFacts, N>& table, std::string_view value) {
  auto at = std::find_if(table.begin(), table.end(), [&](const LineFacts& facts) { return facts.value == value; });
  return at == table.end() ? nullptr : &*at;
}

bool oneOf(std::string_view value, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool yes(std::string_view value) { return !value.empty() && value != "no"; }

void applyLevels(Tags tags, GroundFeature& feature) {
  feature.name = nameFrom(tags);
  feature.layer = parseLayer(valueOf(tags, "layer"));
  feature.bridge = yes(valueOf(tags, "bridge"));
  // What is tagged below the ground without a tunnel (covered streets, culverts) is not on the ground either.
  feature.tunnel = yes(valueOf(tags, "tunnel")) || valueOf(tags, "location") == "underground" ||
                   (valueOf(tags, "railway") == "subway" && feature.layer < 0);
}

std::optional<GroundClass> areaClass(Tags tags) {
  using enum GroundClass;
  std::string_view natural = valueOf(tags, "natural"), landuse = valueOf(tags, "landuse"),
                   leisure = valueOf(tags, "leisure");
  std::string_view waterway = valueOf(tags, "waterway"), aeroway = valueOf(tags, "aeroway"),
                   made = valueOf(tags, "man_made");
  if (natural == "water" || oneOf(waterway, {"riverbank", "dock", "boatyard"}) ||
      oneOf(landuse, {"reservoir", "basin", "salt_pond"}) || leisure == "swimming_pool" || yes(valueOf(tags, "water")))
    return Water;
  if (made == "pier") return Pier;
  if (oneOf(made, {"breakwater", "groyne"})) return Rock;
  if (oneOf(aeroway, {"runway", "taxiway", "apron"})) return Runway;
  if (valueOf(tags, "place") == "square" ||
      oneOf(valueOf(tags, "highway"), {"pedestrian", "footway", "rest_area", "services"}) ||
      oneOf(valueOf(tags, "amenity"), {"parking", "marketplace", "bus_station"}))
    return Plaza;
  if (oneOf(valueOf(tags, "area:highway"), {"residential", "primary", "secondary", "tertiary", "service"}))
    return RoadMinor;
  if (oneOf(leisure, {"pitch", "track", "playground"})) return Pitch;
  if (natural == "wood" || landuse == "forest") return Forest;
  if (oneOf(leisure, {"park", "garden", "golf_course", "common"})) return Park;
  if (oneOf(landuse,
            {"grass", "meadow", "recreation_ground", "village_green", "cemetery", "greenfield", "flowerbed"}) ||
      oneOf(natural, {"grassland", "scrub", "heath", "wetland", "fell"}) || valueOf(tags, "amenity") == "grave_yard")
    return Grass;
  if (oneOf(natural, {"beach", "sand", "shoal"})) return Sand;
  if (oneOf(natural, {"bare_rock", "scree", "shingle", "rock"})) return Rock;
  if (oneOf(landuse, {"farmland", "orchard", "vineyard", "farmyard", "allotments", "greenhouse_horticulture",
                      "plant_nursery", "farm"}))
    return Farmland;
  if (landuse == "residential") return Residential;
  if (oneOf(landuse, {"commercial", "retail"})) return Commercial;
  if (oneOf(landuse, {"industrial", "port", "railway", "quarry", "landfill", "garages"})) return Industrial;
  return {};
}

}  // namespace

bool closedIsLine(Tags tags) {
  if (valueOf(tags, "area") == "yes") return false;
  if (yes(valueOf(tags, "highway")) || yes(valueOf(tags, "railway"))) return true;
  std::string_view waterway = valueOf(tags, "waterway");
  return find(kWaterways, waterway) != nullptr ||
         (!valueOf(tags, "aeroway").empty() && valueOf(tags, "aeroway") != "apron");
}

std::optional<GroundFeature> groundAreaFrom(Tags tags) {
  auto kind = areaClass(tags);
  if (!kind) return {};
  GroundFeature feature;
  feature.kind = *kind;
  applyLevels(tags, feature);
  return feature;
}

std::optional<GroundFeature> groundLineFrom(Tags tags) {
  const LineFacts* facts = find(kHighways, valueOf(tags, "highway"));
  bool road = facts && facts->kind != GroundClass::Path;
  if (!facts) facts = find(kRailways, valueOf(tags, "railway"));
  if (!facts) facts = find(kWaterways, valueOf(tags, "waterway"));
  if (!facts) facts = find(kAeroways, valueOf(tags, "aeroway"));
  if (!facts) facts = find(kManMade, valueOf(tags, "man_made"));
  if (!facts) return {};
  GroundFeature feature;
  feature.kind = facts->kind;
  feature.widthMetres = facts->widthMetres;
  auto width = parseMetres(valueOf(tags, "width"));
  auto lanes = parseCount(valueOf(tags, "lanes"));
  if (width && *width >= 0.5 && *width <= 100)
    feature.widthMetres = static_cast<float>(*width);
  else if (road && lanes && *lanes >= 1 && *lanes <= 16)
    feature.widthMetres = static_cast<float>(*lanes * 3.2 + 0.8);
  applyLevels(tags, feature);
  return feature;
}

std::optional<PlaceLabel> labelFrom(Tags tags) {
  std::string_view name = valueOf(tags, "name");
  if (name.empty()) name = valueOf(tags, "name:zh");
  if (name.empty()) name = valueOf(tags, "name:en");
  if (name.empty()) return {};
  PlaceLabel label;
  std::string_view place = valueOf(tags, "place"), railway = valueOf(tags, "railway");
  if (oneOf(railway, {"station", "halt"}) || valueOf(tags, "public_transport") == "station") {
    label.kind = "station";
    label.rank = railway == "halt" ? 4 : 3;
  } else if (place == "city") {
    label.kind = "city", label.rank = 0;
  } else if (oneOf(place, {"town", "borough"})) {
    label.kind = "district", label.rank = 1;
  } else if (oneOf(place, {"suburb", "district", "city_block"})) {
    label.kind = "suburb", label.rank = 2;
  } else if (oneOf(place, {"quarter", "neighbourhood", "village", "hamlet", "locality"})) {
    label.kind = "suburb", label.rank = 4;
  } else if (oneOf(place, {"island", "islet"})) {
    label.kind = "island", label.rank = 3;
  } else if (oneOf(valueOf(tags, "natural"), {"peak", "hill"})) {
    label.kind = "peak", label.rank = 4;
  } else if (oneOf(valueOf(tags, "natural"), {"bay", "strait"}) || place == "sea") {
    label.kind = "water", label.rank = 3;
  } else if (oneOf(valueOf(tags, "tourism"), {"attraction", "museum", "viewpoint", "theme_park", "zoo", "aquarium"})) {
    label.kind = "sight", label.rank = 5;
  } else {
    return {};
  }
  label.name.zh = valueOf(tags, "name:zh");
  if (label.name.zh.empty()) label.name.zh = valueOf(tags, "name:zh-Hans");
  if (label.name.zh.empty()) label.name.zh = name;
  label.name.en = valueOf(tags, "name:en");
  if (label.name.en.empty()) label.name.en = valueOf(tags, "int_name");
  if (label.name.en.empty()) label.name.en = name;
  return label;
}

}  // namespace cm::tiling
