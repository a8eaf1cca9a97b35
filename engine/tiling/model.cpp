#include "tiling/model.h"

#include <array>

namespace cm::tiling {
namespace {

struct ClassFacts {
  std::string_view name;
  double defaultHeightMetres;
};

// Two storeys for a house, one for a garage; the rest are the usual storey counts of the class times three metres.
constexpr std::array<ClassFacts, 18> kBuildings{{{"house", 6},      {"residential", 9}, {"apartments", 18}, {"commercial", 12},
                                                 {"office", 20},    {"retail", 6},      {"hotel", 20},      {"industrial", 9},
                                                 {"warehouse", 9},  {"public", 10},     {"school", 12},     {"hospital", 18},
                                                 {"religious", 12}, {"historic", 8},    {"transport", 8},   {"garage", 3},
                                                 {"shed", 3},       {"other", 7}}};

constexpr std::array<std::string_view, 21> kGround{
    "land",  "residential", "commercial", "industrial", "farmland", "sand",       "rock",       "grass",    "park", "forest", "pitch",
    "plaza", "water",       "sea",        "path",       "road_minor", "road_major", "motorway", "rail",     "runway", "pier"};
static_assert(kGround.size() == static_cast<size_t>(GroundClass::Pier) + 1);
static_assert(kBuildings.size() == static_cast<size_t>(BuildingClass::Other) + 1);

}  // namespace

std::string_view nameOf(BuildingClass kind) { return kBuildings[static_cast<size_t>(kind)].name; }
double defaultHeightMetres(BuildingClass kind) { return kBuildings[static_cast<size_t>(kind)].defaultHeightMetres; }

std::string_view nameOf(HeightSource source) {
  switch (source) {
    case HeightSource::Measured: return "measured";
    case HeightSource::Levels: return "levels";
    case HeightSource::ClassDefault: return "class default";
    case HeightSource::Rule: return "rule";
  }
  return "";
}

std::string_view nameOf(GroundClass kind) { return kGround[static_cast<size_t>(kind)]; }

bool isLine(GroundClass kind) {
  switch (kind) {
    case GroundClass::Path:
    case GroundClass::RoadMinor:
    case GroundClass::RoadMajor:
    case GroundClass::Motorway:
    case GroundClass::Rail:
    case GroundClass::Runway:
    case GroundClass::Pier: return true;
    default: return false;
  }
}

}  // namespace cm::tiling
