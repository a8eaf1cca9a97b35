//! Pictures of cards as textures of the control layer: those that the document names, and of projects the two that the engine draws
//! itself. Asks the stage for these; the loop's thread; ends before the stage and the pass that hold them.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "app/imgui_pass.h"
#include "app/stage.h"
#include "app/ui/card_data.h"

namespace cm::app {

class CardPictures {
 public:
  //! The picture of the selection's card; what is not drawn yet is asked for.
  ui::CardPicture of(Stage& stage, ImguiPass& pass, const city::Selection& selection);
  //! After the stage's step: draws what was asked for where nothing moves. True where that brought a picture.
  bool draw(Stage& stage, ImguiPass& pass, gpu::Device& device);
  //! Something is asked for and not there.
  bool awaited() const { return awaited_; }
  //! The textures' device is gone.
  void forget() { textures_.clear(); }

 private:
  struct Textures {
    void* before = nullptr;
    void* after = nullptr;
    float aspect = 1;
  };
  std::map<std::string, Textures, std::less<>> textures_;   // by the selection's id; of projects also by look
  std::string key_;                                          // of what the stage was asked for
  bool awaited_ = false;
};

}  // namespace cm::app
