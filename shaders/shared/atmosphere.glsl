// Sky and haze in display colours. Haze takes everything towards the colour the sky has at the horizon in that direction, so
// that the edge of the world melts.
#ifndef CITYMIRROR_SHARED_ATMOSPHERE_GLSL
#define CITYMIRROR_SHARED_ATMOSPHERE_GLSL
#include "shared/frame.glsl"

// 0 away from the sun, 1 at it; wide.
float sunSide(vec3 direction) {
  float towards = max(dot(direction, frame.sunDirection.xyz) * 0.5 + 0.5, 0.0);
  towards *= towards;
  return towards * towards;
}

vec3 horizonColour(vec3 direction) { return mix(frame.skyHorizon.rgb, frame.skySunGlow.rgb, sunSide(direction) * frame.skySunGlow.a); }

vec3 skyColour(vec3 direction) {
  float height = max(dot(direction, frame.upAtEye.xyz), 0.0);
  float lift = height / (height + 0.18);   // the gradient is steep near the horizon and calm above
  return mix(horizonColour(direction), frame.skyZenith.rgb, lift);
}

// Share of what is this far away that the haze lets through.
float clearAir(float distanceMetres) { return exp2(-frame.haze.a * distanceMetres); }

vec3 hazed(vec3 display, vec3 world) {
  float distanceMetres = length(world);
  return mix(horizonColour(world / distanceMetres), display, clearAir(distanceMetres));
}

#endif
