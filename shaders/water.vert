#version 460
// Water that is part of the city's tiles.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 0) out vec3 outWorld;
layout(location = 1) out vec3 outShadowPlace;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  outWorld = at.world;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
}
