//! The underground view's depths: from high above what lies under the ground would lie on it, so it is drawn deeper than it is. Pure.
#pragma once

#include <algorithm>

namespace cm::frame {

//! Down to here everything is drawn where it is, so that tunnels meet their mouths.
inline constexpr double kSinksBelow = 6;

//! How many times deeper than that, for an eye that high above the ground: 1 near it.
inline float depthFactor(double eyeMetres) { return float(std::clamp(eyeMetres / 200, 1.0, 10.0)); }

//! What counts of a depth below the ground.
inline double sinksOf(double depthMetres) { return std::max(0.0, depthMetres - kSinksBelow); }

}  // namespace cm::frame
