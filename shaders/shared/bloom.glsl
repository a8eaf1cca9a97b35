// At night what is lit shines softly beyond its edge. The picture holds display colours of 8 bits, so a source is found by being bright
// in what the eye has opened itself for (frame/light.h), and warm or white; the sky, however bright at dusk, is none.
#ifndef CITYMIRROR_SHARED_BLOOM_GLSL
#define CITYMIRROR_SHARED_BLOOM_GLSL

layout(constant_id = 2) const bool kBloom = false;   // by day nothing of it is compiled in

const int kBloomTaps = 8;
const float kBloomWidest = 1.4;                      // rings end within a poster's band (app/picture.h)

// `at`: place in the picture, 0..1; `pixel`: size of one there; `last`: where what is drawn ends; `scale`: pixels of a
// reference pixel (720 lines).
// What is bright itself takes none, so that lit windows keep their colour.
vec3 bloomAround(sampler2D picture, sampler2D depth, vec3 own, vec2 at, vec2 pixel, vec2 last, float scale) {
  vec3 sum = vec3(0.0);
  for (int ring = 0; ring < 2; ++ring) {
    float radius = (ring == 0 ? 2.1 : 5.0) * min(scale, kBloomWidest);
    for (int tap = 0; tap < kBloomTaps; ++tap) {
      float angle = (float(tap) + 0.5 * float(ring)) * (6.2831853 / float(kBloomTaps));
      vec2 there = clamp(at + vec2(cos(angle), sin(angle)) * radius * pixel, pixel, last - pixel);
      vec3 colour = textureLod(picture, there, 0.0).rgb;
      float lit = smoothstep(0.42, 0.80, max(colour.r, colour.g)) * step(colour.b, colour.r + 0.06);
      if (textureLod(depth, there, 0.0).r > 0.0) sum += max(colour * lit - own, vec3(0.0)) * (ring == 0 ? 0.6 : 0.4);
    }
  }
  return sum / float(kBloomTaps);
}

// Light over light: never more than white.
vec3 bloomed(vec3 colour, vec3 bloom, float night) { return colour + (1.0 - colour) * min(0.9 * night * bloom, vec3(1.0)); }

#endif
