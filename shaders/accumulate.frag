#version 460
// Samples of the picture, with their edges, into the running mean: one of every pixel, or kAcross a side of it that were drawn at
// once. A sample's edges are those of its own lattice, a whole pixel apart.
#extension GL_GOOGLE_include_directive : require
#include "shared/edges.glsl"
#include "shared/glow.glsl"
#include "shared/post.h"

layout(constant_id = 0) const int kAcross = 1;

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

vec3 sampleAt(ivec2 at) {
  ivec2 last = textureSize(depth, 0) - 1;
  float centre = texelFetch(depth, at, 0).r;
  float left = texelFetch(depth, ivec2(max(at.x - kAcross, 0), at.y), 0).r;
  float right = texelFetch(depth, ivec2(min(at.x + kAcross, last.x), at.y), 0).r;
  float above = texelFetch(depth, ivec2(at.x, max(at.y - kAcross, 0)), 0).r;
  float below = texelFetch(depth, ivec2(at.x, min(at.y + kAcross, last.y)), 0).r;
  vec3 colour = texelFetch(picture, at, 0).rgb;
  if (kEdges == 1u) {
    vec2 pixel = 1.0 / vec2(textureSize(picture, 0));
    colour += glowAround(picture, colour, (vec2(at) + 0.5) * pixel, pixel, post.scene.x);
  }
  float metres = post.scene.z / max(centre, 1e-9);
  float strength = post.pixel.w * edgesAt(metres, post.scene.w);
  return edged(colour, edgeAt(centre, left, right, above, below, post.pixel.z), strength);
}

void main() {
  ivec2 first = ivec2(gl_FragCoord.xy) * kAcross;
  vec3 sum = vec3(0.0);
  for (int y = 0; y < kAcross; ++y)
    for (int x = 0; x < kAcross; ++x) sum += sampleAt(first + ivec2(x, y));
  outColour = vec4(sum / float(kAcross * kAcross), 1.0);
}
