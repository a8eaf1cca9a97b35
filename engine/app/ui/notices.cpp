// What the layer says by itself: sources at the bottom, loading, errors, statistics, and the page of gestures.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr double kErrorSeconds = 10;
constexpr float kMostOfPicture = 1 / 3.0f;  // that its credits may take in two languages, without the layer

//! One statement after the other.
void add(std::string& text, const std::string& part) {
  if (!part.empty()) text += (text.empty() ? "" : "  ·  ") + part;
}

//! What a visitor must know of the picture: what is simulated, schematic or illustrative, and how old it is.
std::string notes(const Context& ui) {
  std::string text;
  const bool compared = ui.session.compare != city::Compare::Off;
  if (compared && ui.session.layers.differences) add(text, ui.tr("attribution.differences"));
  if (!compared && ui.seen.tinted) add(text, ui.tr("attribution.areas"));
  if (ui.session.layers.underground) {
    add(text, ui.tr("attribution.depths"));
    if (ui.seen.depthFactor > 1) add(text, filled(ui.tr("attribution.deeper"), {std::to_string(ui.seen.depthFactor)}));
  }
  if (ui.seen.trains) add(text, ui.tr("attribution.timetable"));
  if (ui.seen.people) add(text, ui.tr("attribution.people"));
  if (ui.document.illustrative) add(text, ui.tr("attribution.illustrative"));
  if (!ui.document.dataDate.empty()) add(text, filled(ui.tr("attribution.date"), {ui.document.dataDate}));
  return text;
}

std::string attribution(const Context& ui) {
  std::string text = notes(ui);
  // Whose data it is comes first: what follows may be cut at the window's edge.
  std::string owners;
  for (const city::Source& source : ui.document.sources)
    if (source.licence.find("©") != std::string::npos && owners.find(source.licence) == std::string::npos)
      owners += (owners.empty() ? "" : "  ·  ") + source.licence;
  add(text, owners);
  std::string sources;
  for (const city::Source& source : ui.document.sources) {
    if (!sources.empty()) sources += ui.language() == Language::Chinese ? "、" : ", ";
    sources += ui.in(source.name);
    if (!source.date.empty()) sources += " " + source.date;
  }
  for (const city::Imagery& imagery : ui.document.imagery) {
    if (ui.session.layers.hiddenItems.contains(imagery.id) || imagery.attribution.empty()) continue;
    if (!sources.empty()) sources += ui.language() == Language::Chinese ? "、" : ", ";
    sources += ui.in(imagery.attribution);
  }
  if (!sources.empty()) add(text, filled(ui.tr("attribution.sources"), {sources}));
  return text;
}

//! The scenarios on the picture, left to right, for where no switch tells them; empty where the city knows but one.
std::string scenariosShown(const Context& ui) {
  if (ui.document.scenarios.size() < 2) return {};
  auto name = [&](const city::ScenarioState& side) {
    const city::Scenario* scenario = ui.document.scenario(side.scenario);
    return scenario ? ui.in(scenario->name) : side.scenario;
  };
  if (ui.session.compare == city::Compare::Lens) {
    const auto& [around, inside] = ui.session.showAfter ? std::tie(ui.session.after, ui.session.before)
                                                        : std::tie(ui.session.before, ui.session.after);
    return filled(ui.tr("attribution.lens"), {name(around), name(inside)});
  }
  if (ui.session.compare == city::Compare::Swipe) return name(ui.session.before) + " | " + name(ui.session.after);
  return name(ui.session.showAfter ? ui.session.after : ui.session.before);
}

//! Inside the window of the credits.
void drawLines(const Context& ui, const Rect& rect, std::span<const std::string_view> lines, float alpha) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float step = rect.height / float(lines.size());
  list.AddRectFilled({rect.x, rect.y}, {rect.x + rect.width, rect.bottom()},
                     withAlpha(ui.theme.card | IM_COL32_A_MASK, alpha), step / 2);
  float y = rect.y + (step - em(ui.fonts.small)) / 2;
  for (const std::string_view line : lines) {
    drawText(list, ui.fonts.small, {rect.x + ui.px(10), y}, ui.theme.ink, line);
    y += step;
  }
}

std::vector<std::string_view> creditLines(const Context& ui, std::string_view text) {
  return wrapped(ui.fonts.small, text, ui.layout.attribution.width - ui.px(20));
}

//! As high and as wide as the lines are, upwards from the floor of their place.
Rect around(const Context& ui, std::span<const std::string_view> lines) {
  Rect rect = ui.layout.attribution;
  const float height = ui.px(kCreditHeight) * float(lines.size());
  rect.y = rect.bottom() - height;
  rect.height = height;
  rect.width = 0;
  for (const std::string_view line : lines)
    rect.width = std::max(rect.width, widthOf(ui.fonts.small, line) + ui.px(20));
  return rect;
}

}  // namespace

unsigned creditLineCount(const Context& ui) {
  const auto most = unsigned(ui.seen.windowSize.y * kMostCredits / ui.px(kCreditHeight));
  return std::clamp(unsigned(creditLines(ui, attribution(ui)).size()), 1u, std::max(most, 1u));
}

//! The lines that there is room for; where that is not all, a touch opens the rest.
void drawAttribution(Context& ui) {
  const std::string whole = attribution(ui);
  if (whole.empty()) return;
  std::vector<std::string_view> lines = creditLines(ui, whole);
  const auto room = size_t(std::lround(ui.layout.attribution.height / ui.px(kCreditHeight)));
  const bool cut = lines.size() > room, asks = cut && ui.seen.touchable, open = asks && ui.state.creditsOpen;
  std::string last;
  if (cut && !open) {
    lines.resize(room);
    last = clipped(ui.fonts.small, whole.substr(size_t(lines.back().data() - whole.data())),
                   ui.layout.attribution.width - ui.px(20));
    lines.back() = last;
  }
  const Rect rect = around(ui, lines);
  beginBare("##attribution", rect,
            asks ? ImGuiWindowFlags_None : ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBringToFrontOnFocus);
  if (open) ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
  if (asks && hitArea("credits", {rect.x, rect.y}, {rect.width, rect.height})) ui.state.creditsOpen = !open;
  drawLines(ui, rect, lines, open ? 1.0f : kAttributionAlpha);
  endBare();
}

Rect drawAttributionAlone(Context& ui) {
  std::string text = scenariosShown(ui);
  add(text, attribution(ui));
  if (text.empty()) return {ui.layout.attribution.x, ui.layout.attribution.y, 0, 0};
  // Nobody can ask a picture for the rest, or for another language: all of it, and what must be known in both.
  city::Session session = ui.session;
  session.language = ui.language() == Language::Chinese ? Language::English : Language::Chinese;
  const Context other{ui.document, session, ui.seen, ui.out, ui.words, ui.theme, ui.fonts, ui.state, ui.layout};
  std::string inOther = scenariosShown(other);
  add(inOther, notes(other));
  const std::string both = inOther.empty() ? text : text + "\n" + inOther;
  std::vector<std::string_view> lines = creditLines(ui, both);
  Rect rect = around(ui, lines);
  if (rect.height > ui.seen.windowSize.y * kMostOfPicture) {  // a small picture has room for one
    lines = creditLines(ui, text);
    rect = around(ui, lines);
  }
  beginBare("##attribution", rect, ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBringToFrontOnFocus);
  drawLines(ui, rect, lines, kAttributionAlpha);
  endBare();
  return rect;
}

void drawLoading(Context& ui) {
  float shown = ui.ease("loading", ui.seen.loading < 0.999f ? 1.0f : 0.0f, 8);
  if (shown < 0.01f) return;
  ImDrawList& list = *ImGui::GetForegroundDrawList();
  float width = ui.seen.windowSize.x * std::clamp(ui.ease("loaded", ui.seen.loading, 6), 0.02f, 1.0f),
        height = ui.px(4);
  list.AddRectFilled({0, 0}, {ui.seen.windowSize.x, height}, withAlpha(ui.theme.onAccent, 0.6f * shown));
  list.AddRectFilled({0, 0}, {width, height}, withAlpha(ui.theme.accent, shown));
}

void drawErrors(Context& ui) {
  State& state = ui.state;
  for (const std::string& error : ui.seen.errors) state.errors.emplace(error, ui.seen.nowSeconds);
  std::erase_if(state.errors,
                [&](const auto& entry) {  // forgotten once the app stops reporting it, so that it can come again
                  return std::find(ui.seen.errors.begin(), ui.seen.errors.end(), entry.first) == ui.seen.errors.end();
                });
  float y = std::max(ui.layout.compare.bottom(), ui.layout.title.bottom()) + ui.px(12);
  int index = 0;
  for (auto& [text, seenAt] : state.errors) {
    if (seenAt < 0 || ui.seen.nowSeconds - seenAt > kErrorSeconds) continue;
    state.animating = true;
    if (++index > 3) break;
    float width = std::min(ui.px(560), ui.seen.windowSize.x - ui.px(32));
    auto lines = wrapped(ui.fonts.body, text, width - ui.px(112));
    float step = ui.px(25), height = std::max(ui.px(28) + step * static_cast<float>(lines.size()), ui.px(56));
    Rect rect{(ui.seen.windowSize.x - width) / 2, y, width, height};
    std::string name = "##error" + std::to_string(index);
    beginCard(ui, name.c_str(), rect);
    ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImVec2 badge{rect.x + ui.px(30), rect.y + height / 2};
    list.AddCircleFilled(badge, ui.px(17), ui.theme.afterTint, 32);
    drawIcon(list, Icon::Warning, badge, ui.px(18), ui.theme.after);
    for (size_t i = 0; i < lines.size(); ++i)
      drawText(list, ui.fonts.body,
               {rect.x + ui.px(58), rect.y + (height - step * static_cast<float>(lines.size())) / 2 +
                                        step * static_cast<float>(i) + ui.px(2)},
               ui.theme.ink, lines[i]);
    if (plainIconButton(ui, "close", {rect.right() - ui.px(52), rect.y + (height - ui.px(44)) / 2}, Icon::Close))
      seenAt = -1;
    endCard();
    y += height + ui.px(10);
  }
}

void drawStatistics(Context& ui) {
  if (ui.layout.statistics.empty()) return;
  const Rect rect = fitted(ui.state, "statistics", ui.layout.statistics);
  beginCard(ui, "##statistics", rect, 1, ImGuiWindowFlags_NoInputs);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float y = rect.y + ui.px(10), step = ui.px(20);
  std::string first = filled(ui.tr("statistics.frames"), {fmt::format("{:.0f}", ui.seen.framesPerSecond)});
  drawText(list, ui.fonts.small, {rect.x + ui.px(16), y}, ui.theme.accentInk, first);
  for (const std::string& line : ui.seen.statistics) {
    y += step;
    if (y + step > rect.bottom()) break;
    drawText(list, ui.fonts.small, {rect.x + ui.px(16), y}, ui.theme.ink,
             clipped(ui.fonts.small, line, rect.width - ui.px(32)));
  }
  setNeeded(ui, "statistics", ui.px(22) + step * static_cast<float>(ui.seen.statistics.size() + 1));
  endCard();
}

void drawHelp(Context& ui) {
  float there = ui.ease("help", ui.state.helpOpen ? 1.0f : 0.0f);
  if (there < 0.01f) return;
  const glm::vec2 window = ui.seen.windowSize;
  // A veil over everything; a tap anywhere closes the page.
  beginBare("##veil", {0, 0, window.x, window.y});
  ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
  ImGui::GetWindowDrawList()->AddRectFilled({0, 0}, {window.x, window.y}, withAlpha(ui.theme.shadow, 0.42f * there));
  if (hitArea("veil", {0, 0}, {window.x, window.y})) ui.state.helpOpen = false;

  struct Line {
    const char* what;
    const char* how;
  };
  static constexpr Line touch[] = {{"help.pan", "help.pan.touch"},       {"help.zoom", "help.zoom.touch"},
                                   {"help.turn", "help.turn.touch"},     {"help.tilt", "help.tilt.touch"},
                                   {"help.nearer", "help.nearer.touch"}, {"help.pick", "help.pick.touch"},
                                   {"help.lens", "help.lens.touch"}};
  static constexpr Line mouse[] = {
      {"help.pan", "help.pan.mouse"}, {"help.zoom", "help.zoom.mouse"}, {"help.turn", "help.turn.mouse"}};
  static constexpr Line keys[] = {{"help.pan", "help.pan.keys"},
                                  {"help.turn", "help.turn.keys"},
                                  {"help.tilt", "help.tilt.keys"},
                                  {"help.zoom", "help.zoom.keys"},
                                  {"help.home", "help.home.keys"},
                                  {"help.sides", "help.sides.keys"},
                                  {"help.swipe", "help.swipe.keys"},
                                  {"help.lens", "help.lens.keys"},
                                  {"help.play", "help.play.keys"},
                                  {"help.language", "help.language.keys"},
                                  {"help.statistics", "help.statistics.keys"}};
  bool wide = window.x / ui.layout.scale > 820;
  float width = ui.px(wide ? 780 : 420), step = ui.px(30), inset = ui.px(28);
  width = std::min(width, window.x - ui.px(32));
  float touchHeight = ui.px(44) + step * float(std::size(touch)),
        mouseHeight = ui.px(44) + step * float(std::size(mouse)),
        keysHeight = ui.px(44) + step * float(std::size(keys));
  float height = ui.px(76) +
                 (wide ? std::max(touchHeight + mouseHeight, keysHeight) : touchHeight + mouseHeight + keysHeight) +
                 ui.px(16);
  Rect rect{(window.x - width) / 2, std::max((window.y - height) / 2 + ui.px(16) * (1 - there), ui.px(8)), width,
            height};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 min{rect.x, rect.y}, max{rect.right(), rect.bottom()};
  softShadow(list, ui.theme, min, max, ui.px(18), ui.layout.scale, there);
  list.AddRectFilled(min, max, withAlpha(ui.theme.card | IM_COL32_A_MASK, there), ui.px(18));
  drawText(list, ui.fonts.title, {rect.x + inset, rect.y + ui.px(24)}, withAlpha(ui.theme.ink, there),
           ui.tr("help.title"));
  drawIcon(list, Icon::Close, {rect.right() - ui.px(34), rect.y + ui.px(36)}, ui.px(18),
           withAlpha(ui.theme.inkSoft, there));

  float column = wide ? (width - 3 * inset) / 2 : width - 2 * inset;
  auto section = [&](float x, float y, const char* title, std::span<const Line> lines) {
    drawText(list, ui.fonts.strong, {x, y + ui.px(8)}, withAlpha(ui.theme.accentInk, there), ui.tr(title));
    y += ui.px(38);
    for (const Line& line : lines) {
      const std::string& how = ui.tr(line.how);
      drawText(list, ui.fonts.body, {x, y}, withAlpha(ui.theme.ink, there), ui.tr(line.what));
      std::string shown = clipped(ui.fonts.body, how, column - widthOf(ui.fonts.body, ui.tr(line.what)) - ui.px(12));
      drawText(list, ui.fonts.body, {x + column - widthOf(ui.fonts.body, shown), y}, withAlpha(ui.theme.inkSoft, there),
               shown);
      y += step;
    }
  };
  float x = rect.x + inset, y = rect.y + ui.px(64);
  section(x, y, "help.touch", touch);
  section(x, y + touchHeight, "help.mouse", mouse);
  section(wide ? x + column + inset : x, wide ? y : y + touchHeight + mouseHeight, "help.keys", keys);
  endBare();
}

}  // namespace cm::app::ui
