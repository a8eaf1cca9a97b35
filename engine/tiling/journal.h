//! What a build has done so far, on disk in its work folder, so that an interrupted one can go on: a small state file and a
//! journal with one checked record per finished tile. Any thread may append.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "tiling/emit.h"

namespace cm::tiling {

struct BuildState {
  std::string fingerprint;
  std::string stage;                    // "", "read", "sorted"
  glm::dvec4 bboxDegrees{0};
  size_t partsPlaced = 0, outlinesReplaced = 0;
  bool partial = false;                 // an input was damaged: not everything in it is here
  std::vector<std::string> repaired, dropped;
};

//! An empty state where there is none, or one that cannot be read.
BuildState readState(const Path& file);
Result<void> writeState(const Path& file, const BuildState& state);

class Journal {
 public:
  Journal() = default;
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  //! Reads what an earlier run finished (a torn last record is dropped) and goes on appending.
  Result<void> open(const Path& file);
  Result<void> append(const TileRecord& record);
  //! Null where the tile is not finished.
  const TileRecord* find(const TileId& id) const;

 private:
  Path path_;
  int descriptor_ = -1;
  std::mutex mutex_;
  std::map<TileId, TileRecord> finished_;
};

}  // namespace cm::tiling
