//! The second stage of a build: spooled records get their place (key, ground height, size) and are sorted by key, in runs
//! that fit the memory limit, merged from disk. Parts of buildings find their outlines here. One call at a time.
#pragma once

#include <functional>
#include <vector>

#include "tiling/local_frame.h"
#include "tiling/quadtree.h"
#include "tiling/spool.h"

namespace cm::tiling {

//! What choosing and placing a building needs without decoding it.
struct BuildingEntry {
  uint64_t key = 0;             // pointKey of its centre; a part has that of its outline
  uint64_t offset = 0;          // of its record in buildings.rec
  uint32_t size = 0;
  uint32_t triangles = 0;       // estimate
  float x = 0, y = 0;           // its centre, ENU
  float reach = 0;              // of its farthest corner from the centre
  float area = 0;               // square metres
  float base = 0;               // orthometric: mean ground at the corners of the outer ring, where heights count from
  float low = 0;                // orthometric: lowest of these, where walls start
  float height = 0;             // top above base
  float minHeight = 0;
  float above = 0;              // what details add on top (a stair head)
  uint32_t rings = 1;           // outer and courtyards
  //! Above everything of the ground at the building: what leaving it out costs on a terrain drawn exactly.
  float rise() const { return height + base - low; }
};
static_assert(sizeof(BuildingEntry) == 64);

struct GroundEntry {
  uint64_t key = 0;             // boxKey
  uint64_t offset = 0;
  uint32_t size = 0;
  uint32_t points = 0;
  float loX = 0, loY = 0, hiX = 0, hiY = 0;   // ENU, width included
  float width = 0;              // of a line
  float area = 0;               // of an area
  float length = 0;             // of a line
  uint8_t kind = 0;
  uint8_t bridge = 0, tunnel = 0;
  int8_t layer = 0;
  bool touches(const Square& square) const {
    return hiX >= square.lo.x && loX <= square.hi().x && hiY >= square.lo.y && loY <= square.hi().y;
  }
};
static_assert(sizeof(GroundEntry) == 56);

struct ArrangeOptions {
  Path work;                    // holds buildings.spool and ground.spool; gets *.rec and *.idx
  size_t memoryBytes = size_t{1} << 30;
  std::function<void(double done, double total)> progress;
};

struct ArrangeReport {
  size_t buildings = 0, ground = 0;
  size_t partsPlaced = 0, outlinesReplaced = 0;
};

//! One spooled record with its length before it.
void frameRecord(std::string_view payload, std::string& out);

Result<ArrangeReport> arrange(const ArrangeOptions& options, const LocalFrame& frame, const Square& root);

}  // namespace cm::tiling
