#version 460
// While the camera moves: one sample with edges. A picture as large as the target is smoothed along contrasts (after Lottes,
// "FXAA", NVIDIA 2009, cut to the four neighbours that are read anyway); a smaller one is enlarged after this, which softens it enough.
#extension GL_GOOGLE_include_directive : require
#include "shared/bloom.glsl"
#include "shared/edges.glsl"
#include "shared/glow.glsl"
#include "shared/post.h"

layout(constant_id = 0) const bool kEnlarged = false;

layout(set = 0, binding = 0) uniform sampler2D picture;   // bilinear
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 last = ivec2(post.pixel.xy) - 1;
  ivec2 l = ivec2(max(at.x - 1, 0), at.y), r = ivec2(min(at.x + 1, last.x), at.y);
  ivec2 a = ivec2(at.x, max(at.y - 1, 0)), b = ivec2(at.x, min(at.y + 1, last.y));
  vec3 colour = texelFetch(picture, at, 0).rgb;
  vec2 pixel = 1.0 / vec2(textureSize(picture, 0)), place = gl_FragCoord.xy * pixel;
  if (!kEnlarged) {
    vec3 cl = texelFetch(picture, l, 0).rgb, cr = texelFetch(picture, r, 0).rgb;
    vec3 ca = texelFetch(picture, a, 0).rgb, cb = texelFetch(picture, b, 0).rgb;
    // Across the stronger contrast of green, a part of the way to the neighbours' mean.
    float across = abs(cl.g - cr.g), down = abs(ca.g - cb.g);
    float bend = abs(cl.g + cr.g + ca.g + cb.g - 4.0 * colour.g);
    float mixing = clamp(max(across, down) * 2.0 - 0.1, 0.0, 1.0) * clamp(bend * 4.0, 0.0, 1.0) * 0.25;
    vec3 along = across > down ? ca + cb : cl + cr;
    colour = mix(mix(colour, (colour + 0.25 * (cl + cr + ca + cb)) * 0.5, mixing), along * 0.5, mixing);
  }
  if (kEdges == 1u) colour += glowAround(picture, colour, place, pixel, post.pixel.y / 720.0);
  // Two gathers around opposite corners of the pixel hold it and its four neighbours; the last row and column borrow.
  vec2 inverse = 1.0 / vec2(textureSize(depth, 0));
  vec2 corner = vec2(min(at, last - 1)) * inverse;
  vec4 before = textureGather(depth, corner);             // (-1,0) (0,0) (0,-1) (-1,-1)
  vec4 after = textureGather(depth, corner + inverse);    // (0,1) (1,1) (1,0) (0,0)
  float centre = before.y;
  float metres = post.scene.z / max(centre, 1e-9);
  float strength = post.pixel.w * edgesAt(metres, post.scene.w);
  vec2 edge = edgeAt(centre, before.x, after.z, before.z, after.x, post.pixel.z);
  colour = edged(colour, edge, strength);
  if (kBloom && !kEnlarged) {
    vec3 bloom = bloomAround(picture, depth, colour, place, pixel, post.pixel.xy * pixel, post.light.y);
    colour = bloomed(colour, bloom, post.light.x);
  }
  outColour = vec4(colour, 1.0);
}
