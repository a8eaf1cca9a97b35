#include "app/ui/chart.h"

#include <algorithm>
#include <cmath>

namespace cm::app::ui {
namespace {

constexpr float kColumnsHeight = 66, kAxisHeight = 20;  // design units
constexpr double kSeenContrast = 3;

ImU32 shade(ImU32 colour) { return withAlpha(colour, ImGui::GetStyle().Alpha); }

void textAt(const Context& ui, float x, float y, std::string_view text, float anchor, ImU32 colour, float lo,
            float hi) {
  ImFont* font = ui.fonts.small;
  const float width = widthOf(font, text), left = std::clamp(x - width * anchor, lo, std::max(lo, hi - width));
  drawText(*ImGui::GetWindowDrawList(), font, {left, y}, shade(colour), text);
}

}  // namespace

double niceStep(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0})
    if (power * times >= least * (1 - 1e-9)) return power * times;
  return power * 10;
}

ImU32 seenOnCard(const Theme& theme, ImU32 colour) {
  const ImU32 card = theme.card | IM_COL32_A_MASK;
  for (int i = 0; i <= 10; ++i) {
    const ImU32 tried = mix(colour, theme.ink, 0.1f * float(i));
    if (contrast(tried, card) >= kSeenContrast) return tried;
  }
  return theme.ink;
}

void figureBars(const Context& ui, float width, const city::Figure& figure, float grown) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  paragraph(ui.fonts.body, ui.theme.ink, ui.in(figure.label), width, 1.3f);
  const double most = std::max({std::abs(figure.before), std::abs(figure.after), 1e-9});
  const std::string& unit = ui.in(figure.unit);
  std::string values[] = {number(figure.before), number(figure.after)};
  for (auto& value : values) value += unit.empty() || unit == "%" ? unit : " " + unit;
  const float valueWidth =
      std::max(widthOf(ui.fonts.strong, values[0]), widthOf(ui.fonts.strong, values[1])) + ui.px(10);
  const float room = std::max(width - valueWidth, ui.px(60));
  for (int i = 0; i < 2; ++i) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ui.px(22), bar = ui.px(12);
    const double share = std::abs(i == 0 ? figure.before : figure.after) / most;
    const float length = std::max(room * static_cast<float>(share) * (i == 0 ? 1.0f : grown), ui.px(3));
    const ImVec2 min{at.x, at.y + (height - bar) / 2};
    list.AddRectFilled(min, {at.x + room, min.y + bar}, shade(ui.theme.sink), bar / 2);
    list.AddRectFilled(min, {min.x + length, min.y + bar}, shade(i == 0 ? ui.theme.before : ui.theme.after),
                       std::min(bar / 2, length / 2));
    ImFont* font = i == 0 ? ui.fonts.body : ui.fonts.strong;
    drawText(list, font, {at.x + width - widthOf(font, values[i]), at.y + (height - em(font)) / 2},
             shade(i == 0 ? ui.theme.inkSoft : ui.theme.afterInk), values[i]);
    ImGui::Dummy({width, height});
  }
  ImGui::Dummy({1, ui.px(8)});
}

void figureLegend(const Context& ui, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float x = at.x;
  const float height = ui.px(20);
  for (const bool after : {false, true}) {
    const std::string& label = after ? ui.tr("side.after") : ui.tr("side.before");
    list.AddRectFilled({x, at.y + ui.px(5)}, {x + ui.px(18), at.y + ui.px(15)},
                       shade(after ? ui.theme.after : ui.theme.before), ui.px(5));
    drawText(list, ui.fonts.small, {x + ui.px(24), at.y + (height - em(ui.fonts.small)) / 2}, shade(ui.theme.inkSoft),
             label);
    x += ui.px(40) + widthOf(ui.fonts.small, label);
  }
  ImGui::Dummy({width, height});
  ImGui::Dummy({1, ui.px(6)});
}

void hourColumns(const Context& ui, float width, std::span<const HourSeries> series, double hourNow) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float top = at.y + ui.px(20), height = ui.px(kColumnsHeight), floor = top + height, each = width / 24;
  const auto now = static_cast<size_t>(std::clamp(std::floor(hourNow), 0.0, 23.0));
  std::array<int, 24> sums{};
  for (const HourSeries& one : series)
    for (size_t h = 0; h < sums.size(); ++h) sums[h] += one.values[h];
  const int most = std::max(1, *std::max_element(sums.begin(), sums.end()));
  for (size_t h = 0; h < sums.size(); ++h) {
    const float x = at.x + each * static_cast<float>(h), inset = std::max(1.0f, each * 0.14f);
    float foot = floor;
    for (const HourSeries& one : series) {
      const float tall = height * static_cast<float>(one.values[h]) / static_cast<float>(most);
      if (tall <= 0) continue;
      const ImVec2 min{x + inset, foot - tall}, max{x + each - inset, foot};
      const float rounding = std::min(ui.px(2), tall / 2);
      list.AddRectFilled(min, max, shade(h == now ? one.colour : withAlpha(one.colour, 0.6f)), rounding);
      if (const ImU32 edge = seenOnCard(ui.theme, one.colour); edge != one.colour)
        list.AddRect(min, max, shade(h == now ? edge : withAlpha(edge, 0.6f)), rounding, 0, 1);
      foot -= tall;
    }
    if (h != now) continue;
    const float middle = x + each / 2;
    textAt(ui, middle, at.y, filled(ui.tr("card.hourNow"), {std::to_string(h), std::to_string(sums[h])}), 0.5f,
           ui.theme.ink, at.x, at.x + width);
    list.AddTriangleFilled({middle - ui.px(4), floor + ui.px(6)}, {middle, floor + ui.px(1)},
                           {middle + ui.px(4), floor + ui.px(6)}, shade(ui.theme.ink));
  }
  list.AddLine({at.x, floor}, {at.x + width, floor}, shade(ui.theme.inkSoft), ui.px(1));
  for (const int hour : {0, 6, 12, 18, 24})
    textAt(ui, at.x + each * static_cast<float>(hour), floor + ui.px(7), std::to_string(hour),
           static_cast<float>(hour) / 24, ui.theme.inkSoft, at.x, at.x + width);
  ImGui::Dummy({width, floor + ui.px(kAxisHeight + 6) - at.y});
}

Bins binsOf(std::span<const float> values, float mine, size_t most) {
  Bins bins;
  float top = std::max(mine, 1e-3f);
  for (const float value : values) top = std::max(top, value);
  bins.step = static_cast<float>(niceStep(double(top) / static_cast<double>(std::max<size_t>(most, 1))));
  bins.counts.resize(std::max<size_t>(1, static_cast<size_t>(std::ceil(top / bins.step - 1e-4f))));
  const auto at = [&](float value) {
    return std::min(bins.counts.size() - 1, static_cast<size_t>(std::max(value, 0.0f) / bins.step));
  };
  for (const float value : values) {
    ++bins.counts[at(value)];
    bins.below += value < mine;
  }
  bins.mine = at(mine);
  return bins;
}

void distribution(const Context& ui, float width, std::span<const float> values, float mine, std::string_view unit) {
  if (values.empty()) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Bins bins = binsOf(values, mine, 20);
  const float top = at.y + ui.px(20), height = ui.px(kColumnsHeight), floor = top + height;
  const auto count = static_cast<float>(bins.counts.size());
  const float each = width / count, inset = std::max(1.0f, each * 0.1f);
  const int most = std::max(1, *std::max_element(bins.counts.begin(), bins.counts.end()));
  for (size_t i = 0; i < bins.counts.size(); ++i) {
    if (bins.counts[i] == 0) continue;
    const float x = at.x + each * static_cast<float>(i);
    // The square root keeps the few tall ones in sight beside the many low ones.
    const float tall =
        std::max(height * std::sqrt(static_cast<float>(bins.counts[i]) / static_cast<float>(most)), ui.px(2));
    list.AddRectFilled({x + inset, floor - tall}, {x + each - inset, floor},
                       shade(i == bins.mine ? ui.theme.accent : ui.theme.before), std::min(ui.px(2), tall / 2));
  }
  const float x = at.x + each * (static_cast<float>(bins.mine) + 0.5f);
  textAt(ui, x, at.y, number(std::round(mine * 10) / 10) + " " + std::string(unit), 0.5f, ui.theme.accentInk, at.x,
         at.x + width);
  list.AddTriangleFilled({x - ui.px(4), floor + ui.px(6)}, {x, floor + ui.px(1)}, {x + ui.px(4), floor + ui.px(6)},
                         shade(ui.theme.accentInk));
  list.AddLine({at.x, floor}, {at.x + width, floor}, shade(ui.theme.inkSoft), ui.px(1));
  const double last = double(bins.step) * double(count);
  const double step = niceStep(last / 4);
  for (double value = 0; value <= last * 1.001; value += step)
    textAt(ui, at.x + width * static_cast<float>(value / last), floor + ui.px(7),
           number(value) + (value == 0 ? " " + std::string(unit) : ""), static_cast<float>(value / last),
           ui.theme.inkSoft, at.x, at.x + width);
  ImGui::Dummy({width, floor + ui.px(kAxisHeight + 6) - at.y});
}

}  // namespace cm::app::ui
