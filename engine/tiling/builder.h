//! The tiler: city data in, one 3D Tileset out. Out of core and parallel: `add` spools records to disk under a 64-bit spatial
//! key, `finish` sorts them and emits tiles. The output is the same for any memory limit and any number of jobs; an
//! interrupted run resumes; the output folder appears whole or not at all: it is made in `<out>.work/` and then renamed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "city/document.h"
#include "tiling/model.h"
#include "tiling/quadtree.h"
#include "tiling/writer.h"

namespace cm::tiling {

struct Progress {
  std::string stage;             // "read", "sort", "bake", "emit"
  double done = 0, total = 0;    // of `unit`; total 0: unknown
  std::string unit;
  double secondsLeft = -1;
};

//! The ground of a land beside a city, for looking at from there: a square of the ENU plane in coarse leaves, of which squares that
//! begin beyond `end` are left out.
struct Landscape {
  Square square;
  glm::dvec2 end{1e9};
  double leafMetres = 1'600;
};

struct BuildOptions {
  Path out;                      // folder that gets <tilesetName>/tileset.json and its tiles
  std::string tilesetName = "tiles";
  size_t memoryBytes = size_t{2} << 30;
  unsigned jobs = 0;             // 0: all cores
  std::string attribution;
  bool synthetic = false;
  std::function<void(const Progress&)> progress;
  bool uncompressedTwin = false; // also writes <tilesetName>_raw/, for the validators
  bool ground = true;            // false: buildings only, e.g. a project's additions
  std::optional<geo::Geodetic> origin;   // of the ENU frame; default: the middle of the data
  std::optional<glm::dvec4> bboxDegrees; // west, south, east, north of the ground to be drawn; default: that of the buildings
  std::optional<Landscape> landscape;
  //! Names the inputs (files, sizes, dates, options). A work folder left behind by a build of the same fingerprint is gone on
  //! with; empty: always from the start.
  std::string fingerprint;
};

struct StageTime {
  std::string stage;
  double seconds = 0;
};

struct BuildReport {
  size_t buildings = 0, groundFeatures = 0, tiles = 0, triangles = 0;
  size_t bytes = 0, rootBytes = 0;
  std::vector<StageTime> stages;       // wall time; those named "emit: ..." are summed over all threads
  std::vector<std::string> repaired;   // ids and what was wrong; also written to <out>/<tilesetName>/report.json
  std::vector<std::string> dropped;    // ids and why
  bool partial = false;                // an input was damaged: the city holds what could be read
  geo::Geodetic origin;
  glm::dvec4 bboxDegrees{0};           // west, south, east, north
  Square square;                       // of the ENU plane, with ground
  double maxHeight = 0;
  glm::dvec2 heartLonLat{0};           // where the most is built: what a visitor wants to see first
};

class Builder {
 public:
  explicit Builder(BuildOptions options);
  ~Builder();
  Builder(Builder&&) noexcept;
  Builder& operator=(Builder&&) noexcept;

  //! True where an interrupted build with the same fingerprint had read everything: `add` does nothing, go on to `finish`.
  bool alreadyRead() const;
  //! Something a reader repaired or left out, for the report.
  void noteRepaired(std::string what);
  void noteDropped(std::string what);
  //! An input is damaged: part of it could not be used. A resumed build remembers it.
  void notePartial();
  //! What has been added so far: west, south, east, north; of buildings, or of everything while there are none.
  glm::dvec4 bboxDegrees() const;

  //! Geometry is checked and repaired here (GEOS MakeValid) and the repair reported. Not thread-safe.
  Result<void> add(Building building);
  Result<void> add(GroundFeature feature);
  //! Terrain for the whole build; the default is sea level everywhere. `name` goes into the report.
  void setTerrain(TerrainFunction terrain, std::string name);
  Result<BuildReport> finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::tiling
