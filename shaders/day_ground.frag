#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/drape.glsl"
#include "shared/fade.glsl"
#include "shared/ground_matter.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(constant_id = 2) const bool kDraped = true;   // something is laid on this side's ground

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inSkyLight;
layout(location = 1) in vec3 inSunLight;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in vec3 inWorld;
layout(location = 4) in vec3 inPaper;
layout(location = 5) in float inRoad;
layout(location = 6) in vec3 inNormal;
layout(location = 7) in vec2 inAlong;
layout(location = 8) flat in vec3 inClay;
layout(location = 9) flat in uvec2 inKind;
layout(location = 0) out vec4 outColour;

// How much a wet place of the ground shines: streets and squares do, soil and grass drink.
float wetSmoothness(uint kind) {
  if (kind >= kOnMinor) return 1.0;
  if (kind == kOnPlaza || kind == kOnPier || kind == kOnPath) return 0.8;
  return kind <= kOnIndustrial ? 0.6 : kind == kOnSand || kind == kOnRail ? 0.25 : 0.12;
}

// What snow leaves of it open: carriageways are cleared, along their tracks most.
float snowMost(uint kind) {
  if (kind < kOnMinor) return kind == kOnPath || kind == kOnPlaza ? 0.75 : kind == kOnRail ? 0.7 : kind == kOnForest ? 0.62 : 1.0;
  if (inAlong.x <= 0.0) return 0.35;
  float middle = abs(inAlong.x - 128.0) * (1.0 / 100.0);   // 0 the centre line .. 1 the edge
  float track = 0.5 + 0.5 * cos(middle * (kind >= kOnMajor ? 25.13 : 12.57));
  return mix(0.28 + 0.30 * track, 1.0, smoothstep(0.62, 0.86, middle));
}

vec3 dayColour(float sun, out float shine, out float snow) {
  shine = snow = 0.0;
  vec2 place = inWorld.xy + frame.place.xy;
  vec2 across = fwidth(inWorld.xy);
  float perPixel = max(across.x, across.y);
  vec3 albedo = inClay;
  uint kind = kindOf(inKind.x, inKind.y, inClay);
  if (inKind.y != 0u) albedo = groundAt(kind, place, inNormal, inAlong, inClay, perPixel).albedo;
  if (kWet) {
    float smoothness = wetSmoothness(kind);
    albedo *= 1.0 - frame.weather.x * (0.25 + 0.25 * smoothness);
    shine = wetShine(inWorld, smoothness * smoothstep(0.90, 0.99, inNormal.z) * (0.45 + 0.55 * puddleAt(place, perPixel)));
  }
  if (kSnowy) albedo = mix(albedo, kSnow, snow = snowCover(inNormal.z, place, perPixel, snowMost(kind)));
  return hazed(toneMapped(albedo * (inSkyLight + inSunLight * sun)), inWorld);
}

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex);
  float shine, snow;
  vec3 colour = dayColour(sun, shine, snow);
  if (kNight) {
    vec2 place = inWorld.xy - frame.edgeCentre.xy;
    float perPixel = max(fwidth(place.x), fwidth(place.y));
    colour = lightened(colour, lampLight(place, inRoad, perPixel) * (kWet ? 0.56 : 1.0) * clearAir(length(inWorld)));
    if (kWet) colour = lightened(colour, lampsMirrored(inWorld, inRoad, shine) * clearAir(length(inWorld)));
  }
  if (kDraped) {
    // Display colours multiply as if they were painted on paper: near enough to lighting them in linear light.
    vec4 laid = drapeAt(inWorld, side.slot);
    if (kSnowy) laid *= 1.0 - kSnowOnPlans * snow;
    vec3 painted = laid.rgb * mix(inPaper.x, inPaper.y, sun);
    colour = colour * (1.0 - laid.a) + mix(frame.haze.rgb * laid.a, painted, inPaper.z);
  }
  outColour = vec4(colour, 1.0 - shine);
  fadeLevel(side.extra);
}
