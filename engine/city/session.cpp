#include "city/session.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cm::city {
namespace {

constexpr Date kNoScenarioDate{2100, 1, 1};  // a document without scenarios shows everything that ever opens

double shortWay(double fromDegrees, double toDegrees) { return std::remainder(toDegrees - fromDegrees, 360.0); }

const Phase* phaseOf(const Project& project, const std::string& id) {
  for (const Phase& phase : project.phases)
    if (phase.id == id) return &phase;
  return nullptr;
}

}  // namespace

Date dateOf(const Document& document, const ScenarioState& side) {
  if (side.date) return *side.date;
  const Scenario* scenario = document.scenario(side.scenario);
  return scenario ? scenario->date : kNoScenarioDate;
}

bool scenarioHas(const Document& document, const ScenarioState& side, std::string_view project) {
  const Scenario* scenario = document.scenario(side.scenario);
  if (!scenario) return false;
  const auto& list = scenario->projects;
  return scenario->allProjects || std::find(list.begin(), list.end(), project) != list.end();
}

bool isOn(const Document& document, const ScenarioState& side, const std::string& project) {
  auto byHand = side.projects.find(project);
  return byHand != side.projects.end() ? byHand->second : scenarioHas(document, side, project);
}

std::vector<ProjectState> evaluate(const Document& document, const ScenarioState& side) {
  const Date date = dateOf(document, side);
  std::vector<ProjectState> states;
  states.reserve(document.projects.size());
  for (const Project& project : document.projects) {
    ProjectState state{false, std::vector<bool>(project.removals.size()), std::vector<bool>(project.additions.size())};
    if (isOn(document, side, project.id)) {
      bool begun = project.phases.empty();
      for (const Phase& phase : project.phases) begun |= phase.from <= date;
      bool finished = !begun && side.projects.contains(project.id);
      for (size_t i = 0; i < project.removals.size(); ++i) {
        const Phase* phase = phaseOf(project, project.removals[i].phase);
        state.removals[i] = finished || (phase ? phase->from <= date : begun);
      }
      for (size_t i = 0; i < project.additions.size(); ++i) {
        const Phase* phase = phaseOf(project, project.additions[i].phase);
        state.additions[i] = finished || (phase ? phase->to <= date : begun);
      }
      state.shown = begun || finished;
    }
    states.push_back(std::move(state));
  }
  return states;
}

LensPlace kept(LensPlace place) {
  const LensPlace usual;
  const auto within = [](double value, double least, double most, double otherwise) {
    return std::isfinite(value) ? std::clamp(value, least, most) : otherwise;
  };
  return {within(place.x, 0, 1, usual.x), within(place.y, 0, 1, usual.y),
          within(place.radius, kLeastLens, kLargestLens, usual.radius)};
}

std::string_view lookName(Look look) {
  for (const auto& [value, name] : kLooks)
    if (value == look) return name;
  return {};
}

std::string_view weatherName(Weather weather) {
  for (const auto& [value, name] : kWeathers)
    if (value == weather) return name;
  return {};
}

bool hasWeather(Look look) { return look == Look::Clay || look == Look::Day; }

CameraPose homeOf(const Document& document) {
  if (!document.views.empty()) return document.views.front().camera;
  CameraPose pose;
  pose.lonDegrees = document.origin.lonDegrees;
  pose.latDegrees = document.origin.latDegrees - 0.025;  // 2.8 km south of it, looking north
  pose.heightMetres = document.origin.heightMetres + 1800;
  pose.pitchDegrees = -32;
  return pose;
}

CameraPose approachTo(const CameraPose& to) {
  constexpr double kMetresPerDegree = 111320;
  const double back = std::max(900.0, 1.6 * to.heightMetres), heading = to.headingDegrees * geo::kDegree;
  CameraPose from = to;
  from.latDegrees = std::clamp(to.latDegrees - back * std::cos(heading) / kMetresPerDegree, -89.0, 89.0);
  from.lonDegrees -= back * std::sin(heading) / (kMetresPerDegree * std::cos(from.latDegrees * geo::kDegree));
  from.heightMetres = std::max(to.heightMetres, 0.0) * 1.8 + 300;
  from.pitchDegrees = std::max(to.pitchDegrees - 6, -90.0);
  return from;
}

Session sessionFor(const Document& document) {
  Session session;
  session.camera = homeOf(document);
  if (!document.scenarios.empty()) {
    session.before.scenario = document.scenarios.front().id;
    session.after.scenario = document.scenarios[document.scenarios.size() > 1 ? 1 : 0].id;
  } else {
    for (const Project& project : document.projects) session.after.projects[project.id] = true;
  }
  session.previousBefore = evaluate(document, session.before);
  session.previousAfter = evaluate(document, session.after);
  return session;
}

bool samePlace(const CameraPose& a, const CameraPose& b) {
  return std::abs(std::remainder(a.lonDegrees - b.lonDegrees, 360.0)) < 1e-7 && std::abs(a.latDegrees - b.latDegrees) < 1e-7 &&
         std::abs(a.heightMetres - b.heightMetres) < 0.01 &&
         std::abs(shortWay(a.headingDegrees, b.headingDegrees)) < 0.01 && std::abs(a.pitchDegrees - b.pitchDegrees) < 0.01;
}

CameraPose poseOf(const Flight& flight, double nowSeconds) {
  double t = flight.durationSeconds > 0 ? (nowSeconds - flight.startSeconds) / flight.durationSeconds : 1;
  if (t >= 1) return flight.to;
  t = std::max(t, 0.0);
  const double s = t * t * t * (t * (6 * t - 15) + 10);  // smootherstep: starts and ends without a jerk (Perlin 2002)
  const CameraPose &from = flight.from, &to = flight.to;

  double lonWay = shortWay(from.lonDegrees, to.lonDegrees);
  CameraPose pose;
  pose.lonDegrees = std::remainder(from.lonDegrees + lonWay * s, 360.0);
  pose.latDegrees = std::lerp(from.latDegrees, to.latDegrees, s);
  pose.headingDegrees = from.headingDegrees + shortWay(from.headingDegrees, to.headingDegrees) * s;
  pose.pitchDegrees = std::lerp(from.pitchDegrees, to.pitchDegrees, s);
  // Heights by their logarithm, so that the ground comes nearer at an even pace; below 1 m above a floor of -100 m plainly.
  constexpr double floor = -100;
  if (from.heightMetres > floor + 1 && to.heightMetres > floor + 1)
    pose.heightMetres = std::exp(std::lerp(std::log(from.heightMetres - floor), std::log(to.heightMetres - floor), s)) + floor;
  else
    pose.heightMetres = std::lerp(from.heightMetres, to.heightMetres, s);
  // The arc: a third of the way as height, less what the ends already have.
  double east = lonWay * std::cos((from.latDegrees + to.latDegrees) * 0.5 * geo::kDegree);
  double metres = std::hypot(east, to.latDegrees - from.latDegrees) * geo::kDegree * geo::kSemiMajorMetres;
  double lift = std::max(metres / 3 - std::max({from.heightMetres, to.heightMetres, 0.0}), 0.0);
  double hump = std::sin(std::numbers::pi * s);
  pose.heightMetres += lift * hump * hump;
  return pose;
}

}  // namespace cm::city
