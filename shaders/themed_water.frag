#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/fade.glsl"
#include "shared/themes.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 2) in vec2 inShore;   // x: 0 at the shore .. 1 at kShoreMetres (tiling/ground_matter.h)
layout(location = 0) out vec4 outColour;

void main() {
  float perPixel = max(fwidth(inWorld.x), fwidth(inWorld.y));
  float shore = inShore.x < 0.995 ? inShore.x * 40.0 : 1e4;
  outColour = vec4(hazed(themedWater(inWorld, perPixel, shore), inWorld), 1.0);
  fadeLevel(side.extra);
}
