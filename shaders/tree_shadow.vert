#version 460
// Trees as the sun sees them.
#extension GL_GOOGLE_include_directive : require
#include "shared/tree.glsl"

layout(location = 0) in vec3 inFoot;
layout(location = 1) in uint inLook;

layout(push_constant) uniform Push {
  SidePush side;
  mat4 clipFromContent;
};

void main() {
  TreePoint p = treePoint(gl_VertexIndex, inLook);
  gl_Position = clipFromContent * vec4(inFoot + p.place, 1.0);
}
