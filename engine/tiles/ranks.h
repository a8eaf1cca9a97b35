//! Inside of selection: how urgent tiles are, and which are passed over. Classes of urgency lie far apart, so that no screen-space error reaches from one
//! into the next; within a class what the picture lacks most comes first. Smaller first.
#pragma once

#include <algorithm>
#include <cmath>

namespace cm::tiles {

inline constexpr double kClass = 1e12;
inline constexpr double kPinnedClass = -2 * kClass;   // roots: with them there is never a hole
inline constexpr double kVisibleClass = 0;
inline constexpr double kCasterClass = kClass;        // outside the views, but their shadows are seen
inline constexpr double kAheadClass = 2 * kClass;     // what will be seen when the camera has got where it is going
inline constexpr double kPrefetchClass = 4 * kClass;  // tilesets that may be switched on any moment
inline constexpr double kSiblingClass = 6 * kClass;   // children just outside the frustum of refined tiles

//! Whether a level on the way from what is drawn to what is asked is passed over. As each level halves the error, this one is
//! floor(log2(error / limit)) + 1 above the one that is asked: every n-th is loaded, counted from there, so that the many tiles
//! just above are not. `passed`: how many above it are passed over already; n - 1 at most, whatever the errors are.
inline bool passesOver(double error, double limit, unsigned passed, unsigned skipLevels) {
  return passed + 1 < skipLevels && static_cast<unsigned>(std::max(std::ilogb(error / limit), 0)) % skipLevels != skipLevels - 1;
}

}  // namespace cm::tiles
