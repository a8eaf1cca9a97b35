//! The last stage of a build: sorted records to the content of one tile. Each tile is made from the records alone, so tiles can
//! be made in any order, by any number of threads, and again after an interruption. Any thread may call `Emitter::make`.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tiling/arrange.h"
#include "tiling/builder.h"
#include "tiling/geometry.h"
#include "tiling/terrain_error.h"
#include "tiling/writer.h"

namespace cm::tiling {

//! One tile to be made, before its content is known.
struct TilePlan {
  TileId id;
  bool leaf = true;
  uint32_t depthBelow = 0;            // levels of tiles under it
  std::array<int, 4> children{-1, -1, -1, -1};   // indices into the plan
};

//! What became of a tile; what the journal keeps.
struct TileRecord {
  TileId id;
  uint8_t hasContent = 0;
  glm::dvec3 lo{0}, hi{0};            // ENU, of the content alone
  double geometricError = 0;          // from this tile's own data; that of leaves' ground is added when all are known
  double terrainError = 0, skirtMetres = 0;
  uint64_t bytes = 0, triangles = 0, features = 0;
};

//! Nanoseconds spent in each kind of work, over all threads.
struct EmitTimes {
  std::atomic<int64_t> buildings{0}, ground{0}, sky{0}, write{0};
};

struct EmitOptions {
  Path folder;                        // gets <z>/<x>/<y>.glb
  Path rawFolder;                     // the uncompressed twin; empty: none
  std::string copyright;
  bool ground = true;
  std::optional<Landscape> landscape{};
};

inline constexpr size_t kRootBytesLimit = size_t{2} << 20;

class Emitter {
 public:
  Emitter(EmitOptions options, const Path& work, const LocalFrame& frame, const Square& root);

  //! Opens the sorted records.
  Result<void> open();
  //! Splits squares until each leaf holds at most about 500 buildings and 20,000 triangles. Parents before children.
  std::vector<TilePlan> plan() const;
  //! Heights of all that stands in the city, for baked sky visibility.
  void prepareSky();
  Result<TileRecord> make(const TilePlan& plan);

  size_t buildingCount() const { return buildings_.size(); }
  size_t groundCount() const { return ground_.size(); }
  double maxHeight() const;
  //! The middle of the square of 1.5 km with the greatest volume of buildings (longitude, latitude, degrees).
  glm::dvec2 heartLonLat() const;
  const EmitTimes& times() const { return times_; }
  size_t geosFailures() const { return geosFailures_; }

 private:
  struct Chosen {
    std::vector<size_t> buildings;    // entry indices, ascending
    size_t whole = 0;                 // so many of them in their own shape, the others as huts
    double droppedError = 0;          // of buildings left out
  };
  struct Range {
    size_t first = 0, last = 0;
  };
  struct Detail;                      // what a tile of this depth draws

  Range buildingsIn(const TileId& id) const;
  Chosen choose(const TilePlan& plan, size_t triangleBudget) const;
  std::vector<size_t> groundIn(const TileId& id) const;
  Detail detailOf(const TilePlan& plan, const TerrainSamples* terrain, double droppedError, size_t attempt) const;
  double addBuildings(TileMesh& mesh, const Chosen& chosen, const Detail& detail);
  double addGround(TileMesh& mesh, const TilePlan& plan, const Detail& detail);
  LocalBuilding localBuilding(const Building& building, const BuildingEntry& entry) const;

  EmitOptions options_;
  Path work_;
  const LocalFrame& frame_;
  Square root_;
  MappedFile buildingFile_, buildingIndex_, groundFile_, groundIndex_;
  std::span<const BuildingEntry> buildings_;
  std::span<const GroundEntry> ground_;
  std::unordered_map<uint64_t, int> bridgeEnds_;   // how many bridges end at a point
  std::optional<HeightField> sky_;
  EmitTimes times_;
  std::atomic<size_t> geosFailures_{0};
};

}  // namespace cm::tiling
