#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/themes.glsl"

layout(location = 0) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() {
  float perPixel = max(fwidth(inWorld.x), fwidth(inWorld.y));
  outColour = vec4(hazed(themedWater(inWorld, perPixel), inWorld), 1.0);
}
