// 图层: greenways and metro one by one, the other layers, the light.
#include <array>
#include <cmath>
#include <span>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

struct Row {
  Context& ui;
  float width;
  float left() const { return ui.px(18); }
  float switchX() const { return width - ui.px(18) - ui.px(52); }
};

//! A name with a switch; true where it was touched.
bool switchRow(const Row& row, Icon icon, const std::string& label, bool on) {
  Context& ui = row.ui;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 at = ImGui::GetCursorScreenPos();
  float height = ui.px(46);
  drawIcon(list, icon, {at.x + row.left() + ui.px(9), at.y + height / 2}, ui.px(20), ui.theme.ink);
  const float x = at.x + row.left() + ui.px(30);
  drawFitted(list, ui.fonts.strong, {x, at.y + (height - em(ui.fonts.strong)) / 2}, ui.theme.ink, label,
             at.x + row.switchX() - ui.px(6) - x);
  const bool touched = toggleSwitch(ui, label.c_str(), {at.x + row.switchX(), at.y + ui.px(1)}, on);
  ImGui::Dummy({row.width, height});
  return touched;
}

void heading(const Row& row, Icon icon, const std::string& label, bool city::Layers::*member) {
  city::Layers layers = row.ui.session.layers;
  if (!switchRow(row, icon, label, layers.*member)) return;
  layers.*member = !(layers.*member);
  row.ui.emit(city::SetLayers{layers});
}

//! The pictures of the ground, the uppermost first, as one sees them.
void imagery(const Row& row) {
  Context& ui = row.ui;
  for (auto layer = ui.document.imagery.rbegin(); layer != ui.document.imagery.rend(); ++layer) {
    ImGui::PushID(layer->id.c_str());
    const bool shown = !ui.session.layers.hiddenItems.contains(layer->id);
    const std::string& name = layer->name.empty() ? ui.tr("layers.imagery") : ui.in(layer->name);
    if (switchRow(row, Icon::Layers, name, shown)) ui.emit(city::SetItemVisible{layer->id, !shown});
    ImGui::PopID();
  }
}

//! A greenway's line or a metro line's badge: solid when it exists, dashed when it is a plan.
void sample(const Context& ui, ImVec2 at, const city::OverlayItem& item, bool metro, float alpha) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImU32 colour = withAlpha(colourOf(item.colour), alpha);
  float length = ui.px(26), thick = ui.px(metro ? 5 : 4);
  bool planned = item.status != city::PlanStatus::Existing;
  float y = std::round(at.y);
  if (!planned) {
    list.AddRectFilled({at.x, y - thick / 2}, {at.x + length, y + thick / 2}, colour, thick / 2);
  } else {
    for (int i = 0; i < 3; ++i) {
      float x = at.x + length * (0.02f + 0.35f * static_cast<float>(i));
      list.AddRectFilled({x, y - thick / 2}, {x + length * 0.26f, y + thick / 2}, colour, thick / 2);
    }
  }
  if (metro) {
    list.AddCircleFilled({at.x + length / 2, y}, ui.px(5), colour, 24);
    list.AddCircleFilled({at.x + length / 2, y}, ui.px(2.6f), ui.theme.onAccent, 20);
  }
}

std::string note(const Context& ui, const city::OverlayItem& item) {
  std::string text;
  auto add = [&](const std::string& part) { text += (text.empty() ? "" : " · ") + part; };
  if (item.lengthKilometres)
    add(filled(ui.tr("unit.kilometres"), {number(std::round(*item.lengthKilometres * 10) / 10)}));
  if (item.opens) add(filled(ui.tr("item.opens"), {std::to_string(item.opens->year)}));
  if (item.status != city::PlanStatus::Existing) add(statusWord(ui, item.status));
  return text;
}

void items(const Row& row, city::OverlayKind kind, bool enabled) {
  Context& ui = row.ui;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  bool metro = kind == city::OverlayKind::Metro;
  for (const city::Overlay& overlay : ui.document.overlays) {
    if (overlay.kind != kind) continue;
    for (const city::OverlayItem& item : overlay.items) {
      ImGui::PushID(item.id.c_str());
      ImVec2 at = ImGui::GetCursorScreenPos();
      float height = ui.px(52);
      bool visible = !ui.session.layers.hiddenItems.contains(item.id), on = visible && enabled;
      city::Selection selection{metro ? city::PickKind::MetroLine : city::PickKind::Greenway, item.id};
      if (hitArea("open", at, {row.switchX() - ui.px(4), height})) ui.emit(city::Select{selection});
      float tint = ui.ease("item" + item.id, ui.session.selection == selection ? 1.0f
                                             : ImGui::IsItemHovered()          ? 0.55f
                                                                               : 0.0f);
      if (tint > 0)
        list.AddRectFilled({at.x + ui.px(8), at.y + ui.px(1)}, {at.x + row.width - ui.px(8), at.y + height - ui.px(1)},
                           withAlpha(ui.theme.accentTint, tint), ui.px(10));
      sample(ui, {at.x + row.left(), at.y + height / 2}, item, metro, on ? 1.0f : 0.35f);
      float x = at.x + row.left() + ui.px(38), room = at.x + row.switchX() - ui.px(6) - x;
      std::string below = note(ui, item);
      float first = below.empty() ? (height - em(ui.fonts.body)) / 2 : ui.px(7);
      drawFitted(list, ui.fonts.body, {x, at.y + first}, on ? ui.theme.ink : ui.theme.inkSoft, ui.in(item.name), room);
      drawFitted(list, ui.fonts.small, {x, at.y + ui.px(29)}, ui.theme.inkSoft, below, room);
      if (toggleSwitch(ui, "switch", {at.x + row.switchX(), at.y + ui.px(4)}, on)) {
        ui.emit(city::SetItemVisible{item.id, !on});
        if (!on && !enabled) {  // one of them asked for means the layer is, too
          city::Layers layers = ui.session.layers;
          (metro ? layers.metro : layers.greenways) = true;
          layers.hiddenItems.erase(item.id);
          ui.emit(city::SetLayers{layers});
        }
      }
      ImGui::Dummy({row.width, height});
      ImGui::PopID();
    }
  }
}

bool hasKind(const city::Document& document, city::OverlayKind kind) {
  for (const city::Overlay& overlay : document.overlays)
    if (overlay.kind == kind) return true;
  return false;
}

void rule(const Row& row) {
  ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y + row.ui.px(6);
  ImGui::GetWindowDrawList()->AddLine({at.x + row.left(), y}, {at.x + row.width - row.left(), y}, row.ui.theme.line, 1);
  ImGui::Dummy({row.width, row.ui.px(12)});
}

void light(const Row& row) {
  Context& ui = row.ui;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 at = ImGui::GetCursorScreenPos();
  float height = ui.px(46);
  drawIcon(list, Icon::Sun, {at.x + row.left() + ui.px(9), at.y + height / 2}, ui.px(20), ui.theme.ink);
  const std::string& label = ui.tr("layers.sun");
  float textX = at.x + row.left() + ui.px(30);
  drawText(list, ui.fonts.strong, {textX, at.y + (height - em(ui.fonts.strong)) / 2}, ui.theme.ink, label);
  int minutes = static_cast<int>(std::lround(ui.session.hourOfDay * 60));
  std::string clock = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  drawText(list, ui.fonts.body,
           {at.x + row.width - row.left() - widthOf(ui.fonts.body, clock), at.y + (height - em(ui.fonts.body)) / 2},
           ui.theme.inkSoft, clock);
  ImGui::Dummy({row.width, height});
  at = ImGui::GetCursorScreenPos();
  float value = static_cast<float>(ui.session.hourOfDay) / 24;
  value = std::fmin(std::fmax(value, 0.0f), 1.0f);
  if (slider(ui, "hour", {at.x + row.left(), at.y - ui.px(6)}, row.width - 2 * row.left(), value,
             IM_COL32(0xe9, 0xa8, 0x3a, 255)))
    ui.emit(city::SetHour{std::round(value * 24 * 12) / 12.0});
  ImGui::Dummy({row.width, ui.px(40)});
  // Mid-October's light, the day the sun is shown for: just up, as the city opens, gone and the windows lit, dark.
  constexpr std::array<double, 4> kHours{6.5, 14 + 4 / 60.0, 17 + 36 / 60.0, 21};
  int chosen = -1;
  for (size_t i = 0; i < kHours.size(); ++i)
    if (std::abs(ui.session.hourOfDay - kHours[i]) < 0.05) chosen = static_cast<int>(i);
  at = ImGui::GetCursorScreenPos();
  const int tapped = segments(ui, "daylight", {at.x + row.left(), at.y}, {row.width - 2 * row.left(), ui.px(44)},
                              {ui.tr("light.dawn"), ui.tr("light.day"), ui.tr("light.dusk"), ui.tr("light.night")},
                              chosen, {ui.theme.accent, ui.theme.accent, ui.theme.accent, ui.theme.accent});
  if (tapped >= 0) ui.emit(city::SetHour{kHours[static_cast<size_t>(tapped)]});
  ImGui::Dummy({row.width, ui.px(52)});
}

//! Five kinds side by side, each with its picture; looks that are drawings leave them dim.
void weather(const Row& row) {
  struct Kind {
    city::Weather weather;
    Icon icon;
    const std::string& name;
  };
  Context& ui = row.ui;
  const std::array<Kind, 5> kinds{{{city::Weather::Clear, Icon::Sun, ui.tr("weather.clear")},
                                   {city::Weather::Overcast, Icon::Cloud, ui.tr("weather.overcast")},
                                   {city::Weather::Fog, Icon::Fog, ui.tr("weather.fog")},
                                   {city::Weather::Rain, Icon::Rain, ui.tr("weather.rain")},
                                   {city::Weather::Snow, Icon::Snow, ui.tr("weather.snow")}}};
  const bool known = city::hasWeather(ui.session.look);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float left = at.x + row.left(), width = row.width - 2 * row.left(), height = ui.px(64), inset = ui.px(4);
  const float each = width / static_cast<float>(kinds.size());
  list.AddRectFilled({left, at.y}, {left + width, at.y + height}, ui.theme.sink, ui.px(11));
  int chosen = -1;
  for (size_t i = 0; i < kinds.size(); ++i)
    if (known && kinds[i].weather == ui.session.weather) chosen = static_cast<int>(i);
  const float slot = left + each * ui.ease("weather.slot", static_cast<float>(std::max(chosen, 0)));
  if (chosen >= 0)
    list.AddRectFilled({slot + inset, at.y + inset}, {slot + each - inset, at.y + height - inset}, ui.theme.accent,
                       ui.px(8.5f));
  ImGui::PushID("weather");
  for (size_t i = 0; i < kinds.size(); ++i) {
    const Kind& kind = kinds[i];
    const float x = left + each * static_cast<float>(i), middle = x + each / 2;
    const bool on = static_cast<int>(i) == chosen;
    if (hitArea(kind.name.c_str(), {x, at.y}, {each, height}) && known && !on) ui.emit(city::SetWeather{kind.weather});
    const ImU32 ink = on ? ui.theme.onAccent : withAlpha(ui.theme.inkSoft, known ? 1.0f : 0.35f);
    drawIcon(list, kind.icon, {middle, at.y + ui.px(23)}, ui.px(22), ink);
    if (!known) continue;
    const std::string shown = clipped(ui.fonts.small, kind.name, each - ui.px(6));
    drawText(list, ui.fonts.small, {middle - widthOf(ui.fonts.small, shown) / 2, at.y + ui.px(40)}, ink, shown);
  }
  ImGui::PopID();
  ImGui::Dummy({row.width, height + ui.px(8)});
  if (known) return;
  const std::string none = clipped(ui.fonts.small, ui.tr("weather.none"), width - ui.px(12));
  drawText(list, ui.fonts.small, {left + (width - widthOf(ui.fonts.small, none)) / 2, at.y + ui.px(40)},
           ui.theme.inkSoft, none);
}

//! One row of looks; those of the other row leave it without a choice.
void looks(const Row& row, const char* id, std::span<const std::pair<city::Look, const char*>> shown) {
  Context& ui = row.ui;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  std::vector<std::string> names;
  int chosen = -1;
  for (const auto& [look, key] : shown) {
    if (look == ui.session.look) chosen = static_cast<int>(names.size());
    names.push_back(ui.tr(key));
  }
  const int tapped = segments(ui, id, {at.x + row.left(), at.y}, {row.width - 2 * row.left(), ui.px(44)}, names, chosen,
                              std::vector<ImU32>(names.size(), ui.theme.accent));
  if (tapped >= 0) ui.emit(city::SetLook{shown[static_cast<size_t>(tapped)].first});
  ImGui::Dummy({row.width, ui.px(52)});
}

//! The city as it is, then drawings of it.
void look(const Row& row) {
  using Shown = std::pair<city::Look, const char*>;
  const std::array<Shown, 3> kShown{
      {{city::Look::Clay, "look.clay"}, {city::Look::Day, "look.day"}, {city::Look::Plain, "look.plain"}}};
  const std::array<Shown, 2> kDrawings{{{city::Look::Tech, "look.tech"}, {city::Look::Plan, "look.plan"}}};
  looks(row, "look", kShown);
  looks(row, "drawing", kDrawings);
}

}  // namespace

void drawLayers(Context& ui, float width) {
  Row row{ui, width};
  if (hasKind(ui.document, city::OverlayKind::Greenway)) {
    heading(row, Icon::Leaf, ui.tr("layers.greenways"), &city::Layers::greenways);
    items(row, city::OverlayKind::Greenway, ui.session.layers.greenways);
    rule(row);
  }
  if (hasKind(ui.document, city::OverlayKind::Metro)) {
    heading(row, Icon::Train, ui.tr("layers.metro"), &city::Layers::metro);
    drawRailLegend(ui, width);
    heading(row, Icon::Layers, ui.tr("layers.underground"), &city::Layers::underground);
    items(row, city::OverlayKind::Metro, ui.session.layers.metro);
    rule(row);
  }
  if (hasTrains(ui.document) || hasKind(ui.document, city::OverlayKind::Greenway)) {
    heading(row, Icon::Clock, ui.tr("layers.life"), &city::Layers::life);
    rule(row);
  }
  if (!ui.document.imagery.empty()) {
    imagery(row);
    rule(row);
  }
  heading(row, Icon::Label, ui.tr("layers.labels"), &city::Layers::labels);
  if (!ui.document.projects.empty())
    heading(row, Icon::Area, ui.tr("layers.projectAreas"), &city::Layers::projectAreas);
  heading(row, Icon::Buildings, ui.tr("layers.buildings"), &city::Layers::buildings);
  if (ui.session.compare != city::Compare::Off)
    heading(row, Icon::Area, ui.tr("layers.differences"), &city::Layers::differences);
  heading(row, Icon::Shadow, ui.tr("layers.shadows"), &city::Layers::shadows);
  rule(row);
  if (!ui.document.styles.empty()) {
    drawStyles(ui, width);
    rule(row);
  }
  light(row);
  weather(row);
  look(row);
}

}  // namespace cm::app::ui
