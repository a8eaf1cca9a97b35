// Push constants that C++ and GLSL share: lines in space and station discs. The rest of the scene's push constants.
#ifndef CITYMIRROR_SHARED_LINE_H
#define CITYMIRROR_SHARED_LINE_H

#ifdef __cplusplus
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
#endif

struct LinePush {
  vec4 origin;          // xyz: of the line, world; w: alpha
  vec4 colour;          // display colour; a: pixels of white casing on each side
  vec4 width;           // x: metres of half the width, y, z: least and most pixels of it, w: dash in pixels (0 solid)
  vec4 viewport;        // width, height in pixels; z: pixels a metre covers at one metre's distance, w: nearness (depth is
                        // multiplied by it, so that a line on the ground is not lost in it)
  vec4 below;           // x: metres that what lies a metre deeper than kSinksBelow is drawn deeper than it is; y: 1 a tunnel's tube, 2 a
                        // shaft, 0 neither; z: 1 over the dark of the underground view
  vec4 manner;          // x: city::Network, y: dash in pixels of what runs underground (0: it does not; below 0: it
                        // runs on works that show it when near), z, w: metres away where the
                        // line begins to fade and where it is gone
};

#ifdef __cplusplus
static_assert(sizeof(LinePush) == 96);
}  // namespace cm::shared
#endif
#endif
