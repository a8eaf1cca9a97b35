//! What is on the screen now and not saved with the city: windows, their views, cameras, scenarios, layers, selection.
//! Plain values; the loop's thread; changed only by `apply` (city/commands.h).
#pragma once

#include <glm/glm.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "city/document.h"

namespace cm::city {

//! One side: a scenario at a date, with projects switched by hand on top.
struct ScenarioState {
  std::string scenario;                      // Scenario::id
  std::optional<Date> date;                  // overrides the scenario's
  std::map<std::string, bool> projects;      // overrides by project id
  bool operator==(const ScenarioState&) const = default;
};

//! Where one project is on one side: which removals have begun and which additions stand.
struct ProjectState {
  bool shown = false;                        // anything of it is visible
  std::vector<bool> removals;                // as Project::removals
  std::vector<bool> additions;               // as Project::additions
  bool operator==(const ProjectState&) const = default;
};

Date dateOf(const Document& document, const ScenarioState& side);
//! One per Document::projects. A project is in where the scenario or the override says so; within it the phases decide by date.
//! A project switched on by hand at a date before its phases is shown finished (a visitor who touches it wants to see it).
std::vector<ProjectState> evaluate(const Document& document, const ScenarioState& side);
//! Whether the scenario itself, without what was switched by hand, takes the project in; and with it.
bool scenarioHas(const Document& document, const ScenarioState& side, std::string_view project);
bool isOn(const Document& document, const ScenarioState& side, const std::string& project);

enum class Compare { Off, Swipe, Lens };

//! A round glass that shows the other scenario: today in the plan, the plan in today.
struct LensPlace {
  double x = 0.5, y = 0.5;                   // its middle, of the window's width and height
  double radius = 0.28;                      // of the window's height
  bool operator==(const LensPlace&) const = default;
};
inline constexpr double kLeastLens = 0.08, kLargestLens = 0.48;
//! Kept within the window and the sizes that a finger can hold.
LensPlace kept(LensPlace place);

//! A transition from one state to another, all of one start time (DESIGN, decision 5).
struct Transition {
  double startSeconds = -1e9;
  double durationSeconds = 0.5;
};

//! How the city is drawn: the white model, what is measured against the peers (one light, nothing else), daylight with facades and
//! streets, the smart hub's blue, and the plan with the land-use colours of the Chinese standard.
enum class Look { Clay, Plain, Day, Tech, Plan };
inline constexpr std::array<std::pair<Look, std::string_view>, 5> kLooks{
    {{Look::Clay, "clay"}, {Look::Plain, "plain"}, {Look::Day, "day"}, {Look::Tech, "tech"}, {Look::Plan, "plan"}}};
//! The name in kLooks: of session.json, the command line and i18n ("look.<name>").
std::string_view lookName(Look look);

//! The weather over the city. Looks that are drawings (tech, plan) and plain know none.
enum class Weather { Clear, Overcast, Fog, Rain, Snow };
inline constexpr std::array<std::pair<Weather, std::string_view>, 5> kWeathers{{{Weather::Clear, "clear"},
                                                                                {Weather::Overcast, "overcast"},
                                                                                {Weather::Fog, "fog"},
                                                                                {Weather::Rain, "rain"},
                                                                                {Weather::Snow, "snow"}}};
//! The name in kWeathers: of session.json, the command line and i18n ("weather.<name>").
std::string_view weatherName(Weather weather);
//! Whether the look shows weather.
bool hasWeather(Look look);

struct Layers {
  bool labels = true;
  bool projectAreas = true;
  bool greenways = true;
  bool metro = true;
  bool shadows = true;
  bool buildings = true;
  bool life = true;                          // trains, walkers, cyclists: simulated
  bool underground = false;                  // the ground turns to glass; tunnels and stations under it appear
  bool differences = true;                   // what projects change, and from afar what stands where one is to come, has its colour
  std::set<std::string> hiddenItems;         // OverlayItem ids switched off one by one
  bool operator==(const Layers&) const = default;
};

enum class PickKind { Nothing, Building, Project, Station, Greenway, MetroLine, Place };

struct Selection {
  PickKind kind = PickKind::Nothing;
  std::string id;                            // feature, project or item id
  bool operator==(const Selection&) const = default;
};

struct Flight {
  CameraPose from, to;
  double startSeconds = 0;
  double durationSeconds = 0;                // 0: no flight under way
};

struct Session {
  CameraPose camera;
  Flight flight;
  ScenarioState before;                      // left of the divider
  ScenarioState after;                       // right of it
  bool showAfter = false;                    // which one fills the window when Compare::Off, or lies around the lens
  Compare compare = Compare::Off;
  double divider = 0.5;                      // 0..1 of the window's width
  LensPlace lens;
  Transition transition;                     // of the sides' project states; `previousX` are what it starts from
  std::vector<ProjectState> previousBefore, previousAfter;
  Layers layers;
  Look look = Look::Clay;
  Language language = Language::Chinese;
  double hourOfDay = 14 + 4 / 60.0;          // local mean solar time, for the sun: it lights what looks south and west
  Weather weather = Weather::Clear;
  std::string style;                         // Style::id; empty: everything in its own colours
  Selection selection;
  bool statistics = false;
};

//! The session a window opens with: home view, first two scenarios.
Session sessionFor(const Document& document);

//! The first saved view, else a pose that looks at the document's origin.
CameraPose homeOf(const Document& document);
//! Where a flight that opens the city begins: behind the pose it leads to and higher, looking the same way.
CameraPose approachTo(const CameraPose& to);
//! Equal within what a person can see: 1e-7 degrees, 1 cm, 0.01 degrees of heading (the short way round) and pitch.
bool samePlace(const CameraPose& a, const CameraPose& b);
//! Where a flight is at `nowSeconds`: eased in and out, along a gentle arc when far, turning the short way.
CameraPose poseOf(const Flight& flight, double nowSeconds);

}  // namespace cm::city
