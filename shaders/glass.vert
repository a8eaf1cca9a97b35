#version 460
// The city over what lies under it: land with its roads, water, and buildings like ghosts.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/colour.glsl"
#include "shared/glass.glsl"

layout(location = 0) out vec3 outColour;

const uint kSurfaceGround = 2u, kSurfaceGreen = 3u, kSurfaceWater = 4u;   // source::Surface
const vec3 kLand = vec3(0.335, 0.385, 0.440), kRoad = vec3(0.470, 0.525, 0.580), kGreen = vec3(0.300, 0.400, 0.385);
const vec3 kGhost = vec3(0.640, 0.760, 0.880), kGhostLight = vec3(-0.44, -0.36, 0.82);

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  uint surface = inFeatureAndSurface >> 24;
  vec3 colour = kLand;
  if (surface == kSurfaceRoad) colour = kRoad;
  else if (surface == kSurfaceGreen) colour = kGreen;
  else if (surface == kSurfaceWater) colour = kDeep;
  else if (surface != kSurfaceGround) {
    bool own = at.highlighted || at.tint > 0xffffffu;
    colour = (own ? srgbEncoded(albedoOf(at)) : kGhost) * (0.66 + 0.34 * dot(normal, kGhostLight));
  }
  outColour = dimmed(colour, at.world);
}
