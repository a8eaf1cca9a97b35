//! Everything there is to draw of a side: the city and what stands on, under and over it, the light it stands in. Owns the
//! passes that draw into a scene's rendering; loop's thread; must not outlive device and residency.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "frame/drape.h"
#include "frame/draws.h"
#include "frame/labels.h"
#include "frame/life_pass.h"
#include "frame/light.h"
#include "frame/overlay_lines.h"
#include "frame/rail_pass.h"
#include "frame/scene_pass.h"
#include "frame/sun_shadows.h"
#include "frame/surroundings.h"
#include "frame/trees.h"
#include "frame/visibility.h"
#include "frame/weather_pass.h"

namespace cm::frame {

struct Scenery {
  residency::Residency& residency;
  gpu::Pipelines objects;
  SceneLayouts layouts;
  std::unique_ptr<ScenePass> scenePass;
  std::unique_ptr<TreePass> trees;
  std::unique_ptr<SunShadows> shadows;
  std::unique_ptr<Drape> drape;
  std::unique_ptr<OverlayLines> lines;
  std::unique_ptr<RailPass> rails;
  std::unique_ptr<LifePass> life;
  std::unique_ptr<WeatherPass> weather;
  std::unique_ptr<Labels> labels;
  Light light;
  Visibility visibility;
  std::shared_ptr<const PlanSites> sites = std::make_shared<PlanSites>();
  PlacedTiles placed;
  geo::EnuFrame axes;
  Surroundings surroundings;
  uint64_t documentGeneration = 0;
  VkDescriptorSet records = VK_NULL_HANDLE;   // of this frame: set 1

  Scenery(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat);

  void setDocument(const city::Document& document, const VectorLayers& layers);

  //! What a side shows, and how much that is.
  SideDraws drawsOf(const SideView& side, const View& view, const Scene& scene, FrameArena& arena,
                    Statistics& statistics);
  //! Completes what `uniformsOf` says with what lies beyond the tiles.
  void fillUniforms(const View& view, shared::FrameUniforms& uniforms) const;
  //! Set 0 of all that is drawn.
  VkDescriptorSet globals(PassContext& pass, const shared::FrameUniforms& uniforms, const ShadowMaps& maps) const;
  Casting casting(const Scene& scene);
  //! All sides that are seen in the lens, or all others, inside the scene's rendering. `still`: a sample of a picture at rest.
  void draw(PassContext& pass, std::span<const SideDraws> draws, bool lit, bool still, bool inLens);
  //! Trains, people, rain and snow: of the scene, or `over` the finished picture of a still one.
  void drawLife(PassContext& pass, const SideView& side, bool moving, bool over);
  //! Something of that is in sight.
  bool moves(const Scene& scene) const {
    return rails->trainsDrawn() || life->inSight() > 0 || WeatherPass::falls(scene);
  }

 private:
  void drawBelow(PassContext& pass, const SideView& side, bool still);
};

}  // namespace cm::frame
