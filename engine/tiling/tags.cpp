#include "tiling/tags.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace cm::tiling {
namespace {

//! A number at the front of `text`, which moves behind it. Decimal comma or point.
std::optional<double> takeNumber(std::string_view& text) {
  while (!text.empty() && !std::isdigit(static_cast<unsigned char>(text.front())) && text.front() != '-' &&
         text.front() != '.')
    text.remove_prefix(1);
  std::string digits;
  size_t used = 0;
  bool point = false;
  for (; used < text.size(); ++used) {
    char c = text[used];
    bool separator = (c == '.' || c == ',') && !point && used + 1 < text.size() &&
                     std::isdigit(static_cast<unsigned char>(text[used + 1]));
    if (separator) {
      point = true;
      digits += '.';
    } else if (std::isdigit(static_cast<unsigned char>(c)) || (c == '-' && used == 0)) {
      digits += c;
    } else {
      break;
    }
  }
  double value = 0;
  auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return {};
  text.remove_prefix(used);
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string low(trimmed(text));
  for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return low;
}

//! The parts of "3;4" one by one.
template <class Visit>
void eachValue(std::string_view text, Visit&& visit) {
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(';', begin), text.size());
    visit(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
}

struct NamedColour {
  std::string_view name;
  uint32_t rgb;
};

// CSS Color Module Level 4, 6.1, those that OSM data uses; sorted.
constexpr std::array kColours = std::to_array<NamedColour>(
    {{"aqua", 0x00ffff},        {"azure", 0xf0ffff},       {"beige", 0xf5f5dc},      {"bisque", 0xffe4c4},
     {"black", 0x000000},       {"blue", 0x0000ff},        {"brown", 0xa52a2a},      {"burlywood", 0xdeb887},
     {"chocolate", 0xd2691e},   {"coral", 0xff7f50},       {"cornsilk", 0xfff8dc},   {"crimson", 0xdc143c},
     {"cyan", 0x00ffff},        {"darkblue", 0x00008b},    {"darkgray", 0xa9a9a9},   {"darkgreen", 0x006400},
     {"darkgrey", 0xa9a9a9},    {"darkred", 0x8b0000},     {"dimgray", 0x696969},    {"dimgrey", 0x696969},
     {"firebrick", 0xb22222},   {"floralwhite", 0xfffaf0}, {"gainsboro", 0xdcdcdc},  {"gold", 0xffd700},
     {"goldenrod", 0xdaa520},   {"gray", 0x808080},        {"green", 0x008000},      {"grey", 0x808080},
     {"indianred", 0xcd5c5c},   {"ivory", 0xfffff0},       {"khaki", 0xf0e68c},      {"lavender", 0xe6e6fa},
     {"lightblue", 0xadd8e6},   {"lightgray", 0xd3d3d3},   {"lightgreen", 0x90ee90}, {"lightgrey", 0xd3d3d3},
     {"lightyellow", 0xffffe0}, {"linen", 0xfaf0e6},       {"maroon", 0x800000},     {"navajowhite", 0xffdead},
     {"navy", 0x000080},        {"olive", 0x808000},       {"orange", 0xffa500},     {"peachpuff", 0xffdab9},
     {"peru", 0xcd853f},        {"pink", 0xffc0cb},        {"purple", 0x800080},     {"red", 0xff0000},
     {"rosybrown", 0xbc8f8f},   {"saddlebrown", 0x8b4513}, {"salmon", 0xfa8072},     {"sandybrown", 0xf4a460},
     {"sienna", 0xa0522d},      {"silver", 0xc0c0c0},      {"skyblue", 0x87ceeb},    {"slategray", 0x708090},
     {"slategrey", 0x708090},   {"snow", 0xfffafa},        {"steelblue", 0x4682b4},  {"tan", 0xd2b48c},
     {"teal", 0x008080},        {"tomato", 0xff6347},      {"turquoise", 0x40e0d0},  {"violet", 0xee82ee},
     {"wheat", 0xf5deb3},       {"white", 0xffffff},       {"whitesmoke", 0xf5f5f5}, {"yellow", 0xffff00}});

// Muted: whole quarters carry one material, and the eye wants calm walls.
constexpr std::array kMaterials = std::to_array<NamedColour>(
    {{"brick", 0xb5765c},     {"bronze", 0x8c6a4a},      {"cement_block", 0xb5b2ac}, {"concrete", 0xbdb9b2},
     {"copper", 0x7fb09b},    {"eternit", 0xa9a8a3},     {"glass", 0xa9bccb},        {"granite", 0xa8a3a0},
     {"grass", 0x8aa36a},     {"gravel", 0xa8a49c},      {"limestone", 0xd8cdb4},    {"marble", 0xe4e0d8},
     {"metal", 0xaab0b5},     {"metal_sheet", 0xaab0b5}, {"plaster", 0xddd5c6},      {"roof_tiles", 0xb0664c},
     {"sandstone", 0xd2b98c}, {"slate", 0x6c7178},       {"steel", 0xaab0b5},        {"stone", 0xb3aa9b},
     {"tar_paper", 0x6b6865}, {"thatch", 0xb59a63},      {"tile", 0xb0664c},         {"wood", 0xb08a60}});

glm::vec3 fromRgb(uint32_t rgb) { return glm::vec3((rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255) / 255.0f; }

template <size_t N>
std::optional<glm::vec3> lookUp(const std::array<NamedColour, N>& table, std::string_view name) {
  auto at = std::lower_bound(table.begin(), table.end(), name,
                             [](const NamedColour& a, std::string_view b) { return a.name < b; });
  if (at == table.end() || at->name != name) return {};
  return fromRgb(at->rgb);
}

bool oneOf(std::string_view value, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool yes(std::string_view value) { return !value.empty() && value != "no"; }

}  // namespace

std::string_view valueOf(Tags tags, std::string_view key) {
  for (const auto& [k, v] : tags)
    if (k == key) return v;
  return {};
}

std::optional<double> parseMetres(std::string_view text) {
  std::optional<double> greatest;
  eachValue(text, [&](std::string_view part) {
    auto number = takeNumber(part);
    if (!number) return;
    double metres = *number;
    part = trimmed(part);
    if (part.starts_with("'") || part.starts_with("ft") || part.starts_with("feet")) {
      part.remove_prefix(1);
      auto inches = takeNumber(part);
      metres = metres * 0.3048 + (inches && part.starts_with("\"") ? *inches * 0.0254 : 0);
    } else if (part.starts_with("km")) {
      metres *= 1000;
    } else if (part.starts_with("cm")) {
      metres /= 100;
    }
    greatest = std::max(greatest.value_or(metres), metres);
  });
  return greatest;
}

std::optional<double> parseCount(std::string_view text) {
  std::optional<double> greatest;
  eachValue(text, [&](std::string_view part) {
    auto number = takeNumber(part);
    if (!number) return;
    part = trimmed(part);
    if (part.starts_with("-")) {
      part.remove_prefix(1);
      if (auto last = takeNumber(part)) number = last;
    }
    greatest = std::max(greatest.value_or(*number), *number);
  });
  return greatest;
}

std::optional<glm::vec3> parseColour(std::string_view text) {
  std::string name = lowered(text.substr(0, text.find(';')));
  if (auto known = lookUp(kColours, name)) return known;
  std::erase(name, '_');
  std::erase(name, ' ');
  if (auto known = lookUp(kColours, name)) return known;
  std::string_view digits = name;
  if (digits.starts_with('#')) digits.remove_prefix(1);
  uint32_t rgb = 0;
  auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), rgb, 16);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return {};
  if (digits.size() == 6) return fromRgb(rgb);
  if (digits.size() == 3) return fromRgb((rgb >> 8 & 15) * 0x110000 + (rgb >> 4 & 15) * 0x1100 + (rgb & 15) * 0x11);
  return {};
}

std::optional<glm::vec3> colourOfMaterial(std::string_view material) { return lookUp(kMaterials, lowered(material)); }

std::optional<double> parseDirection(std::string_view text) {
  std::string word = lowered(text);
  std::erase(word, '-');
  std::erase(word, ' ');
  constexpr std::array<std::string_view, 16> kPoints{"n", "nne", "ne", "ene", "e", "ese", "se", "sse",
                                                     "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw"};
  constexpr std::array<std::string_view, 8> kWords{"north", "northeast", "east", "southeast",
                                                   "south", "southwest", "west", "northwest"};
  for (size_t i = 0; i < kPoints.size(); ++i)
    if (word == kPoints[i]) return 22.5 * double(i);
  for (size_t i = 0; i < kWords.size(); ++i)
    if (word == kWords[i]) return 45.0 * double(i);
  std::string_view rest = word;
  auto number = takeNumber(rest);
  if (!number) return {};
  double turned = std::fmod(*number, 360.0);
  return turned < 0 ? turned + 360 : turned;
}

int8_t parseLayer(std::string_view text) {
  auto number = takeNumber(text);
  return number ? static_cast<int8_t>(std::clamp(*number, -10.0, 10.0)) : int8_t{0};
}

std::string nameFrom(Tags tags) {
  for (std::string_view key : {"name:zh", "name:zh-Hans", "name", "name:en"})
    if (auto value = valueOf(tags, key); !value.empty()) return std::string(value);
  return {};
}

bool isBuilding(Tags tags) { return yes(valueOf(tags, "building")) && valueOf(tags, "location") != "underground"; }
bool isBuildingPart(Tags tags) { return yes(valueOf(tags, "building:part")) && !isBuilding(tags); }

BuildingClass buildingClass(Tags tags) {
  std::string_view kind = valueOf(tags, "building");
  if (kind.empty() || kind == "yes") {
    if (auto part = valueOf(tags, "building:part"); yes(part) && part != "yes") kind = part;
  }
  using enum BuildingClass;
  if (!valueOf(tags, "historic").empty() && valueOf(tags, "historic") != "no") return Historic;
  if (oneOf(kind, {"house", "detached", "semidetached_house", "terrace", "bungalow", "farm", "cabin", "villa",
                   "static_caravan"}))
    return House;
  if (oneOf(kind, {"residential", "dormitory"})) return Residential;
  if (oneOf(kind, {"apartments", "tower"})) return Apartments;
  if (oneOf(kind, {"commercial", "mixed_use"})) return Commercial;
  if (oneOf(kind, {"office", "government", "civic"})) return Office;
  if (oneOf(kind, {"retail", "supermarket", "kiosk", "shop", "mall"})) return Retail;
  if (oneOf(kind, {"hotel"}) || valueOf(tags, "tourism") == "hotel") return Hotel;
  if (oneOf(kind, {"industrial", "factory", "manufacture", "silo", "storage_tank"})) return Industrial;
  if (oneOf(kind, {"warehouse", "hangar", "barn", "greenhouse"})) return Warehouse;
  if (oneOf(kind, {"school", "kindergarten", "university", "college"})) return School;
  if (oneOf(kind, {"hospital", "clinic"})) return Hospital;
  if (oneOf(kind, {"church", "cathedral", "chapel", "mosque", "temple", "shrine", "synagogue", "religious", "monastery",
                   "pagoda"}))
    return Religious;
  if (oneOf(kind, {"train_station", "transportation", "station", "terminal", "platform"})) return Transport;
  if (oneOf(kind, {"garage", "garages", "carport", "parking"})) return Garage;
  if (oneOf(kind, {"shed", "hut", "roof", "service", "toilets", "outbuilding"})) return Shed;
  if (oneOf(kind, {"public", "stadium", "sports_hall", "museum", "library", "theatre", "grandstand", "fire_station"}))
    return Public;
  std::string_view amenity = valueOf(tags, "amenity");
  if (oneOf(amenity, {"school", "kindergarten", "university", "college"})) return School;
  if (oneOf(amenity, {"hospital", "clinic"})) return Hospital;
  if (amenity == "place_of_worship") return Religious;
  if (oneOf(amenity, {"townhall", "library", "theatre", "police", "fire_station", "courthouse", "arts_centre"}))
    return Public;
  if (!valueOf(tags, "office").empty()) return Office;
  if (!valueOf(tags, "shop").empty()) return Retail;
  return Other;
}

namespace {

RoofShape roofShape(std::string_view shape) {
  using enum RoofShape;
  if (oneOf(shape, {"gabled", "gable", "saltbox", "double_saltbox", "quadruple_saltbox", "cross_gabled",
                    "gabled_height_moved"}))
    return Gabled;
  if (oneOf(shape, {"hipped", "hip", "half-hipped", "half_hipped", "side_hipped", "hipped-and-gabled"})) return Hipped;
  if (oneOf(shape, {"pyramidal", "cone", "conical", "pyramid"})) return Pyramidal;
  if (oneOf(shape, {"skillion", "lean_to", "shed"})) return Skillion;
  if (oneOf(shape, {"dome", "onion"})) return Dome;
  if (oneOf(shape, {"round", "barrel", "arched"})) return Round;
  if (oneOf(shape, {"mansard", "gambrel"})) return Mansard;
  return Flat;
}

bool plausibleHeight(const std::optional<double>& metres) { return metres && *metres > 0.3 && *metres < 1000; }

}  // namespace

Building buildingFrom(Tags tags) {
  Building building;
  building.name = nameFrom(tags);
  building.kind = buildingClass(tags);
  building.part = isBuildingPart(tags);
  building.roof = roofShape(valueOf(tags, "roof:shape"));
  if (building.roof == RoofShape::Flat) building.roof = roofShape(valueOf(tags, "building:roof:shape"));
  if (auto direction = parseDirection(valueOf(tags, "roof:direction")))
    building.roofDirectionDegrees = static_cast<float>(*direction);

  auto roofHeight = parseMetres(valueOf(tags, "roof:height"));
  auto roofLevels = parseCount(valueOf(tags, "roof:levels"));
  if (plausibleHeight(roofHeight))
    building.roofHeight = static_cast<float>(*roofHeight);
  else if (roofLevels && *roofLevels > 0 && *roofLevels < 20)
    building.roofHeight = static_cast<float>(*roofLevels * 2.5);

  auto height = parseMetres(valueOf(tags, "height"));
  if (!height) height = parseMetres(valueOf(tags, "building:height"));
  auto levels = parseCount(valueOf(tags, "building:levels"));
  if (!levels) levels = parseCount(valueOf(tags, "levels"));
  std::string_view heightSource = valueOf(tags, "height:source");
  bool guessed =
      heightSource.find("default") != std::string_view::npos || heightSource.find("estimat") != std::string_view::npos;
  if (plausibleHeight(height)) {
    building.height = static_cast<float>(*height);
    building.heightSource = guessed ? HeightSource::ClassDefault : HeightSource::Measured;
  } else if (levels && *levels > 0 && *levels < 300) {
    // building:levels counts storeys below the roof (Simple 3D Buildings).
    building.height =
        static_cast<float>(*levels * kStoreyMetres) + (building.roof == RoofShape::Flat ? 0 : building.roofHeight);
    building.heightSource = HeightSource::Levels;
  } else {
    building.height = static_cast<float>(defaultHeightMetres(building.kind));
    building.heightSource = HeightSource::ClassDefault;
  }
  auto under = parseMetres(valueOf(tags, "min_height"));
  if (!under) under = parseMetres(valueOf(tags, "building:min_height"));
  auto minLevel = parseCount(valueOf(tags, "building:min_level"));
  if (under && *under > 0)
    building.minHeight = static_cast<float>(*under);
  else if (minLevel && *minLevel > 0)
    building.minHeight = static_cast<float>(*minLevel * kStoreyMetres);
  if (building.heightSource == HeightSource::ClassDefault && building.minHeight > 0 &&
      building.height <= building.minHeight)
    building.height = building.minHeight + static_cast<float>(kStoreyMetres);

  building.colour = parseColour(valueOf(tags, "building:colour"));
  if (!building.colour) building.colour = parseColour(valueOf(tags, "building:color"));
  if (!building.colour) building.colour = colourOfMaterial(valueOf(tags, "building:material"));
  if (!building.colour) building.colour = colourOfMaterial(valueOf(tags, "building:facade:material"));
  building.roofColour = parseColour(valueOf(tags, "roof:colour"));
  if (!building.roofColour) building.roofColour = parseColour(valueOf(tags, "roof:color"));
  if (!building.roofColour) building.roofColour = colourOfMaterial(valueOf(tags, "roof:material"));
  return building;
}

}  // namespace cm::tiling
