//! The bodies of people: walkers in four moments of a step, cyclists in two of a turn of the pedals. Plain values; any thread.
#pragma once

#include "frame/rail_mesh.h"
#include "frame/strollers.h"

namespace cm::frame {

//! Metres forward, to the left, above the ground; what they wear is of the instance's colour (kRailLivery).
RailMesh figureMesh(Figure figure);

}  // namespace cm::frame
