#version 460
// Ground of the looks tech and plan.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/themes.glsl"

layout(location = 0) out vec3 outColour;        // without haze
layout(location = 1) out vec3 outWorld;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out float outAcross;

layout(location = 11) in uvec4 inMatter;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  uint surface = inFeatureAndSurface >> 24;
  vec3 own = inColour.rgb * inBaseColour.rgb;
  uint kind = kindOf(inMatter.x, surface, own);
  outColour = kTech ? techGround(kind, surface, normal, inSky) : planGround(kind, surface, own, normal, inSky);
  outAcross = inMatter.x < kOnPath || inMatter.y == 0u ? 2.0 : (float(inMatter.y) - 128.0) * 0.01;
  outWorld = at.world;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
}
