#version 460
// Ground of the looks tech and plan.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/themes.glsl"

layout(location = 0) out vec3 outColour;        // without haze
layout(location = 1) out vec3 outWorld;
layout(location = 2) out vec3 outShadowPlace;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  outColour = themedGround(inFeatureAndSurface >> 24, inColour.rgb * inBaseColour.rgb, normal, inSky);
  outWorld = at.world;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
}
