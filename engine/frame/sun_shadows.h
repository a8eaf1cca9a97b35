//! The sun's shadows of a frame: which maps are stale, what throws shadows into them, and where they lie for the shaders. Owns
//! two sets of maps: those kept from frame to frame while something moves, and those of one sample of a still picture, each
//! with its own point of the sun's disc. Loop's thread; must not outlive the device.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "frame/draws.h"
#include "frame/shadow.h"
#include "frame/trees.h"
#include "frame/visibility.h"

namespace cm::frame {

//! What it takes to draw what throws shadows.
struct Casting {
  PlacedTiles& placed;
  const geo::EnuFrame& axes;
  const Visibility& visibility;
  VkDescriptorSet records = VK_NULL_HANDLE;
  glm::dvec3 sun{0, 0, 1};                      // unit, in `axes`
  TreePass* trees = nullptr;                    // where trees are shown
  const PlanSites* sites = nullptr;             // which of them stand
  RailPass* rails = nullptr;                    // their works throw shadows, too
};

class SunShadows {
 public:
  SunShadows(gpu::Device& device, VkDescriptorSetLayout globals, VkDescriptorSetLayout records);

  //! Redraws what is stale of the kept maps and says in `uniforms` where they lie. Outside any rendering. Returns draws made.
  uint32_t keep(PassContext& pass, const Casting& casting, std::span<const SideDraws> draws, shared::FrameUniforms& uniforms);
  //! Draws the maps of one sample of a still picture.
  uint32_t sample(PassContext& pass, const Casting& casting, std::span<const SideDraws> draws, unsigned sample,
                  shared::FrameUniforms& uniforms);
  //! For pictures without shadows: leaves the kept maps in a state that may be bound.
  void none(Passes& passes) { kept_.prepare(passes, false, 1); }

  const ShadowMaps& kept() const { return kept_; }
  const ShadowMaps& ofSample() const { return ofSample_; }

 private:
  struct Held {
    std::optional<ShadowRegion> region;
    uint64_t state = 0;      // records and transition it was drawn with
    uint64_t casters = 0;    // tiles
    unsigned age = 0;
  };
  ShadowMaps kept_, ofSample_;
  std::array<Held, kMaxShadowSides * shared::kCascades> held_;
};

}  // namespace cm::frame
