//! The city itself: tiles, the plane beyond, the sky. Owns their pipelines; draws into a rendering the frame has begun. Loop's thread.
#pragma once

#include <memory>

#include "frame/draws.h"
#include "frame/light.h"
#include "frame/pass_context.h"
#include "shared/frame.h"

namespace cm::frame {

class ScenePass {
 public:
  //! `globals`: set 0 of all scene pipelines; `textures`: Residency::textureLayout().
  ScenePass(gpu::Device& device, const SceneLayouts& layouts, VkDescriptorSetLayout textures);

  //! Tiles of one side. `records`: set 1. `draped`: something is laid on this side's ground.
  void drawTiles(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records, bool draped);
  //! As drawTiles, a level of detail that comes or goes (tiles/cross_fade.h): `share` of the one that comes is to be seen.
  void drawFading(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records, bool draped,
                  float share, bool goes);
  //! What one sees through, over all else of the side.
  void drawBlended(PassContext& pass, const SideView& side, const DrawList& list, VkDescriptorSet records);
  //! The plane to the horizon and the sky with sun, moon and stars, over what is still empty, for one side. `unshaded`: seen
  //! through the city, the plane takes no shadows.
  void drawBeyond(PassContext& pass, const SideView& side, const Light& light, bool unshaded = false);

  VkDescriptorSetLayout recordsLayout() const { return records_; }
  //! Which pipelines draw from here on: those of the look, with fewer shadow taps while moving, with lights at night. Those of a
  //! look or of the night, and those of textures, points, lines and what is seen through, are made when they are first asked for.
  //! `glass`: one sees through the ground, and a little through what stands on it.
  //! `weather`: pipelinesOf (frame/weather.h). `ahead`: what every city has is compiled at once, so that no flight stumbles over it.
  void setVariant(city::Look look, bool moving, bool night, city::Weather weather, bool glass, bool ahead);
  bool moving() const { return moving_; }

 private:
  enum Kind { Plain, Solid, Ground, GroundDraped, Water, Textured, TexturedBlended, Points, Lines, Blended, kKinds };
  struct Variant {
    city::Look look;
    bool night, fading, glass;
    city::Weather weather;
    gpu::Pipeline tiles[kKinds][2][2];   // [kind][records][moving]
    gpu::Pipeline depth[kKinds][2][2];   // of glass, the same without colour: of all surfaces only the first is seen
    gpu::Pipeline beyond[2];             // [moving]
    gpu::Pipeline sky, discs;
    bool compiled = false;               // what every city has
  };
  struct Shaders {
    const char *vertex, *fragment;
  };
  //! What the tiler makes: of glass it has shaders of its own.
  static bool tiled(Kind kind) { return kind == Solid || kind == Ground || kind == GroundDraped || kind == Water; }
  static Shaders shadersOf(const Variant& variant, Kind kind);
  std::unique_ptr<Variant>& variantOf(city::Look look, bool night, bool fading, city::Weather weather, bool glass);
  void makeVariant(Variant& variant);
  static void compile(Variant& variant);
  void makeSky(Variant& variant);
  gpu::Pipeline makeTiles(const Variant& variant, Kind kind, uint32_t records, uint32_t moving, bool depthOnly);
  gpu::Pipeline tilesOf(Kind kind, bool records, bool depthOnly);
  void drawSky(PassContext& pass, const SideView& side, const Light& light) const;
  void bindSide(PassContext& pass, const SideView& side, VkDescriptorSet records, glm::vec4 extra = {}) const;
  //! Of glass, first the ground and then over it what stands there; of each of the two only the nearest surface.
  void drawGlass(PassContext& pass, const DrawList& list, bool draped);
  enum class Part { All, Flat, Standing };
  void drawList(PassContext& pass, const DrawList& list, bool draped, bool depthOnly, Part part = Part::All);
  gpu::Pipeline pipelineFor(const DrawGroup& group, bool plain, bool draped, bool depthOnly = false);
  void drawTextured(PassContext& pass, const DrawList& list, const TexturedDraw& item) const;

  gpu::Pipelines objects_;
  VkDescriptorSetLayout records_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  std::unique_ptr<Variant> variants_[city::kLooks.size()][city::kWeathers.size()][2][2][2];   // [look][weather][night][fading][glass]
  VkFormat colour_, depth_;
  Variant* variant_ = nullptr;
  bool moving_ = false;
};

//! Push constants of a side.
shared::SidePush pushOf(const SideView& side, bool plain = false);
//! The transition as features follow it: eased in and out.
float eased(float transition);

}  // namespace cm::frame
