//! The layer's colours (assets/themes/<name>.json) and the ImGui style they make. Plain values; the loop's thread.
#pragma once

#include <imgui.h>

#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "city/document.h"
#include "city/session.h"

namespace cm::app::ui {

//! sRGB with alpha, as ImGui packs it.
struct Theme {
  ImU32 card = IM_COL32(255, 255, 255, 242);
  ImU32 cardEdge = IM_COL32(255, 255, 255, 255);
  ImU32 shadow = IM_COL32(0x0e, 0x20, 0x44, 255);   // its alpha is applied in layers
  ImU32 ink = IM_COL32(0x16, 0x32, 0x4a, 255);
  ImU32 inkSoft = IM_COL32(0x4f, 0x67, 0x7b, 255);
  ImU32 line = IM_COL32(0xdc, 0xe6, 0xec, 255);
  ImU32 sink = IM_COL32(0xee, 0xf3, 0xf6, 255);     // what lies in a card: tracks, chips
  ImU32 accent = IM_COL32(0x0b, 0x7d, 0x7e, 255);
  ImU32 accentInk = IM_COL32(0x0a, 0x6f, 0x70, 255);   // text in the accent's hue
  ImU32 accentTint = IM_COL32(0xdf, 0xf2, 0xf1, 255);
  ImU32 after = IM_COL32(0xd0, 0x45, 0x1c, 255);
  ImU32 afterInk = IM_COL32(0xb8, 0x3a, 0x17, 255);
  ImU32 afterTint = IM_COL32(0xfd, 0xea, 0xe3, 255);
  ImU32 before = IM_COL32(0x8f, 0xa4, 0xb5, 255);
  ImU32 onAccent = IM_COL32(255, 255, 255, 255);
  ImU32 warning = IM_COL32(0x98, 0x56, 0x00, 255);
  ImU32 warningTint = IM_COL32(0xff, 0xf1, 0xd6, 255);
};

inline constexpr float kAttributionAlpha = 0.72f;   // of the strip that says whose data it is: the picture shines through

//! Colours that the file does not name stay as they are above.
Result<Theme> readTheme(std::string_view json, std::string_view fileName);
Theme loadTheme(const Path& file);

ImU32 colourOf(city::ProjectKind kind);
ImU32 colourOf(const glm::vec3& colour);
ImU32 withAlpha(ImU32 colour, float alpha);         // multiplies
ImU32 mix(ImU32 a, ImU32 b, float t);
Theme mix(const Theme& a, const Theme& b, float t);
//! Of two opaque colours, 1..21 (WCAG 2.2).
double contrast(ImU32 a, ImU32 b);

//! A small sign in the hue of what it tells: as light or dark as the cards, its text as readable as theirs.
struct ChipColours {
  ImU32 fill, ink;
};
ChipColours chipColours(const Theme& theme, ImU32 hue);

//! Whether what is behind the panels is dark: the look tech, the underground view, or a lit look where it is `night`.
bool darkPicture(const city::Session& session, bool night);

//! Everything ImGui draws by itself, in the theme's colours and at this scale.
void applyStyle(const Theme& theme, float scale);

}  // namespace cm::app::ui
