#include "app/ui/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cm::app::ui {
namespace {

constexpr ImGuiWindowFlags kStill = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                    ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                                    ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoScrollWithMouse;

void place(const Rect& rect) {
  ImGui::SetNextWindowPos({rect.x, rect.y});
  ImGui::SetNextWindowSize({std::max(rect.width, 1.0f), std::max(rect.height, 1.0f)});
}

//! Pressed or not, as the last hit area was.
float pressed() { return ImGui::IsItemActive() ? 1.0f : ImGui::IsItemHovered() ? 0.4f : 0.0f; }

}  // namespace

float Context::ease(std::string_view name, float target, float perSecond) const {
  auto found = state.eased.find(name);
  if (found == state.eased.end()) return state.eased.emplace(std::string(name), target).first->second;
  float& value = found->second;
  value += (target - value) * (1 - std::exp(-state.frameSeconds * perSecond));
  if (std::abs(target - value) < 0.004f)
    value = target;
  else
    state.animating = true;
  return value;
}

const std::string& Context::other(const Text& text) const {
  static const std::string nothing;
  const std::string& second = session.language == Language::Chinese ? text.en : text.zh;
  return second == in(text) ? nothing : second;
}

void beginCard(const Context& ui, const char* name, const Rect& rect, float alpha, ImGuiWindowFlags flags) {
  place(rect);
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, alpha);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, 0);
  ImGui::Begin(name, nullptr, kStill | flags);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 min{rect.x, rect.y}, max{rect.right(), rect.bottom()};
  float rounding = ui.px(14);
  list.PushClipRectFullScreen();
  softShadow(list, ui.theme, min, max, rounding, ui.layout.scale, alpha);
  list.AddRectFilled(min, max, withAlpha(ui.theme.card, alpha), rounding);
  list.AddRect(min, max, withAlpha(ui.theme.cardEdge, alpha), rounding, 0, 1);
  list.PopClipRect();
}

void endCard() {
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
}

void beginBare(const char* name, const Rect& rect, ImGuiWindowFlags flags) {
  place(rect);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::Begin(name, nullptr, kStill | ImGuiWindowFlags_NoBackground | flags);
}

void endBare() {
  ImGui::End();
  ImGui::PopStyleVar();
}

Rect fitted(const State& state, std::string_view name, Rect most) {
  auto found = state.heights.find(name);
  if (found != state.heights.end()) most.height = std::min(most.height, found->second);
  return most;
}

void setNeeded(const Context& ui, std::string_view name, float height) {
  auto [entry, isNew] = ui.state.heights.emplace(std::string(name), height);
  if (isNew || std::abs(entry->second - height) > 0.5f) ui.state.animating = true;
  entry->second = height;
}

void softShadow(ImDrawList& list, const Theme& theme, ImVec2 min, ImVec2 max, float rounding, float scale,
                float alpha) {
  // A penumbra of rings about the card, each fading into the next: every pixel beside the card is blended once, and none
  // under it.
  constexpr int kCorner = 6;  // steps of a corner
  struct Ring {
    float grow, drop, strength;
  };
  const std::array<Ring, 4> rings{{{0, 0, 0.15f}, {4, 2, 0.085f}, {9, 3, 0.035f}, {17, 3, 0}}};
  const int around = 4 * (kCorner + 1), count = int(rings.size());
  list.PrimReserve((count - 1) * around * 6, count * around);
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  const auto first = static_cast<ImDrawIdx>(list._VtxCurrentIdx);
  for (const Ring& ring : rings) {
    const float grow = ring.grow * scale, drop = ring.drop * scale, radius = rounding + grow;
    const ImU32 colour = withAlpha(theme.shadow, ring.strength * alpha);
    for (int corner = 0; corner < 4; ++corner) {  // clockwise from the right bottom one
      const ImVec2 centre{corner == 0 || corner == 3 ? max.x - rounding : min.x + rounding,
                          (corner < 2 ? max.y - rounding : min.y + rounding) + drop};
      for (int step = 0; step <= kCorner; ++step) {
        const float angle = (static_cast<float>(corner) + static_cast<float>(step) / kCorner) * 1.57079633f;
        list.PrimWriteVtx({centre.x + std::cos(angle) * radius, centre.y + std::sin(angle) * radius}, white, colour);
      }
    }
  }
  for (int ring = 0; ring + 1 < count; ++ring)
    for (int i = 0; i < around; ++i) {
      const int next = (i + 1) % around;
      const auto at = [&](int r, int k) { return static_cast<ImDrawIdx>(first + r * around + k); };
      for (const ImDrawIdx index :
           {at(ring, i), at(ring + 1, i), at(ring + 1, next), at(ring, i), at(ring + 1, next), at(ring, next)})
        list.PrimWriteIdx(index);
    }
}

void beginScroll(const char* name, ImVec2 size, bool horizontal) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::BeginChild(
      name, size, ImGuiChildFlags_None,
      ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
          (horizontal ? ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar : ImGuiWindowFlags_None));
}

void endScroll(const Context& ui, bool horizontal) {
  // A finger drags the content; the button under it is let go as soon as the drag is one.
  ImGuiID id = ImGui::GetCurrentWindow()->ID;
  State& state = ui.state;
  float most = horizontal ? ImGui::GetScrollMaxX() : ImGui::GetScrollMaxY();
  bool inside = ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem | ImGuiHoveredFlags_ChildWindows);
  if (most > 0 && state.dragged == 0 && inside && ImGui::IsMouseDragging(ImGuiMouseButton_Left, ui.px(10))) {
    ImVec2 way = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, ui.px(10));
    if ((std::abs(way.x) > std::abs(way.y)) == horizontal) {
      state.dragged = id;
      ImGui::ClearActiveID();
    }
  }
  if (state.dragged == id) {
    ImVec2 delta = ImGui::GetIO().MouseDelta;
    float step = horizontal ? delta.x : delta.y;
    if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
      if (state.frameSeconds > 0) state.dragVelocity = std::lerp(state.dragVelocity, step / state.frameSeconds, 0.4f);
    } else {
      step = state.dragVelocity * state.frameSeconds;  // and glides on
      state.dragVelocity *= std::exp(-state.frameSeconds * 5);
      state.animating = true;
      if (std::abs(state.dragVelocity) < 20) state.dragged = 0;
    }
    if (horizontal)
      ImGui::SetScrollX(std::clamp(ImGui::GetScrollX() - step, 0.0f, most));
    else
      ImGui::SetScrollY(std::clamp(ImGui::GetScrollY() - step, 0.0f, most));
  }
  if (horizontal && inside && most > 0 && ImGui::GetIO().MouseWheel != 0)
    ImGui::SetScrollX(std::clamp(ImGui::GetScrollX() - ImGui::GetIO().MouseWheel * ui.px(80), 0.0f, most));
  if (!horizontal && ImGui::GetScrollY() < most - 1) {  // more below: the last line fades
    ImVec2 min = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
    float top = min.y + size.y - ui.px(34), bottom = min.y + size.y;
    ImU32 solid = withAlpha(ui.theme.card | IM_COL32_A_MASK, ImGui::GetStyle().Alpha), clear = solid & ~IM_COL32_A_MASK;
    ImGui::GetWindowDrawList()->AddRectFilledMultiColor({min.x, top}, {min.x + size.x - ui.px(7), bottom}, clear, clear,
                                                        solid, solid);
  }
  ImGui::EndChild();
  ImGui::PopStyleVar(2);
}

bool hitArea(const char* id, ImVec2 at, ImVec2 size) {
  ImVec2 cursor = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos(at);
  bool tapped = ImGui::InvisibleButton(id, {std::max(size.x, 1.0f), std::max(size.y, 1.0f)});
  ImGui::SetCursorScreenPos(cursor);
  return tapped;
}

bool toggleSwitch(const Context& ui, const char* id, ImVec2 at, bool on) {
  ImVec2 size{ui.px(52), ui.px(44)};
  bool tapped = hitArea(id, at, size);
  const float touched = pressed();
  float alpha = ImGui::GetStyle().Alpha;
  float t = ui.ease("switch" + std::to_string(ImGui::GetItemID()), on ? 1.0f : 0.0f);
  float height = ui.px(28), width = ui.px(48), radius = height / 2;
  ImVec2 min{at.x + size.x - width, at.y + (size.y - height) / 2}, max{min.x + width, min.y + height};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(min, max, withAlpha(mix(mix(ui.theme.sink, ui.theme.before, 0.45f), ui.theme.accent, t), alpha),
                     radius);
  ImVec2 knob{std::lerp(min.x + radius, max.x - radius, t), min.y + radius};
  if (touched > 0)  // a ring that tells what a finger is on
    list.AddRect({min.x - ui.px(2), min.y - ui.px(2)}, {max.x + ui.px(2), max.y + ui.px(2)},
                 withAlpha(ui.theme.accent, (0.25f + 0.45f * touched) * alpha), radius + ui.px(2), 0, ui.px(2));
  list.AddCircleFilled({knob.x, knob.y + ui.px(1)}, radius - ui.px(2.2f), withAlpha(ui.theme.shadow, 0.18f * alpha),
                       28);
  list.AddCircleFilled(knob, radius - ui.px(3), withAlpha(ui.theme.onAccent, alpha), 28);
  return tapped;
}

void roundGround(const Context& ui, ImVec2 at, float size, ImU32 fill) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 centre{at.x + size / 2, at.y + size / 2};
  list.PushClipRectFullScreen();
  softShadow(list, ui.theme, at, {at.x + size, at.y + size}, size / 2, ui.layout.scale);
  list.AddCircleFilled(centre, size / 2, fill, 40);
  list.AddCircle(centre, size / 2 - 0.5f, ui.theme.cardEdge, 40);
  list.PopClipRect();
}

bool roundButton(const Context& ui, const char* id, ImVec2 at, float size, Icon icon, bool active) {
  bool tapped = hitArea(id, at, {size, size});
  roundGround(ui, at, size, active ? ui.theme.accent : mix(ui.theme.card, ui.theme.accentTint, pressed()));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 centre{at.x + size / 2, at.y + size / 2};
  drawIcon(list, icon, centre, size * 0.42f, active ? ui.theme.onAccent : ui.theme.ink);
  return tapped;
}

bool plainIconButton(const Context& ui, const char* id, ImVec2 at, Icon icon) {
  float size = ui.px(44);
  bool tapped = hitArea(id, at, {size, size});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 centre{at.x + size / 2, at.y + size / 2};
  float alpha = ImGui::GetStyle().Alpha;
  if (float p = pressed(); p > 0) list.AddCircleFilled(centre, ui.px(18), withAlpha(ui.theme.sink, alpha), 32);
  drawIcon(list, icon, centre, ui.px(16), withAlpha(ui.theme.inkSoft, alpha));
  return tapped;
}

bool textButton(const Context& ui, const char* id, ImVec2 at, ImVec2 size, std::string_view label, ImU32 fill,
                ImU32 ink, Icon icon, bool hasIcon) {
  bool tapped = hitArea(id, at, size);
  float alpha = ImGui::GetStyle().Alpha;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImU32 ground = mix(fill, ui.theme.ink, 0.1f * pressed());
  list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, withAlpha(ground, alpha), ui.px(10));
  float iconWidth = hasIcon ? ui.px(26) : 0;
  std::string shown = clipped(ui.fonts.strong, label, size.x - iconWidth - ui.px(12));
  float width = widthOf(ui.fonts.strong, shown) + iconWidth;
  float x = at.x + (size.x - width) / 2, middle = at.y + size.y / 2;
  if (hasIcon) drawIcon(list, icon, {x + ui.px(9), middle}, ui.px(17), withAlpha(ink, alpha));
  drawText(list, ui.fonts.strong, {x + iconWidth, middle - em(ui.fonts.strong) / 2}, withAlpha(ink, alpha), shown);
  return tapped;
}

int segments(const Context& ui, const char* id, ImVec2 at, ImVec2 size, const std::vector<std::string>& labels,
             int chosen, const std::vector<ImU32>& colours) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float alpha = ImGui::GetStyle().Alpha, inset = ui.px(4);
  float each = size.x / static_cast<float>(labels.size());
  list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, withAlpha(ui.theme.sink, alpha), ui.px(11));
  float slot = ui.ease(std::string(id) + ".slot", static_cast<float>(std::max(chosen, 0)));
  size_t nearest =
      static_cast<size_t>(std::clamp(static_cast<int>(std::lround(slot)), 0, static_cast<int>(labels.size()) - 1));
  if (chosen >= 0) {
    ImVec2 min{at.x + slot * each + inset, at.y + inset};
    list.AddRectFilled(min, {min.x + each - 2 * inset, at.y + size.y - inset}, withAlpha(colours[nearest], alpha),
                       ui.px(8.5f));
  }
  const ImU32 onInk = ui.theme.card | IM_COL32_A_MASK;  // ink is light in a dark theme
  int tapped = -1;
  ImGui::PushID(id);
  for (size_t i = 0; i < labels.size(); ++i) {
    ImVec2 corner{at.x + each * static_cast<float>(i), at.y};
    if (hitArea(labels[i].c_str(), corner, {each, size.y})) tapped = static_cast<int>(i);
    bool on = chosen >= 0 && nearest == i;
    if (const float touched = pressed(); touched > 0 && !on)
      list.AddRectFilled({corner.x + inset, corner.y + inset}, {corner.x + each - inset, corner.y + size.y - inset},
                         withAlpha(ui.theme.accentTint, touched * alpha), ui.px(8.5f));
    ImFont* font = ui.fonts.strong;
    std::string shown = clipped(font, labels[i], each - ui.px(10));
    drawText(list, font, {corner.x + (each - widthOf(font, shown)) / 2, at.y + (size.y - em(font)) / 2},
             withAlpha(!on                                ? ui.theme.inkSoft
                       : colours[nearest] == ui.theme.ink ? onInk
                                                          : ui.theme.onAccent,
                       alpha),
             shown);
  }
  ImGui::PopID();
  return tapped == chosen ? -1 : tapped;
}

float chip(const Context& ui, ImVec2 at, std::string_view label, ImU32 fill, ImU32 ink) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float alpha = ImGui::GetStyle().Alpha, height = ui.px(24), pad = ui.px(9);
  float width = widthOf(ui.fonts.small, label) + 2 * pad;
  list.AddRectFilled(at, {at.x + width, at.y + height}, withAlpha(fill, alpha), height / 2);
  drawText(list, ui.fonts.small, {at.x + pad, at.y + (height - em(ui.fonts.small)) / 2}, withAlpha(ink, alpha), label);
  return width;
}

bool slider(const Context& ui, const char* id, ImVec2 at, float width, float& value, ImU32 colour) {
  float height = ui.px(44), radius = ui.px(12);
  hitArea(id, at, {width, height});
  bool changed = false;
  if (ImGui::IsItemActive()) {
    float wanted =
        std::clamp((ImGui::GetIO().MousePos.x - at.x - radius) / std::max(width - 2 * radius, 1.0f), 0.0f, 1.0f);
    changed = wanted != value;
    value = wanted;
  }
  const float touched = pressed();
  float alpha = ImGui::GetStyle().Alpha, y = at.y + height / 2,
        x = std::lerp(at.x + radius, at.x + width - radius, value);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({at.x, y - ui.px(3)}, {at.x + width, y + ui.px(3)}, withAlpha(ui.theme.line, alpha), ui.px(3));
  list.AddRectFilled({at.x, y - ui.px(3)}, {x, y + ui.px(3)}, withAlpha(colour, alpha), ui.px(3));
  list.AddCircleFilled({x, y + ui.px(1.5f)}, radius + ui.px(1), withAlpha(ui.theme.shadow, 0.2f * alpha), 32);
  if (touched > 0) list.AddCircleFilled({x, y}, radius + ui.px(7), withAlpha(colour, 0.22f * touched * alpha), 32);
  list.AddCircleFilled({x, y}, radius, withAlpha(ui.theme.onAccent, alpha), 32);
  list.AddCircle({x, y}, radius - ui.px(1), withAlpha(colour, alpha), 32, ui.px(2));
  return changed;
}

}  // namespace cm::app::ui
