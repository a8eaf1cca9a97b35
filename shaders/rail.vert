#version 460
// Viaducts, stations, tunnels: lit like the city's solids.
#extension GL_GOOGLE_include_directive : require
#include "shared/light.glsl"
#include "shared/rail.h"
#include "shared/weather.glsl"

layout(push_constant) uniform Push {
  SidePush side;
  RailPush rail;
};

layout(location = 0) in vec3 inPosition;
layout(location = 1) in vec4 inNormal;
layout(location = 2) in uvec4 inColour;

layout(location = 0) out vec3 outShaded;
layout(location = 1) out vec3 outSunny;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out float outAlong;
layout(location = 4) flat out uint outMatter;
layout(location = 5) out vec3 outLivery;

void main() {
  vec3 world = inPosition + rail.origin.xyz;
  gl_Position = frame.clipFromWorld * vec4(world, 1.0);
  gl_Position.z *= rail.origin.w;
  vec3 albedo = inColour.a == kRailLivery ? rail.livery.rgb : vec3(inColour.rgb) * (1.0 / 255.0);
  vec3 normal = normalize(rail.livery.a > 0.5 ? -inNormal.xyz : inNormal.xyz);   // below one looks at walls from inside
  if (kSnowy && rail.livery.a < 0.5) albedo = mix(albedo, kSnow, frame.weather.x * 0.85 * smoothstep(0.5, 0.8, normal.z));
  if (kWet) albedo *= 1.0 - 0.25 * frame.weather.x * smoothstep(0.5, 0.8, normal.z);
  // Under a deck or a roof there is little sky; in a tunnel's glass world there is light all round.
  float sky = rail.livery.a > 0.5 ? 0.92 : normal.z < -0.5 ? 0.45 : 0.94;
  Lit lit = litColours(albedo, normal, sky, world);
  outShaded = rail.livery.a > 0.5 ? mix(lit.shaded, lit.sunny, 0.5) : lit.shaded;
  outSunny = rail.livery.a > 0.5 ? outShaded : lit.sunny;
  outShadowPlace = shadowPlace(world, side.sideIndex);
  outAlong = 0.0;
  outMatter = inColour.a;
  outLivery = outShaded;
}
