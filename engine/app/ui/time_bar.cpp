// The years: a slider with a tick where something opens or is finished, and a button that lets them pass.
#include <algorithm>
#include <cmath>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr double kYearsPerSecond = 1.1;

void showYears(const Context& ui, double years) {
  city::Date date = city::dateFromYears(years);
  if (date.month < 12)
    date.day = 1;  // months are fine enough, and save the same scenario from being computed at every pixel
  if (ui.session.after.date != date) ui.emit(city::SetDate{city::SideName::After, date});
  showAfterSide(ui);
}

struct Track {
  float x, width, y;
  int first, last;  // from the first day of the one to the last of the other
  float at(double years) const {
    double t = (years - first) / (last + 1 - first);
    return x + width * static_cast<float>(std::clamp(t, 0.0, 1.0));
  }
};

void ticks(const Context& ui, const Track& track) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  auto dot = [&](const city::Date& date, ImU32 colour, float lift) {
    double years = city::yearsOf(date);
    if (years < track.first || years > track.last + 1) return;
    float x = track.at(years);
    list.AddLine({x, track.y - ui.px(4)}, {x, track.y - ui.px(lift)}, withAlpha(colour, 0.6f), ui.px(1.5f));
    list.AddCircleFilled({x, track.y - ui.px(lift)}, ui.px(3.6f), colour, 20);
  };
  for (const city::Overlay& overlay : ui.document.overlays) {
    bool shown = overlay.kind == city::OverlayKind::Metro || overlay.kind == city::OverlayKind::Greenway;
    if (!shown) continue;
    for (const city::OverlayItem& item : overlay.items)
      if (item.opens) dot(*item.opens, colourOf(item.colour), 12);
  }
  for (const city::Project& project : ui.document.projects)
    for (const city::Phase& phase : project.phases) dot(phase.to, colourOf(project.kind), 19);
  for (int year = track.first; year <= track.last + 1; ++year) {
    float x = track.at(year);
    bool labelled = year % 5 == 0 && year <= track.last;
    list.AddLine({x, track.y + ui.px(7)}, {x, track.y + ui.px(labelled ? 13 : 10)},
                 withAlpha(ui.theme.inkSoft, labelled ? 0.9f : 0.45f), 1);
    if (!labelled) continue;
    std::string label = std::to_string(year);
    float width = widthOf(ui.fonts.small, label);
    float left = std::max(track.x - ui.px(10), std::min(x - width / 2, track.x + track.width + ui.px(10) - width));
    drawText(list, ui.fonts.small, {left, track.y + ui.px(14)}, ui.theme.inkSoft, label);
  }
}

double lastMoment(int year) { return city::yearsOf({year, 12, 31}); }

}  // namespace

std::pair<int, int> yearRange(const city::Document& document) {
  int first = 2020, last = 2035;
  for (const city::Project& project : document.projects)
    for (const city::Phase& phase : project.phases) {
      first = std::min(first, std::max(phase.from.year, 1980));
      last = std::max(last, std::min(phase.to.year, 2080));
    }
  return {first, last};
}

bool afterShown(const city::Session& session) { return session.compare != city::Compare::Off || session.showAfter; }

double shownYears(const Context& ui) {
  auto [first, last] = yearRange(ui.document);
  const city::ScenarioState& side = afterShown(ui.session) ? ui.session.after : ui.session.before;
  return std::clamp(city::yearsOf(city::dateOf(ui.document, side)), double(first), lastMoment(last));
}

bool hasDates(const city::Document& document) {
  const auto opens = [](const city::OverlayItem& item) { return item.opens.has_value(); };
  return std::any_of(document.projects.begin(), document.projects.end(),
                     [](const auto& project) { return !project.phases.empty(); }) ||
         std::any_of(document.overlays.begin(), document.overlays.end(), [&](const auto& overlay) {
           return std::any_of(overlay.items.begin(), overlay.items.end(), opens);
         });
}

void drawTimeBar(Context& ui) {
  const Rect rect = ui.layout.timeBar;
  auto [first, last] = yearRange(ui.document);
  State& state = ui.state;
  double years = shownYears(ui);
  if (state.playing) {
    state.playYears = std::min(state.playYears + state.frameSeconds * kYearsPerSecond, lastMoment(last));
    years = state.playYears;
    showYears(ui, years);
    state.playing = years < lastMoment(last);
  }

  const ImU32 side =
      afterShown(ui.session) ? ui.theme.after : ui.theme.ink;  // today and the plan as in the switch above
  beginCard(ui, "##time", rect);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float button = ui.px(48), middle = rect.y + rect.height / 2;
  ImVec2 at{rect.x + ui.px(16), middle - button / 2};
  if (hitArea("play", at, {button, button})) {
    state.playing = !state.playing;
    state.playYears = years > last + 0.9 ? first : years;  // at the end, from the beginning again
    if (state.playing) showYears(ui, state.playYears);
  }
  ImVec2 centre{at.x + button / 2, middle};
  list.AddCircleFilled(centre, button / 2, mix(ui.theme.after, ui.theme.ink, ImGui::IsItemActive() ? 0.2f : 0.0f), 40);
  drawIcon(list, state.playing ? Icon::Pause : Icon::Play, centre, ui.px(22), ui.theme.onAccent);

  city::Date date = city::dateFromYears(years);
  std::string year = std::to_string(date.year);
  float yearX = at.x + button + ui.px(14);
  drawText(list, ui.fonts.display, {yearX, rect.y + ui.px(14)}, ui.theme.ink, year);
  drawText(list, ui.fonts.small, {yearX + ui.px(1), rect.y + ui.px(51)}, ui.theme.inkSoft,
           clipped(ui.fonts.small, filled(ui.tr("time.month"), {std::to_string(date.month)}), ui.px(74)));

  Track track{yearX + ui.px(96), 0, rect.y + ui.px(44), first, last};
  track.width = rect.right() - ui.px(30) - track.x;
  hitArea("years", {track.x - ui.px(20), rect.y + ui.px(8)}, {track.width + ui.px(40), rect.height - ui.px(16)});
  bool held = ImGui::IsItemActive();
  if (held) {
    state.playing = false;
    float t = std::clamp((ImGui::GetIO().MousePos.x - track.x) / std::max(track.width, 1.0f), 0.0f, 1.0f);
    years = std::min(first + static_cast<double>(t) * (last + 1 - first), lastMoment(last));
    showYears(ui, years);
  }
  list.AddRectFilled({track.x, track.y - ui.px(3)}, {track.x + track.width, track.y + ui.px(3)}, ui.theme.line,
                     ui.px(3));
  float x = track.at(years);
  list.AddRectFilled({track.x, track.y - ui.px(3)}, {x, track.y + ui.px(3)}, side, ui.px(3));
  ticks(ui, track);
  float radius = ui.px(13 + 2 * ui.ease("years.held", held ? 1.0f : 0.0f));
  list.AddCircleFilled({x, track.y + ui.px(1.5f)}, radius + ui.px(1), withAlpha(ui.theme.shadow, 0.22f), 36);
  list.AddCircleFilled({x, track.y}, radius, ui.theme.onAccent, 36);
  list.AddCircle({x, track.y}, radius - ui.px(1.5f), side, 36, ui.px(3));
  endCard();
}

}  // namespace cm::app::ui
