//! The labels of all sides: text, pins and pills, drawn in pixels on the finished picture, so that they are crisp and never part
//! of what is averaged or tone-mapped; laid out per side inside its rectangle, so that the divider cuts none. Owns glyphs and
//! atlas texture. Loop's thread; must not outlive the device.
#pragma once

#include <memory>

#include "frame/label_layout.h"
#include "frame/pass_context.h"

namespace cm::frame {

class Labels {
 public:
  Labels(gpu::Device& device, const SceneLayouts& layouts);
  ~Labels();
  Labels(const Labels&) = delete;
  Labels& operator=(const Labels&) = delete;

  //! `lines`: what the document and the layers have of them.
  void setDocument(const city::Document& document, const VectorLayers& layers, const LineShapes& lines, const geo::EnuFrame& axes);

  //! Outside any rendering, once a frame, before `draw`: lays out all sides and uploads new glyphs.
  void update(PassContext& context);
  //! Outside any rendering, when the scene is in `depth` as `drawn` says: near the ground, asks which of the labels' places are seen.
  void look(PassContext& context, const View& drawn, const gpu::Image& depth);
  //! The frame that asked has this timeline value.
  void submitted(uint64_t value);
  //! Inside the final rendering on the target, per side.
  void draw(PassContext& context, const SideView& side);

  //! Glyphs are in the making, labels are fading, or it is not known yet which are hidden.
  bool wantsAnotherFrame() const;
  //! Waits until all glyphs that were asked for are there (for pictures made without a window); the next frame shows them.
  void waitForGlyphs();

  //! The label under a pixel as last drawn.
  city::Selection hit(float x, float y) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
