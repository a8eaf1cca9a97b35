//! A city's folder, or a tileset's, into one file that CityMirror opens as it is: what `citymirror-tiler pack` does. The file appears
//! whole or not at all; the same folder makes the same bytes, however many threads work. One call at a time.
#pragma once

#include <functional>

#include "tiling/city_build.h"

namespace cm::tiling {

struct PackOptions {
  Path from;         // a folder with city.json (tileset.json where `out` ends in .3tz), or that document
  Path out;          // .zip: a city; .3tz: a tileset. Both get the index of 3TZ, which makes them open at once whatever their size
  unsigned jobs = 0;
  std::function<void(const Progress&)> progress;
};

struct PackReport {
  size_t files = 0;
  uint64_t bytes = 0, packedBytes = 0;  // of the files; of the archive
};

//! Refused where the archive would not open complete: the document names files outside its folder, or the folder holds archives,
//! which are not read in another. Hidden files stay out.
std::variant<PackReport, CityError> pack(const PackOptions& options);

}  // namespace cm::tiling
