#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/day_water.glsl"
#include "shared/fade.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 1) in vec3 inShadowPlace;
layout(location = 2) in vec2 inShore;
layout(location = 0) out vec4 outColour;

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex);
  vec2 pixel = fwidth(inWorld.xy);
  vec3 colour = dayWaterColour(inWorld, sun, inShore.x, inShore.y, max(pixel.x, pixel.y));
  outColour = vec4(hazed(colour, inWorld), 1.0);
  if (kNight) outColour.a -= waterShine(inWorld);
  fadeLevel(side.extra);
}
