// The top: the city's name with 示意数据 where its data is made up, and language and help in the other corner.
#include <algorithm>

#include "app/ui/panels.h"

namespace cm::app::ui {

void drawTitle(Context& ui) {
  const Rect rect = ui.layout.title;
  beginCard(ui, "##title", rect, 1, ImGuiWindowFlags_NoInputs);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float x = rect.x + ui.px(18), right = rect.right() - ui.px(16);
  if (ui.document.illustrative) {
    const std::string& label = ui.tr("badge.illustrative");
    float width = widthOf(ui.fonts.small, label) + ui.px(18);
    right -= width;
    chip(ui, {right, rect.y + ui.px(11)}, label, ui.theme.warningTint, ui.theme.warning);
    right -= ui.px(8);
  }
  const std::string& name = ui.in(ui.document.name);
  ImFont* font = widthOf(ui.fonts.display, name) <= right - x ? ui.fonts.display : ui.fonts.title;
  drawFitted(list, font, {x, rect.y + ui.px(8) + (ui.px(30) - em(font)) / 2}, ui.theme.ink, name, right - x);
  std::string below = ui.other(ui.document.name);
  if (below.empty()) below = ui.in(ui.document.description);
  float lower = rect.y + rect.height - ui.px(25);
  drawFitted(list, ui.fonts.small, {x + ui.px(1), lower}, ui.theme.inkSoft, below, rect.width - ui.px(34));
  endCard();
}

void drawCorner(Context& ui) {
  const Rect rect = ui.layout.corner;
  beginCard(ui, "##corner", rect);
  bool chinese = ui.language() == Language::Chinese;
  float inset = ui.px(4);
  int tapped =
      segments(ui, "language", {rect.x + inset, rect.y + inset}, {rect.width - ui.px(52), rect.height - 2 * inset},
               {"中", "EN"}, chinese ? 0 : 1, {ui.theme.ink, ui.theme.ink});
  if (tapped >= 0) ui.emit(city::SetLanguage{tapped == 0 ? Language::Chinese : Language::English});
  if (plainIconButton(ui, "help", {rect.right() - ui.px(46), rect.y + ui.px(4)}, Icon::Help))
    ui.state.helpOpen = !ui.state.helpOpen;
  endCard();
}

}  // namespace cm::app::ui
