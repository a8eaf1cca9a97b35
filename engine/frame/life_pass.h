//! Walkers and cyclists of Scene::strollers, near the eye. Owns their meshes; its pipelines are made when somebody first comes into
//! view. Loop's thread; must not outlive the device.
#pragma once

#include <memory>

#include "frame/pass_context.h"

namespace cm::frame {

//! Beyond this, metres, nobody is drawn: a person is two pixels high there.
inline constexpr double kPeopleReachMetres = 800;

class LifePass {
 public:
  LifePass(gpu::Device& device, const SceneLayouts& layouts);
  ~LifePass();
  LifePass(const LifePass&) = delete;
  LifePass& operator=(const LifePass&) = delete;

  void setDocument(const city::Document& document);
  //! Once a frame, before anything is drawn: who of the scene's is in the view.
  void update(PassContext& pass);
  //! People in a view of this frame.
  unsigned inSight() const;
  //! Inside the scene's rendering; or `over` the finished picture, against its depth, which they leave as it is.
  void draw(PassContext& pass, const SideView& side, bool moving, bool over);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
