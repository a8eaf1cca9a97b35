//! The city itself: tiles, the plane beyond, the sky. Owns their pipelines; draws into a rendering the frame has begun. Loop's thread.
#pragma once

#include <memory>

#include "frame/draws.h"
#include "frame/pass_context.h"
#include "shared/frame.h"

namespace cm::frame {

class ScenePass {
 public:
  //! `globals`: set 0 of all scene pipelines; `textures`: Residency::textureLayout().
  ScenePass(gpu::Device& device, const SceneLayouts& layouts, VkDescriptorSetLayout textures);

  //! Tiles of one side. `records`: set 1. `draped`: something is laid on this side's ground.
  void drawTiles(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records, bool draped);
  //! What one sees through, over all else of the side.
  void drawBlended(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records);
  //! The plane to the horizon and the sky, over what is still empty, for one side.
  //! `unshaded`: seen through the city, it takes no shadows.
  void drawBeyond(PassContext& pass, const SideView& side, bool unshaded = false);

  VkDescriptorSetLayout recordsLayout() const { return records_; }
  //! Which pipelines draw from here on: those of the look, with fewer shadow taps while moving, with lights at night. Those of a
  //! look or of the night are made when they are first asked for: they cost a tenth of a second and 70 MiB on lavapipe.
  //! `glass`: one sees through the ground, and a little through what stands on it.
  void setVariant(city::Look look, bool moving, bool night, bool glass = false);

 private:
  enum Kind { Plain, Solid, Ground, GroundDraped, Water, Textured, TexturedBlended, Points, Lines, Blended, kKinds };
  struct Variant {
    VkPipeline tiles[kKinds][2][2];   // [kind][records][moving]
    VkPipeline depth[kKinds][2][2]{};  // the same without colour, where what they draw is glass: of all surfaces only the first is seen
    VkPipeline beyond[2];             // [moving]
    VkPipeline sky;
  };
  std::unique_ptr<Variant> makeVariant(city::Look look, bool night, bool glass);
  void bindSide(PassContext& pass, const SideView& side, VkDescriptorSet records) const;
  using Pipelines = VkPipeline[kKinds][2][2];
  VkPipeline pipelineFor(const Pipelines& pipelines, const DrawGroup& group, bool plain, bool draped) const;
  void drawSurfaces(PassContext& pass, const DrawList& list, bool draped, const Pipelines& pipelines) const;
  void drawTextured(PassContext& pass, const DrawList& list, const TexturedDraw& item) const;

  gpu::Pipelines objects_;
  VkDescriptorSetLayout records_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  std::unique_ptr<Variant> variants_[city::kLooks.size()][2][2];   // [look][night][glass]
  VkFormat colour_, depth_;
  Variant* variant_ = nullptr;
  bool moving_ = false, glass_ = false;
};

//! Push constants of a side.
shared::SidePush pushOf(const SideView& side, bool plain = false);
//! The transition as features follow it: eased in and out.
float eased(float transition);

}  // namespace cm::frame
