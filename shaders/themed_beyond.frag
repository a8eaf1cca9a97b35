#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/shadow.glsl"
#include "shared/themes.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inWorld;
layout(location = 1) in vec4 inEdge;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 land = kTech ? kTechGround : planGround(kOnLand, 2u, inEdge.rgb, vec3(0.0, 0.0, 1.0), 1.0);
  if (kPlan) land *= mix(0.86, 1.0, sunAt(inShadowPlace, side.sideIndex));
  float perPixel = max(fwidth(inWorld.x), fwidth(inWorld.y));
  vec3 water = themedWater(inWorld, perPixel, 1e4);   // as within the city: the eye must not see where its tiles end
  outColour = vec4(hazed(mix(land, water, smoothstep(0.35, 0.65, inEdge.a)), inWorld), 1.0);
}
