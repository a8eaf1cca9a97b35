// How much of the sun reaches a place: 0 shadow, 1 sun. Two maps a side, the nearer one where it reaches.
#ifndef CITYMIRROR_SHARED_SHADOW_GLSL
#define CITYMIRROR_SHARED_SHADOW_GLSL
#include "shared/frame.glsl"

layout(set = 0, binding = 1) uniform sampler2DArrayShadow shadowMaps;

layout(constant_id = 1) const int kShadowTaps = 4;   // 1 while moving on a processor; each is bilinear

float sunAt(vec3 world, uint sideIndex) {
  uint first = sideIndex * uint(kCascades);
  vec3 near = (frame.shadowFromWorld[first] * vec4(world, 1.0)).xyz;
  vec3 far = (frame.shadowFromWorld[first + 1u] * vec4(world, 1.0)).xyz;
  vec2 fromMiddle = abs(near.xy - 0.5);
  bool inNear = max(fromMiddle.x, fromMiddle.y) < 0.49;
  vec3 at = inNear ? near : far;
  vec2 farFromMiddle = abs(far.xy - 0.5);
  float covered = inNear || max(farFromMiddle.x, farFromMiddle.y) < 0.5 ? 1.0 : 0.0;
  float layer = float(first) + (inNear ? 0.0 : 1.0);
  float lit;
  if (kShadowTaps == 1) {
    lit = texture(shadowMaps, vec4(at.xy, layer, at.z));
  } else {
    // Four bilinear taps a texel and a half apart: a 3x3 tent.
    float s = frame.shadowTexel.x * 0.75;
    lit = 0.25 * (texture(shadowMaps, vec4(at.xy + vec2(-s, -s), layer, at.z)) +
                  texture(shadowMaps, vec4(at.xy + vec2(s, -s), layer, at.z)) +
                  texture(shadowMaps, vec4(at.xy + vec2(-s, s), layer, at.z)) +
                  texture(shadowMaps, vec4(at.xy + vec2(s, s), layer, at.z)));
  }
  return mix(1.0, lit, covered * frame.sunDirection.w);
}

#endif
