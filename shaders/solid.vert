#version 460
// Buildings and other solids.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/facade.glsl"
#include "shared/light.glsl"
#include "shared/look.glsl"

layout(location = 11) in uvec4 inMatter;

layout(location = 0) out vec3 outShaded;      // display colour; by day the light of the sky, linear
layout(location = 1) out vec3 outSunny;       // display colour; by day the light of the sun, linear
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out vec2 outFacade;      // by night: metres along the wall and up; by day: bays and metres, or a roof's metres
layout(location = 4) flat out int outWall;    // a number of the wall's own; 0 where no windows are, by day -1 on roofs
layout(location = 5) out vec3 outWorld;       // written and read by day only, like all below
layout(location = 6) out vec3 outNormal;
layout(location = 7) flat out vec3 outClay;
layout(location = 8) flat out uint outMatter;

// What the fragments of the look "day" need: a wall, a roof, or (0) neither.
void dayOutputs(Standing at, vec3 normal) {
  uint feature = inFeatureAndSurface & kFeatureMask;
  bool building = (inFeatureAndSurface >> 24) == kSurfaceBuilding && feature != kFeatureMask && !at.highlighted && at.tint <= 0xffffffu;
  FeatureRecord record = FeatureRecord(0u, 0.0, 0u, 0u);
  if (building) record = records[inDraw.x + feature];
  bool wall = abs(normal.z) < 0.4;
  outShaded = ambientLight(normal, inSky);
  outSunny = frame.sunColour.rgb * sunLight(normal);
  outFacade = wall ? vec2(float(inMatter.x + inMatter.y * 256u) * (1.0 / 64.0), inPosition.z - record.base) : at.world.xy + frame.place.xy;
  outWall = !building ? 0 : wall ? 1 + int(record.matter >> 16) * 256 + int(inMatter.w) : -1;
  outWorld = at.world;
  outNormal = normal;
  outClay = albedoOf(at);
  outMatter = record.matter;
}

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  if (kDay) {
    dayOutputs(at, normal);
    return;
  }
  Lit lit = litColours(albedoOf(at), normal, inSky, at.world);
  outShaded = lit.shaded;
  outSunny = lit.sunny;
  if (kNight) {
    vec3 place = at.world - frame.edgeCentre.xyz;
    bool building = (inFeatureAndSurface >> 24) == kSurfaceBuilding && abs(normal.z) < 0.4;
    vec2 facing = normalize(normal.xy + vec2(1e-6, 0.0));
    outFacade = vec2(dot(place.xy, vec2(-facing.y, facing.x)), place.z);
    // Walls in one plane are one building's, or a row's.
    outWall = building ? 1 + int(floor(dot(place.xy, facing) * 0.25)) * 16 + int(atan(facing.y, facing.x) * 5.09 + 16.0) : 0;
  } else {
    outFacade = vec2(0.0);
    outWall = 0;
  }
}
