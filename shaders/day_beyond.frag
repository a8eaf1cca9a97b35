#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/colour.glsl"
#include "shared/day_water.glsl"
#include "shared/light.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 1) in vec4 inEdge;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 0) out vec4 outColour;

const vec3 kDayLand = vec3(0.86, 0.86, 0.78);   // what the ground by day is to clay: towns and fields

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex);
  vec3 up = frame.upAtEye.xyz;
  vec3 albedo = kSnowy ? mix(inEdge.rgb, kSnow * 0.9, 0.85 * frame.weather.x) : inEdge.rgb;
  vec3 land = toneMapped(albedo * (ambientLight(up, 1.0) + frame.sunColour.rgb * (sunLight(up) * sun)));
  land *= kSnowy ? mix(kDayLand, vec3(1.0), frame.weather.x) : kDayLand;
  vec2 pixel = fwidth(inWorld.xy);
  vec3 water = dayWaterColour(inWorld, sun, 1.0, 1.0, max(pixel.x, pixel.y));
  float wet = smoothstep(0.35, 0.65, inEdge.a);
  outColour = vec4(hazed(mix(land, water, wet), inWorld), 1.0);
  if (kNight) outColour.a -= wet * waterShine(inWorld);
}
