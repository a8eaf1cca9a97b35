#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/tree.h"

layout(push_constant) uniform Push { TreePush tree; };

layout(location = 0) in vec3 inAmbient;
layout(location = 1) in vec3 inSun;
layout(location = 2) in vec3 inAlbedo;
layout(location = 3) in vec3 inWorld;
layout(location = 4) in vec3 inShadowPlace;
layout(location = 5) in vec3 inLeaf;
layout(location = 0) out vec4 outColour;

void main() {
  float sun = sunAt(inShadowPlace, tree.side.sideIndex);
  // Clumps of leaves near the eye; their mean far away.
  float fine = 1.0 - smoothstep(60.0, 260.0, length(inWorld));
  vec3 at = inLeaf * 2.1;
  float clump = sin(at.x + sin(at.y * 1.7)) * sin(at.y + sin(at.z * 1.9)) * sin(at.z * 1.3 + at.x * 0.7);
  vec3 light = inAmbient + inSun * sun;
  outColour = vec4(hazed(toneMapped(inAlbedo * light * (1.0 + 0.75 * fine * clump)), inWorld), 1.0);
}
