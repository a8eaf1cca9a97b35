//! OSM tags to the city's model, tolerantly: heights, storeys, roofs, colours, classes and widths. Pure; any thread.
//! Keys and values as the OSM wiki describes them (Simple 3D Buildings, Key:highway, Map features).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "tiling/model.h"

namespace cm::tiling {

using Tag = std::pair<std::string_view, std::string_view>;
using Tags = std::span<const Tag>;

//! The value of `key`; empty where there is none.
std::string_view valueOf(Tags tags, std::string_view key);

//! "12", "12 m", "12,5", "40'", "40 ft", "5'6\"", "3;4" (the greatest), "~12", "0.5 km". None where no number is found.
std::optional<double> parseMetres(std::string_view text);
//! "4", "1.5", "3;4" (the greatest), "3-5" (the last). None where no number is found.
std::optional<double> parseCount(std::string_view text);
//! "#rgb", "#rrggbb" (the # may lack), CSS names, sRGB 0..1.
std::optional<glm::vec3> parseColour(std::string_view text);
//! A typical colour of a building or roof material ("brick", "roof_tiles" ...), sRGB.
std::optional<glm::vec3> colourOfMaterial(std::string_view material);
//! Clockwise from north: "135", "SW", "south-west".
std::optional<double> parseDirection(std::string_view text);
//! A layer; 0 where it cannot be read.
int8_t parseLayer(std::string_view text);

bool isBuilding(Tags tags);       // building=* but no
bool isBuildingPart(Tags tags);   // building:part=* and not a building itself
BuildingClass buildingClass(Tags tags);
//! Everything of a Building but id and rings.
Building buildingFrom(Tags tags);

inline constexpr double kStoreyMetres = 3;

//! What an area is on the ground; none where it is nothing we draw.
std::optional<GroundFeature> groundAreaFrom(Tags tags);
//! What a line is; width from `width`, else `lanes`, else the class.
std::optional<GroundFeature> groundLineFrom(Tags tags);
//! A closed way that is a line all the same (roundabouts, tracks) unless area=yes.
bool closedIsLine(Tags tags);

//! Stations, places, summits, sights with a name. `lonLat` and `id` are left to the caller.
std::optional<PlaceLabel> labelFrom(Tags tags);

//! "name:zh" and kin first, else "name".
std::string nameFrom(Tags tags);

}  // namespace cm::tiling
