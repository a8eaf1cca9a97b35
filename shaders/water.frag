#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/fade.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/water.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 1) in vec3 inShadowPlace;
layout(location = 0) out vec4 outColour;

void main() {
  outColour = vec4(hazed(waterColour(inWorld, sunAt(inShadowPlace, side.sideIndex)), inWorld), 1.0);
  if (kNight) outColour.a -= waterShine(inWorld);
  fadeLevel(side.extra);
}
