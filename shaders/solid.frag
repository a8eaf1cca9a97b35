#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/shadow.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec3 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 0) out vec4 outColour;

void main() { outColour = vec4(mix(inShaded, inSunny, sunAt(inShadowPlace, side.sideIndex)), 1.0); }
