// Water of the look "day", in display colours.
#ifndef CITYMIRROR_SHARED_DAY_WATER_GLSL
#define CITYMIRROR_SHARED_DAY_WATER_GLSL
#include "shared/atmosphere.glsl"
#include "shared/noise.glsl"
#include "shared/weather.glsl"

// One wave: its slope, gone where it is smaller than a pixel. `turns`: waves in kPlaceMetres along x and y, whole numbers.
vec2 waveSlope(vec2 place, vec2 turns, float speed, float steepness, float perPixel, float bend) {
  const float turn = 6.28318531 / kPlaceMetres;
  float length = kPlaceMetres * inversesqrt(dot(turns, turns));
  float left = 1.0 - smoothstep(0.15, 0.5, perPixel / length);
  return normalize(turns) * (steepness * left * cos(dot(place, turns) * turn + bend + frame.time.x * speed));
}

// Water of the look "day": waves of five lengths with the wind's patches on them, the sky in it, the bottom where it is shallow,
// foam at the shore. `shore`: 0 at the water's edge .. 1 from kShoreMetres on (tiling/ground_matter.h); `surf`: 1 at the sea.
vec3 dayWaterColour(vec3 world, float sun, float shore, float surf, float perPixel) {
  float distanceMetres = length(world);
  vec3 direction = world / distanceMetres, up = frame.upAtEye.xyz;
  vec2 place = world.xy + frame.place.xy;
  float wide = noiseAt(place, 512.0), patches = noiseAt(place + vec2(frame.time.x * 0.6, 0.0), 64.0);
  float wind = 0.55 + 0.9 * wide * patches + 0.2 * patches;
  float bend = 5.0 * wide + 2.0 * patches;
  vec2 slope = waveSlope(place, vec2(97.0, 61.0), -0.95, 0.020, perPixel, bend) + waveSlope(place, vec2(-143.0, 251.0), -1.45, 0.024, perPixel, bend * 1.7) +
               waveSlope(place, vec2(613.0, 187.0), -2.2, 0.028, perPixel, bend * 2.3) + waveSlope(place, vec2(829.0, -1013.0), -3.1, 0.026, perPixel, bend * 3.1) +
               waveSlope(place, vec2(2203.0, 1571.0), -4.4, 0.022, perPixel, bend * 4.3);
  slope *= wind * (0.35 + 0.65 * shore);
  if (kWet) slope += rainRings(place, frame.time.x) * (0.07 * frame.weather.x * (1.0 - smoothstep(30.0, 140.0, distanceMetres)));
  vec3 normal = normalize(up - vec3(slope, 0.0));
  float facing = max(-dot(direction, normal), 0.0), grazing = 1.0 - facing, g2 = grazing * grazing;
  // Rough water far away is never a mirror: its slopes show more of the sky above and of the water below.
  float fresnel = 0.02 + 0.98 * g2 * g2 * grazing * (0.62 - 0.16 * wind * smoothstep(100.0, 3000.0, distanceMetres));
  vec3 mirrored = reflect(direction, normal);
  mirrored.z = abs(mirrored.z) + 0.04 * wind;
  float day = (0.86 + 0.14 * sun) * (0.35 + 0.65 * frame.skyHorizon.g) * (1.0 - 0.3 * frame.night.x);
  float shallow = 1.0 - smoothstep(0.0, 1.0, shore + 0.12 * (patches - 0.5));
  vec3 body = mix(vec3(0.105, 0.315, 0.425), vec3(0.300, 0.535, 0.545), shallow * shallow) * (0.93 + 0.14 * wide - 0.06 * patches * wind);
  if (kCloudy) body = mix(body, vec3(0.30, 0.37, 0.40) + 0.35 * (body - vec3(0.20, 0.40, 0.47)), 0.7 * frame.weather.w);
  vec3 colour = mix(body * day, skyColour(normalize(mirrored)), fresnel);
  // The sun in the waves: sparks nearby, a shine far away.
  float towards = max(dot(normalize(reflect(direction, normal)), frame.sunDirection.xyz), 0.0);
  float sparks = pow(towards, 420.0) * 1.4 * (1.0 - smoothstep(200.0, 1500.0, distanceMetres));
  float shine = pow(towards, 28.0) * (0.10 + 0.16 * wind) * smoothstep(0.0, 0.15, frame.sunDirection.z);
  colour += frame.skySunGlow.rgb * ((sparks + shine) * sun * (1.0 - frame.night.x));
  // Foam: a line at the edge, and breakers that come in.
  float metres = shore * 40.0, small = noiseAt(place + vec2(0.0, frame.time.x * 0.4), 4.0);
  float edge = 1.0 - smoothstep(0.4, 1.2 + 1.6 * small * surf, metres);
  float breaker = surf * smoothstep(0.72, 0.95, sin(metres * 0.75 + frame.time.x * 0.8 + 6.0 * patches)) * (1.0 - smoothstep(4.0, 15.0, metres)) * smoothstep(0.35, 0.7, small);
  float foam = max(edge * (0.5 + 0.5 * surf), 0.7 * breaker) * (1.0 - smoothstep(0.8, 4.0, perPixel));
  return mix(colour, vec3(0.86, 0.90, 0.91) * day, foam * 0.8);
}

#endif
