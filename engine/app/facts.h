//! From what lies under a pixel to what a person is told: selection, title, facts, source. Reads the stage; the loop's thread.
#pragma once

#include "app/stage.h"
#include "app/ui/ui.h"

namespace cm::app {

//! Buildings by their feature; else stations, lines, greenways and projects near the place, nearest first.
city::Selection selectionAt(const Stage& stage, const frame::Pick& pick);

//! The card for a selection; `pick` gives the building's row where the selection came from one.
ui::Picked factsOf(const Stage& stage, const city::Selection& selection, const frame::Pick& pick);

}  // namespace cm::app
