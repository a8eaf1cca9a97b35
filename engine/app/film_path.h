//! Where the camera of a film is at each moment. Pure; any thread.
#pragma once

#include <vector>

#include "city/document.h"

namespace cm::app {

//! From view to view: each leg lasts equally long, and the camera starts and arrives without a jerk (city::poseOf). `at` runs
//! 0..1 over the film. One view alone stands still; without any the result is a default pose.
city::CameraPose alongViews(const std::vector<city::CameraPose>& views, double at);

//! Once round, clockwise from above, about what stands in the middle of the picture of `view`: where its line of sight meets the
//! height `pivotHeightMetres` (ellipsoidal), or, where it looks above the horizon, what is 2 km ahead. Height and pitch stay.
//! `at` runs 0..1; 0 and 1 are the view itself.
city::CameraPose turntable(const city::CameraPose& view, double pivotHeightMetres, double at);

}  // namespace cm::app
