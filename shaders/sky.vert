#version 460
// The dome of the sky, its colours worked out for the light of the day (frame/light.h), at the far plane (reversed depth: 0).
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"

layout(location = 0) in vec3 inDirection;   // x: towards the sun's azimuth, z: up
layout(location = 1) in vec3 inColour;

layout(location = 0) out vec3 outColour;
layout(location = 1) out vec3 outDirection;   // read by night and under clouds only

void main() {
  vec3 up = frame.upAtEye.xyz, level = frame.sunFlat.xyz;
  vec3 direction = level * inDirection.x + cross(up, level) * inDirection.y + up * inDirection.z;
  gl_Position = frame.clipFromWorld * vec4(direction, 0.0);
  outColour = inColour;
  outDirection = direction;
}
