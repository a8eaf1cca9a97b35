//! The only way to change the Document and the Session. Panels, keys, touch, tours and remotes emit lists of these; `apply`
//! is the one writer. Edit commands change the document and can be undone; View commands are transient.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "city/document.h"
#include "city/session.h"

namespace cm::city {

enum class SideName { Before, After };

struct SetCamera { CameraPose camera; };
struct FlyTo { CameraPose camera; double seconds = 1.6; };
struct StopFlight {};
struct ShowSide { bool after = false; };                        // the toggle
struct SetCompare { Compare compare = Compare::Off; };
struct SetDivider { double divider = 0.5; };
struct SetLens { LensPlace place; };
struct SetScenario { SideName side; std::string scenario; };
struct SetDate { SideName side; Date date; };
struct SetProject { std::string project; bool on = true; };     // on the after side
struct SetAllProjects { bool on = true; };
struct SetLayers { Layers layers; };
struct SetItemVisible { std::string item; bool visible = true; };
struct SetLook { Look look; };
struct SetLanguage { Language language; };
struct SetHour { double hour = 10; };
struct SetWeather { Weather weather; };
struct SetStyle { std::string style; };                          // empty: none
struct Select { Selection selection; };
struct SetStatistics { bool on = false; };
struct Reset {};                                                // the session as it opened
// Edit commands
struct SaveView { SavedView view; };                            // adds or replaces by id
struct RemoveView { std::string id; };
struct Undo {};
struct Redo {};

using Command = std::variant<SetCamera, FlyTo, StopFlight, ShowSide, SetCompare, SetDivider, SetLens, SetScenario, SetDate, SetProject,
                             SetAllProjects, SetLayers, SetItemVisible, SetLook, SetLanguage, SetHour, SetWeather, SetStyle, Select,
                             SetStatistics, Reset, SaveView, RemoveView, Undo, Redo>;

//! What `apply` changed, so that the loop does only what is needed.
struct Changes {
  bool camera = false;
  bool scenario = false;     // any project state on any side
  bool document = false;
  bool layers = false;
  bool any = false;
};

class City {
 public:
  explicit City(Document document);

  const Document& document() const { return document_; }
  const Session& session() const { return session_; }
  //! Applies in order. Unknown ids are ignored with a warning in the log. `nowSeconds` is the loop's clock; it starts
  //! flights and transitions. Also advances a flight that is under way.
  Changes apply(const std::vector<Command>& commands, double nowSeconds);
  //! The session of an earlier run, as readSession filled it in: before the first frame, without a transition.
  void restore(Session session);
  bool canUndo() const { return !undo_.empty(); }
  bool canRedo() const { return !redo_.empty(); }
  //! True while a flight or a transition runs.
  bool moving(double nowSeconds) const;
  //! `evaluate` of one side, kept between changes: what a transition goes to.
  const std::vector<ProjectState>& states(SideName side) const {
    return side == SideName::Before ? beforeStates_ : afterStates_;
  }

 private:
  Document document_;
  Session session_;
  std::vector<ProjectState> beforeStates_, afterStates_;
  std::vector<Document> undo_, redo_;  // whole documents: an edit is rare, and its inverse is then exact

  friend class Applier;
};

//! Session state that survives a restart, as JSON and back; unknown or broken parts are left at their defaults.
std::string writeSession(const Session& session);
void readSession(std::string_view json, const Document& document, Session& session);

}  // namespace cm::city
