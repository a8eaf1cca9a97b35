#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/shadow.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inAmbient;
layout(location = 1) in vec3 inDirect;
layout(location = 2) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 linear = inAmbient + inDirect * sunAt(inWorld, side.sideIndex);
  outColour = vec4(hazed(toneMapped(linear), inWorld), 1.0);
}
