#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"
#include "shared/fade.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inColour;
layout(location = 0) out vec4 outColour;

void main() {
  outColour = vec4(inColour, 1.0);
  fadeLevel(side.extra);
}
