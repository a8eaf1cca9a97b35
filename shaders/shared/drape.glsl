// Samples the drape: set 0 bindings 2 and 3 of every pass that draws the ground.
#ifndef CITYMIRROR_SHARED_DRAPE_GLSL
#define CITYMIRROR_SHARED_DRAPE_GLSL
#include "shared/drape.h"

layout(set = 0, binding = 2, std140) uniform DrapeBlock { DrapeUniforms drape; };
layout(set = 0, binding = 3) uniform sampler2DArray drapeTexture;

const float kDrapeBorder = 0.04;   // of a level's width: where it hands over to the next one

// How far inside level `k` the place is: 0 at its border or outside, 1 well inside.
float drapeInside(vec4 level, vec2 at, out vec2 uv) {
  uv = at * level.x + level.yz;
  vec2 edge = 0.5 - abs(uv - 0.5);
  return level.x == 0.0 ? 0.0 : clamp(min(edge.x, edge.y) / kDrapeBorder, 0.0, 1.0);
}

// Premultiplied display colour of what is laid on the ground at `world` (axes of the document, relative to the eye) on the
// side of view slot `slot`: ground = ground * (1 - a) + rgb, before lighting. One fetch, two where levels meet.
vec4 drapeAt(vec3 world, uint slot) {
  int set = drape.setOfSlot[slot >> 2u][slot & 3u];
  if (set < 0) return vec4(0.0);
  int base = set * kDrapeLevels, last = base + kDrapeLevels - 1;
  float away = max(length(world), 0.01);
  // Geometric mean of a pixel's short and long axis on level ground.
  float footprint = away * drape.scale.x * inversesqrt(clamp(abs(world.z) / away, 0.12, 1.0));
  float lod = clamp(log2(footprint * drape.scale.y), 0.0, float(kDrapeLevels - 2));
  int k = base + int(lod);
  vec2 uv;
  float inside = drapeInside(drape.level[k], world.xy, uv);
  while (inside <= 0.0 && k < last) inside = drapeInside(drape.level[++k], world.xy, uv);
  if (inside <= 0.0) return vec4(0.0);
  vec4 colour = textureLod(drapeTexture, vec3(uv, drape.level[k].w), 0.0);
  if (k == last) return colour;
  float share = min(inside, 1.0 - smoothstep(0.75, 1.0, lod + float(base - k)));
  if (share >= 1.0) return colour;
  for (int next = k + 1; next <= last; ++next)
    if (drapeInside(drape.level[next], world.xy, uv) > 0.0)
      return mix(textureLod(drapeTexture, vec3(uv, drape.level[next].w), 0.0), colour, share);
  return colour;
}

#endif
