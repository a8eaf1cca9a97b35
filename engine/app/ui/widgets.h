//! The parts that panels are made of, drawn in the theme: cards, switches, buttons, wrapped text. The loop's thread.
#pragma once

#include <imgui.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ui/fonts.h"
#include "app/ui/icons.h"
#include "app/ui/layout.h"
#include "app/ui/theme.h"
#include "app/ui/ui.h"
#include "app/ui/words.h"

namespace cm::app::ui {

enum class Tab { Projects, Layers };

//! What the layer remembers between frames; nothing of it belongs to the city.
struct State {
  bool panelOpen = true;
  Tab tab = Tab::Projects;
  bool dividerFollows = false;                         // stays in the middle of what is seen of the city, until a hand takes it
  bool helpOpen = false;
  bool creditsOpen = false;
  bool playing = false;
  double playYears = 0;
  double previousSeconds = -1;
  float frameSeconds = 0;
  bool animating = false;
  std::map<std::string, float, std::less<>> eased;     // by name, see `ease`
  std::map<std::string, float, std::less<>> heights;   // what a fitted card needed in the last frame
  std::map<std::string, double, std::less<>> errors;   // first seen, or -1 when closed by hand
  std::map<std::string, float, std::less<>> wipes;     // of cards' pictures: where the finger left them, 0..1
  std::vector<glm::vec4> overPicture;                  // what a comparison lays over the picture: left, top, right, bottom
  //! The row of saved views: how far it is scrolled and where to, in pixels; what it took; the view it turned to last.
  struct Row {
    float at = 0, length = 0;
    std::optional<float> target;
    std::string chosen;
  };
  Row views;
  float dragVelocity = 0;
  ImGuiID dragged = 0;
};

//! Handed to every panel.
struct Context {
  const city::Document& document;
  const city::Session& session;
  const Observations& seen;
  std::vector<city::Command>& out;
  const Words& words;
  const Theme& theme;
  const Fonts& fonts;
  State& state;
  const Layout& layout;

  Language language() const { return session.language; }
  const std::string& tr(std::string_view key) const { return words.in(session.language, key); }
  const std::string& in(const Text& text) const { return text.in(session.language); }
  //! The other language's text, for the small line below a name; empty where it says the same.
  const std::string& other(const Text& text) const;
  float px(float designUnits) const { return designUnits * layout.scale; }
  void emit(city::Command command) const { out.push_back(std::move(command)); }
  //! A value that glides to `target`.
  float ease(std::string_view name, float target, float perSecond = 14) const;
};

// Text: `at` is the upper left of a character's square, whose side is `em`.
float em(ImFont* font);
float widthOf(ImFont* font, std::string_view text);
void drawText(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text);
//! In so much room: a little smaller where that helps, and cut where it does not.
void drawFitted(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float room);
//! Lines of at most `width`: between words, or between Chinese characters but never before a closing mark.
std::vector<std::string_view> wrapped(ImFont* font, std::string_view text, float width);
//! `text`, or its beginning and an ellipsis.
std::string clipped(ImFont* font, std::string_view text, float width);
//! At the cursor, which moves below it.
void paragraph(ImFont* font, ImU32 colour, std::string_view text, float width, float lineGap = 1.45f);

// Cards
//! A floating white card of the given place; endCard() always follows.
void beginCard(const Context& ui, const char* name, const Rect& rect, float alpha = 1, ImGuiWindowFlags flags = 0);
void endCard();
//! A bare window for parts that bring their own shapes (round buttons, chips).
void beginBare(const char* name, const Rect& rect, ImGuiWindowFlags flags = 0);
void endBare();
//! As much of `most` as the card needed in the last frame.
Rect fitted(const State& state, std::string_view name, Rect most);
void setNeeded(const Context& ui, std::string_view name, float height);
//! The rest of the card, scrolled by wheel or by dragging anywhere in it.
void beginScroll(const char* name, ImVec2 size, bool horizontal = false);
void endScroll(const Context& ui, bool horizontal = false);
void softShadow(ImDrawList& list, const Theme& theme, ImVec2 min, ImVec2 max, float rounding, float scale, float alpha = 1);

// Controls: each is a touch target of at least 44 design units and returns true when it was tapped.
bool hitArea(const char* id, ImVec2 at, ImVec2 size);
bool toggleSwitch(const Context& ui, const char* id, ImVec2 at, bool on);             // 52 x 44
//! The ground of a round button: its shadow, its fill, its rim.
void roundGround(const Context& ui, ImVec2 at, float size, ImU32 fill);
bool roundButton(const Context& ui, const char* id, ImVec2 at, float size, Icon icon, bool active = false);
bool plainIconButton(const Context& ui, const char* id, ImVec2 at, Icon icon);        // 44 x 44, without a ground
bool textButton(const Context& ui, const char* id, ImVec2 at, ImVec2 size, std::string_view label, ImU32 fill, ImU32 ink, Icon icon,
                bool hasIcon);
//! Segments side by side; the index that was tapped, or -1. `colours` by segment, of the chosen one's ground.
int segments(const Context& ui, const char* id, ImVec2 at, ImVec2 size, const std::vector<std::string>& labels, int chosen,
             const std::vector<ImU32>& colours);
//! Small rounded label; returns its width.
float chip(const Context& ui, ImVec2 at, std::string_view label, ImU32 fill, ImU32 ink);
//! A slider over 0..1; true while it changes `value`.
bool slider(const Context& ui, const char* id, ImVec2 at, float width, float& value, ImU32 colour);

//! "12", "12.5", "1,200".
std::string number(double value);

}  // namespace cm::app::ui
