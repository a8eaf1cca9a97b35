//! Metro lines and stations as they stand in space: bands of constant look in pixels, drawn with depth; what is behind
//! buildings is drawn again, faintly, so that a line never vanishes. Owns its meshes. Loop's thread; must not outlive the device.
#pragma once

#include <memory>
#include <limits>

#include "frame/line_shapes.h"
#include "frame/pass_context.h"

namespace cm::frame {

class OverlayLines {
 public:
  OverlayLines(gpu::Device& device, const SceneLayouts& layouts);
  ~OverlayLines();
  OverlayLines(const OverlayLines&) = delete;
  OverlayLines& operator=(const OverlayLines&) = delete;

  void setDocument(const city::Document& document, LineShapes shapes);

  //! Inside the scene's rendering, once a side (and once a sample).
  void draw(PassContext& context, const SideView& side);

  //! What of them lies under the ground, seen as bodies: before the city is drawn over it as glass.
  void drawBelow(PassContext& context, const SideView& side);

  //! A station or line under a pixel as last drawn; nothing where it lies behind what is `surfaceMetres` away along the view.
  city::Selection hit(float x, float y, float surfaceMetres = std::numeric_limits<float>::infinity()) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
