#version 460
// Ground of the clay look: as solids, and what the drape needs to be lit and hazed like the ground it lies on.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/weather.glsl"

layout(location = 0) out vec3 outShaded;
layout(location = 1) out vec3 outSunny;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out vec3 outWorld;
layout(location = 4) out vec3 outPaper;   // display brightness of white paper in shadow and in the sun, without haze; clear air

layout(location = 5) out float outRoad;
layout(location = 6) out float outUp;     // of the normal, in rain and snow

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  Lit lit = litColours(albedoOf(at), normal, inSky, at.world);
  outShaded = lit.shaded;
  outSunny = lit.sunny;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outWorld = at.world;
  outRoad = (kNight || kWet || kSnowy) && (inFeatureAndSurface >> 24) == kSurfaceRoad ? 1.0 : 0.0;
  outUp = kWet || kSnowy ? normal.z : 1.0;
  vec3 ambient = ambientLight(normal, inSky), sunny = ambient + frame.sunColour.rgb * sunLight(normal);
  outPaper = vec3(toneMapped(vec3(ambient.g)).g, toneMapped(vec3(sunny.g)).g, clearAir(length(at.world)));
}
