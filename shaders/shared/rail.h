// What C++ and GLSL share of the railways' works and trains.
#ifndef CITYMIRROR_SHARED_RAIL_H
#define CITYMIRROR_SHARED_RAIL_H

#ifdef __cplusplus
#include <cstdint>
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
using uint = uint32_t;
#endif

// Last byte of a vertex' colour.
const uint kRailMatter = 0u;    // its own colour
const uint kRailLivery = 1u;    // the line's colour
const uint kRailWindows = 2u;   // dark by day, lit by night
const uint kRailLamps = 3u;     // of its own colour by day, bright by night

const float kRailSinksMost = 63.5;   // metres that a normal's fourth component of one stands for: below kSinksBelow

// Bytes 32..63 of the push constants.
struct RailPush {
  vec4 origin;   // xyz: world from the chunk's own coordinates; w: nearness, as of lines
  vec4 livery;   // linear; a: 0 in the open; below the ground 1 and more: how many times deeper it is drawn; less than 0: the same of
                 // the walls towards the eye
};

#ifdef __cplusplus
static_assert(sizeof(RailPush) == 32);
}  // namespace cm::shared
#endif
#endif
