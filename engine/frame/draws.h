//! From the tiles of a side to a few indirect draws: one for each (class, records looked up or not, sidedness, width of the
//! indices, chunk), and one direct draw for each textured run. Lives for one frame. Loop's thread.
#pragma once

#include <initializer_list>
#include <unordered_map>
#include <vector>

#include "frame/pass_context.h"
#include "frame/visibility.h"
#include "shared/draw.h"

namespace cm::frame {

//! A resident tile in the axes of the document's origin; kept while the tile is resident.
struct PlacedTile {
  const residency::ResidentTile* tile = nullptr;
  glm::dmat4 enuFromContent{1.0};
  glm::dvec3 loEnu{0}, hiEnu{0};   // box around the content's box
  uint64_t generation = 0;
};

PlacedTile placed(const residency::ResidentTile& tile, const geo::EnuFrame& axes);
//! How the tile stands to the eye: worked out in double, and only what is left of it becomes float. The rest is filled in by buildDraws.
shared::DrawInstance instanceOf(const View& view, const PlacedTile& placed);

class PlacedTiles {
 public:
  const PlacedTile* place(const residency::Residency& residency, const geo::EnuFrame& axes, tiles::TileId tile);
  void forget() { tiles_.clear(); }

 private:
  std::unordered_map<tiles::TileId, PlacedTile> tiles_;
};

struct DrawGroup {
  residency::DrawClass kind = residency::DrawClass::Solid;
  bool records = false;
  bool doubleSided = false;
  VkIndexType indexType = VK_INDEX_TYPE_UINT32;
  uint32_t chunk = 0;
  VkDeviceSize firstCommand = 0;   // bytes into DrawList::commands
  uint32_t count = 0;
};

struct TexturedDraw {
  const residency::ResidentTile* tile = nullptr;
  const residency::TileDraw* draw = nullptr;
  uint32_t instance = 0;
};

struct DrawList {
  std::vector<DrawGroup> groups;
  std::vector<TexturedDraw> textured, texturedBlended;   // nearest first
  std::vector<tiles::TileId> tiles;   // by DrawInstance::id - 1
  Slice instances;                    // DrawInstance each, vertex buffer binding 1
  Slice commands;                     // VkDrawIndexedIndirectCommand each
  uint32_t triangles = 0, draws = 0;
};

//! What one side draws this frame, and what it is made of, nearest first.
struct SideDraws {
  struct Fade {
    DrawList in, out;
    float share = 0;
  };
  std::vector<const PlacedTile*> tiles;   // with those that fade in, without those that fade out
  DrawList list;                          // of those that do not fade
  std::vector<Fade> fades;
};

enum class DrawSet { Picture, Casters };

//! `tiles` nearest first. `Casters` leaves out ground, water, points, lines and what one sees through.
DrawList buildDraws(FrameArena& arena, const View& view, std::span<const PlacedTile* const> tiles, const Visibility& visibility,
                    unsigned slot, bool changing, DrawSet set, bool buildings = true);

//! Vertex input of everything that draws tiles: binding 0 vertices, 1 instances, 2 uvs (textured only).
struct TileVertexInput {
  std::vector<VkVertexInputBindingDescription> bindings;
  std::vector<VkVertexInputAttributeDescription> attributes;
};
//! Only the `locations` its shader reads (shared/tile_vertex.glsl).
TileVertexInput tileVertexInput(const std::vector<uint32_t>& locations);

VkPrimitiveTopology topologyOf(residency::DrawClass kind);

//! Binds a group's buffers and draws it; pipeline, sets and push constants are the caller's.
void drawGroup(VkCommandBuffer commands, const residency::Residency& residency, const DrawList& list, const DrawGroup& group);

}  // namespace cm::frame
