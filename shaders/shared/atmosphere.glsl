// Sky and haze in display colours. Haze takes everything towards the colour the sky has at the horizon in that direction, so
// that the edge of the world melts.
#ifndef CITYMIRROR_SHARED_ATMOSPHERE_GLSL
#define CITYMIRROR_SHARED_ATMOSPHERE_GLSL
#include "shared/frame.glsl"

vec3 horizonColour(vec3 direction) {
  float along = dot(direction, frame.sunFlat.xyz);
  return frame.skyHorizon.rgb + along * (frame.horizonAlong.rgb + along * frame.horizonAcross.rgb);
}

// What the dome of the sky (sky.vert) shows, nearly: for reflections.
vec3 skyColour(vec3 direction) {
  float height = max(dot(direction, frame.upAtEye.xyz), 0.0);
  float lift = height / (height + frame.skyZenith.a);   // the gradient is steep near the horizon and calm above
  return mix(horizonColour(direction), frame.skyZenith.rgb, lift);
}

// Share of what is this far away that the haze lets through.
float clearAir(float distanceMetres) { return exp2(-frame.haze.a * distanceMetres); }

vec3 hazed(vec3 display, vec3 world) {
  float distanceMetres = length(world);
  return mix(horizonColour(world / distanceMetres), display, clearAir(distanceMetres));
}

#endif
