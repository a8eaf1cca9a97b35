// What is bright shines a little beyond its edge (look tech), and hardly on itself: two rings around the pixel, the inner one stronger.
#ifndef CITYMIRROR_SHARED_GLOW_GLSL
#define CITYMIRROR_SHARED_GLOW_GLSL

const vec3 kGlowsFrom = vec3(0.100, 0.270, 0.410);   // display colour: about that of roofs
const int kGlowTaps = 6;
const float kWidest = 1.5;   // wider rings would show as rings, and reach out of a poster's band (app/picture.h)
const float kOwn = 0.78;   // a pixel takes light from what is brighter than this share of it

// `colour`: of the pixel, `at`: its place in the picture, 0..1; `pixel`: size of one there; `scale`: pixels of a reference pixel (720
// lines).
vec3 glowAround(sampler2D picture, vec3 colour, vec2 at, vec2 pixel, float scale) {
  vec3 sum = vec3(0.0), from = max(kGlowsFrom, kOwn * colour);
  for (int ring = 0; ring < 2; ++ring) {
    float radius = (ring == 0 ? 1.9 : 4.6) * min(scale, kWidest);
    vec3 light = vec3(0.0);
    for (int tap = 0; tap < kGlowTaps; ++tap) {
      float angle = (float(tap) + 0.5 * float(ring)) * (6.2831853 / float(kGlowTaps));
      light += max(textureLod(picture, at + vec2(cos(angle), sin(angle)) * radius * pixel, 0.0).rgb - from, vec3(0.0));
    }
    sum += light * ((ring == 0 ? 0.60 : 0.40) / float(kGlowTaps));
  }
  return sum;
}

#endif
