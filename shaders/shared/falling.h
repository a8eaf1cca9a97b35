// Drops and flakes: push constants of the pass that draws them, shared by C++ and GLSL.
#ifndef CITYMIRROR_SHARED_FALLING_H
#define CITYMIRROR_SHARED_FALLING_H
#include "shared/frame.h"

#ifdef __cplusplus
namespace cm::shared {
#endif

// Bytes 0..79 of the push constants. They fill a box that travels with the eye: those that leave it on one side come in on the other.
struct FallingPush {
  SidePush side;    // extra: seed, seconds modulo 64, share 0..1 of them that fall, pixels of the target's height
  vec4 box;         // side (metres, a power of two), width and length of one of them, opacity
  vec4 fallen;      // how far all have fallen, metres modulo the box
  vec4 velocity;    // unit, along which drops are drawn
};

#ifdef __cplusplus
static_assert(sizeof(FallingPush) == 80);
}  // namespace cm::shared
#endif
#endif
