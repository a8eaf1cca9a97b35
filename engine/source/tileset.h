//! 3D Tiles 1.0 and 1.1: tileset.json and content, from bytes to plain data. Bad data never throws; the error names the uri,
//! the place, what was found and what was expected. Any thread.
//! Formats: OGC 22-025r4 (3D Tiles 1.1), 3D Tiles 1.0 Batched 3D Model.
#pragma once

#include <glm/glm.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "geo/bounds.h"
#include "source/content.h"
#include "source/resources.h"

namespace cm::source {

enum class Refine { Replace, Add };

//! What a line of metadata is about.
enum class FactOf : uint8_t { Feature, Tile, Content, Group, Subtree, Tileset };

//! One line of metadata as a person reads it.
struct Fact {
  std::string name, value;
  FactOf of = FactOf::Feature;
  bool operator==(const Fact&) const = default;
};

struct ImplicitTiling;

//! Tiles that are not written down one by one: their subtree file says which there are (3D Tiles 1.1, "Implicit tiling").
struct SubtreeRef {
  std::shared_ptr<const ImplicitTiling> tiling;
  uint32_t level = 0;                        // of the subtree's root
  uint64_t x = 0, y = 0, z = 0;
};

struct TerrainLayer;
struct TerrainAvailability;

//! A tile of a terrain (terrain.h). Its content also says which tiles lie below.
struct TerrainRef {
  std::shared_ptr<const TerrainLayer> layer;
  std::shared_ptr<const TerrainAvailability> available;
  uint32_t level = 0, x = 0, y = 0;          // x from the west, y from the south
  bool cut = false;                          // not available itself: its quarter of the content above, and nothing below
};

struct TileDescription {
  glm::dmat4 ecefFromTile{1.0};              // all transforms from the root multiplied in
  geo::BoundingVolume bounds;                // in ECEF
  double geometricError = 0;
  Refine refine = Refine::Replace;
  std::optional<geo::BoundingVolume> requestVolume;  // in ECEF: seen only from inside
  std::vector<std::string> contentUris;      // resolved; empty: an empty tile
  std::optional<SubtreeRef> subtree;         // then the one content is a subtree file
  std::optional<TerrainRef> terrain;         // then the one content is a quantized mesh
  std::vector<Fact> facts;                   // the tile's metadata
  std::vector<std::vector<Fact>> contentFacts;  // by content: its group's and its own; may be shorter than contentUris
  std::vector<uint32_t> children;            // indices into Tileset::tiles
};

struct Tileset {
  std::string uri;
  std::string version;                       // "1.0", "1.1"
  double geometricError = 0;
  bool zUpContent = false;                   // asset.gltfUpAxis "Z" (legacy)
  std::vector<TileDescription> tiles;        // [0] is the root; parents before children
  std::optional<geo::Region> focus;          // where to look first, where that is not the whole of the root
  std::vector<Fact> facts;                   // metadata of the tileset or subtree as a whole
  std::vector<std::string> warnings;         // tiles left out and why
};

//! `parent` is the transform of the tile that refers to this tileset (identity at the top), `parentZUp` the zUpContent of
//! its tileset: external tilesets that say nothing about their axis take it over. A terrain's layer.json is one as well; it lies
//! where the Earth is, whatever `parent` says.
Result<Tileset> parseTileset(std::span<const std::byte> json, const std::string& uri,
                             const glm::dmat4& parent = glm::dmat4(1.0), bool parentZUp = false);

//! The tiles of a subtree file, binary or JSON; [0] is its root, and tiles that stand for the subtrees below are leaves with a
//! `subtree` of their own. Files that it refers to are taken from `resources` (see decodeContent).
Result<Tileset> parseSubtree(std::span<const std::byte> bytes, const std::string& uri, const SubtreeRef& subtree,
                             Resources* resources = nullptr);

//! A tile of a terrain: its mesh, how high it truly is, and the tiles below.
struct TerrainTile {
  MeshContent mesh;
  geo::Region bounds;
  std::vector<TileDescription> children;
};
Result<TerrainTile> decodeTerrain(std::span<const std::byte> bytes, const std::string& uri, const TerrainRef& ref);

//! What a content turned out to be: a mesh, or another tileset (told by its bytes, not by its name).
bool isTilesetJson(std::span<const std::byte> bytes);

//! glTF in binary or JSON form (1.1); b3dm, i3dm, pnts and cmpt (1.0). `ecefFromTile` is the tile's transform. What the content
//! refers to is taken from `resources`; where that lacks something, fetch what it names as missing and decode again, whatever
//! the answer was. Null: nothing outside the file is read.
Result<MeshContent> decodeContent(std::span<const std::byte> bytes, const std::string& uri, const glm::dmat4& ecefFromTile,
                                  bool zUpContent = false, Resources* resources = nullptr);

}  // namespace cm::source
