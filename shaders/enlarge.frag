#version 460
// A picture smaller than the target, with its edges, as large as that; by night with its bloom.
#extension GL_GOOGLE_include_directive : require
#include "shared/bloom.glsl"
#include "shared/post.h"

layout(set = 0, binding = 0) uniform sampler2D picture;   // bilinear
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

void main() {
  vec2 pixel = 1.0 / vec2(textureSize(picture, 0));
  vec2 place = clamp(gl_FragCoord.xy * post.scene.xy, vec2(0.5), post.pixel.xy - 0.5) * pixel;
  vec3 colour = textureLod(picture, place, 0.0).rgb;
  if (kBloom) {
    vec3 bloom = bloomAround(picture, depth, colour, place, pixel, post.pixel.xy * pixel, post.light.y * post.scene.y);
    colour = bloomed(colour, bloom, post.light.x);
  }
  outColour = vec4(colour, 1.0);
}
