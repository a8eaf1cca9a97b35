#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/weather.glsl"

layout(location = 0) in vec2 inAt;
layout(location = 1) flat in vec4 inInk;
layout(location = 0) out vec4 outColour;

void main() {
  float cover = inInk.a;
  if (kSnowy) {
    cover *= 1.0 - smoothstep(0.35, 1.0, length(inAt));
  } else {
    float end = inAt.y * inAt.y;
    cover *= (1.0 - end * end) * (1.0 - 0.6 * abs(inAt.x));
  }
  outColour = vec4(inInk.rgb * cover, cover);
}
