#include "city/commands.h"

#include <algorithm>
#include <cmath>

#include "base/log.h"

namespace cm::city {
namespace {

constexpr size_t kUndoSteps = 100;

template <class Items>
auto byId(Items& items, std::string_view id) {
  return std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
}

bool isFinite(const CameraPose& c) {
  return std::isfinite(c.lonDegrees) && std::isfinite(c.latDegrees) && std::isfinite(c.heightMetres) &&
         std::isfinite(c.headingDegrees) && std::isfinite(c.pitchDegrees);
}

}  // namespace

//! Applies one list of commands; one per call of City::apply.
class Applier {
 public:
  Applier(City& city, double nowSeconds)
      : city_(city), document_(city.document_), session_(city.session_), now_(nowSeconds) {}

  Changes changes;

  void operator()(const SetCamera& c) {
    if (!isFinite(c.camera)) return log::warning("a camera that is not finite was ignored");
    session_.flight.durationSeconds = 0;
    moveTo(c.camera);
  }
  void operator()(const FlyTo& c) {
    if (!isFinite(c.camera) || !std::isfinite(c.seconds)) return log::warning("a flight that is not finite was ignored");
    session_.flight = {session_.camera, c.camera, now_, std::max(c.seconds, 0.0)};
    if (c.seconds <= 0) moveTo(c.camera);
    changes.any = true;
  }
  void operator()(const StopFlight&) { session_.flight.durationSeconds = 0; }

  void operator()(const ShowSide& c) {
    if (session_.showAfter == c.after) return;
    if (session_.compare == Compare::Off) {
      auto& shown = session_.showAfter ? city_.afterStates_ : city_.beforeStates_;
      startTransition(shown, shown);
    }
    session_.showAfter = c.after;
  }
  void operator()(const SetCompare& c) {
    if (session_.compare == c.compare) return;
    if (c.compare != Compare::Off) {  // what filled the window gives way in its part; the other part has been there
      auto& shown = session_.showAfter ? city_.afterStates_ : city_.beforeStates_;
      if (session_.compare == Compare::Off) startTransition(shown, shown);
    } else {
      startTransition(city_.beforeStates_, city_.afterStates_);
    }
    session_.compare = c.compare;
  }
  void operator()(const SetDivider& c) {
    double divider = std::isfinite(c.divider) ? std::clamp(c.divider, 0.0, 1.0) : session_.divider;
    changes.any |= divider != session_.divider;
    session_.divider = divider;
  }
  void operator()(const SetLens& c) {
    const LensPlace place = kept(c.place);
    changes.any |= place != session_.lens;
    session_.lens = place;
  }
  void operator()(const SetScenario& c) {
    if (!document_.scenario(c.scenario)) return log::warning("there is no scenario \"{}\"", c.scenario);
    ScenarioState next = side(c.side);
    next.scenario = c.scenario;
    next.date.reset();
    next.projects.clear();
    changeSide(c.side, std::move(next));
  }
  void operator()(const SetDate& c) {
    ScenarioState next = side(c.side);
    next.date = c.date;
    // Moving through time means "by its phases": what was switched on by hand and belongs to the scenario follows them.
    std::erase_if(next.projects, [&](const auto& entry) { return entry.second && scenarioHas(document_, next, entry.first); });
    changeSide(c.side, std::move(next));
  }
  void operator()(const SetProject& c) {
    if (!document_.project(c.project)) return log::warning("there is no project \"{}\"", c.project);
    ScenarioState next = session_.after;
    next.projects[c.project] = c.on;
    changeSide(SideName::After, std::move(next));
  }
  void operator()(const SetAllProjects& c) {
    ScenarioState next = session_.after;
    for (const Project& project : document_.projects) next.projects[project.id] = c.on;
    changeSide(SideName::After, std::move(next));
  }
  void operator()(const SetLayers& c) {
    changes.layers |= !(session_.layers == c.layers);
    session_.layers = c.layers;
  }
  void operator()(const SetItemVisible& c) {
    if (!document_.hasItem(c.item)) return log::warning("there is no item \"{}\"", c.item);
    changes.layers |= c.visible ? session_.layers.hiddenItems.erase(c.item) > 0 : session_.layers.hiddenItems.insert(c.item).second;
  }
  void operator()(const SetLook& c) { set(session_.look, c.look); }
  void operator()(const SetLanguage& c) { set(session_.language, c.language); }
  void operator()(const SetHour& c) {
    if (std::isfinite(c.hour)) set(session_.hourOfDay, std::clamp(c.hour, 0.0, 24.0));
  }
  void operator()(const SetWeather& c) { set(session_.weather, c.weather); }
  void operator()(const SetStyle& c) {
    if (!c.style.empty() && !document_.style(c.style)) return log::warning("there is no style \"{}\"", c.style);
    set(session_.style, c.style);
  }
  void operator()(const Select& c) {
    if (c.selection.kind == PickKind::Project && !document_.project(c.selection.id))
      return log::warning("there is no project \"{}\"", c.selection.id);
    set(session_.selection, c.selection);
  }
  void operator()(const SetStatistics& c) { set(session_.statistics, c.on); }
  void operator()(const Reset&) {
    CameraPose was = session_.camera;
    std::vector<ProjectState> before = city_.beforeStates_, after = city_.afterStates_;
    session_ = sessionFor(document_);
    CameraPose home = session_.camera;
    session_.camera = was;
    (*this)(FlyTo{home});
    refreshStates();
    startTransition(before, after);
    changes.layers = true;
  }

  void operator()(const SaveView& c) {
    if (c.view.id.empty() || !isFinite(c.view.camera)) return log::warning("a view without an id or a place was not saved");
    auto found = byId(document_.views, c.view.id);
    if (found != document_.views.end() && *found == c.view) return;
    remember();
    found = byId(document_.views, c.view.id);
    if (found != document_.views.end())
      *found = c.view;
    else
      document_.views.push_back(c.view);
  }
  void operator()(const RemoveView& c) {
    auto found = byId(document_.views, c.id);
    if (found == document_.views.end()) return log::warning("there is no view \"{}\"", c.id);
    remember();
    document_.views.erase(byId(document_.views, c.id));
  }
  void operator()(const Undo&) { swapDocument(city_.undo_, city_.redo_); }
  void operator()(const Redo&) { swapDocument(city_.redo_, city_.undo_); }

  void advanceFlight() {
    Flight& flight = session_.flight;
    if (flight.durationSeconds <= 0) return;
    moveTo(poseOf(flight, now_));
    if (now_ >= flight.startSeconds + flight.durationSeconds) flight.durationSeconds = 0;
  }

  void refreshStates() {
    city_.beforeStates_ = evaluate(document_, session_.before);
    city_.afterStates_ = evaluate(document_, session_.after);
  }

 private:
  ScenarioState& side(SideName name) { return name == SideName::Before ? session_.before : session_.after; }

  void moveTo(const CameraPose& camera) {
    changes.camera |= !(session_.camera == camera);
    session_.camera = camera;
  }

  template <class T>
  void set(T& target, const T& value) {
    changes.any |= !(target == value);
    target = value;
  }

  //! All project changes of one list of commands start together, from what stood before the first of them.
  void startTransition(std::vector<ProjectState> before, std::vector<ProjectState> after) {
    changes.scenario = true;
    if (started_) return;
    started_ = true;
    session_.previousBefore = std::move(before);
    session_.previousAfter = std::move(after);
    session_.transition.startSeconds = now_;
  }

  void changeSide(SideName name, ScenarioState next) {
    if (side(name) == next) return;
    side(name) = std::move(next);
    auto& states = name == SideName::Before ? city_.beforeStates_ : city_.afterStates_;
    std::vector<ProjectState> now = evaluate(document_, side(name));
    changes.any = true;   // the date also opens lines and greenways
    if (now == states) {
      changes.scenario = true;
      return;
    }
    startTransition(city_.beforeStates_, city_.afterStates_);
    states = std::move(now);
  }

  void remember() {
    city_.redo_.clear();
    city_.undo_.push_back(document_);
    if (city_.undo_.size() > kUndoSteps) city_.undo_.erase(city_.undo_.begin());
    changes.document = true;
  }
  void swapDocument(std::vector<Document>& from, std::vector<Document>& to) {
    if (from.empty()) return;
    to.push_back(std::move(document_));
    document_ = std::move(from.back());
    from.pop_back();
    refreshStates();
    changes.document = true;
  }

  City& city_;
  Document& document_;
  Session& session_;
  double now_;
  bool started_ = false;
};

City::City(Document document) : document_(std::move(document)), session_(sessionFor(document_)) {
  beforeStates_ = session_.previousBefore;
  afterStates_ = session_.previousAfter;
}

Changes City::apply(const std::vector<Command>& commands, double nowSeconds) {
  Applier applier(*this, nowSeconds);
  for (const Command& command : commands) std::visit(applier, command);
  applier.advanceFlight();
  Changes& changes = applier.changes;
  changes.any |= changes.camera || changes.scenario || changes.document || changes.layers;
  return changes;
}

void City::restore(Session session) {
  session_ = std::move(session);
  Applier(*this, 0).refreshStates();
  session_.previousBefore = beforeStates_;
  session_.previousAfter = afterStates_;
}

bool City::moving(double nowSeconds) const {
  return session_.flight.durationSeconds > 0 ||
         nowSeconds < session_.transition.startSeconds + session_.transition.durationSeconds;
}

}  // namespace cm::city
