// Draws a fill or a strip from above into one level of the drape.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/drape.h"

layout(push_constant) uniform Push { DrapePush push; };

layout(location = 0) in vec2 centre;
layout(location = 1) in vec2 extrude;
layout(location = 2) in vec2 sideAndAlong;

layout(location = 0) out vec2 acrossAndAlong;   // metres

void main() {
  float texel = push.place.w;
  float reach = max(push.halfWidth, push.leastTexels * texel) + 0.5 * push.feather * texel;
  vec2 uv = (centre + extrude * reach) * push.place.x + push.place.yz;
  acrossAndAlong = vec2(sideAndAlong.x * reach, sideAndAlong.y);
  gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
