#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/drape.glsl"
#include "shared/fade.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(constant_id = 2) const bool kDraped = true;   // something is laid on this side's ground

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec3 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in vec3 inWorld;
layout(location = 4) in vec3 inPaper;
layout(location = 5) in float inRoad;
layout(location = 6) in float inUp;
layout(location = 0) out vec4 outColour;

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex);
  vec3 colour = mix(inShaded, inSunny, sun);
  float shine = 0.0, snow = 0.0;
  if (kWet || kSnowy) {
    vec2 place = inWorld.xy + frame.place.xy;
    vec2 across = fwidth(inWorld.xy);
    float perPixel = max(across.x, across.y);
    if (kSnowy) {
      colour *= 1.0 - 0.30 * inRoad * frame.weather.x * inPaper.z;   // what is cleared is wet
      snow = snowCover(inUp, place, perPixel, 1.0 - 0.62 * inRoad);
      colour = mix(colour, mix(frame.haze.rgb, kSnowOnPaper * mix(inPaper.x, inPaper.y, sun), inPaper.z), snow);
    } else {
      float paved = 0.60 + 0.40 * inRoad, level = smoothstep(0.90, 0.99, inUp);
      colour *= 1.0 - frame.weather.x * inPaper.z * (0.20 + 0.22 * inRoad);
      shine = wetShine(inWorld, paved * level * (0.50 + 0.50 * puddleAt(place, perPixel)));
    }
  }
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
