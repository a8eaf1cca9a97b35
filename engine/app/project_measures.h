//! What stands and grows inside each project's boundary, measured on the contents of tiles as they come: buildings with their
//! footprints, and of the ground what is green. Loop's thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/ui/card_data.h"
#include "city/document.h"
#include "frame/frame.h"
#include "geo/ellipsoid.h"
#include "tiles/tree.h"

namespace cm::app {

class ProjectMeasures {
 public:
  ProjectMeasures(const city::Document& document, const frame::VectorLayers& layers, const geo::EnuFrame& axes);

  void add(tiles::TileId tile, const source::MeshContent& content);
  void remove(tiles::TileId tile) { tiles_.erase(tile); }
  void clear() { tiles_.clear(); }

  //! Of one project: today, and with all of it built. `addition` tells which tilesets stand for it. Counted in the finest tiles that
  //! are here and cover the place; empty where none is.
  ui::ModelFigures figures(size_t project, const tiles::TileTree& tree,
                           const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition) const;
  //! Changes whenever a tile that was measured comes or goes.
  uint64_t generation() const { return generation_; }

 private:
  static constexpr int kCells = 96;                // of a side of the grid that the ground is measured on
  enum class Ground : uint8_t { Unknown, Other, Green };
  struct Area {
    glm::dvec2 lo{0}, hi{0};                       // east, north
    std::vector<uint8_t> inside;                   // by cell: within the boundary
    std::vector<Ground> planned;                   // by cell: what the project's ground makes of it
    bool empty() const { return inside.empty(); }
    glm::dvec2 place(int cell) const;
  };
  struct Standing {
    uint64_t id = 0;
    double footprint = 0, height = 0;
    bool leaves = false;                           // taken away by the project
  };
  struct Measured {
    std::vector<Standing> buildings;
    std::vector<Ground> ground;                    // by cell, or empty
  };
  using OfTile = std::map<size_t, Measured>;       // by project

  void measureBuildings(const source::MeshContent& content, OfTile& out) const;
  void measureGround(const source::MeshContent& content, const std::vector<size_t>& near, OfTile& out) const;
  bool cover(const tiles::TileTree& tree, tiles::TileId tile, size_t project, std::vector<const Measured*>& out, bool& partial) const;

  const city::Document& document_;
  geo::EnuFrame axes_;
  std::vector<Area> areas_;                        // by project
  std::unordered_map<tiles::TileId, OfTile> tiles_;   // every resident tile; mostly of no project
  uint64_t generation_ = 0;
};

}  // namespace cm::app
