// Calm water in display colours: the deep tone where one looks down, the sky where one looks along, a soft glitter towards the
// sun. Fresnel after Schlick (1994). Ripples fade within a few hundred metres, where they would only flicker.
#ifndef CITYMIRROR_SHARED_WATER_GLSL
#define CITYMIRROR_SHARED_WATER_GLSL
#include "shared/atmosphere.glsl"
#include "shared/weather.glsl"

const vec3 kDeepWater = vec3(0.245, 0.490, 0.595);

vec3 waterColour(vec3 world, float sun) {
  float distanceMetres = length(world);
  vec3 direction = world / distanceMetres;
  vec3 up = frame.upAtEye.xyz;
  float near = 1.0 / (1.0 + distanceMetres * distanceMetres * (1.0 / (700.0 * 700.0)));
  vec2 place = world.xy + frame.edgeCentre.xy * -1.0;   // fixed to the city, not to the eye
  float t = frame.time.x;
  vec2 wave = sin(place.yx * vec2(0.115, 0.093) + place.xy * vec2(0.031, 0.047) + vec2(t * 0.9, t * 0.7)) +
              sin(place.yx * vec2(0.271, 0.233) - place.xy * vec2(0.087, 0.061) + vec2(t * 1.7, -t * 1.3));
  vec3 normal = up + vec3(wave, 0.0) * (0.014 * near);
  if (kWet) normal.xy += rainRings(world.xy + frame.place.xy, t) * (0.06 * frame.weather.x * (1.0 - smoothstep(30.0, 140.0, distanceMetres)));
  float grazing = 1.0 - max(-dot(direction, normal), 0.0);
  float g2 = grazing * grazing;
  float fresnel = 0.04 + 0.70 * g2 * g2 * grazing;
  vec3 mirrored = direction - 2.0 * dot(direction, normal) * normal;
  float glint = max(dot(mirrored, frame.sunDirection.xyz), 0.0);
  glint *= glint;
  glint *= glint;
  glint *= glint;
  vec3 deep = kDeepWater * (0.86 + 0.14 * sun) * (0.35 + 0.65 * frame.skyHorizon.g) * (1.0 - 0.3 * frame.night.x);
  if (kCloudy) deep = mix(deep, vec3(0.42, 0.50, 0.54) * frame.skyHorizon.g, 0.55 * frame.weather.w);
  return mix(deep, skyColour(mirrored), fresnel) + frame.skySunGlow.rgb * (glint * glint * 0.16 * sun);
}

#endif
