// 更新项目: every renewal project with its switch; a tap on its name opens its story.
#include <algorithm>

#include "app/ui/panels.h"

namespace cm::app::ui {

std::string kindWord(const Context& ui, city::ProjectKind kind) {
  switch (kind) {
    case city::ProjectKind::OldCommunity: return ui.tr("kind.oldCommunity");
    case city::ProjectKind::VillageInCity: return ui.tr("kind.villageInCity");
    case city::ProjectKind::HistoricQuarter: return ui.tr("kind.historicQuarter");
    case city::ProjectKind::Waterfront: return ui.tr("kind.waterfront");
    case city::ProjectKind::IndustrialHeritage: return ui.tr("kind.industrialHeritage");
    case city::ProjectKind::Park: return ui.tr("kind.park");
    case city::ProjectKind::Transport: return ui.tr("kind.transport");
    case city::ProjectKind::Other: break;
  }
  return ui.tr("kind.other");
}

std::string statusWord(const Context& ui, city::PlanStatus status) {
  switch (status) {
    case city::PlanStatus::Existing: return ui.tr("status.existing");
    case city::PlanStatus::Planned: return ui.tr("status.planned");
    case city::PlanStatus::UnderConstruction: return ui.tr("status.underConstruction");
    case city::PlanStatus::Approved: break;
  }
  return ui.tr("status.approved");
}

void openProject(const Context& ui, const city::Project& project) {
  ui.emit(city::Select{{city::PickKind::Project, project.id}});
  ui.emit(city::FlyTo{city::viewOf(project), 1.8});
}

void switchProject(const Context& ui, const std::string& id, bool on) {
  ui.emit(city::SetProject{id, on});
  if (on) showAfterSide(ui);
}

void drawProjects(Context& ui, float width) {
  const auto& projects = ui.document.projects;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  auto isOn = [&](const city::Project& project) { return city::isOn(ui.document, ui.session.after, project.id); };
  const float left = ui.px(18), switchX = width - ui.px(18) - ui.px(52);

  // All of them.
  bool all = std::all_of(projects.begin(), projects.end(), isOn);
  ImVec2 at = ImGui::GetCursorScreenPos();
  float row = ui.px(48);
  auto onCount = std::count_if(projects.begin(), projects.end(), isOn);
  drawText(list, ui.fonts.body, {at.x + left, at.y + (row - em(ui.fonts.body)) / 2}, ui.theme.inkSoft,
           filled(ui.tr("projects.all"), {std::to_string(onCount), std::to_string(projects.size())}));
  if (toggleSwitch(ui, "all", {at.x + switchX, at.y + ui.px(2)}, all)) {
    ui.emit(city::SetAllProjects{!all});
    if (!all) showAfterSide(ui);
  }
  list.AddLine({at.x + left, at.y + row}, {at.x + width - left, at.y + row}, ui.theme.line, 1);
  ImGui::Dummy({width, row + ui.px(4)});

  for (const city::Project& project : projects) {
    ImGui::PushID(project.id.c_str());
    at = ImGui::GetCursorScreenPos();
    row = ui.px(62);
    bool chosen = ui.session.selection == city::Selection{city::PickKind::Project, project.id};
    if (hitArea("open", at, {switchX - ui.px(4), row})) openProject(ui, project);
    bool held = ImGui::IsItemActive() || ImGui::IsItemHovered();
    float tint = ui.ease("row" + project.id, chosen ? 1.0f : held ? 0.55f : 0.0f);
    if (tint > 0)
      list.AddRectFilled({at.x + ui.px(8), at.y + ui.px(1)}, {at.x + width - ui.px(8), at.y + row - ui.px(1)},
                         withAlpha(ui.theme.accentTint, tint), ui.px(10));
    bool on = isOn(project);
    ImU32 colour = colourOf(project.kind);
    ImVec2 dot{at.x + left + ui.px(8), at.y + row / 2};
    list.AddCircleFilled(dot, ui.px(8), withAlpha(colour, on ? 1.0f : 0.28f), 28);
    list.AddCircleFilled(dot, ui.px(3), ui.theme.onAccent, 20);
    float x = at.x + left + ui.px(28), room = at.x + switchX - ui.px(6) - x;
    auto lines = wrapped(ui.fonts.strong, ui.in(project.name), room);
    if (lines.size() > 1) {  // a long name takes the room of the second language
      std::string_view rest = std::string_view(ui.in(project.name))
                                  .substr(static_cast<size_t>(lines[1].data() - ui.in(project.name).data()));
      drawText(list, ui.fonts.strong, {x, at.y + ui.px(12)}, ui.theme.ink, lines[0]);
      drawFitted(list, ui.fonts.strong, {x, at.y + ui.px(34)}, ui.theme.ink, rest, room);
    } else {
      drawText(list, ui.fonts.strong, {x, at.y + ui.px(12)}, ui.theme.ink, lines[0]);
      std::string below = ui.other(project.name);
      if (below.empty()) below = kindWord(ui, project.kind);
      drawFitted(list, ui.fonts.small, {x, at.y + ui.px(36)}, ui.theme.inkSoft, below, room);
    }
    if (toggleSwitch(ui, "switch", {at.x + switchX, at.y + (row - ui.px(44)) / 2}, on))
      switchProject(ui, project.id, !on);
    ImGui::Dummy({width, row});
    ImGui::PopID();
  }
}

}  // namespace cm::app::ui
