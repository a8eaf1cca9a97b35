#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/shadow.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec4 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = mix(inShaded, inSunny.rgb, sunAt(inShadowPlace, side.sideIndex));
  outColour = vec4(colour * inSunny.a, inSunny.a);
}
