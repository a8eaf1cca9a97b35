#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/fade.glsl"
#include "shared/themes.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 1) in float inShore;
layout(location = 0) out vec4 outColour;

const float kShoreMetres = 40.0;   // tiling/ground_matter.h

void main() {
  float perPixel = max(fwidth(inWorld.x), fwidth(inWorld.y));
  float shore = inShore < 0.995 ? inShore * kShoreMetres : 1e4;
  outColour = vec4(hazed(themedWater(inWorld, perPixel, shore), inWorld), 1.0);
  fadeLevel(side.extra);
}
