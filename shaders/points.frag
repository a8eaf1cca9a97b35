#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/fade.glsl"
#include "shared/frame.h"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inColour;
layout(location = 0) out vec4 outColour;

void main() {
  vec2 fromMiddle = gl_PointCoord - 0.5;
  if (dot(fromMiddle, fromMiddle) > 0.25) discard;   // a disc
  outColour = vec4(inColour, 1.0);
  fadeLevel(side.extra);
}
