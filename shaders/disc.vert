#version 460
// The sun or the moon and the glow around it: a square on the dome of the sky.
#extension GL_GOOGLE_include_directive : require
#include "shared/disc.glsl"

layout(location = 0) out vec2 outAt;   // in radii of the disc

void main() {
  vec4 disc = isMoon() ? frame.moonDisc : frame.sunDisc;
  vec2 at = (vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 2.0 - 1.0) * glowRadii();
  vec3 right = normalize(cross(disc.xyz, abs(disc.z) < 0.9 ? vec3(0.0, 0.0, 1.0) : vec3(0.0, 1.0, 0.0)));
  vec3 direction = disc.xyz + (right * at.x + cross(right, disc.xyz) * at.y) * disc.w;
  gl_Position = frame.clipFromWorld * vec4(direction, 0.0);
  outAt = at;
}
