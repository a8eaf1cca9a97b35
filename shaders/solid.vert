#version 460
// Buildings and other solids of the clay look: everything that does not change across a facade is done here.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 0) out vec3 outAmbient;
layout(location = 1) out vec3 outDirect;
layout(location = 2) out vec3 outWorld;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  vec3 albedo = at.highlighted ? frame.accent.rgb : inColour.rgb * inBaseColour.rgb;
  outAmbient = albedo * ambientLight(normal, inSky);
  outDirect = albedo * frame.sunColour.rgb * sunLight(normal);
  outWorld = at.world;
}
