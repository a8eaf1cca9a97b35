// The city after dusk: windows, street lamps, stars. The pipelines of the day leave all of it out (kNight).
#ifndef CITYMIRROR_SHARED_NIGHT_GLSL
#define CITYMIRROR_SHARED_NIGHT_GLSL
#include "shared/frame.glsl"

layout(constant_id = 3) const bool kNight = false;

const float kWindowWide = 2.7, kStorey = 3.1;   // metres from window to window
const float kLampFlare = 2.4;   // a lit window outshines its own area: the eye at night, and a lens
const vec3 kWarmLight = vec3(1.0, 0.76, 0.44), kCoolLight = vec3(0.86, 0.93, 1.0), kLampLight = vec3(1.0, 0.74, 0.42);

// Jarzynski and Olano, "Hash Functions for GPU Rendering", Journal of Computer Graphics Techniques 9(3), 2020: pcg3d.
uvec3 hashed(uvec3 v) {
  v = v * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> 16u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  return v;
}
vec3 random(ivec3 cell) { return vec3(hashed(uvec3(cell)) >> 8u) * (1.0 / 16777216.0); }

// What a lit window shows from near by, against a blank one: a mullion and a transom, a curtain, the ceiling's light above and dark
// things below. `at`: -1..1 across the pane and up; `soft`: half a pixel there.
vec3 roomBehind(vec2 at, vec2 soft, vec3 chance) {
  float side = chance.y < 0.41 ? at.x : -at.x, drawn = 2.2 * fract(chance.x * 61.0) - 1.5;
  float curtain = 1.0 - smoothstep(drawn - soft.x, drawn + soft.x + 0.02, side);
  float high = 0.5 + 0.5 * at.y, things = step(0.35, fract(at.x * 1.3 + chance.z * 7.0)) * (1.0 - smoothstep(-0.45, -0.38, at.y));
  vec3 light = vec3(mix(0.62, 1.30, high * high) * (1.0 - 0.45 * things));
  light = mix(light, vec3(0.86, 0.74, 0.58) * (0.93 + 0.10 * sin(at.x * 34.0)), curtain);
  vec2 bars = smoothstep(vec2(0.045) - soft, vec2(0.045) + soft, vec2(abs(at.x), abs(at.y - 0.42)));
  return light * (0.25 + 0.75 * bars.x * bars.y);
}

// Windows of cells 2^level as large: each window by itself at level 0, the mean of so many with its chance above.
vec4 windowsOf(vec2 place, vec2 perPixel, int level, int wall, float litShare) {
  vec2 size = vec2(kWindowWide, kStorey) * exp2(float(level));
  vec2 in01 = place / size;
  ivec2 cell = ivec2(floor(in01));
  vec3 chance = random(ivec3(cell, wall * 8 + level));
  vec3 colour = mix(kWarmLight, kCoolLight, step(0.82, chance.y));
  if (level > 0) return vec4(colour, litShare * kLampFlare * chance.x * chance.x);
  vec2 soft = clamp(perPixel / size, 0.02, 0.5), at = abs(fract(in01) - 0.5);
  vec2 inside = clamp((vec2(0.30, 0.29) - at) / soft + 0.5, 0.0, 1.0);
  float near = 1.0 - smoothstep(0.12, 0.36, max(perPixel.x, perPixel.y));
  if (near > 0.0) colour *= mix(vec3(1.0), roomBehind((fract(in01) - 0.5) / vec2(0.30, 0.29), soft / vec2(0.60, 0.58), chance), near);
  return vec4(colour, step(chance.x, litShare) * (0.55 + 0.45 * chance.z) * inside.x * inside.y);
}

// Display colour of a wall's lit windows. `facade`: metres along the wall and up, `perPixel` of them; `wall`: any number of its own.
vec3 windowLight(vec2 facade, vec2 perPixel, int wall) {
  float own = random(ivec3(wall, 7, 11)).x;
  float litShare = frame.night.y * (0.35 + 1.3 * own);   // some sleep, some work late
  // From cells of about two pixels on, larger ones: what a pixel shows stays put while the camera moves.
  float level = max(log2(max(perPixel.x * (1.0 / kWindowWide), perPixel.y * (1.0 / kStorey)) * 1.8), 0.0);
  int finer = int(level);
  vec4 a = windowsOf(facade, perPixel, finer, wall, litShare), b = windowsOf(facade, perPixel, finer + 1, wall, litShare);
  float t = smoothstep(0.0, 1.0, level - float(finer));
  return mix(a.rgb * a.a, b.rgb * b.a, t) * frame.night.x;
}

// Street lamps: pools of light along what is a road, the lamp itself where one is near; from afar their mean, a thread that leaves
// the windows to carry the picture. `place`: metres, fixed to the city.
vec3 lampLight(vec2 place, float road, float perPixel) {
  vec2 at = (fract(place * (1.0 / 32.0)) - 0.5) * 32.0;
  float away = dot(at, at);
  float pool = mix(exp(away * (-1.0 / 64.0)), 0.196, clamp(perPixel * (1.0 / 10.0), 0.0, 1.0));   // their mean: 64 pi / 1024
  float lamp = exp(away * (-1.0 / 1.6)) * (1.0 - smoothstep(0.3, 1.5, perPixel));
  return kLampLight * (road * (0.13 + 0.62 * pool + 0.5 * lamp) * frame.night.x);
}

// How much open water mirrors the lit shore (weather.frag): Schlick's Fresnel, flattened by waves.
float waterShine(vec3 world) {
  float grazing = 1.0 - clamp(-dot(normalize(world), frame.upAtEye.xyz), 0.0, 1.0);
  return frame.night.x * (0.05 + 0.55 * grazing * grazing * grazing);
}

// As light laid over a picture: never brighter than white.
vec3 lightened(vec3 display, vec3 light) { return vec3(1.0) - (vec3(1.0) - display) * (vec3(1.0) - clamp(light, 0.0, 1.0)); }

// An even scatter for the eye, not a chart of the sky.
float stars(vec3 direction) {
  vec3 at = direction * 130.0;
  vec3 chance = random(ivec3(floor(at)) + 4096);
  float away = length(fract(at) - 0.25 - 0.5 * chance);
  float height = clamp(dot(direction, frame.upAtEye.xyz) * 4.0 - 0.2, 0.0, 1.0);
  return step(0.975, chance.z) * clamp(1.15 - away * 6.0, 0.0, 1.0) * height * frame.night.z * (0.3 + 0.7 * chance.x);
}

#endif
