// The left card with its two tabs, or the round button that brings it back.
#include "app/ui/panels.h"

namespace cm::app::ui {

void drawSidePanel(Context& ui) {
  if (ui.layout.panel.empty()) {
    const Rect& button = ui.layout.panelButton;
    beginBare("##open panel", button);
    if (roundButton(ui, "open panel", {button.x, button.y}, button.width, Icon::Layers)) {
      ui.state.panelOpen = true;
      // Where there is room for one of the two, the panel asks the card to go.
      if (ui.session.selection.kind != city::PickKind::Nothing) {
        LayoutWishes both{true, true, false, false};
        if (layoutFor(ui.seen.windowSize, ui.seen.scale, both).panel.empty()) ui.emit(city::Select{});
      }
    }
    endBare();
    return;
  }
  const char* name = ui.state.tab == Tab::Projects ? "projects" : "layers";
  const Rect rect = ui.layout.panel;
  beginCard(ui, "##panel", rect);
  float inset = ui.px(8);
  bool hasProjects = !ui.document.projects.empty();
  std::vector<std::string> labels;
  if (hasProjects) labels.push_back(ui.tr("projects.title"));
  labels.push_back(ui.tr("layers.title"));
  int chosen = hasProjects && ui.state.tab == Tab::Layers ? 1 : 0;
  int tapped = segments(ui, "tabs", {rect.x + inset, rect.y + inset}, {rect.width - inset - ui.px(52), ui.px(44)}, labels, chosen,
                        {ui.theme.accent, ui.theme.accent});
  if (tapped >= 0) ui.state.tab = tapped == 0 ? Tab::Projects : Tab::Layers;
  if (plainIconButton(ui, "fold", {rect.right() - ui.px(48), rect.y + inset}, Icon::ChevronLeft)) ui.state.panelOpen = false;

  float header = ui.px(60);
  ImGui::SetCursorScreenPos({rect.x, rect.y + header});
  beginScroll(name, {rect.width, rect.height - header - ui.px(8)});
  float top = ImGui::GetCursorPosY();
  if (std::string_view(name) == "projects")
    drawProjects(ui, rect.width);
  else
    drawLayers(ui, rect.width);
  setNeeded(ui, name, header + ImGui::GetCursorPosY() - top + ui.px(10));
  endScroll(ui);
  endCard();
}

}  // namespace cm::app::ui
