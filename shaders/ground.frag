#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/drape.glsl"
#include "shared/shadow.glsl"

layout(constant_id = 2) const bool kDraped = true;   // something is laid on this side's ground

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inAlbedo;
layout(location = 1) in vec4 inLight;
layout(location = 2) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 albedo = withDrape(inAlbedo, drapeAt(inWorld, side.slot));
  vec3 light = inLight.rgb + frame.sunColour.rgb * (inLight.a * sunAt(inWorld, side.sideIndex));
  outColour = vec4(hazed(toneMapped(albedo * light), inWorld), 1.0);
}
