//! The parts of the layer, one file each. Each reads the context and emits commands; the loop's thread.
#pragma once

#include "app/ui/widgets.h"

namespace cm::app::ui {

void drawDivider(Context& ui);        // first: it lies behind everything
void drawDividerLine(Context& ui);    // where nothing else is drawn, too
void drawLens(Context& ui);           // as the divider
void drawLensRim(Context& ui);        // where nothing else is drawn, too: a glass without a rim is a hole
void drawTitle(Context& ui);
void drawCompare(Context& ui);
void drawCorner(Context& ui);         // language and help
void drawSidePanel(Context& ui);      // projects and layers, or the button that opens them
void drawProjects(Context& ui, float width);
void drawLayers(Context& ui, float width);
void drawStyles(Context& ui, float width);   // what features are coloured by
void drawRailLegend(Context& ui, float width);   // how the networks' lines look
//! A line of the document has trains.
bool hasTrains(const city::Document& document);
void drawTimeBar(Context& ui);
void drawViews(Context& ui);
void drawNavigation(Context& ui);
void drawCard(Context& ui);           // the story of a project, or the facts of what was picked
void drawLegend(Context& ui);         // of the style that is chosen
//! Lines that all sources and notes take in the width of the layout, as many as a picture has room for.
unsigned creditLineCount(const Context& ui);
void drawAttribution(Context& ui);
Rect drawAttributionAlone(Context& ui);   // where nothing else is drawn: says the scenario too; where it lies
void drawLoading(Context& ui);
void drawErrors(Context& ui);
void drawStatistics(Context& ui);
void drawHelp(Context& ui);

//! What a tap on a project does, wherever it is tapped: its story opens and the camera goes there.
void openProject(const Context& ui, const city::Project& project);
//! A project's switch: what is switched on is also shown.
void switchProject(const Context& ui, const std::string& id, bool on);
//! Today and the plan side by side, the divider in the middle of what is seen of the city; there it stays as cards come and go,
//! until a hand takes it.
void swipe(const Context& ui);
//! The plan, where only today is on the screen.
void showAfterSide(const Context& ui);
//! Something is built or opens at a date: the years mean something.
bool hasDates(const city::Document& document);
//! True where the card on the right has something to say.
bool hasCard(const city::Document& document, const city::Session& session, const Observations& seen);

//! The years of the slider: 2020 to 2035, wider where the document's phases are.
std::pair<int, int> yearRange(const city::Document& document);
//! The plan is on the screen, alone or beside today.
bool afterShown(const city::Session& session);
//! The moment on the screen, the plan's where both sides are, as a fraction of years within the range.
double shownYears(const Context& ui);
std::string statusWord(const Context& ui, city::PlanStatus status);
std::string kindWord(const Context& ui, city::ProjectKind kind);

//! Poses that the buttons fly to. `focusMetres` is the distance to the ground in the middle; 0 lets them guess it from the
//! height above `groundMetres`.
city::CameraPose zoomed(const city::CameraPose& pose, double groundMetres, double focusMetres, double factor);
city::CameraPose facingNorth(const city::CameraPose& pose, double groundMetres, double focusMetres);

}  // namespace cm::app::ui
