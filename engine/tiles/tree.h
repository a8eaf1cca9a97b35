//! The tile tree of all tilesets together. Owned and changed by the loop's thread only (streaming grows it when external
//! tilesets arrive); selection reads it.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "geo/bounds.h"
#include "source/tileset.h"

namespace cm::tiles {

using TileId = uint32_t;
using TilesetId = uint16_t;
inline constexpr TileId kNoTile = 0xffffffff;

struct Tile {
  geo::BoundingVolume bounds;
  glm::dmat4 ecefFromTile{1.0};
  double geometricError = 0;
  TileId parent = kNoTile;
  std::vector<TileId> children;
  source::Refine refine = source::Refine::Replace;
  std::optional<geo::BoundingVolume> requestVolume;  // seen only from inside
  std::vector<std::string> contentUris;      // empty: nothing to draw here
  std::optional<source::SubtreeRef> subtree; // its content is a subtree file: it will be external
  std::optional<source::TerrainRef> terrain; // its content brings the tiles below
  std::vector<source::Fact> facts;           // metadata of the tile and of its contents
  uint32_t enclosing = 0;                    // index into TileTree::enclosing
  TilesetId tileset = 0;
  uint16_t depth = 0;
  bool external = false;                     // its content turned out to be a tileset, now grafted as child
};

struct TilesetEntry {
  std::string uri;
  glm::dmat4 ecefFromTileset{1.0};           // where it is laid, above its own transforms
  TileId root = kNoTile;                     // kNoTile until its json has arrived
  bool failed = false;
  std::string error;
};

struct TileTree {
  std::vector<Tile> tiles;
  std::vector<TilesetEntry> tilesets;        // index = TilesetId
  //! Metadata of what tiles lie in, the innermost subtree or tileset first; [0] is of those that lie in nothing that says any.
  std::vector<std::vector<source::Fact>> enclosing{{}};
};

//! Absent .. Resident as in DESIGN.md, decision 2.
enum class TileState : uint8_t { Absent, Fetching, Decoding, Decoded, Uploading, Resident, Failed };

}  // namespace cm::tiles
