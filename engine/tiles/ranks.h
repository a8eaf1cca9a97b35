//! Inside of selection: how urgent tiles are. Classes of urgency lie far apart, so that no screen-space error reaches from one
//! into the next; within a class what the picture lacks most comes first. Smaller first.
#pragma once

namespace cm::tiles {

inline constexpr double kClass = 1e12;
inline constexpr double kPinnedClass = -2 * kClass;   // roots: with them there is never a hole
inline constexpr double kVisibleClass = 0;
inline constexpr double kAheadClass = 2 * kClass;     // what will be seen when the camera has got where it is going
inline constexpr double kPrefetchClass = 4 * kClass;  // tilesets that may be switched on any moment
inline constexpr double kSiblingClass = 6 * kClass;   // children just outside the frustum of refined tiles

}  // namespace cm::tiles
