#version 460
// One sample of the picture, with its edges, into the running mean.
#extension GL_GOOGLE_include_directive : require
#include "shared/edges.glsl"
#include "shared/glow.glsl"
#include "shared/post.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 last = textureSize(depth, 0) - 1;
  float centre = texelFetch(depth, at, 0).r;
  float left = texelFetch(depth, ivec2(max(at.x - 1, 0), at.y), 0).r;
  float right = texelFetch(depth, ivec2(min(at.x + 1, last.x), at.y), 0).r;
  float above = texelFetch(depth, ivec2(at.x, max(at.y - 1, 0)), 0).r;
  float below = texelFetch(depth, ivec2(at.x, min(at.y + 1, last.y)), 0).r;
  vec3 colour = texelFetch(picture, at, 0).rgb;
  if (kEdges == 1u) {
    vec2 pixel = 1.0 / vec2(textureSize(picture, 0));
    colour += glowAround(picture, colour, gl_FragCoord.xy * pixel, pixel, post.scene.x);
  }
  float metres = post.scene.z / max(centre, 1e-9);
  float strength = post.pixel.w * edgesAt(metres, post.scene.w);
  outColour = vec4(edged(colour, edgeAt(centre, left, right, above, below, post.pixel.z), strength), 1.0);
}
