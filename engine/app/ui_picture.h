//! The control layer without a window: pictures and measurements. One at a time (Dear ImGui's context is global); the loop's
//! thread; the device and the stage must outlive it.
#pragma once

#include <memory>

#include "app/card_facts.h"
#include "app/card_pictures.h"
#include "app/imgui_pass.h"
#include "app/stage.h"
#include "app/ui/ui.h"

namespace cm::app {

class UiPicture {
 public:
  using Shows = ui::Ui::Shows;
  UiPicture(gpu::Device& device, Stage& stage, VkExtent2D extent, Shows shows = Shows::Everything);
  ~UiPicture();
  UiPicture(const UiPicture&) = delete;
  UiPicture& operator=(const UiPicture&) = delete;

  //! Lays the control layer out for the session as it is; `frameSeconds` is how far its animations go on.
  void draw(double nowSeconds, float frameSeconds);
  //! A picture of its card is asked for and not there: step and draw again.
  bool awaits() const { return pictures_.awaited(); }
  frame::UiPass pass() const { return pass_->pass(); }
  //! The same on a target that holds so many rows of the picture.
  frame::UiPass band(uint32_t top, uint32_t rows) const { return pass_->band(top, rows); }

 private:
  gpu::Device& device_;
  Stage& stage_;
  const Shows shows_;
  CardFacts facts_;
  CardPictures pictures_;
  std::unique_ptr<ui::Ui> ui_;
  std::unique_ptr<ImguiPass> pass_;
};

}  // namespace cm::app
