// Saved views as chips in a row; the last one keeps the view that is on the screen. A row that is too long is dragged or stepped
// sideways, shows none but whole chips, and turns to the one that was chosen.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr std::string_view kKept = "kept-";  // ids of views that a visitor kept

bool pill(const Context& ui, const char* id, ImVec2 at, float width, std::string_view label, Icon icon, bool chosen) {
  float height = ui.px(44);
  bool tapped = hitArea(id, at, {width, height});
  float p = ImGui::IsItemActive() ? 1.0f : ImGui::IsItemHovered() ? 0.5f : 0.0f;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 min{at.x, at.y + ui.px(3)}, max{at.x + width, at.y + height - ui.px(3)};
  float radius = (max.y - min.y) / 2;
  list.AddRectFilled({min.x, min.y + ui.px(1.5f)}, {max.x, max.y + ui.px(1.5f)}, withAlpha(ui.theme.shadow, 0.13f),
                     radius);
  list.AddRectFilled(min, max, chosen ? ui.theme.accent : mix(ui.theme.card, ui.theme.accentTint, p), radius);
  if (!chosen) list.AddRect(min, max, ui.theme.cardEdge, radius);
  ImU32 ink = chosen ? ui.theme.onAccent : ui.theme.ink;
  float middle = (min.y + max.y) / 2, x = at.x + ui.px(14);
  drawIcon(list, icon, {x + ui.px(8), middle}, ui.px(17), chosen ? ink : ui.theme.accent);
  if (!label.empty()) drawText(list, ui.fonts.body, {x + ui.px(22), middle - em(ui.fonts.body) / 2}, ink, label);
  return tapped;
}

city::SavedView keptView(const Context& ui) {
  for (int i = 1;; ++i) {
    std::string id = std::string(kKept) + std::to_string(i);
    if (ui.document.view(id)) continue;
    std::string index = std::to_string(i);
    return {id,
            {filled(ui.words.in(Language::Chinese, "views.kept"), {index}),
             filled(ui.words.in(Language::English, "views.kept"), {index})},
            ui.session.camera};
  }
}

}  // namespace

void drawViews(Context& ui) {
  const Rect rect = ui.layout.views;
  if (rect.empty()) return;
  State::Row& row = ui.state.views;
  const bool tooLong = row.length > rect.width + 0.5f;
  const float arrow = tooLong ? ui.px(44 + 8) : 0;
  // The arrow to what came earlier takes its room from the chips: the row's start has none.
  const float shift = row.at > 0.5f ? arrow : 0;
  const Rect inner{rect.x + shift, rect.y, std::max(rect.width - arrow - shift, 1.0f), rect.height};
  const float most = std::max(row.length - shift - inner.width, 0.0f),
              step = std::max(inner.width - ui.px(120), ui.px(120));
  beginBare("##views", rect);
  if (tooLong && row.at > 0.5f && roundButton(ui, "earlier", {rect.x, rect.y}, ui.px(44), Icon::ChevronLeft))
    row.target = std::max(row.at - step, 0.0f);
  if (tooLong && row.at < most - 0.5f &&
      roundButton(ui, "later", {rect.right() - ui.px(44), rect.y}, ui.px(44), Icon::ChevronRight))
    row.target = std::min(row.at + step, most);

  ImGui::SetCursorScreenPos({inner.x, inner.y});
  beginScroll("chips", {inner.width, inner.height}, true);
  const city::CameraPose& camera = ui.session.flight.durationSeconds > 0 ? ui.session.flight.to : ui.session.camera;
  const float start = ImGui::GetCursorScreenPos().x - shift, y = ImGui::GetCursorScreenPos().y;
  float x = start;
  //! Makes room for a chip; whether it is to be seen and touched.
  const auto whole = [&](float width) {
    const float left = std::exchange(x, x + width + ui.px(8)), seen = std::min(width, inner.width);
    return left >= inner.x - 0.5f && left + seen <= inner.right() + 0.5f;
  };
  std::string chosenId;
  for (const city::SavedView& view : ui.document.views) {
    ImGui::PushID(view.id.c_str());
    const std::string label = clipped(ui.fonts.body, ui.in(view.name), ui.px(190));
    const float left = x, width = widthOf(ui.fonts.body, label) + ui.px(52);
    const bool chosen = city::samePlace(view.camera, camera);
    if (whole(width) && pill(ui, "view", {left, y}, width, label, Icon::Pin, chosen))
      ui.emit(city::FlyTo{view.camera, 1.8});
    if (chosen) chosenId = view.id;
    if (chosen && row.chosen != view.id && (left < inner.x || left + width > inner.right()))
      row.target = std::clamp(left - start + (width - inner.width) / 2, 0.0f, most);
    const float beside = x;
    if (chosen && view.id.starts_with(kKept) && whole(ui.px(44)) &&
        pill(ui, "remove", {beside, y}, ui.px(44), "", Icon::Close, false))
      ui.emit(city::RemoveView{view.id});
    ImGui::PopID();
  }
  row.chosen = chosenId;
  if (chosenId.empty() && ui.session.flight.durationSeconds <= 0) {
    const std::string& label = ui.tr("views.keep");
    const float left = x, width = widthOf(ui.fonts.body, label) + ui.px(52);
    if (whole(width) && pill(ui, "keep", {left, y}, width, label, Icon::Star, false))
      ui.emit(city::SaveView{keptView(ui)});
  }
  const float length = x - ui.px(8) - start;
  if (std::abs(std::exchange(row.length, length) - length) > 0.5f) ui.state.animating = true;
  ImGui::Dummy({length - shift, rect.height});
  if (ui.state.dragged == ImGui::GetCurrentWindow()->ID) row.target.reset();
  if (row.target) {  // of our own counting: ImGui scrolls by whole pixels
    const float left = *row.target - row.at;
    row.at = std::abs(left) < 1 ? *row.target : row.at + left * (1 - std::exp(-ui.state.frameSeconds * 10));
    ImGui::SetScrollX(row.at);
    if (row.at == *row.target) row.target.reset();
    ui.state.animating = true;
  } else {
    row.at = ImGui::GetScrollX();
  }
  endScroll(ui, true);
  endBare();
}

}  // namespace cm::app::ui
