//! The names that city.json uses: the keys of each kind of object and the words of each enumeration, in the order they are
//! written. Parser, writer and assets/schema/city.schema.json agree by this one table (a test holds them together).
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "city/document.h"

namespace cm::city::format {

using Name = std::string_view;
using Names = std::span<const Name>;

inline constexpr std::array<Name, 2> kText{"zh", "en"};
inline constexpr std::array<Name, 3> kPlace{"lon", "lat", "height"};
inline constexpr std::array<Name, 5> kCamera{"lon", "lat", "height", "heading", "pitch"};
inline constexpr std::array<Name, 6> kSource{"id", "name", "licence", "uri", "date", "note"};
inline constexpr std::array<Name, 5> kTileset{"id", "name", "uri", "credentials", "source"};
inline constexpr std::array<Name, 10> kItem{"id",    "name",             "colour", "status", "opens",
                                            "lengthKilometres", "story", "source", "network", "service"};
inline constexpr std::array<Name, 4> kService{"headwaySeconds", "speedKilometresPerHour", "dwellSeconds",
                                              "trainMetres"};
inline constexpr std::array<Name, 7> kOverlay{"id", "kind", "name", "uri", "credentials", "source", "items"};
inline constexpr std::array<Name, 19> kImagery{
    "id",         "name",     "kind",     "uri",         "matrix", "layer",   "style", "matrixSet",      "format",
    "subdomains", "minLevel", "maxLevel", "levelOffset", "bounds", "opacity", "key",   "keyEnvironment", "attribution",
    "source"};
inline constexpr std::array<Name, 4> kPhase{"id", "name", "from", "to"};
inline constexpr std::array<Name, 3> kRemoval{"phase", "featureIds", "inside"};
inline constexpr std::array<Name, 4> kAddition{"phase", "tileset", "ground", "credentials"};
inline constexpr std::array<Name, 4> kFigure{"label", "unit", "before", "after"};
inline constexpr std::array<Name, 12> kProject{"id",     "name",     "kind",      "status",  "story", "boundary",
                                               "phases", "removals", "additions", "figures", "view",  "source"};
inline constexpr std::array<Name, 5> kScenario{"id", "name", "date", "allProjects", "projects"};
inline constexpr std::array<Name, 3> kView{"id", "name", "camera"};
inline constexpr std::array<Name, 4> kStyle{"id", "name", "show", "colour"};
inline constexpr std::array<Name, 6> kStyleColour{"property", "unit", "stops", "stepped", "categories", "other"};
inline constexpr std::array<Name, 2> kStop{"value", "colour"};
inline constexpr std::array<Name, 3> kCategory{"value", "colour", "name"};
inline constexpr std::array<Name, 4> kPicture{"of", "uri", "caption", "source"};
inline constexpr std::array<Name, 19> kCity{"version",  "id",        "name",    "description", "illustrative",   "origin",
                                            "geoid",    "dataDate",  "sources", "tilesets",    "allowedOrigins", "overlays",
                                            "imagery",  "projects",  "scenarios", "views",     "styles",         "pictures", "extras"};

struct Kind {
  Name name;  // as in the schema's $defs; "city" is its root
  Names keys;
};
inline constexpr std::array<Kind, 22> kKinds{{{"city", kCity},
                                              {"text", kText},
                                              {"place", kPlace},
                                              {"camera", kCamera},
                                              {"source", kSource},
                                              {"tileset", kTileset},
                                              {"overlay", kOverlay},
                                              {"item", kItem},
                                              {"service", kService},
                                              {"imagery", kImagery},
                                              {"project", kProject},
                                              {"phase", kPhase},
                                              {"removal", kRemoval},
                                              {"addition", kAddition},
                                              {"figure", kFigure},
                                              {"scenario", kScenario},
                                              {"view", kView},
                                              {"style", kStyle},
                                              {"styleColour", kStyleColour},
                                              {"stop", kStop},
                                              {"category", kCategory},
                                              {"picture", kPicture}}};

// Indexed by the enumerations of document.h.
inline constexpr std::array<Name, 6> kOverlayKinds{"greenway", "metro", "rail", "district", "place", "ground"};
inline constexpr std::array<Name, 5> kImageryKinds{"xyz", "tms", "wmts", "wms", "mbtiles"};
inline constexpr std::array<Name, 2> kImageryMatrices{"webMercator", "geographic"};
inline constexpr std::array<Name, 4> kNetworks{"urban", "suburban", "intercity", "highSpeed"};
inline constexpr std::array<Name, 4> kStatuses{"existing", "planned", "underConstruction", "approved"};
inline constexpr std::array<Name, 8> kProjectKinds{"oldCommunity",       "villageInCity", "historicQuarter", "waterfront",
                                                   "industrialHeritage", "park",          "transport",       "other"};

}  // namespace cm::city::format
