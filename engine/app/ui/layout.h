//! Where each part of the layer stands for a window of any size; no two overlap. Pure; any thread.
#pragma once

#include <glm/glm.hpp>

#include <utility>
#include <vector>

namespace cm::app::ui {

struct Rect {
  float x = 0, y = 0, width = 0, height = 0;
  float right() const { return x + width; }
  float bottom() const { return y + height; }
  bool empty() const { return width <= 0 || height <= 0; }
  bool overlaps(const Rect& other) const {
    return !empty() && !other.empty() && x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
};

//! What is open; the rest of the layer is always there.
struct LayoutWishes {
  bool panel = true;        // projects and layers, on the left
  bool card = false;        // a story or facts, on the right
  bool views = true;        // the document has saved views
  bool statistics = false;
  bool compare = true;      // there is a before and an after
  bool years = true;        // something opens or is built at a date
  bool legend = false;      // a style is chosen
  unsigned creditLines = 1;  // that sources and notes take at the bottom
};

inline constexpr float kCreditHeight = 20;          // of a line of them, design units
inline constexpr float kMostCredits = 1 / 13.0f;    // of a picture's height that they may take

struct Layout {
  float scale = 1;          // pixels per design unit
  bool portrait = false;
  Rect title, panel, panelButton, compare, corner, card, timeBar, views, navigation, attribution, statistics, legend;
  //! With their names, for tests.
  std::vector<std::pair<const char*, Rect>> all() const;
};

//! Design units are pixels of a 1280x720 window; larger windows get larger parts, but slower than they grow.
float scaleFor(glm::vec2 windowSize, float displayScale);
Layout layoutFor(glm::vec2 windowSize, float displayScale, const LayoutWishes& wishes);
//! The middle of the picture between the cards at its sides, 0..1 of its width; of all of it where little is left between them.
double freeMiddle(const Layout& layout, float windowWidth);

}  // namespace cm::app::ui
