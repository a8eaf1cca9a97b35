#include "app/ui/card_art.h"

#include <algorithm>
#include <cmath>

namespace cm::app::ui {
namespace {

constexpr double kPersonMetres = 1.7, kTreeMetres = 8;

ImU32 shade(ImU32 colour) { return withAlpha(colour, ImGui::GetStyle().Alpha); }

void gap(const Context& ui, float designUnits) { ImGui::Dummy({1, ui.px(designUnits)}); }

//! A word on a picture, in the colours of its side.
void pill(const Context& ui, ImVec2 at, std::string_view label, bool after, bool toTheLeft) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float height = ui.px(24), width = widthOf(ui.fonts.small, label) + ui.px(18);
  if (toTheLeft) at.x -= width;
  const ImU32 fill = after ? ui.theme.after : ui.theme.ink;
  list.AddRectFilled(at, {at.x + width, at.y + height}, shade(fill), height / 2);
  drawText(list, ui.fonts.small, {at.x + ui.px(9), at.y + (height - em(ui.fonts.small)) / 2},
           shade(after ? ui.theme.onAccent : ui.theme.card | IM_COL32_A_MASK), label);
}

//! Both pictures in one place; where the finger is, the one gives way to the other.
void wipe(const Context& ui, ImVec2 min, ImVec2 max, const CardPicture& picture, std::string_view key) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float rounding = ui.px(10);
  const std::string name = "wipe " + std::string(key);
  float& share = ui.state.wipes.try_emplace(name, 0.5f).first->second;
  hitArea("wipe", min, {max.x - min.x, max.y - min.y});
  const bool held = ImGui::IsItemActive();
  if (held || ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  if (held) share = std::clamp((ImGui::GetIO().MousePos.x - min.x) / (max.x - min.x), 0.02f, 0.98f);
  const float x = std::lerp(min.x, max.x, share);
  list.PushClipRect(min, {x, max.y}, true);
  list.AddImageRounded(picture.before, min, max, {0, 0}, {1, 1}, shade(IM_COL32_WHITE), rounding);
  list.PopClipRect();
  list.PushClipRect({x, min.y}, max, true);
  list.AddImageRounded(picture.after, min, max, {0, 0}, {1, 1}, shade(IM_COL32_WHITE), rounding);
  list.PopClipRect();
  list.AddLine({x, min.y}, {x, max.y}, shade(ui.theme.onAccent), ui.px(2.5f));
  const ImVec2 centre{x, (min.y + max.y) / 2};
  const float radius = ui.px(14 + 2 * ui.ease(name, held ? 1.0f : 0.0f));
  list.AddCircleFilled({centre.x, centre.y + ui.px(1)}, radius + ui.px(1), shade(withAlpha(ui.theme.shadow, 0.25f)),
                       32);
  list.AddCircleFilled(centre, radius, shade(ui.theme.card | IM_COL32_A_MASK), 32);
  drawIcon(list, Icon::ChevronLeft, {x - ui.px(5.5f), centre.y}, ui.px(12), shade(ui.theme.ink));
  drawIcon(list, Icon::ChevronRight, {x + ui.px(5.5f), centre.y}, ui.px(12), shade(ui.theme.after));
  // Each word stands on its own side for as long as there is room for it.
  const std::string &before = ui.tr("side.before"), &after = ui.tr("side.after");
  const float inset = ui.px(8), y = max.y - ui.px(32);
  if (x - min.x > widthOf(ui.fonts.small, before) + ui.px(40)) pill(ui, {min.x + inset, y}, before, false, false);
  if (max.x - x > widthOf(ui.fonts.small, after) + ui.px(40)) pill(ui, {max.x - inset, y}, after, true, true);
}

//! A tree and a person beside the building, where they would be seen at all.
void drawLife(const Context& ui, ImVec2 foot, float perMetre) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 colour = shade(withAlpha(ui.theme.inkSoft, 0.75f));
  if (const float tall = perMetre * float(kTreeMetres); tall >= ui.px(5)) {
    list.AddLine(foot, {foot.x, foot.y - tall * 0.5f}, colour, std::max(ui.px(1.2f), tall * 0.06f));
    list.AddCircleFilled({foot.x, foot.y - tall * 0.66f}, tall * 0.34f,
                         shade(withAlpha(colourOf(city::ProjectKind::Park), 0.85f)), 24);
  }
  if (const float tall = perMetre * float(kPersonMetres); tall >= ui.px(5)) {
    const float x = foot.x + std::max(perMetre * 5, ui.px(9)), head = tall * 0.13f;
    list.AddCircleFilled({x, foot.y - tall + head}, head, colour, 16);
    list.AddRectFilled({x - head * 1.1f, foot.y - tall + 2.4f * head}, {x + head * 1.1f, foot.y}, colour, head);
  }
}

void drawFacade(const Context& ui, ImVec2 min, ImVec2 max, int storeys) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float storey = (max.y - min.y) / float(std::max(storeys, 1));
  list.AddRectFilled(min, max, shade(mix(ui.theme.sink, ui.theme.accent, 0.16f)));
  if (storey >= ui.px(5)) {  // windows where they would not run together
    const float bay = storey * 0.95f;
    const int bays = std::max(1, int((max.x - min.x) / bay));
    const float each = (max.x - min.x) / float(bays);
    for (int s = 0; s < storeys; ++s)
      for (int b = 0; b < bays; ++b) {
        const ImVec2 at{min.x + each * (float(b) + 0.24f), max.y - storey * (float(s) + 0.74f)};
        list.AddRectFilled(at, {at.x + each * 0.52f, at.y + storey * 0.48f}, shade(withAlpha(ui.theme.accent, 0.55f)),
                           ui.px(0.8f));
      }
  }
  // Of a tower every fifth or tenth floor, so that the lines stay apart.
  int every = 1;
  while (storey * float(every) < ui.px(2.6f)) every = every == 1 ? 5 : every * 2;
  for (int s = every; s < storeys; s += every) {
    const float y = max.y - storey * float(s);
    list.AddLine({min.x, y}, {max.x, y}, shade(withAlpha(ui.theme.accentInk, 0.45f)), ui.px(0.8f));
  }
  if (storey < ui.px(5))
    for (int i = 1; i < 4; ++i) {
      const float x = std::lerp(min.x, max.x, float(i) / 4);
      if (max.x - min.x >= ui.px(12))
        list.AddLine({x, min.y}, {x, max.y}, shade(withAlpha(ui.theme.accentInk, 0.25f)), ui.px(0.8f));
    }
  list.AddRect(min, max, shade(ui.theme.accentInk), 0, 0, ui.px(1.5f));
}

//! A line's colour is its own; where the card is nearly the same, an edge sets it off.
void track(const Context& ui, ImVec2 from, ImVec2 to, ImU32 colour) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddLine(from, to, shade(seenOnCard(ui.theme, colour)), ui.px(6.5f));
  list.AddLine(from, to, shade(colour), ui.px(4.5f));
}

void disc(const Context& ui, ImVec2 at, float designRadius, ImU32 colour) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddCircleFilled(at, ui.px(designRadius), shade(seenOnCard(ui.theme, colour)), 28);
  list.AddCircleFilled(at, ui.px(designRadius - 1), shade(colour), 28);
}

void stopRow(const Context& ui, float width, const StationLine& line, size_t index, ImU32 colour) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const LineStop& stop = line.stops[index];
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ui.px(44), x = at.x + ui.px(14), y = at.y + height / 2;
  const bool here = index == line.here;
  ImGui::PushID(int(index));
  if (!here && !stop.id.empty() && hitArea("stop", at, {width, height}))
    ui.emit(city::Select{{city::PickKind::Station, stop.id}});
  if (!here && !stop.id.empty() && (ImGui::IsItemHovered() || ImGui::IsItemActive()))
    list.AddRectFilled({at.x + ui.px(28), at.y + ui.px(3)}, {at.x + width, at.y + height - ui.px(3)},
                       shade(ui.theme.sink), ui.px(8));
  ImGui::PopID();
  const bool first = index == 0, last = index + 1 == line.stops.size();
  track(ui, {x, first ? y : at.y}, {x, last ? y : at.y + height}, colour);
  disc(ui, {x, y}, here ? 9.0f : 6.0f, colour);
  list.AddCircleFilled({x, y}, ui.px(here ? 5.0f : 3.2f), shade(ui.theme.card | IM_COL32_A_MASK), 28);
  ImFont* font = here ? ui.fonts.strong : ui.fonts.body;
  const float textX = at.x + ui.px(36);
  float right = at.x + width - ui.px(8);
  if (!here) {  // the lines that cross here have strips of their own
    for (size_t i = stop.transfers.size(); i-- > 0;) {
      const ImU32 crossing = colourOf(stop.transfers[i]);
      list.AddRectFilled({right - ui.px(17), y - ui.px(6)}, {right + ui.px(1), y + ui.px(6)},
                         shade(seenOnCard(ui.theme, crossing)), ui.px(6));
      list.AddRectFilled({right - ui.px(16), y - ui.px(5)}, {right, y + ui.px(5)}, shade(crossing), ui.px(5));
      right -= ui.px(20);
    }
    const std::string& word = ui.tr("card.transfer");
    const float wide = widthOf(ui.fonts.small, word) + ui.px(2);
    if (!stop.transfers.empty() && right - wide - textX > width * 0.4f) {
      drawText(list, ui.fonts.small, {right - wide, y - em(ui.fonts.small) / 2}, shade(ui.theme.inkSoft), word);
      right -= wide + ui.px(8);
    }
  }
  const std::string& name = stop.name.empty() ? ui.tr("card.lineGoesOn") : ui.in(stop.name);
  const auto lines = wrapped(font, name, right - textX);
  const float step = ui.px(20), most = lines.size() > 1 ? 2 : 1;
  for (size_t i = 0; i < lines.size() && i < 2; ++i)
    drawText(list, font, {textX, y - em(font) / 2 + step * (float(i) - (most - 1) / 2)},
             shade(here ? ui.theme.ink : ui.theme.inkSoft), clipped(font, lines[i], right - textX));
  ImGui::Dummy({width, height});
}

//! The whole line as a ruler of its stops, with the names of its ends.
void overview(const Context& ui, float width, const StationLine& line, ImU32 colour) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float inset = ui.px(8), x0 = at.x + inset, x1 = at.x + width - inset, y = at.y + ui.px(12);
  const auto count = float(line.stops.size() - 1);
  const float radius = std::clamp((x1 - x0) / count * 0.3f, ui.px(1.4f), ui.px(4));
  track(ui, {x0, y}, {x1, y}, colour);
  for (size_t i = 0; i < line.stops.size(); ++i)
    list.AddCircleFilled({std::lerp(x0, x1, float(i) / count), y}, radius, shade(ui.theme.card | IM_COL32_A_MASK), 16);
  if (line.here < line.stops.size()) {
    const float x = std::lerp(x0, x1, float(line.here) / count);
    list.AddCircleFilled({x, y}, ui.px(10), shade(ui.theme.card | IM_COL32_A_MASK), 28);
    disc(ui, {x, y}, 8, colour);
    list.AddCircleFilled({x, y}, ui.px(3.5f), shade(ui.theme.card | IM_COL32_A_MASK), 20);
  }
  const float room = width / 2 - ui.px(6), textY = at.y + ui.px(26);
  const auto end = [&](const LineStop& stop) {
    return clipped(ui.fonts.small, stop.name.empty() ? ui.tr("card.lineGoesOn") : ui.in(stop.name), room);
  };
  drawText(list, ui.fonts.small, {at.x, textY}, shade(ui.theme.inkSoft), end(line.stops.front()));
  const std::string last = end(line.stops.back());
  drawText(list, ui.fonts.small, {at.x + width - widthOf(ui.fonts.small, last), textY}, shade(ui.theme.inkSoft), last);
  ImGui::Dummy({width, ui.px(46)});
}

}  // namespace

void cardPicture(const Context& ui, float width, const CardPicture& picture, std::string_view key) {
  if (!picture.before && !picture.awaited) return;
  gap(ui, 6);
  const ImVec2 min = ImGui::GetCursorScreenPos();
  const float aspect = std::clamp(picture.aspect, 0.75f, 3.0f);
  const ImVec2 max{min.x + width, min.y + std::round(width / aspect)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(min, max, shade(ui.theme.sink), ui.px(10));
  if (picture.before && picture.after) {
    wipe(ui, min, max, picture, key);
  } else if (picture.before) {
    // A picture of another shape fills the place; what stands over is cut evenly on both sides.
    const float over = picture.aspect / aspect, u = over > 1 ? (1 - 1 / over) / 2 : 0,
                v = over < 1 ? (1 - over) / 2 : 0;
    list.AddImageRounded(picture.before, min, max, {u, v}, {1 - u, 1 - v}, shade(IM_COL32_WHITE), ui.px(10));
  } else {
    const std::string& word = ui.tr("card.drawing");
    drawText(list, ui.fonts.small,
             {(min.x + max.x - widthOf(ui.fonts.small, word)) / 2, (min.y + max.y) / 2 - em(ui.fonts.small) / 2},
             shade(ui.theme.inkSoft), word);
  }
  ImGui::Dummy({width, max.y - min.y});
  std::string below = ui.in(picture.caption);
  if (const std::string& source = ui.in(picture.source); !source.empty())
    below += (below.empty() ? "" : " · ") + filled(ui.tr("card.source"), {source});
  if (!below.empty()) {
    gap(ui, 4);
    paragraph(ui.fonts.small, ui.theme.inkSoft, below, width);
  }
  gap(ui, 4);
}

void elevation(const Context& ui, float width, const BuildingForm& form) {
  const bool stated = form.storeys > 0;
  const int storeys = stated ? form.storeys : std::max(1, int(std::lround(form.heightMetres / kStoreyMetres)));
  std::string words = filled(stated ? ui.tr("card.storeys") : ui.tr("card.storeysAbout"), {std::to_string(storeys)});
  if (!form.year.empty()) words += " · " + filled(ui.tr("card.built"), {form.year});
  gap(ui, 12);
  paragraph(ui.fonts.small, ui.theme.inkSoft, ui.tr("card.elevation"), width);
  gap(ui, 4);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ui.px(150), axis = ui.px(36), floor = at.y + height - ui.px(6);
  const float roomX = (width - axis) * 0.62f, roomY = height - ui.px(26);
  const float perMetre = std::min({roomY / float(form.heightMetres), roomX / float(form.widthMetres), ui.px(9)});
  const float tall = perMetre * float(form.heightMetres), wide = std::max(perMetre * float(form.widthMetres), ui.px(3));
  list.AddRectFilled(at, {at.x + width, floor}, shade(ui.theme.sink), ui.px(10));
  const double step = niceStep(double(roomY / perMetre) / 4);
  for (double metres = 0; metres * perMetre <= roomY + ui.px(2); metres += step) {
    const float y = floor - perMetre * float(metres);
    const std::string label = number(metres);
    if (metres > 0) {
      list.AddLine({at.x + axis, y}, {at.x + width - ui.px(8), y}, shade(ui.theme.line), ui.px(1));
      drawText(list, ui.fonts.small,
               {at.x + axis - ui.px(6) - widthOf(ui.fonts.small, label), y - em(ui.fonts.small) / 2},
               shade(ui.theme.inkSoft), label);
    }
  }
  const float x = at.x + axis + ui.px(14);
  drawFacade(ui, {x, floor - tall}, {x + wide, floor}, storeys);
  drawLife(ui, {x + wide + ui.px(10) + perMetre * 3, floor}, perMetre);
  // The height as a dimension line at the right.
  const float dimension = at.x + width - ui.px(16), top = floor - tall;
  const ImU32 ink = shade(ui.theme.accentInk);
  list.AddLine({dimension, top}, {dimension, floor}, ink, ui.px(1.5f));
  for (const float y : {top, floor})
    list.AddLine({dimension - ui.px(5), y}, {dimension + ui.px(5), y}, ink, ui.px(1.5f));
  const std::string label = number(std::round(form.heightMetres * 10) / 10) + " m";
  drawText(list, ui.fonts.strong,
           {dimension - ui.px(8) - widthOf(ui.fonts.strong, label),
            std::clamp((top + floor) / 2 - em(ui.fonts.strong) / 2, at.y + ui.px(4), floor - ui.px(20))},
           ink, label);
  list.AddLine({at.x, floor}, {at.x + width, floor}, shade(ui.theme.inkSoft), ui.px(2));
  ImGui::Dummy({width, height});
  paragraph(ui.fonts.small, ui.theme.ink, words, width);
}

void heightRange(const Context& ui, float width, const HeightRange& heights) {
  if (heights.metres.empty()) return;
  const std::string count = number(double(heights.metres.size()));
  const Bins bins = binsOf(heights.metres, heights.mine, 20);
  const double share = 100.0 * bins.below / double(heights.metres.size());
  gap(ui, 14);
  paragraph(ui.fonts.small, ui.theme.inkSoft,
            heights.reachMetres > 0 ? filled(ui.tr("card.heights"), {number(heights.reachMetres), count})
                                    : filled(ui.tr("card.heightsLoaded"), {count}),
            width);
  gap(ui, 4);
  distribution(ui, width, heights.metres, heights.mine, "m");
  paragraph(ui.fonts.small, ui.theme.ink, filled(ui.tr("card.heightRank"), {number(std::floor(share))}), width);
}

void stripMap(const Context& ui, float width, const StationLine& line) {
  const ImU32 colour = colourOf(line.colour);
  gap(ui, 14);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const auto [fill, ink] = chipColours(ui.theme, colourOf(line.colour));
  const std::string name = clipped(ui.fonts.small, ui.in(line.name), width - ui.px(20));
  chip(ui, at, name, fill, ink);
  ImGui::Dummy({width, ui.px(30)});
  ImGui::PushID(line.name.en.c_str());
  overview(ui, width, line, colour);
  if (line.here < line.stops.size()) {
    const size_t from = line.here > 0 ? line.here - 1 : 0, to = std::min(line.here + 1, line.stops.size() - 1);
    for (size_t i = from; i <= to; ++i) stopRow(ui, width, line, i, colour);
  }
  ImGui::PopID();
}

void trainsByHour(const Context& ui, float width, std::span<const StationLine> lines) {
  std::vector<HourSeries> series;
  const bool after = ui.session.showAfter || ui.session.compare != city::Compare::Off;
  const city::Date shown = city::dateOf(ui.document, after ? ui.session.after : ui.session.before);
  for (const StationLine& line : lines)
    if ((!line.opens || *line.opens <= shown) &&
        std::any_of(line.trains.begin(), line.trains.end(), [](int n) { return n > 0; }))
      series.push_back({colourOf(line.colour), line.trains});
  if (series.empty()) return;
  gap(ui, 16);
  paragraph(ui.fonts.small, ui.theme.inkSoft, ui.tr("card.trains"), width);
  gap(ui, 4);
  hourColumns(ui, width, series, ui.session.hourOfDay);
}

}  // namespace cm::app::ui
