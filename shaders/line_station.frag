// White heart, ring in the line's colour, thin white casing (dark on the look tech): a disc, or for the railways a square with soft
// corners.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"
#include "shared/line.h"

layout(push_constant) uniform Push {
  SidePush side;
  LinePush push;
};

layout(location = 0) in vec2 pixel;
layout(location = 1) flat in float radius;
layout(location = 2) flat in vec4 ringColour;
layout(location = 3) flat in vec4 air;
layout(location = 4) flat in vec2 shape;
layout(location = 0) out vec4 colour;

const vec3 kPaper = vec3(0.995, 0.99, 0.98), kTechCasing = vec3(0.012, 0.035, 0.075);

void main() {
  vec2 away = abs(pixel) + 1e-4;
  float r = pow(pow(away.x, shape.x) + pow(away.y, shape.x), 1.0 / shape.x);
  float casing = clamp(radius + 1.2 + 0.5 - r, 0.0, 1.0);
  float disc = clamp(radius + 0.5 - r, 0.0, 1.0);
  float heart = clamp(radius * shape.y + 0.5 - r, 0.0, 1.0);
  vec3 rim = frame.time.z == 2.0 ? kTechCasing : kPaper;
  float alpha = casing * ringColour.a * push.origin.w;
  colour = vec4((mix(mix(rim, ringColour.rgb, disc), kPaper, heart) * air.a + air.rgb) * alpha, alpha);
}
