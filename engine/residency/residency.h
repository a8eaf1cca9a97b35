//! What lives on the GPU: meshes in shared arenas, textures, feature records. Obeys streaming's orders; hands handles to retire
//! with a timeline value. Belongs to the loop's thread; must not outlive the device.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gpu/device.h"
#include "source/content.h"
#include "tiles/streaming.h"

namespace cm::residency {

//! One feature's GPU record (shaders/shared/feature.h) is a word of bits and the height of the feature's base in its content frame.
//! Bit s: visible in view slot s now. Bit 8+s: was visible in slot s when the running transition began. Bit 16: highlighted.
//! Bits 17..: free.
inline constexpr unsigned kMaxViewSlots = 8;
inline constexpr uint32_t kHighlightBit = 1u << 16;
inline constexpr uint32_t kVisibleEverywhere = 0xffff;  // what a new tile's features are until setRecords

struct FeatureRef {
  tiles::TileId tile = tiles::kNoTile;
  uint32_t feature = 0;
};

//! Decides the pipeline a run of triangles, points or lines is drawn with.
enum class DrawClass : uint8_t { Solid, Ground, Water, Textured, Points, Lines, Blended };

//! A run of indices with one look; offsets are those of vkCmdDrawIndexed in the tile's chunk.
struct TileDraw {
  DrawClass kind = DrawClass::Solid;
  bool doubleSided = false;
  bool unlit = false;
  uint32_t firstIndex = 0, indexCount = 0;
  glm::vec4 baseColour{1.0f};                   // linear
  float alphaCutoff = 0;
  VkDescriptorSet texture = VK_NULL_HANDLE;     // Textured only; layout: Residency::textureLayout()
};

//! What a tile shows along the border of its box, for what lies beyond the city: by direction from its middle (kSectors of
//! shaders/shared/frame.h), linear colour and how much of it is water.
struct TileBorder {
  std::array<glm::vec4, 16> colours{};          // a: share of water; all zero where nothing was found
  std::array<float, 16> weights{};
  std::array<glm::vec3, 16> places{};           // one point of the ground each, content frame, where the weight is not 0
};

//! What one resident tile keeps on the CPU for picking and rules (ids, bounds, columns): taken from the decoded content;
//! vertices are freed once uploaded.
struct ResidentTile {
  tiles::TileId tile = tiles::kNoTile;
  std::shared_ptr<const source::FeatureTable> features;
  std::vector<std::shared_ptr<const source::PropertySurface>> propertySurfaces;
  glm::dmat4 ecefFromContent{1.0};
  glm::vec3 lo{0}, hi{0};
  uint32_t chunk = 0;                           // Residency::chunk(): vertices and indices lie in the same buffer
  int32_t vertexOffset = 0;                     // in vertices
  VkIndexType indexType = VK_INDEX_TYPE_UINT32;
  VkDeviceSize uvOffset = 0;                    // in bytes; only where there are textures
  VkDeviceSize treeOffset = 0;                  // in bytes; source::Tree each
  std::vector<uint8_t> treeOrder;               // of each tree, bits 24..31 of its look: ascending
  uint32_t firstRecord = 0;                     // of its features in the record buffer
  std::vector<TileDraw> draws;
  uint32_t triangles = 0;
  std::optional<glm::vec3> water;               // lowest level water above the curved Earth, content frame
  TileBorder border;
  std::vector<bool> removable;                  // by feature: a building or authored content, not ground
};

class Residency {
 public:
  //! `direct`: meshes are written where they stay, instead of being copied there by the GPU: for devices whose memory is the host's
  //! (software). Nothing may then be staged but textures.
  Residency(gpu::Device& device, size_t budgetBytes, bool direct);
  ~Residency();
  Residency(const Residency&) = delete;
  Residency& operator=(const Residency&) = delete;

  //! Starts uploads (at most `uploadBytes` a call), frees evicted tiles; returns the tiles whose upload is complete.
  struct Report {
    std::vector<tiles::TileId> uploaded;
    std::vector<tiles::TileId> failed;          // no memory: streaming must evict first
  };
  Report apply(const tiles::Orders& orders, size_t uploadBytes);
  bool pending() const;
  //! Blocks until uploads under way are complete (programs without a frame clock); the next apply reports them.
  void waitUploads();

  const ResidentTile* tile(tiles::TileId tile) const;
  std::span<const tiles::TileId> residents() const;
  //! Changes whenever a tile comes or goes.
  uint64_t generation() const;

  //! Rewrites all records of a resident tile; they reach the GPU with the next flushRecords. `colours` by feature: linear rgb,
  //! 8 bits each, alpha 255; 0, or none at all, for its own.
  void setRecords(tiles::TileId tile, std::span<const uint32_t> bits, std::span<const uint32_t> colours);
  size_t gpuBytes() const;

  // For the frame.
  using Stage = std::function<std::byte*(VkDeviceSize size, VkBuffer& buffer, VkDeviceSize& offset)>;
  //! True where records have changed since the last flush; `records` is then the buffer that will hold them.
  bool recordsStale();
  //! Records the copies of changed records, between the barriers of who asks; `stage` gives host memory that lives as long as the frame.
  void flushRecords(VkCommandBuffer commands, const Stage& stage);
  VkBuffer chunk(uint32_t index) const;
  size_t chunks() const;
  VkBuffer records() const;
  VkDescriptorSetLayout textureLayout() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::residency
