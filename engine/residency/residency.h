//! What lives on the GPU: meshes in shared arenas, textures, feature records. Obeys streaming's orders; hands handles to retire
//! with a timeline value. Belongs to the loop's thread; must not outlive the device.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gpu/device.h"
#include "source/content.h"
#include "tiles/streaming.h"

namespace cm::residency {

//! Bits of one feature's GPU record (a uint32). The vertex shader looks them up (shaders/shared/feature.h).
//! Bit s: visible in view slot s now. Bit 8+s: was visible in slot s when the running transition began. Bit 16: highlighted.
//! Bits 17..: free.
inline constexpr unsigned kMaxViewSlots = 8;

struct FeatureRef {
  tiles::TileId tile = tiles::kNoTile;
  uint32_t feature = 0;
};

//! What one resident tile keeps on the CPU for picking and rules (ids, bounds, columns): shared with the decoded content's
//! feature table; vertices are freed once uploaded.
struct ResidentTile {
  tiles::TileId tile = tiles::kNoTile;
  std::shared_ptr<const source::FeatureTable> features;
  glm::dmat4 ecefFromContent{1.0};
  glm::vec3 lo{0}, hi{0};
  uint32_t firstVertex = 0, firstIndex = 0;     // in the arenas
  uint32_t firstRecord = 0;                     // of its features in the record buffer
  std::vector<source::Part> parts;
  std::vector<source::Material> materials;
  // textures: see residency.cpp
};

class Residency {
 public:
  Residency(gpu::Device& device, size_t budgetBytes);
  ~Residency();

  //! Starts uploads (at most `uploadBytes` a call), frees evicted tiles; returns the tiles whose upload is complete.
  struct Report {
    std::vector<tiles::TileId> uploaded;
    std::vector<tiles::TileId> failed;          // no memory: streaming must evict first
  };
  Report apply(const tiles::Orders& orders, size_t uploadBytes);
  bool pending() const;

  const ResidentTile* tile(tiles::TileId tile) const;
  std::span<const tiles::TileId> residents() const;

  //! Rewrites records: `visible(tile, feature)` gives the bits; only tiles in `which` (new ones, or all after a change).
  void setRecords(tiles::TileId tile, std::span<const uint32_t> records);
  size_t gpuBytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::residency
