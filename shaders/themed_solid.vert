#version 460
// Buildings and other solids of the looks tech and plan.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/themes.glsl"

layout(location = 0) out vec3 outColour;        // without haze
layout(location = 1) out vec3 outWorld;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out float outFoot;         // metres above the building's base
layout(location = 4) flat out float outStoreys; // 1 on walls of buildings

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  uint surface = inFeatureAndSurface >> 24, feature = inFeatureAndSurface & kFeatureMask;
  bool building = surface == kSurfaceBuilding;
  float height = 20.0;
  outFoot = at.world.z - frame.edgeCentre.z;    // of what is no feature: above the city's datum
  if (feature != kFeatureMask) {
    FeatureRecord record = records[inDraw.x + feature];
    outFoot = inPosition.z - record.base;
    height = float((record.matter >> 4) & 0xfffu) * 0.25;
  }
  outColour = themedSolid(at.tint, at.highlighted, surface, inColour.rgb * inBaseColour.rgb, normal, inSky, outFoot, height, at.world);
  outWorld = at.world;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outStoreys = building && abs(normal.z) < 0.4 ? 1.0 : 0.0;
}
