// A level plane under the city, without tiles: the drape alone, for its tests and measurements.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"

layout(push_constant) uniform Push {
  SidePush side;
  vec4 plane;   // x: its height in world, y: half its width, metres
};

layout(location = 0) out vec3 world;

void main() {
  vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 2.0 - 1.0;
  world = vec3(corner * plane.y, plane.x);
  gl_Position = frame.clipFromWorld * vec4(world, 1.0);
}
