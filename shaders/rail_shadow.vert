#version 460
// Depth from the sun of what stands along railways.
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.h"

layout(location = 0) in vec3 inPosition;

layout(push_constant) uniform Push {
  SidePush side;
  mat4 clipFromChunk;
};

void main() { gl_Position = clipFromChunk * vec4(inPosition, 1.0); }
