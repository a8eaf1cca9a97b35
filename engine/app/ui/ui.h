//! The layer a visitor touches: cards, switches, the year slider, the divider. Reads the document, the session and a plain
//! snapshot of everything else; says what the visitor wants as commands and changes nothing itself.
//! The loop's thread. Needs a current ImGui context, made before it and destroyed after it.
//!
//! A frame:  if (ui.prepare(...)) upload io.Fonts' atlas;  ImGui::NewFrame();  ui.draw(...);  ImGui::Render();
#pragma once

#include <glm/glm.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/ui/card_data.h"
#include "base/text.h"
#include "city/commands.h"

namespace cm::app::ui {

//! What was picked in the scene; the app knows its facts.
struct Picked {
  bool any = false;
  city::PickKind kind = city::PickKind::Nothing;
  std::string id;
  Text title;
  std::vector<std::pair<Text, std::string>> facts;   // label, value with its unit
  Text source;                                       // where the facts come from
  glm::vec2 screen{0};                               // pixels
};

//! Filled by the app each frame.
struct Observations {
  glm::vec2 windowSize{1280, 720};                   // ImGui's units
  float scale = 1;                                   // of the display (1.5 on a dense one)
  double nowSeconds = 0;                             // the loop's clock
  float framesPerSecond = 0;
  std::vector<std::string> statistics;               // lines, shown when the session wants them
  Picked picked;
  CardData card;                                     // of the selection
  std::vector<std::string> errors;                   // in plain words; each is shown for a while
  float loading = 1;                                 // 0..1; 1: everything for this view is there
  double focusMetres = 0;                            // distance to the ground in the middle of the picture; 0: not known
  double headingDegrees = 0;
  int depthFactor = 1;                               // how many times deeper what lies underground is drawn
  bool trains = false, people = false;               // some are in the picture
  bool night = false;                                // the sun is so low that names are light on dark
  bool tinted = false;                               // and buildings in the colours of projects
  bool touchable = true;                             // false: a picture, which nobody can ask for what is cut or folded away
};

class Ui {
 public:
  enum class Shows { Everything, Attribution };
  //! `document` gives the characters that the first atlas holds.
  explicit Ui(const city::Document& document, Shows shows = Shows::Everything);
  ~Ui();

  //! Before ImGui::NewFrame: style and fonts for this scale and these texts. True where the atlas (io.Fonts) was built
  //! anew and its texture must be uploaded again.
  bool prepare(const city::Document& document, const city::Session& session, const Observations& observations);
  //! Between ImGui::NewFrame and ImGui::Render. Appends what the visitor asks for.
  void draw(const city::Document& document, const city::Session& session, const Observations& observations,
            std::vector<city::Command>& out);
  //! In its place, with Shows::Attribution: only what every picture says of itself.
  void drawAttributionOnly(const city::Document& document, const city::Session& session, const Observations& observations);
  //! Whether a card, a button or the divider of the last frame lies at a place; between Dear ImGui's frames.
  bool covers(glm::vec2 at) const;
  //! True while something of the layer moves by itself (a card sliding in, the years playing): draw another frame.
  bool animating() const;
  //! What the last draw laid over the picture: left, top, right, bottom in ImGui's units.
  std::vector<glm::vec4> covered() const;
  //! Opens or closes the page of gestures and keys.
  void toggleHelp();
  //! Begins or ends the swipe.
  void toggleSwipe();
  //! Starts or stops the years.
  void togglePlay();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::app::ui
