#version 460
// While the camera moves: one sample, with edges, smoothed along contrasts (after Lottes, "FXAA", NVIDIA 2009, cut to the
// four neighbours that are read anyway).
#extension GL_GOOGLE_include_directive : require
#include "shared/edges.glsl"
#include "shared/post.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D depth;
layout(push_constant) uniform Push { PostPush post; };

layout(location = 0) out vec4 outColour;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 last = textureSize(depth, 0) - 1;
  ivec2 l = ivec2(max(at.x - 1, 0), at.y), r = ivec2(min(at.x + 1, last.x), at.y);
  ivec2 a = ivec2(at.x, max(at.y - 1, 0)), b = ivec2(at.x, min(at.y + 1, last.y));
  vec3 colour = texelFetch(picture, at, 0).rgb;
  vec3 cl = texelFetch(picture, l, 0).rgb, cr = texelFetch(picture, r, 0).rgb;
  vec3 ca = texelFetch(picture, a, 0).rgb, cb = texelFetch(picture, b, 0).rgb;
  // Across the stronger contrast of green, half way to the neighbours' mean.
  float across = abs(cl.g - cr.g), down = abs(ca.g - cb.g);
  float bend = abs(cl.g + cr.g + ca.g + cb.g - 4.0 * colour.g);
  float mixing = clamp(max(across, down) * 2.0 - 0.1, 0.0, 1.0) * clamp(bend * 4.0, 0.0, 1.0) * 0.5 * post.smooth_.x;
  vec3 around = across > down ? (ca + cb) : (cl + cr);
  colour = mix(colour, (colour + 0.5 * (cl + cr + ca + cb) * 0.5) * 0.5, mixing * 0.5) ;
  colour = mix(colour, around * 0.5, mixing * 0.5);
  float centre = texelFetch(depth, at, 0).r;
  float metres = post.smooth_.z / max(centre, 1e-9);
  float strength = post.pixel.w * exp2(-post.smooth_.y * metres);
  vec2 edge = edgeAt(centre, texelFetch(depth, l, 0).r, texelFetch(depth, r, 0).r, texelFetch(depth, a, 0).r,
                     texelFetch(depth, b, 0).r, post.pixel.z);
  outColour = vec4(edged(colour, edge, strength), 1.0);
}
