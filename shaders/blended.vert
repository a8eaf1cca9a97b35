#version 460
// Authored surfaces one sees through: glass.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 0) out vec3 outShaded;
layout(location = 1) out vec4 outSunny;   // a: how much it covers
layout(location = 2) out vec3 outShadowPlace;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  vec3 albedo = albedoOf(at);
  bool unlit = (inDraw.y & kDrawUnlit) != 0u;
  Lit lit = litColours(albedo, normal, inSky, at.world);
  if (frame.time.z < 0.5) {   // look "plain"
    lit.sunny = srgbEncoded(unlit ? albedo : albedo * (frame.plain.x + frame.plain.y * sunLight(normal)));
    lit.shaded = lit.sunny;
  } else if (unlit) {
    lit.shaded = lit.sunny = hazed(srgbEncoded(albedo), at.world);
  }
  outShaded = lit.shaded;
  outSunny = vec4(lit.sunny, inColour.a * inBaseColour.a);
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
}
