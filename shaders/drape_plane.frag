// A level plane of one colour with the drape on it.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"
#include "shared/drape.glsl"

layout(push_constant) uniform Push {
  SidePush side;
  vec4 plane;
};

layout(location = 0) in vec3 world;
layout(location = 0) out vec4 colour;

void main() {
  vec4 laid = plane.z > 0.5 ? drapeAt(world, side.slot) : vec4(0.0);
  vec3 albedo = vec3(0.72, 0.70, 0.66) * (1.0 - laid.a) + laid.rgb * laid.rgb / max(laid.a, 1e-3);   // linear
  colour = vec4(sqrt(albedo), 1.0);
}
