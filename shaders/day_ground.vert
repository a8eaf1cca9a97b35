#version 460
// Ground by day; and what the drape needs to be lit and hazed like the ground it lies on.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 11) in uvec4 inMatter;

layout(location = 0) out vec3 outSkyLight;      // linear
layout(location = 1) out vec3 outSunLight;      // linear, where no shadow falls
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out vec3 outWorld;
layout(location = 4) out vec3 outPaper;         // display brightness of white paper in shadow and in the sun, without haze; clear air
layout(location = 5) out float outRoad;
layout(location = 6) out vec3 outNormal;
layout(location = 7) out vec2 outAlong;         // of roads: bytes of across and along
layout(location = 8) flat out vec3 outClay;     // linear albedo without paint
layout(location = 9) flat out uvec2 outKind;    // Vertex::matter, surface; surface 0: its own colour

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  uint surface = inFeatureAndSurface >> 24;
  vec3 ambient = ambientLight(normal, inSky), sun = frame.sunColour.rgb * sunLight(normal);
  outSkyLight = ambient;
  outSunLight = sun;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outWorld = at.world;
  outPaper = vec3(toneMapped(vec3(ambient.g)).g, toneMapped(vec3((ambient + sun).g)).g, clearAir(length(at.world)));
  outRoad = kNight && surface == kSurfaceRoad ? 1.0 : 0.0;
  outNormal = normal;
  outAlong = vec2(inMatter.yz);
  outClay = albedoOf(at);
  outKind = uvec2(inMatter.x, at.highlighted || styled(at) ? 0u : surface);
}
