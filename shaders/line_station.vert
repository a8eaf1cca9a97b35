// A disc that faces the eye, one instance a station.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/line.h"

layout(push_constant) uniform Push {
  SidePush side;
  LinePush push;
};

layout(location = 0) in vec4 placeAndRadius;   // world; pixels
layout(location = 1) in vec4 ring;             // display colour; a: alpha
layout(location = 2) in vec2 shape;            // exponent of the outline, share that is white

layout(location = 0) out vec2 pixel;
layout(location = 1) flat out float radius;
layout(location = 2) flat out vec4 ringColour;
layout(location = 3) flat out vec4 air;   // what the haze adds (premultiplied), and how much it lets through

layout(location = 4) flat out vec2 outShape;

void main() {
  outShape = shape;
  vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 2.0 - 1.0;
  radius = placeAndRadius.w;
  ringColour = ring;
  float metres = length(placeAndRadius.xyz), clear = clearAir(metres);
  air = vec4(horizonColour(placeAndRadius.xyz / metres) * (1.0 - clear), clear);
  pixel = corner * (radius + 2.5);
  vec4 clip = frame.clipFromWorld * vec4(placeAndRadius.xyz, 1.0);
  if (clip.w < 1.0) clip = vec4(0.0, 0.0, -1.0, 1.0);
  clip.xy += pixel / (0.5 * push.viewport.xy) * clip.w;
  clip.z *= push.viewport.w;
  gl_Position = clip;
}
