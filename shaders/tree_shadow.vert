#version 460
// Trees as the sun sees them.
#extension GL_GOOGLE_include_directive : require
#include "shared/tree.glsl"

layout(location = 0) in vec3 inFoot;
layout(location = 1) in uint inLook;

layout(push_constant) uniform Push { TreeShadowPush tree; };

void main() {
  TreePoint p = treePoint(gl_VertexIndex, inLook);
  float left = treeLeft(inLook, distance(inFoot, tree.side.extra.xyz), tree.side.extra.w) * treeStands(inLook, tree.laid, tree.side.grow);
  gl_Position = left > 0.0 ? tree.clipFromContent * vec4(inFoot + p.place * left, 1.0) : vec4(0.0, 0.0, -1.0, 1.0);
}
