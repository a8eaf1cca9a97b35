// Today and the plan: the three-way choice at the top, and the divider that a finger drags across the city.
#include <algorithm>
#include <cmath>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

void sidePill(const Context& ui, ImDrawList& list, float edge, bool toTheLeft, float y, const std::string& label,
              ImU32 fill) {
  float height = ui.px(38), pad = ui.px(16);
  float width = widthOf(ui.fonts.strong, label) + 2 * pad;
  float x = toTheLeft ? edge - ui.px(14) - width : edge + ui.px(14);
  for (const auto& [name, rect] : ui.layout.all())  // under a card it would only shine through
    if (rect.overlaps({x, y, width, height})) return;
  softShadow(list, ui.theme, {x, y}, {x + width, y + height}, height / 2, ui.layout.scale, 0.8f);
  list.AddRectFilled({x, y}, {x + width, y + height}, fill, height / 2);
  const ImU32 ink = fill == ui.theme.ink ? ui.theme.card | IM_COL32_A_MASK : ui.theme.onAccent;
  drawText(list, ui.fonts.strong, {x + pad, y + (height - em(ui.fonts.strong)) / 2}, ink, label);
  ui.state.overPicture.emplace_back(x, y, x + width, y + height);
}

std::string yearOf(const Context& ui, const city::ScenarioState& side) {
  auto [first, last] = yearRange(ui.document);
  int year = city::dateOf(ui.document, side).year;
  return year > last + 50 || year < first - 50 ? std::string{} : std::to_string(year);
}

const std::string& nameOf(const Context& ui, const city::ScenarioState& side, const std::string& otherwise) {
  const city::Scenario* scenario = ui.document.scenario(side.scenario);
  return scenario && !scenario->name.empty() ? ui.in(scenario->name) : otherwise;
}

//! From where to where what is `2 * half` wide about `x` lies over the picture alone, top to bottom: cards are glass, and what is
//! under them would shine through. Each gap ends `half` from the cards.
std::vector<std::pair<float, float>> gapsAt(const Context& ui, float x, float half) {
  std::vector<std::pair<float, float>> taken, gaps;
  for (const auto& [name, rect] : ui.layout.all())
    if (rect.overlaps({x - half, 0, 2 * half, ui.seen.windowSize.y}))
      taken.emplace_back(rect.y - half, rect.bottom() + half);
  std::sort(taken.begin(), taken.end());
  taken.emplace_back(ui.seen.windowSize.y, ui.seen.windowSize.y);
  float from = 0;
  for (const auto& [begin, end] : taken) {
    if (begin > from) gaps.emplace_back(from, begin);
    from = std::max(from, end);
  }
  return gaps;
}

//! Where a finger can reach the handle: the middle, or the middle of the tallest gap between the cards that stand over the line.
float handleHeight(const Context& ui, float x, float radius) {
  const float middle = ui.seen.windowSize.y / 2;
  float best = middle, tallest = 0;
  for (const auto& [begin, end] : gapsAt(ui, x, radius)) {
    if (begin <= middle && middle <= end) return middle;
    if (end - begin <= tallest) continue;
    tallest = end - begin;
    best = (begin + end) / 2;
  }
  return best;
}

}  // namespace

void showAfterSide(const Context& ui) {
  if (!afterShown(ui.session)) ui.emit(city::ShowSide{true});
}

void swipe(const Context& ui) {
  ui.emit(city::SetCompare{city::Compare::Swipe});
  ui.emit(city::SetDivider{freeMiddle(ui.layout, ui.seen.windowSize.x)});
  ui.state.dividerFollows = true;
}

void drawCompare(Context& ui) {
  const Rect rect = ui.layout.compare;
  beginCard(ui, "##compare", rect);
  const city::Compare compare = ui.session.compare;
  const int chosen = compare == city::Compare::Swipe  ? 2
                     : compare == city::Compare::Lens ? 3
                     : ui.session.showAfter           ? 1
                                                      : 0;
  float inset = ui.px(4);
  int tapped =
      segments(ui, "sides", {rect.x + inset, rect.y + inset}, {rect.width - 2 * inset, rect.height - 2 * inset},
               {ui.tr("side.before"), ui.tr("side.after"), ui.tr("compare.swipe"), ui.tr("compare.lens")}, chosen,
               {ui.theme.ink, ui.theme.after, ui.theme.accent, ui.theme.accent});
  if (tapped == 2) swipe(ui);
  if (tapped == 3) ui.emit(city::SetCompare{city::Compare::Lens});
  if (tapped == 0 || tapped == 1) {
    if (compare != city::Compare::Off) ui.emit(city::SetCompare{city::Compare::Off});
    if (ui.session.showAfter != (tapped == 1)) ui.emit(city::ShowSide{tapped == 1});
  }
  endCard();
}

void drawLensRim(Context& ui) {
  if (ui.session.compare != city::Compare::Lens) return;
  const glm::vec2 window = ui.seen.windowSize;
  const city::LensPlace& lens = ui.session.lens;
  const ImVec2 centre{float(lens.x) * window.x, float(lens.y) * window.y};
  const float radius = float(lens.radius) * window.y;
  const bool plan = !ui.session.showAfter;  // inside
  const ImU32 side = plan ? ui.theme.after : ui.theme.ink;
  beginBare("##lens", {0, 0, window.x, window.y}, ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int i = 4; i > 0; --i)
    list.AddCircle(centre, radius + ui.px(1.5f), withAlpha(ui.theme.shadow, 0.05f), 128,
                   ui.px(4 + 4.0f * static_cast<float>(i)));
  list.AddCircle(centre, radius, ui.theme.onAccent, 128, ui.px(4.5f));
  list.AddCircle(centre, radius - ui.px(2.6f), withAlpha(side, 0.9f), 128, ui.px(1.2f));
  const city::ScenarioState& shown = plan ? ui.session.after : ui.session.before;
  const std::string year = yearOf(ui, shown);
  const std::string label =
      nameOf(ui, shown, ui.tr(plan ? "side.after" : "side.before")) + (year.empty() ? "" : "  " + year);
  const float height = ui.px(34), width = widthOf(ui.fonts.strong, label) + ui.px(30);
  // The name sits on the upper rim, or on the lower one where the cards at the top would cover it.
  const float top = std::max(ui.layout.compare.bottom(), ui.layout.title.bottom());
  const float x = std::clamp(centre.x - width / 2, ui.px(8), std::max(ui.px(8), window.x - width - ui.px(8)));
  float y = centre.y - radius - height / 2;
  if (y < top + ui.px(4)) y = centre.y + radius - height / 2;
  if (y + height > window.y - ui.px(40)) y = centre.y - height / 2;
  softShadow(list, ui.theme, {x, y}, {x + width, y + height}, height / 2, ui.layout.scale, 0.8f);
  list.AddRectFilled({x, y}, {x + width, y + height}, side, height / 2);
  drawText(list, ui.fonts.strong, {x + ui.px(15), y + (height - em(ui.fonts.strong)) / 2},
           plan ? ui.theme.onAccent : ui.theme.card | IM_COL32_A_MASK, label);
  ui.state.overPicture.emplace_back(x, y, x + width, y + height);
  endBare();
}

//! The rim, and a grip for its size; what a hand does inside is the input's affair (app/lens_grip.h).
void drawLens(Context& ui) {
  if (ui.session.compare != city::Compare::Lens) return;
  const glm::vec2 window = ui.seen.windowSize;
  const city::LensPlace& lens = ui.session.lens;
  const ImVec2 centre{float(lens.x) * window.x, float(lens.y) * window.y};
  const float radius = float(lens.radius) * window.y;

  // The grip stays where a hand can reach it: on the lower right of the rim, or where the window still has some of it.
  const float reach = ui.px(26);
  ImVec2 grip{centre.x + radius * 0.7071f, centre.y + radius * 0.7071f};
  for (const ImVec2 way :
       {ImVec2{0.7071f, 0.7071f}, ImVec2{-0.7071f, 0.7071f}, ImVec2{0.7071f, -0.7071f}, ImVec2{-0.7071f, -0.7071f}}) {
    const ImVec2 at{centre.x + radius * way.x, centre.y + radius * way.y};
    const Rect place{at.x - reach, at.y - reach, 2 * reach, 2 * reach};
    const auto all = ui.layout.all();
    const bool hidden =
        std::any_of(all.begin(), all.end(), [&](const auto& part) { return part.second.overlaps(place); });
    if (hidden || place.x < 0 || place.y < 0 || place.right() > window.x || place.bottom() > window.y) continue;
    grip = at;
    break;
  }

  // Windows that stay behind lie in the reverse order in which they came: the grip is over the rim.
  beginBare("##lens grip", {grip.x - reach, grip.y - reach, 2 * reach, 2 * reach},
            ImGuiWindowFlags_NoBringToFrontOnFocus);
  hitArea("grip", {grip.x - reach, grip.y - reach}, {2 * reach, 2 * reach});
  const bool held = ImGui::IsItemActive();
  if (held || ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNWSE);
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  if ((held || ImGui::IsItemDeactivated()) && (moved.x != 0 || moved.y != 0)) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    if (ImGui::IsMousePosValid(&mouse)) {
      city::LensPlace wanted = lens;
      wanted.radius = std::hypot(mouse.x - centre.x, mouse.y - centre.y) / window.y;
      ui.emit(city::SetLens{city::kept(wanted)});
    }
  }
  ImDrawList& over = *ImGui::GetWindowDrawList();
  over.PushClipRectFullScreen();
  const float t = ui.ease("lens.held", held ? 1.0f : 0.0f), size = ui.px(19 + 3 * t);
  softShadow(over, ui.theme, {grip.x - size, grip.y - size}, {grip.x + size, grip.y + size}, size, ui.layout.scale);
  over.AddCircleFilled(grip, size, ui.theme.card | IM_COL32_A_MASK, 40);
  over.AddCircle(grip, size - ui.px(3), mix(ui.theme.line, ui.theme.accent, t), 40, ui.px(1.5f));
  drawIcon(over, Icon::Resize, grip, ui.px(17), ui.theme.ink);
  over.PopClipRect();
  ui.state.overPicture.emplace_back(grip.x - size, grip.y - size, grip.x + size, grip.y + size);
  endBare();
  drawLensRim(ui);
}

//! The line where it is over the picture alone, and the names of its two sides.
void drawDividerLine(Context& ui) {
  if (ui.session.compare != city::Compare::Swipe) return;
  const glm::vec2 window = ui.seen.windowSize;
  const float x = static_cast<float>(ui.session.divider) * window.x;
  beginBare("##divider line", {0, 0, window.x, window.y},
            ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (const auto& [top, bottom] : gapsAt(ui, x, ui.px(6))) {
    if (bottom - top < ui.px(24)) continue;  // a stub between a card and the window's edge
    for (int i = 4; i > 0; --i) {
      const float half = ui.px(1.5f + 2.0f * static_cast<float>(i));
      list.AddRectFilled({x - half, top}, {x + half, bottom}, withAlpha(ui.theme.shadow, 0.035f));
    }
    list.AddRectFilled({x - ui.px(1.75f), top}, {x + ui.px(1.75f), bottom}, ui.theme.onAccent);
  }
  const float y = std::max(ui.layout.compare.bottom(), ui.layout.title.bottom()) + ui.px(14);
  auto label = [&](const city::ScenarioState& side, const std::string& otherwise) {
    std::string year = yearOf(ui, side);
    return nameOf(ui, side, otherwise) + (year.empty() ? "" : "  " + year);
  };
  sidePill(ui, list, x, true, y, label(ui.session.before, ui.tr("side.before")), ui.theme.ink);
  sidePill(ui, list, x, false, y, label(ui.session.after, ui.tr("side.after")), ui.theme.after);
  endBare();
}

//! A step of the way to the middle of what is seen of the city, where nobody holds the divider.
void followMiddle(const Context& ui) {
  constexpr float kPerSecond = 8;
  const double middle = freeMiddle(ui.layout, ui.seen.windowSize.x), off = middle - ui.session.divider;
  if (!ui.state.dividerFollows || off == 0) return;
  const double share = 1 - std::exp(-ui.state.frameSeconds * kPerSecond);
  const bool there = std::abs(off) * ui.seen.windowSize.x < 1;
  ui.emit(city::SetDivider{there ? middle : ui.session.divider + off * share});
  ui.state.animating = true;
}

//! A finger drags it anywhere along its line. Windows that stay behind lie in the reverse order in which they came: the handle is
//! over the line.
void drawDivider(Context& ui) {
  if (ui.session.compare != city::Compare::Swipe) return;
  const glm::vec2 window = ui.seen.windowSize;
  const float x = static_cast<float>(ui.session.divider) * window.x, grab = ui.px(28);
  beginBare("##divider", {x - grab, 0, 2 * grab, window.y}, ImGuiWindowFlags_NoBringToFrontOnFocus);
  hitArea("divider", {x - grab, 0}, {2 * grab, window.y});
  bool held = ImGui::IsItemActive();
  if (held) ui.state.dividerFollows = false;
  followMiddle(ui);
  if (held || ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  // A quick drag ends in the frame in which it moved: where the finger came up counts, too.
  if ((held || ImGui::IsItemDeactivated()) && ImGui::GetIO().MouseDelta.x != 0) {
    double wanted = std::clamp(static_cast<double>(ImGui::GetIO().MousePos.x / window.x), 0.02, 0.98);
    if (wanted != ui.session.divider) ui.emit(city::SetDivider{wanted});
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRectFullScreen();
  const float t = ui.ease("divider.held", held ? 1.0f : 0.0f), radius = ui.px(26 + 3 * t);
  const ImVec2 centre{x, handleHeight(ui, x, ui.px(28))};
  softShadow(list, ui.theme, {centre.x - radius, centre.y - radius}, {centre.x + radius, centre.y + radius}, radius,
             ui.layout.scale);
  list.AddCircleFilled(centre, radius, ui.theme.card | IM_COL32_A_MASK, 48);
  list.AddCircle(centre, radius - ui.px(4), mix(ui.theme.line, ui.theme.accent, t), 48, ui.px(1.5f));
  drawIcon(list, Icon::ChevronLeft, {x - ui.px(11), centre.y}, ui.px(20), ui.theme.ink);
  drawIcon(list, Icon::ChevronRight, {x + ui.px(11), centre.y}, ui.px(20), ui.theme.after);
  list.PopClipRect();
  endBare();
  drawDividerLine(ui);
}

}  // namespace cm::app::ui
