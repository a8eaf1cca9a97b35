//! What tileset.cpp and subtree.cpp share: bounding volumes as written, implicit tiling, metadata as facts. Pure; any thread.
//! Formats: OGC 22-025r4 (3D Tiles 1.1), 3DTILES_implicit_tiling, 3DTILES_bounding_volume_S2.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "geo/bounds.h"
#include "geo/s2.h"
#include "source/json.h"
#include "source/tileset.h"

namespace cm::source {

//! A bounding volume in the tile's own axes. An S2 cell is also kept as such: its quarters are not those of its box.
struct ReadVolume {
  geo::BoundingVolume volume;
  std::optional<geo::S2Cell> cell;
  double minHeight = 0, maxHeight = 0;  // of the cell
};
Result<ReadVolume> readVolume(const Json& json, const std::string& path);

struct ImplicitTiling {
  bool octree = false;
  uint32_t subtreeLevels = 1, availableLevels = 1;
  glm::dmat4 ecefFromTile{1.0};
  ReadVolume volume;                     // of the root, in its own axes
  double geometricError = 0;             // of the root
  Refine refine = Refine::Replace;
  std::string tilesetUri;
  std::vector<std::string> contents;     // templates, as written
  std::vector<std::vector<Fact>> contentFacts;  // by template: its group's and its own; may be shorter
  std::string subtrees;                  // template
  bool zUp = false;
  std::shared_ptr<JsonDocument> document;  // the tileset's, for its schema
};
Result<ImplicitTiling> readImplicitTiling(const Json& json, const std::string& path);

//! Within the tile's own axes; nothing where the root's volume cannot be divided.
std::optional<geo::BoundingVolume> dividedVolume(const ImplicitTiling& tiling, uint32_t level, uint64_t x, uint64_t y, uint64_t z);

//! "{level}/{x}_{y}.glb" with the numbers in place, resolved against the tileset.
std::string filledIn(const ImplicitTiling& tiling, std::string_view pattern, uint32_t level, uint64_t x, uint64_t y, uint64_t z);
std::string subtreeUri(const SubtreeRef& subtree);

//! The properties of a metadata entity ({"class":..., "properties":{...}}).
std::vector<Fact> factsOf(const Json& entity, FactOf of);

}  // namespace cm::source
