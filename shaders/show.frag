#version 460
// The mean of the samples through a filter a little wider than a pixel, so that what is a tenth of a pixel beside its place looks the
// same; at night with its bloom.
#extension GL_GOOGLE_include_directive : require
#include "shared/bloom.glsl"
#include "shared/post.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

const float kBeside = 0.15;   // weight of each neighbour along an axis

void main() {
  ivec2 last = textureSize(picture, 0) - 1;
  vec3 colour = vec3(0.0);
  for (int y = -1; y <= 1; ++y)
    for (int x = -1; x <= 1; ++x) {
      float weight = (x == 0 ? 1.0 - 2.0 * kBeside : kBeside) * (y == 0 ? 1.0 - 2.0 * kBeside : kBeside);
      colour += weight * texelFetch(picture, clamp(ivec2(gl_FragCoord.xy) + ivec2(x, y), ivec2(0), last), 0).rgb;
    }
  if (kBloom) {
    vec2 pixel = 1.0 / vec2(textureSize(picture, 0));
    colour = bloomed(colour, bloomAround(picture, depth, colour, gl_FragCoord.xy * pixel, pixel, vec2(1.0), post.light.y), post.light.x);
  }
  outColour = vec4(colour, 1.0);
}
