#include "app/ui/theme.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace cm::app::ui {
namespace {

struct Entry {
  const char* key;
  ImU32 Theme::*colour;
};
constexpr std::array kEntries{Entry{"card", &Theme::card},
                              Entry{"cardEdge", &Theme::cardEdge},
                              Entry{"shadow", &Theme::shadow},
                              Entry{"ink", &Theme::ink},
                              Entry{"inkSoft", &Theme::inkSoft},
                              Entry{"line", &Theme::line},
                              Entry{"sink", &Theme::sink},
                              Entry{"accent", &Theme::accent},
                              Entry{"accentInk", &Theme::accentInk},
                              Entry{"afterInk", &Theme::afterInk},
                              Entry{"accentTint", &Theme::accentTint},
                              Entry{"after", &Theme::after},
                              Entry{"afterTint", &Theme::afterTint},
                              Entry{"before", &Theme::before},
                              Entry{"onAccent", &Theme::onAccent},
                              Entry{"warning", &Theme::warning},
                              Entry{"warningTint", &Theme::warningTint}};

//! #rrggbb or #rrggbbaa.
bool parseColour(const std::string& text, ImU32& colour) {
  if ((text.size() != 7 && text.size() != 9) || text[0] != '#') return false;
  if (text.find_first_not_of("0123456789abcdefABCDEF", 1) != text.npos) return false;
  auto byte = [&](size_t at) { return static_cast<ImU32>(std::stoul(text.substr(at, 2), nullptr, 16)); };
  colour = IM_COL32(byte(1), byte(3), byte(5), text.size() == 9 ? byte(7) : 255u);
  return true;
}

//! Relative luminance (WCAG 2.2) of an opaque colour.
double luminance(ImU32 colour) {
  const auto linear = [&](int shift) {
    const double c = double((colour >> shift) & 255) / 255;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(IM_COL32_R_SHIFT) + 0.7152 * linear(IM_COL32_G_SHIFT) + 0.0722 * linear(IM_COL32_B_SHIFT);
}

}  // namespace

Result<Theme> readTheme(std::string_view text, std::string_view fileName) {
  auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return makeError("{}: found something that is not a JSON object, expected a theme", fileName);
  Theme theme;
  for (const auto& [key, value] : json.items()) {
    const Entry* entry = nullptr;
    for (const Entry& known : kEntries)
      if (key == known.key) entry = &known;
    if (!entry) return makeError("{}: {}: found an unknown key, expected a colour's name", fileName, key);
    if (!value.is_string() || !parseColour(value.get<std::string>(), theme.*(entry->colour)))
      return makeError("{}: {}: found {}, expected a colour such as #0e8f8f", fileName, key, value.dump());
  }
  return theme;
}

Theme loadTheme(const Path& file) {
  auto bytes = readFile(file);
  if (!bytes) {
    log::warning("{}", bytes.error().text());
    return {};
  }
  auto theme = readTheme(asText(*bytes), file.string());
  if (theme) return *theme;
  log::warning("{}", theme.error().text());
  return {};
}

ImU32 colourOf(city::ProjectKind kind) {
  switch (kind) {
    case city::ProjectKind::OldCommunity: return IM_COL32(0xe0, 0x9b, 0x2d, 255);
    case city::ProjectKind::VillageInCity: return IM_COL32(0xe4, 0x57, 0x2e, 255);
    case city::ProjectKind::HistoricQuarter: return IM_COL32(0xa8, 0x4a, 0x62, 255);
    case city::ProjectKind::Waterfront: return IM_COL32(0x1c, 0x8f, 0xc4, 255);
    case city::ProjectKind::IndustrialHeritage: return IM_COL32(0x7a, 0x5e, 0xa8, 255);
    case city::ProjectKind::Park: return IM_COL32(0x4a, 0x9d, 0x5b, 255);
    case city::ProjectKind::Transport: return IM_COL32(0x2f, 0x5d, 0x9e, 255);
    case city::ProjectKind::Other: break;
  }
  return IM_COL32(0x6b, 0x80, 0x91, 255);
}

ImU32 colourOf(const glm::vec3& colour) { return ImGui::ColorConvertFloat4ToU32({colour.r, colour.g, colour.b, 1}); }

ImU32 withAlpha(ImU32 colour, float alpha) {
  auto a = static_cast<ImU32>(std::lround(static_cast<float>(colour >> IM_COL32_A_SHIFT) * alpha));
  return (colour & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  ImVec4 x = ImGui::ColorConvertU32ToFloat4(a), y = ImGui::ColorConvertU32ToFloat4(b);
  return ImGui::ColorConvertFloat4ToU32(
      {std::lerp(x.x, y.x, t), std::lerp(x.y, y.y, t), std::lerp(x.z, y.z, t), std::lerp(x.w, y.w, t)});
}

Theme mix(const Theme& a, const Theme& b, float t) {
  Theme theme;
  for (const Entry& entry : kEntries) theme.*(entry.colour) = mix(a.*(entry.colour), b.*(entry.colour), t);
  return theme;
}

double contrast(ImU32 a, ImU32 b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

ChipColours chipColours(const Theme& theme, ImU32 hue) {
  return {mix(hue, theme.card | IM_COL32_A_MASK, 0.84f), mix(hue, theme.ink, 0.5f)};
}

bool darkPicture(const city::Session& session, bool night) {
  if (session.look == city::Look::Tech || session.layers.underground) return true;
  return night && session.look != city::Look::Plain && session.look != city::Look::Plan;
}

void applyStyle(const Theme& theme, float scale) {
  ImGuiStyle style;
  style.WindowRounding = style.ChildRounding = style.PopupRounding = 14;
  style.FrameRounding = 10;
  style.WindowBorderSize = style.ChildBorderSize = style.FrameBorderSize = 0;
  style.WindowPadding = {16, 14};
  style.FramePadding = {12, 10};
  style.ItemSpacing = {10, 8};
  style.ScrollbarSize = 6;
  style.ScrollbarRounding = 3;
  style.WindowMinSize = {8, 8};
  style.ScaleAllSizes(scale);
  style.AntiAliasedLinesUseTex = true;
  auto set = [&](ImGuiCol which, ImU32 colour) { style.Colors[which] = ImGui::ColorConvertU32ToFloat4(colour); };
  set(ImGuiCol_Text, theme.ink);
  set(ImGuiCol_TextDisabled, theme.inkSoft);
  set(ImGuiCol_WindowBg, theme.card);
  set(ImGuiCol_PopupBg, theme.card);
  set(ImGuiCol_ChildBg, IM_COL32(0, 0, 0, 0));
  set(ImGuiCol_Border, theme.line);
  set(ImGuiCol_ScrollbarBg, IM_COL32(0, 0, 0, 0));
  set(ImGuiCol_ScrollbarGrab, theme.line);
  set(ImGuiCol_ScrollbarGrabHovered, theme.before);
  set(ImGuiCol_ScrollbarGrabActive, theme.before);
  set(ImGuiCol_ModalWindowDimBg, withAlpha(theme.shadow, 0.35f));
  ImGui::GetStyle() = style;
}

}  // namespace cm::app::ui
