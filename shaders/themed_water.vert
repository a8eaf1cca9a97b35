#version 460
// Water of the looks tech and plan: how near its shore is.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"

layout(location = 11) in uvec4 inMatter;

layout(location = 0) out vec3 outWorld;
layout(location = 1) out float outShore;   // 0 at the shore .. 1 at kShoreMetres (tiling/ground_matter.h) and where nobody says

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  outWorld = at.world;
  outShore = inMatter.x == 0u ? 1.0 : float(inMatter.y) * (1.0 / 255.0);
}
