#version 460
// Viaducts, stations, tunnels: lit like the city's solids.
#extension GL_GOOGLE_include_directive : require
#include "shared/glass.glsl"
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
  bool below = rail.livery.a != 0.0, nearWall = rail.livery.a < 0.0;
  vec3 world = inPosition + rail.origin.xyz;
  float sinks = inNormal.w * kRailSinksMost;
  if (below) world.z -= sinks * (abs(rail.livery.a) - 1.0);
  gl_Position = frame.clipFromWorld * vec4(world, 1.0);
  gl_Position.z *= rail.origin.w;
  vec3 albedo = inColour.a == kRailLivery ? rail.livery.rgb : vec3(inColour.rgb) * (1.0 / 255.0);
  vec3 normal = normalize(below && !nearWall ? -inNormal.xyz : inNormal.xyz);   // the far walls one looks at from inside
  if (kSnowy && !below) albedo = mix(albedo, kSnow, frame.weather.x * 0.85 * smoothstep(0.5, 0.8, normal.z));
  if (kWet) albedo *= 1.0 - 0.25 * frame.weather.x * smoothstep(0.5, 0.8, normal.z);
  outShadowPlace = shadowPlace(world, side.sideIndex);
  outAlong = 0.0;
  outMatter = inColour.a;
  if (below) {
    // Solids in the dark: bright where they face the eye and where they look up, paler the deeper.
    float facing = max(dot(normal, normalize(-world)), 0.0), up = 0.5 + 0.5 * normal.z;
    float light = nearWall ? 0.34 + 0.42 * facing + 0.34 * up : 0.26 + 0.34 * up;
    outShaded = outSunny = outLivery = dimmed(srgbEncoded(albedo) * light * (1.0 - 0.3 * min(sinks / 40.0, 1.0)), world);
    return;
  }
  // Under a deck or a roof there is little sky.
  float sky = normal.z < -0.5 ? 0.45 : 0.94;
  Lit lit = litColours(albedo, normal, sky, world);
  outShaded = lit.shaded;
  outSunny = lit.sunny;
  outLivery = outShaded;
}
