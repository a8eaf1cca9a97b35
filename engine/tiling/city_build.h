//! Files in, a city folder out: what `citymirror-tiler build` does, for the program and for importing inside the app. The
//! folder appears whole or not at all. One call at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tiling/builder.h"
#include "tiling/readers.h"

namespace cm::tiling {

struct CityInput {
  enum class Kind { Osm, Footprints, Dem } kind = Kind::Osm;
  std::string file;                    // or whatever OGR takes
  std::string crs;                     // "": as the file says
  FootprintFields fields;              // of footprints
};

struct CityOptions {
  Path out;                            // becomes the city's folder
  std::vector<CityInput> inputs;
  Text name;
  std::optional<glm::dvec4> bboxDegrees;
  size_t memoryBytes = size_t{2} << 30;
  unsigned jobs = 0;
  bool uncompressedTwin = false;
  std::function<void(const Progress&)> progress;
};

struct CityReport {
  BuildReport build;
  std::vector<std::string> problems;   // of the inputs: told to the user, the rest was built
  std::vector<std::string> notes;      // residuals of conversions and the like
};

enum class CityFailure { Usage, Input, Output };
struct CityError {
  CityFailure kind;
  Error error;
};

//! On failure nothing stands at `out` that was not there before; `<out>.work` stays where the next run can go on from it.
std::variant<CityReport, CityError> buildCity(const CityOptions& options);

}  // namespace cm::tiling
