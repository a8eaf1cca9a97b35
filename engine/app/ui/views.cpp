// Saved views as chips in a row, dragged sideways; the last one keeps the view that is on the screen.
#include <algorithm>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr std::string_view kKept = "kept-";   // ids of views that a visitor kept

bool pill(const Context& ui, const char* id, ImVec2 at, float width, std::string_view label, Icon icon, bool chosen) {
  float height = ui.px(44);
  bool tapped = hitArea(id, at, {width, height});
  float p = ImGui::IsItemActive() ? 1.0f : ImGui::IsItemHovered() ? 0.5f : 0.0f;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 min{at.x, at.y + ui.px(3)}, max{at.x + width, at.y + height - ui.px(3)};
  float radius = (max.y - min.y) / 2;
  list.AddRectFilled({min.x, min.y + ui.px(1.5f)}, {max.x, max.y + ui.px(1.5f)}, withAlpha(ui.theme.shadow, 0.13f), radius);
  list.AddRectFilled(min, max, chosen ? ui.theme.accent : mix(ui.theme.card, ui.theme.accentTint, p), radius);
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
    return {id, {filled(ui.words.in(Language::Chinese, "views.kept"), {index}), filled(ui.words.in(Language::English, "views.kept"), {index})},
            ui.session.camera};
  }
}

}  // namespace

void drawViews(Context& ui) {
  const Rect rect = ui.layout.views;
  if (rect.empty()) return;
  beginBare("##views", rect);
  beginScroll("chips", {rect.width, rect.height}, true);
  const city::CameraPose& camera = ui.session.flight.durationSeconds > 0 ? ui.session.flight.to : ui.session.camera;
  float start = ImGui::GetCursorScreenPos().x, x = start, y = ImGui::GetCursorScreenPos().y;
  for (const city::SavedView& view : ui.document.views) {
    ImGui::PushID(view.id.c_str());
    std::string label = clipped(ui.fonts.body, ui.in(view.name), ui.px(190));
    float width = widthOf(ui.fonts.body, label) + ui.px(52);
    bool chosen = city::samePlace(view.camera, camera);
    bool removable = chosen && view.id.starts_with(kKept);
    if (pill(ui, "view", {x, y}, width, label, Icon::Pin, chosen)) ui.emit(city::FlyTo{view.camera, 1.8});
    x += width + ui.px(8);
    if (removable) {
      if (pill(ui, "remove", {x, y}, ui.px(44), "", Icon::Close, false)) ui.emit(city::RemoveView{view.id});
      x += ui.px(52);
    }
    ImGui::PopID();
  }
  bool saved = std::any_of(ui.document.views.begin(), ui.document.views.end(),
                           [&](const auto& view) { return city::samePlace(view.camera, camera); });
  if (!saved && ui.session.flight.durationSeconds <= 0) {
    const std::string& label = ui.tr("views.keep");
    float width = widthOf(ui.fonts.body, label) + ui.px(52);
    if (pill(ui, "keep", {x, y}, width, label, Icon::Star, false)) ui.emit(city::SaveView{keptView(ui)});
    x += width + ui.px(8);
  }
  ImGui::Dummy({x - start, rect.height});
  endScroll(ui, true);
  endBare();
}

}  // namespace cm::app::ui
