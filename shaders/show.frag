#version 460
// The mean of the samples, at night with its bloom.
#extension GL_GOOGLE_include_directive : require
#include "shared/bloom.glsl"
#include "shared/post.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb;
  if (kBloom) {
    vec2 pixel = 1.0 / vec2(textureSize(picture, 0));
    colour = bloomed(colour, bloomAround(picture, depth, colour, gl_FragCoord.xy * pixel, pixel, vec2(1.0), post.light.y), post.light.x);
  }
  outColour = vec4(colour, 1.0);
}
