// What features are coloured by: the choice in the panel, and the legend over the picture.
#include <fmt/format.h>

#include <algorithm>

#include "app/ui/panels.h"
#include "city/land_use.h"

namespace cm::app::ui {
namespace {

//! Swatches in the panel: the style's own colours in a strip, as wide as a switch.
void strip(const city::Style& style, ImVec2 at, ImVec2 size) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  std::vector<ImU32> colours;
  for (const city::StyleStop& stop : style.stops) colours.push_back(colourOf(stop.colour));
  for (const city::StyleCategory& category : style.categories) colours.push_back(colourOf(category.colour));
  if (colours.empty() && style.other) colours.push_back(colourOf(*style.other));
  if (colours.size() > 8) colours.resize(8);
  const float each = size.x / static_cast<float>(std::max<size_t>(colours.size(), 1));
  for (size_t i = 0; i < colours.size(); ++i) {
    const float x = at.x + each * static_cast<float>(i);
    list.AddRectFilled({x, at.y}, {x + each + 0.5f, at.y + size.y}, colours[i]);
  }
}

//! One line of the choice; true when it was tapped.
bool choice(Context& ui, float width, const std::string& label, const city::Style* style, bool chosen) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ui.px(44), left = ui.px(18);
  const bool tapped = hitArea(label.c_str(), {at.x + left, at.y}, {width - 2 * left, height});
  const ImVec2 dot{at.x + left + ui.px(9), at.y + height / 2};
  list.AddCircle(dot, ui.px(8), chosen ? ui.theme.accent : ui.theme.before, 24, ui.px(2));
  if (chosen) list.AddCircleFilled(dot, ui.px(4.5f), ui.theme.accent, 24);
  drawText(list, chosen ? ui.fonts.strong : ui.fonts.body,
           {at.x + left + ui.px(30), at.y + (height - em(ui.fonts.body)) / 2}, ui.theme.ink,
           clipped(ui.fonts.body, label, width - 2 * left - ui.px(110)));
  if (style) strip(*style, {at.x + width - left - ui.px(72), at.y + height / 2 - ui.px(5)}, {ui.px(72), ui.px(10)});
  ImGui::Dummy({width, height});
  return tapped;
}

void rampLegend(Context& ui, const city::Style& style, float left, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float rowHeight = ui.px(26), barWidth = ui.px(22), x = at.x + left;
  const auto count = style.stops.size();
  // High values stand above, as what they mean does.
  for (size_t i = 0; i < count; ++i) {
    const city::StyleStop& stop = style.stops[count - 1 - i];
    const float y = at.y + rowHeight * static_cast<float>(i);
    const ImU32 here = colourOf(stop.colour),
                next = i + 1 < count && !style.stepped ? colourOf(style.stops[count - 2 - i].colour) : here;
    list.AddRectFilledMultiColor({x, y}, {x + barWidth, y + rowHeight}, here, here, next, next);
    std::string label = number(stop.value) + (style.unit.empty() ? "" : " " + style.unit);
    if (i == 0) label = "≥ " + label;
    list.AddLine({x + barWidth, y}, {x + barWidth + ui.px(5), y}, ui.theme.inkSoft, 1);
    drawText(list, ui.fonts.body, {x + barWidth + ui.px(12), y - em(ui.fonts.body) * (i == 0 ? 0.1f : 0.5f)},
             ui.theme.ink, label);
  }
  ImGui::Dummy({width, rowHeight * static_cast<float>(count)});
}

void categoryLegend(Context& ui, const city::Style& style, float left, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto line = [&](ImU32 colour, const std::string& label, const std::string& small) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ui.px(small.empty() ? 25 : 38), side = ui.px(15), x = at.x + left,
                y = at.y + (height - side) / 2;
    list.AddRectFilled({x, y}, {x + side, y + side}, colour, ui.px(4));
    const float textX = x + side + ui.px(10), room = width - 2 * left - side - ui.px(10);
    const float first = small.empty() ? (height - em(ui.fonts.body)) / 2 : ui.px(2);
    drawFitted(list, ui.fonts.body, {textX, at.y + first}, ui.theme.ink, label, room);
    if (!small.empty()) drawFitted(list, ui.fonts.small, {textX, at.y + ui.px(20)}, ui.theme.inkSoft, small, room);
    ImGui::Dummy({width, height});
  };
  const city::StyleCategory* above = nullptr;  // values of one name and colour share their line
  for (const city::StyleCategory& category : style.categories) {
    const bool same = above && !category.name.empty() && ui.in(category.name) == ui.in(above->name) &&
                      category.colour == above->colour;
    above = &category;
    if (same) continue;
    line(colourOf(category.colour), category.name.empty() ? category.value : ui.in(category.name),
         category.name.empty() ? std::string() : ui.other(category.name));
  }
}

}  // namespace

void drawStyles(Context& ui, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ui.px(40);
  drawIcon(list, Icon::Buildings, {at.x + ui.px(27), at.y + height / 2}, ui.px(20), ui.theme.ink);
  drawText(list, ui.fonts.strong, {at.x + ui.px(48), at.y + (height - em(ui.fonts.strong)) / 2}, ui.theme.ink,
           ui.tr("styles.title"));
  ImGui::Dummy({width, height});
  ImGui::PushID("styles");
  if (choice(ui, width, ui.tr("styles.none"), nullptr, ui.session.style.empty())) ui.emit(city::SetStyle{});
  for (const city::Style& style : ui.document.styles)
    if (choice(ui, width, ui.in(style.name), &style, ui.session.style == style.id)) ui.emit(city::SetStyle{style.id});
  ImGui::PopID();
}

void drawLegend(Context& ui) {
  const city::Style* style = city::shownStyle(ui.document, ui.session);
  if (!style || ui.layout.legend.empty()) return;
  const Rect rect = ui.layout.legend;
  beginCard(ui, "##legend", rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float left = ui.px(16), header = ui.px(52);
  drawFitted(list, ui.fonts.strong, {rect.x + left, rect.y + ui.px(13)}, ui.theme.ink, ui.in(style->name),
             rect.width - left - ui.px(52));
  if (const std::string& small = ui.other(style->name); !small.empty())
    drawFitted(list, ui.fonts.small, {rect.x + left, rect.y + ui.px(33)}, ui.theme.inkSoft, small,
               rect.width - left - ui.px(52));
  // What the look itself colours by goes with the look.
  if (!ui.session.style.empty() &&
      plainIconButton(ui, "no style", {rect.right() - ui.px(48), rect.y + ui.px(6)}, Icon::Close))
    ui.emit(city::SetStyle{});
  ImGui::SetCursorScreenPos({rect.x, rect.y + header + ui.px(4)});
  beginScroll("legend", {rect.width, rect.height - header - ui.px(12)});
  const float top = ImGui::GetCursorPosY();
  if (!style->stops.empty())
    rampLegend(ui, *style, left, rect.width);
  else
    categoryLegend(ui, *style, left, rect.width);
  setNeeded(ui, "legend " + style->id, header + ImGui::GetCursorPosY() - top + ui.px(18));
  endScroll(ui);
  endCard();
}

}  // namespace cm::app::ui
