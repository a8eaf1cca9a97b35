#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"

layout(location = 0) flat out uvec2 outId;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  gl_PointSize = clamp(frame.viewport.y / 300.0, 2.0, 8.0);   // as marks.vert
  outId = uvec2(inDraw.w, inFeatureAndSurface & kFeatureMask);
}
