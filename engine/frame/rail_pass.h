//! Railways in space: viaducts, stations, tunnels, and the trains of the city's clock. Owns their meshes; its pipelines are made when a
//! railway first comes into view. Loop's thread; must not outlive the device.
#pragma once

#include <memory>

#include "frame/pass_context.h"

namespace cm::frame {

struct ShadowRegion;

class RailPass {
 public:
  RailPass(gpu::Device& device, const SceneLayouts& layouts);
  ~RailPass();
  RailPass(const RailPass&) = delete;
  RailPass& operator=(const RailPass&) = delete;

  void setDocument(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes);

  //! Once a frame, before anything is drawn: where the trains are at `Scene::citySeconds`.
  void update(PassContext& pass);
  //! Trains that are in a view of this frame.
  unsigned trainsInSight() const;
  //! Some are drawn, be it the tip of one at the edge.
  bool trainsDrawn() const;

  //! Into a shadow map that covers `region`; inside its rendering.
  void drawShadows(PassContext& pass, const SideView& side, const ShadowRegion& region, const glm::mat4& clipFromWorld);
  //! Changes when what stands on a side does.
  uint64_t worksState(const PassContext& pass, const SideView& side) const;

  //! Which trains: those in the open inside the scene's rendering; the same on the finished picture, against its depth, which they leave
  //! as it is; or with tunnels and stations below the ground, which comes before the ground that is seen through.
  enum class Where { Open, Over, Below };
  //! Which works: those in the open; under the ground the walls one looks at from inside, and over these, as glass, those towards the eye.
  enum class Works { Open, FarWalls, NearWalls };
  //! What stands, inside the scene's rendering, once a side (and once a sample).
  void drawWorks(PassContext& pass, const SideView& side, bool moving, Works which);
  void drawTrains(PassContext& pass, const SideView& side, bool moving, Where where);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
