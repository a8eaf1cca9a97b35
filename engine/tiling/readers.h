//! Files of city data into a Builder: OSM, footprints, and elevation models. Bad parts of a file are reported and left out;
//! an error means that the file could not be used any further. One thread a call; the Builder belongs to it meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tiling/builder.h"

namespace cm::tiling {

//! How a read ended where the file was bad: what was good before is in the builder.
struct ReadReport {
  size_t buildings = 0, ground = 0, labels = 0;
  std::vector<PlaceLabel> places;
  std::vector<std::vector<glm::dvec2>> coastlines;   // lon/lat, sea on the right: see seaFromCoastlines
  std::optional<glm::dvec4> headerBoxDegrees;   // what the file says it covers
  std::vector<std::string> problems;            // of single things; the rest was read
  std::optional<Error> cutOff;                  // the file ends badly: everything before is there
  std::string crs;                              // what coordinates were converted from; empty: they were WGS84
  double residualMetres = -1;                   // of that conversion; negative: none is stated
};

struct ReadOptions {
  std::string crs;                              // "": as the file says; OSM and GeoJSON are WGS84
  std::optional<glm::dvec4> bboxDegrees;        // what lies wholly outside is left out
  size_t memoryBytes = size_t{1} << 30;
  Path scratch;                                 // a folder for an index too large for memory
  std::function<void(double done, double total)> progress;   // bytes of the file
};

//! .osm, .osm.gz, .osm.bz2, .osm.pbf.
Result<ReadReport> readOsm(const std::string& file, const ReadOptions& options, Builder& builder);

//! Anything OGR opens: GeoJSON, GeoPackage, Shapefile, "PG:dbname=...". Heights in metres from `heightField`, else storeys from
//! `levelsField`, else the default. Fields "name", "building", "class", "id" are used where they are there.
struct FootprintFields {
  std::string height;
  std::string levels;
};
Result<ReadReport> readFootprints(const std::string& file, const FootprintFields& fields, const ReadOptions& options,
                                  Builder& builder);

//! An elevation model in memory. Heights are orthometric. Copies share the data; any thread may call it.
struct Dem {
  TerrainFunction terrain;
  std::string name;
  glm::dvec4 bboxDegrees{0};
  double knownShare = 1;                        // of the cells that have a height
};
//! Reads the part under `bboxDegrees`. Fails where the file has no CRS and `crs` names none.
Result<Dem> readDem(const std::string& file, const std::string& crs, const glm::dvec4& bboxDegrees);
//! Several models as one: the first that knows a place answers.
Dem combined(const std::vector<Dem>& models);

}  // namespace cm::tiling
