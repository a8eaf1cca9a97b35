// Noise fixed to the city, for the matter of the look "day".
#ifndef CITYMIRROR_SHARED_NOISE_GLSL
#define CITYMIRROR_SHARED_NOISE_GLSL
#include "shared/night.glsl"

// Smooth noise 0..1 over cells of `size` metres, a power of two: it repeats with kPlaceMetres.
float noiseAt(vec2 place, float size) {
  vec2 at = place / size;
  ivec2 cell = ivec2(floor(at));
  vec2 t = at - vec2(cell);
  t = t * t * (3.0 - 2.0 * t);
  int mask = int(kPlaceMetres / size) - 1, salt = int(size);
  uint a = hashed(uvec3(ivec3(cell & mask, salt))).x, b = hashed(uvec3(ivec3((cell + ivec2(1, 0)) & mask, salt))).x;
  uint c = hashed(uvec3(ivec3((cell + ivec2(0, 1)) & mask, salt))).x, d = hashed(uvec3(ivec3((cell + ivec2(1, 1)) & mask, salt))).x;
  const float unit = 1.0 / 4294967296.0;
  return mix(mix(float(a), float(b), t.x), mix(float(c), float(d), t.x), t.y) * unit;
}

// How much of a pattern of this size is left: 1 near .. 0 where a pixel covers it.
float seen(float perPixel, float size) { return 1.0 - smoothstep(0.25, 0.9, perPixel / size); }

#endif
