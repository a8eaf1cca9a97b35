#version 460
// Cars of trains, one instance each.
#extension GL_GOOGLE_include_directive : require
#include "shared/light.glsl"
#include "shared/rail.h"

layout(push_constant) uniform Push {
  SidePush side;
  RailPush rail;
};

layout(location = 0) in vec3 inPosition;   // forward, to the left, above the rails
layout(location = 1) in vec4 inNormal;
layout(location = 2) in uvec4 inColour;
layout(location = 3) in vec4 inPlace;      // world, on the rails; w: how much it is widened, so that it is seen far away
layout(location = 4) in vec4 inForward;    // unit; w: how much it is stretched
layout(location = 5) in vec4 inLivery;     // linear

layout(location = 0) out vec3 outShaded;
layout(location = 1) out vec3 outSunny;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out float outAlong;   // metres along the car
layout(location = 4) flat out uint outMatter;
layout(location = 5) out vec3 outLivery;   // between windows

void main() {
  vec3 forward = inForward.xyz, left = normalize(cross(vec3(0.0, 0.0, 1.0), forward)), up = cross(forward, left);
  vec3 world = inPlace.xyz + forward * (inPosition.x * inForward.w) + (left * inPosition.y + up * inPosition.z) * inPlace.w;
  gl_Position = frame.clipFromWorld * vec4(world, 1.0);
  gl_Position.z *= rail.origin.w;
  vec3 albedo = inColour.a == kRailLivery ? inLivery.rgb : vec3(inColour.rgb) * (1.0 / 255.0);
  vec3 normal = normalize(forward * inNormal.x + left * inNormal.y + up * inNormal.z);
  Lit lit = litColours(albedo, normal, 0.94, world), painted = litColours(inLivery.rgb, normal, 0.94, world);
  outShaded = lit.shaded;
  outSunny = lit.sunny;
  outShadowPlace = shadowPlace(world, side.sideIndex);
  outAlong = inPosition.x;
  outMatter = inColour.a;
  outLivery = mix(painted.shaded, painted.sunny, 0.5);
}
