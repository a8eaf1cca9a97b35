//! Trees of the look "day": instances that came with the tiles (source/trees.h), one draw a tile, fewer and larger ones in the
//! distance. Draws into renderings that are open; loop's thread; must not outlive the device.
#pragma once

#include <memory>
#include <span>

#include "frame/draws.h"
#include "frame/pass_context.h"
#include "frame/plan_sites.h"
#include "shared/tree.h"

namespace cm::frame {

//! How much of the trees' lattice is shown at a distance, as the root of the share (source/trees.h): also in shared/tree.glsl.
float treeRootAt(double distanceMetres);
//! Within this distance all are shown.
inline constexpr float kAllTreesMetres = 420;
//! Of a picture; where there would be more, the farthest tiles have none.
inline constexpr uint32_t kMostTreesDrawn = 24'000;
inline constexpr double kTreeShadowMetres = 900;

class TreePass {
 public:
  TreePass(gpu::Device& device, const SceneLayouts& layouts);

  //! Tiles nearest first. Inside the scene's rendering, scissor set. Returns the trees drawn.
  uint32_t draw(PassContext& pass, const SideView& side, std::span<const PlacedTile* const> tiles, const PlanSites& sites, bool moving);
  //! Inside the rendering of a shadow map of this format, whose clip space is given.
  void drawShadows(PassContext& pass, const SideView& side, std::span<const PlacedTile* const> tiles, const PlanSites& sites,
                   const glm::mat4& clipFromWorld, VkFormat depth);

 private:
  Slice indices(PassContext& pass) const;

  gpu::Pipelines objects_;
  VkFormat colour_, depth_;
  VkPipelineLayout layout_ = VK_NULL_HANDLE, shadowLayout_ = VK_NULL_HANDLE;
  VkPipeline pipelines_[city::kWeathers.size()][2][2][2] = {};   // [weather][night][moving][leafy], made when first asked for
  VkPipeline shadow_ = VK_NULL_HANDLE;
};

//! The trees of a shadow map.
struct TreeCasters {
  TreePass* pass = nullptr;
  const PlanSites* sites = nullptr;
  std::span<const PlacedTile* const> tiles;
};

}  // namespace cm::frame
