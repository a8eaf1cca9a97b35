#version 460
// Authored content with textures: photogrammetry, design models.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/weather.glsl"

layout(location = 10) in vec2 inUv;

layout(location = 0) out vec4 outBase;    // linear; a: how much it covers, times the picture's
layout(location = 1) out vec4 outLight;   // rgb ambient, a sun
layout(location = 2) out vec3 outWorld;
layout(location = 3) out vec2 outUv;
layout(location = 4) flat out vec2 outCutoffAndUnlit;
layout(location = 5) out vec3 outShadowPlace;
layout(location = 6) out float outUp;     // of the normal, in snow

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  outBase = vec4(albedoOf(at), inColour.a * inBaseColour.a);
  outLight = vec4(ambientLight(normal, inSky), sunLight(normal));
  if (frame.time.z < 0.5) outLight = vec4(vec3(frame.plain.x + frame.plain.y * outLight.a), 0.0);
  outWorld = at.world;
  outUp = kSnowy ? normal.z : 0.0;
  outUv = inUv;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outCutoffAndUnlit = vec2(uintBitsToFloat(inDraw.z), float(inDraw.y & kDrawUnlit));
}
