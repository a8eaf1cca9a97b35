#version 460
// Water that is part of the city's tiles, by day: how near its shore is.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 11) in uvec4 inMatter;

layout(location = 0) out vec3 outWorld;
layout(location = 1) out vec3 outShadowPlace;
layout(location = 2) out vec2 outShore;   // 0 at the shore .. 1; 1 at the sea, whose waves break

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  outWorld = at.world;
  const uint kSea = 14u;                  // 1 + GroundClass::Sea (tiling/ground_matter.h); in tiles that do not say it nothing is near
  outShore = inMatter.x == 0u ? vec2(1.0) : vec2(float(inMatter.y) * (1.0 / 255.0), inMatter.x == kSea ? 1.0 : 0.0);
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
}
