// How much of the sun reaches a place: 0 shadow, 1 sun. Two maps a side, the nearer one where it reaches.
#ifndef CITYMIRROR_SHARED_SHADOW_GLSL
#define CITYMIRROR_SHARED_SHADOW_GLSL
#include "shared/frame.glsl"

layout(set = 0, binding = 1) uniform sampler2DArrayShadow shadowMaps;

layout(constant_id = 1) const int kShadowTaps = 2;   // 1 while moving; each is bilinear

// `at`: shadowPlace (shared/light.glsl) of the place, interpolated.
float sunAt(vec3 at, uint sideIndex) {
  vec2 fromMiddle = abs(at.xy - 0.5);
  bool inNear = max(fromMiddle.x, fromMiddle.y) < 0.49;
  vec3 far = at * frame.farScale[sideIndex].xyz + frame.farOffset[sideIndex].xyz;
  vec2 farFromMiddle = abs(far.xy - 0.5);
  float covered = inNear || max(farFromMiddle.x, farFromMiddle.y) < 0.5 ? frame.sunDirection.w : 0.0;
  float layer = float(sideIndex * uint(kCascades)) + (inNear ? 0.0 : 1.0);
  at = inNear ? at : far;
  float lit;
  if (kShadowTaps == 1) {
    lit = texture(shadowMaps, vec4(at.xy, layer, at.z));
  } else {
    // A 3x3 tent of four bilinear taps, three quarters of a texel to each side: a pixel takes two of them across from each other, its
    // neighbours the other two, and what is drawn of a pixel in several places has all four.
    float s = frame.shadowTexel.x * 0.75;
    uvec2 pixel = uvec2(gl_FragCoord.xy + frame.part.xy);
    vec2 corner = vec2(s, (pixel.x + pixel.y & 1u) == 0u ? s : -s);
    lit = 0.5 * (texture(shadowMaps, vec4(at.xy + corner, layer, at.z)) + texture(shadowMaps, vec4(at.xy - corner, layer, at.z)));
  }
  return mix(1.0, lit, covered);
}

#endif
