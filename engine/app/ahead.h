//! Where the camera will be soon, as far as the session says so: tiles are loaded for it before it is there. Pure.
#pragma once

#include <span>
#include <vector>

#include "city/commands.h"

namespace cm::app {

//! Poses of the flight under way: its end, and where it is half a second from now if that is not the end yet. `held` are
//! commands that wait; a flight among them is known already. Empty where nothing flies.
std::vector<city::CameraPose> posesAhead(const city::Session& session, std::span<const city::Command> held, double nowSeconds);

}  // namespace cm::app
