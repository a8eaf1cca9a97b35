// The right card: a project's story with its figures and phases, or the facts of what was picked, each with its source.
#include <algorithm>
#include <cmath>

#include "app/ui/card_art.h"
#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr float kInset = 20;  // design units on both sides

struct Body {
  Context& ui;
  float width;  // of the text
  void gap(float designUnits) const { ImGui::Dummy({1, ui.px(designUnits)}); }
  ImVec2 at() const { return ImGui::GetCursorScreenPos(); }
  ImU32 shade(ImU32 colour) const { return withAlpha(colour, ImGui::GetStyle().Alpha); }
};

void smallHeading(const Body& body, const std::string& label) {
  body.gap(14);
  paragraph(body.ui.fonts.small, body.ui.theme.inkSoft, label, body.width);
  body.gap(2);
}

void sourceLine(const Body& body, const Text& name, const std::string& date) {
  Context& ui = body.ui;
  std::string text = ui.in(name);
  if (!date.empty()) text += (text.empty() ? "" : " · ") + date;
  if (text.empty()) return;
  body.gap(12);
  ImVec2 at = body.at();
  ImGui::GetWindowDrawList()->AddLine(at, {at.x + body.width, at.y}, body.shade(ui.theme.line), 1);
  body.gap(8);
  paragraph(ui.fonts.small, ui.theme.inkSoft, filled(ui.tr("card.source"), {text}), body.width);
}

void sourceLine(const Body& body, const std::string& id) {
  if (const city::Source* source = body.ui.document.source(id)) sourceLine(body, source->name, source->date);
}

std::string monthOf(const city::Date& date) { return fmt::format("{}.{:02}", date.year, date.month); }

void phases(const Body& body, const city::Project& project) {
  Context& ui = body.ui;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  city::Date now = city::dateOf(ui.document, ui.session.after);
  ImVec2 previous{};
  for (size_t i = 0; i < project.phases.size(); ++i) {
    const city::Phase& phase = project.phases[i];
    ImVec2 at = body.at();
    float textX = ui.px(28), room = body.width - textX;
    auto lines = wrapped(ui.fonts.body, ui.in(phase.name), room);
    float height = ui.px(14) + ui.px(22) * static_cast<float>(lines.size()) + ui.px(20);
    bool done = phase.to <= now, begun = phase.from <= now;
    ImVec2 dot{at.x + ui.px(9), at.y + ui.px(15)};
    if (i > 0)
      list.AddLine({previous.x, previous.y + ui.px(9)}, {dot.x, dot.y - ui.px(9)},
                   body.shade(begun ? ui.theme.after : ui.theme.line), ui.px(2));
    if (hitArea(phase.id.c_str(), at, {body.width, height})) {  // a tap shows the city when this phase stands
      ui.emit(city::SetDate{city::SideName::After, phase.to});
      showAfterSide(ui);
    }
    list.AddCircleFilled(dot, ui.px(8),
                         body.shade(done    ? ui.theme.after
                                    : begun ? ui.theme.afterTint
                                            : ui.theme.sink),
                         28);
    if (begun && !done) list.AddCircle(dot, ui.px(7), body.shade(ui.theme.after), 28, ui.px(2));
    if (done) drawIcon(list, Icon::Check, dot, ui.px(10), body.shade(ui.theme.onAccent));
    for (size_t k = 0; k < lines.size(); ++k)
      drawText(list, ui.fonts.body, {at.x + textX, at.y + ui.px(5) + ui.px(22) * static_cast<float>(k)},
               body.shade(ui.theme.ink), lines[k]);
    drawText(list, ui.fonts.small, {at.x + textX, at.y + ui.px(8) + ui.px(22) * static_cast<float>(lines.size())},
             body.shade(ui.theme.inkSoft), monthOf(phase.from) + " – " + monthOf(phase.to));
    ImGui::Dummy({body.width, height});
    previous = dot;
  }
}

void header(const Body& body, const Text& name, const std::vector<std::pair<std::string, ImU32>>& chips) {
  Context& ui = body.ui;
  ImVec2 at = body.at();
  float x = at.x;
  for (const auto& [label, colour] : chips) {
    if (label.empty()) continue;
    const auto [fill, ink] = chipColours(ui.theme, colour);
    x += chip(ui, {x, at.y}, label, fill, ink) + ui.px(6);
  }
  if (x > at.x) ImGui::Dummy({1, ui.px(32)});
  paragraph(ui.fonts.title, ui.theme.ink, ui.in(name), body.width - (x > at.x ? 0 : ui.px(40)), 1.4f);
  if (const std::string& other = ui.other(name); !other.empty())
    paragraph(ui.fonts.small, ui.theme.inkSoft, other, body.width, 1.6f);
}

//! Counted in the tiles that are here, and said to be.
void modelFigures(const Body& body, const std::string& project) {
  Context& ui = body.ui;
  const ModelFigures& model = ui.seen.card.model;
  if (model.figures.empty()) return;
  smallHeading(body, ui.tr("card.model"));
  figureLegend(ui, body.width);
  const float grown = ui.ease("figures" + project + "model", 1.0f, 5);
  for (const city::Figure& each : model.figures) figureBars(ui, body.width, each, grown);
  paragraph(ui.fonts.small, ui.theme.inkSoft, filled(ui.tr("card.floorBasis"), {number(kStoreyMetres)}), body.width);
  if (model.partial) paragraph(ui.fonts.small, ui.theme.warning, ui.tr("card.partial"), body.width);
}

void story(const Body& body, const city::Project& project) {
  Context& ui = body.ui;
  header(body, project.name,
         {{kindWord(ui, project.kind), colourOf(project.kind)}, {statusWord(ui, project.status), ui.theme.accent}});
  cardPicture(ui, body.width, ui.seen.card.picture, project.id);
  body.gap(8);
  paragraph(ui.fonts.body, ui.theme.ink, ui.in(project.story), body.width, 1.5f);

  body.gap(12);
  ImVec2 at = body.at();
  float half = (body.width - ui.px(10)) / 2, height = ui.px(46);
  const bool swiped = ui.session.compare == city::Compare::Swipe;
  if (textButton(ui, "compare", at, {half, height}, ui.tr(swiped ? "story.whole" : "story.compare"), ui.theme.after,
                 ui.theme.onAccent, Icon::Swipe, true)) {
    bool on = city::isOn(ui.document, ui.session.after, project.id);
    if (!on) ui.emit(city::SetProject{project.id, true});
    if (swiped) {
      ui.emit(city::ShowSide{true});
      ui.emit(city::SetCompare{city::Compare::Off});
    } else {
      swipe(ui);
    }
  }
  if (textButton(ui, "fly", {at.x + half + ui.px(10), at.y}, {half, height}, ui.tr("story.fly"), ui.theme.accentTint,
                 ui.theme.accentInk, Icon::Pin, true))
    ui.emit(city::FlyTo{city::viewOf(project), 1.8});
  ImGui::Dummy({body.width, height});

  body.gap(6);
  at = body.at();
  bool on = city::isOn(ui.document, ui.session.after, project.id);
  drawText(*ImGui::GetWindowDrawList(), ui.fonts.body, {at.x, at.y + (ui.px(46) - em(ui.fonts.body)) / 2},
           body.shade(ui.theme.ink), ui.tr("story.show"));
  if (toggleSwitch(ui, "on", {at.x + body.width - ui.px(52), at.y + ui.px(1)}, on)) switchProject(ui, project.id, !on);
  ImGui::Dummy({body.width, ui.px(46)});

  if (!project.figures.empty()) {
    smallHeading(body, ui.tr("story.figures"));
    figureLegend(ui, body.width);
    float grown = ui.ease("figures" + project.id, 1.0f, 5);
    for (const city::Figure& each : project.figures) figureBars(ui, body.width, each, grown);
  }
  modelFigures(body, project.id);
  if (!project.phases.empty()) {
    smallHeading(body, ui.tr("story.phases"));
    phases(body, project);
  }
  sourceLine(body, project.source);
}

void fact(const Body& body, const std::string& label, const std::string& value) {
  Context& ui = body.ui;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImVec2 at = body.at();
  float labelWidth = std::min(widthOf(ui.fonts.body, label), body.width * 0.46f),
        room = body.width - labelWidth - ui.px(14);
  auto lines = wrapped(ui.fonts.strong, value, room);
  float step = ui.px(24), height = ui.px(14) + step * static_cast<float>(lines.size());
  drawFitted(list, ui.fonts.body, {at.x, at.y + ui.px(9)}, body.shade(ui.theme.inkSoft), label, labelWidth + 1);
  for (size_t i = 0; i < lines.size(); ++i)
    drawText(list, ui.fonts.strong,
             {at.x + body.width - widthOf(ui.fonts.strong, lines[i]), at.y + ui.px(9) + step * static_cast<float>(i)},
             body.shade(ui.theme.ink), lines[i]);
  list.AddLine({at.x, at.y + height}, {at.x + body.width, at.y + height}, body.shade(ui.theme.line), 1);
  ImGui::Dummy({body.width, height + 1});
}

std::string pickWord(const Context& ui, city::PickKind kind) {
  switch (kind) {
    case city::PickKind::Building: return ui.tr("pick.building");
    case city::PickKind::Project: return ui.tr("pick.project");
    case city::PickKind::Station: return ui.tr("pick.station");
    case city::PickKind::Greenway: return ui.tr("pick.greenway");
    case city::PickKind::MetroLine: return ui.tr("pick.metroLine");
    case city::PickKind::Place: return ui.tr("pick.place");
    case city::PickKind::Nothing: break;
  }
  return {};
}

void facts(const Body& body, const city::OverlayItem* item) {
  Context& ui = body.ui;
  const Picked& picked = ui.seen.picked;
  const city::Selection& selection = ui.session.selection;
  bool known = picked.any && (selection.id.empty() || picked.id == selection.id);
  city::PickKind kind = selection.kind != city::PickKind::Nothing ? selection.kind : picked.kind;
  Text title = known && !picked.title.empty() ? picked.title : item ? item->name : Text{};
  if (title.empty())
    title = {ui.words.in(Language::Chinese, "pick.unnamed"), ui.words.in(Language::English, "pick.unnamed")};
  ImU32 colour = item ? colourOf(item->colour) : ui.theme.accent;
  header(body, title, {{pickWord(ui, kind), colour}, {item ? statusWord(ui, item->status) : "", ui.theme.accent}});
  cardPicture(ui, body.width, ui.seen.card.picture, selection.id);
  if (item && !item->story.empty()) {
    body.gap(8);
    paragraph(ui.fonts.body, ui.theme.ink, ui.in(item->story), body.width, 1.5f);
  }
  const CardData& card = ui.seen.card;
  if (card.form) elevation(ui, body.width, *card.form);
  heightRange(ui, body.width, card.heights);
  for (size_t i = 0; i < card.lines.size(); ++i) {
    stripMap(ui, body.width, card.lines[i]);
    if (i == 0) trainsByHour(ui, body.width, card.lines);
  }
  body.gap(6);
  if (known && !picked.facts.empty()) {
    for (const auto& [label, value] : picked.facts) fact(body, ui.in(label), value);
  } else if (item) {
    if (item->lengthKilometres)
      fact(body, ui.tr("fact.length"),
           filled(ui.tr("unit.kilometres"), {number(std::round(*item->lengthKilometres * 10) / 10)}));
    if (item->opens)
      fact(body, ui.tr("fact.opens"),
           filled(ui.tr("time.yearMonth"), {std::to_string(item->opens->year), std::to_string(item->opens->month)}));
  }
  if (known && !picked.source.empty())
    sourceLine(body, picked.source, {});
  else if (item)
    sourceLine(body, item->source);
}

}  // namespace

bool hasCard(const city::Document& document, const city::Session& session, const Observations& seen) {
  if (session.selection.kind == city::PickKind::Project) return document.project(session.selection.id) != nullptr;
  if (session.selection.kind == city::PickKind::Nothing) return false;
  return seen.picked.any || document.item(session.selection.id) != nullptr;
}

void drawCard(Context& ui) {
  if (ui.layout.card.empty()) {
    ui.state.eased["card"] = 0;
    return;
  }
  const city::Selection& selection = ui.session.selection;
  std::string name = "card " + selection.id;
  Rect rect = ui.layout.card;
  float there = ui.ease("card", 1, 12);
  rect.x += ui.px(24) * (1 - there);
  beginCard(ui, "##card", rect, there);
  float inset = ui.px(kInset), top = ui.px(16);
  ImGui::SetCursorScreenPos({rect.x, rect.y + top});
  // The name of the scrolled part changes with the selection, so that each card opens at its top.
  beginScroll(name.c_str(), {rect.width, rect.height - top - ui.px(10)});
  float before = ImGui::GetCursorPosY();
  ImGui::Indent(inset);
  Body body{ui, rect.width - 2 * inset};
  if (selection.kind == city::PickKind::Project) {
    if (const city::Project* project = ui.document.project(selection.id)) {
      if (!ui.state.eased.contains("figures" + project->id)) {
        std::erase_if(ui.state.eased, [](const auto& entry) { return entry.first.starts_with("figures"); });
        ui.state.eased["figures" + project->id] = 0;
        ui.state.eased["figures" + project->id + "model"] = 0;
      }
      story(body, *project);
    }
  } else {
    facts(body, ui.document.item(selection.id));
  }
  body.gap(4);
  ImGui::Unindent(inset);
  setNeeded(ui, name, top + ImGui::GetCursorPosY() - before + ui.px(12));
  endScroll(ui);

  // Above the scrolled part: in a child of its own, so that it gets the tap.
  ImVec2 corner{rect.right() - ui.px(50), rect.y + ui.px(6)};
  ImGui::SetCursorScreenPos(corner);
  ImGui::BeginChild("close", {ui.px(44), ui.px(44)}, ImGuiChildFlags_None,
                    ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
  if (plainIconButton(ui, "close", corner, Icon::Close)) ui.emit(city::Select{});
  ImGui::EndChild();
  endCard();
  if (ui.state.heights.size() > 200) ui.state.heights.clear();
}

}  // namespace cm::app::ui
