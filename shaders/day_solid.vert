#version 460
// Buildings and other solids by day: what the fragments paint walls and roofs by.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/facade.glsl"
#include "shared/light.glsl"

layout(location = 11) in uvec4 inMatter;

layout(location = 0) out vec3 outSkyLight;    // linear
layout(location = 1) out vec3 outSunLight;    // linear, where no shadow falls
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out vec2 outFacade;      // of a wall bays and metres up, of a roof metres fixed to the Earth
layout(location = 4) flat out int outWall;    // a number of the wall's own; -1: a roof, 0: neither
layout(location = 5) out vec3 outWorld;
layout(location = 6) out vec3 outNormal;
layout(location = 7) flat out vec3 outClay;   // linear albedo without paint
layout(location = 8) flat out uint outMatter; // FeatureRecord::matter

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  uint feature = inFeatureAndSurface & kFeatureMask;
  bool building = (inFeatureAndSurface >> 24) == kSurfaceBuilding && feature != kFeatureMask && !at.highlighted && !styled(at);
  FeatureRecord record = FeatureRecord(0u, 0.0, 0u, 0u);
  if (building) record = records[inDraw.x + feature];
  bool wall = abs(normal.z) < 0.4;
  outSkyLight = ambientLight(normal, inSky);
  outSunLight = frame.sunColour.rgb * sunLight(normal);
  if (building) {
    vec3 tinted = lightTint(at);
    outSkyLight *= tinted;
    outSunLight *= tinted;
  }
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outFacade = wall ? vec2(float(inMatter.x + inMatter.y * 256u) * (1.0 / 64.0), inPosition.z - record.base) : at.world.xy + frame.place.xy;
  outWall = !building ? 0 : wall ? 1 + int(record.matter >> 16) * 256 + int(inMatter.w) : -1;
  outWorld = at.world;
  outNormal = normal;
  outClay = albedoOf(at);
  outMatter = record.matter;
}
