//! How much of what lies over the city is shown from near the ground: there all names and lines of a city would stand on one line
//! before the houses. Pure; any thread.
#pragma once

#include <cstddef>
#include <limits>

namespace cm::frame {

struct NearGround {
  bool low = false;                                       // where it is not, nothing is left out
  float reachMetres = std::numeric_limits<float>::infinity();   // away: names and lines are gone there
  size_t mostLabels = std::numeric_limits<size_t>::max();
  float hiddenShare = 1;                                  // of what is drawn of lines and stations behind the city
};

//! `eyeMetres`: of the eye above the ground. Continuous, and nothing is left out from 300 m up, where planners look from.
NearGround nearGround(double eyeMetres);

}  // namespace cm::frame
