#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/dither.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/tree.h"

layout(constant_id = 2) const bool kLeafy = false;   // trees so near that their outline shows

layout(push_constant) uniform Push { TreePush tree; };

layout(location = 0) in vec3 inAmbient;
layout(location = 1) in vec3 inSun;
layout(location = 2) in vec3 inAlbedo;
layout(location = 3) in vec3 inWorld;
layout(location = 4) in vec3 inShadowPlace;
layout(location = 5) in vec3 inLeaf;
layout(location = 6) in vec4 inNormal;   // w: 1 bark
layout(location = 0) out vec4 outColour;

// Tufts of leaves: 0 in the middle of one .. 1 in the gaps. Two lattices of them, turned against each other.
float gapBetweenTufts(vec3 at) {
  vec3 turned = vec3(0.8 * at.x - 0.6 * at.z, at.y, 0.6 * at.x + 0.8 * at.z) * 1.27 + 0.5;
  vec3 away = fract(at) - 0.3 - 0.4 * random(ivec3(floor(at)) & 1023);
  vec3 away2 = fract(turned) - 0.3 - 0.4 * random(ivec3(floor(turned)) & 1023);
  return clamp(2.6 * min(dot(away, away), dot(away2, away2)), 0.0, 1.0);
}

void main() {
  float sun = sunAt(inShadowPlace, tree.side.sideIndex);
  float distanceMetres = length(inWorld);
  // Clumps of leaves near the eye; their mean far away.
  float fine = 1.0 - smoothstep(60.0, 260.0, distanceMetres);
  vec3 at = inLeaf * 2.1;
  float clump = sin(at.x + sin(at.y * 1.7)) * sin(at.y + sin(at.z * 1.9)) * sin(at.z * 1.3 + at.x * 0.7);
  float shade = 1.0 + 0.75 * fine * clump;
  if (kLeafy) {
    float near = (1.0 - smoothstep(0.5 * kLeafyMetres, kLeafyMetres, distanceMetres)) * (1.0 - inNormal.w);
    float gap = gapBetweenTufts(inLeaf * 1.9);
    float rim = 1.0 - abs(dot(normalize(inNormal.xyz), inWorld)) / distanceMetres;   // 1 at the outline
    shade *= 1.0 + near * (0.34 - 0.95 * gap);
    // What stands before the eye gives way.
    float noise = fract(ditherAt(gl_FragCoord.xy) + tree.side.extra.z);
    if (gap > 1.02 - near * (0.72 * smoothstep(0.30, 1.0, rim)) || noise > smoothstep(3.0, 12.0, distanceMetres)) discard;
  }
  vec3 light = inAmbient + inSun * sun;
  outColour = vec4(hazed(toneMapped(inAlbedo * light * shade), inWorld), 1.0);
}
