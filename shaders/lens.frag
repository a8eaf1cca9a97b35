#version 460
// What the lens shows, into the picture around it: colour and depth inside a circle, nothing outside.
#extension GL_GOOGLE_include_directive : require
#include "shared/lens.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { LensPush push; };

layout(location = 0) out vec4 outColour;

void main() {
  if (distance(gl_FragCoord.xy, push.circle.xy) > push.circle.z) discard;
  outColour = texelFetch(picture, ivec2(gl_FragCoord.xy), 0);
  gl_FragDepth = texelFetch(depth, ivec2(gl_FragCoord.xy), 0).r;
}
