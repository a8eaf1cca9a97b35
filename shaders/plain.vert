#version 460
// Look "plain": one Lambert light, nothing else. Lit at the vertices: facades and roofs are flat.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/colour.glsl"

layout(location = 0) out vec3 outColour;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n));
  float lambert = max(dot(normalize(normal), frame.sunDirection.xyz), 0.0);
  vec3 linear = albedoOf(at) * (frame.plain.x + frame.plain.y * lambert);
  outColour = srgbEncoded(linear);
}
