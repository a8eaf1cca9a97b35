// The light of the clay look at a vertex: a hemisphere of sky and bounce, dimmed by the baked sky visibility, and the sun. What
// a pixel has left to do is to mix its two colours, in shadow and in the sun.
#ifndef CITYMIRROR_SHARED_LIGHT_GLSL
#define CITYMIRROR_SHARED_LIGHT_GLSL
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/night.glsl"

const vec3 kMoonSide = vec3(-0.55, -0.62, 0.56);

vec3 ambientLight(vec3 normal, float sky) {
  float up = dot(normal, frame.upAtEye.xyz) * 0.5 + 0.5;
  // Squared: interreflection fades faster than the visible part of the sky, and massing reads better.
  float open = sky * (0.4 + 0.6 * sky);
  vec3 ambient = mix(frame.groundAmbient.rgb, frame.skyAmbient.rgb, up) * open;
  // By night one side of the sky is a little brighter, or nothing would tell a wall from its neighbour.
  if (kNight) {
    ambient *= 1.0 + frame.night.x * 0.38 * dot(normal, kMoonSide);
    // After sunset what faces the glow is warm, and what looks away from it blue.
    vec3 glow = frame.skySunGlow.rgb * frame.skySunGlow.rgb;
    ambient += glow * (frame.night.w * open * max(dot(normal, frame.sunFlat.xyz) * 0.75 + 0.10, 0.0));
  }
  return ambient;
}

float sunLight(vec3 normal) { return max(dot(normal, frame.sunDirection.xyz), 0.0); }

// Where a place lies in the near shadow map of a side; linear, so it may be interpolated.
vec3 shadowPlace(vec3 world, uint sideIndex) { return (frame.shadowFromWorld[sideIndex] * vec4(world, 1.0)).xyz; }

// Display colours of a surface in shadow and in the sun, haze included.
struct Lit {
  vec3 shaded, sunny;
};
Lit litColours(vec3 albedo, vec3 normal, float sky, vec3 world) {
  vec3 ambient = ambientLight(normal, sky);
  Lit lit;
  lit.shaded = toneMapped(albedo * ambient);
  lit.sunny = toneMapped(albedo * (ambient + frame.sunColour.rgb * sunLight(normal)));
  float distanceMetres = length(world);
  float clear = clearAir(distanceMetres);
  vec3 horizon = horizonColour(world / distanceMetres);
  lit.shaded = mix(horizon, lit.shaded, clear);
  lit.sunny = mix(horizon, lit.sunny, clear);
  return lit;
}

#endif
