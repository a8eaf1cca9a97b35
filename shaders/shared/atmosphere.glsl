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

// Share of a place's light that the haze lets through. The haze that lies on the ground thins out with height as 2^(-h/H): its mean
// along the way is the integral's difference over the heights.
float clearAir(vec3 world, float distanceMetres) {
  float rise = dot(world, frame.upAtEye.xyz);
  float there = exp2(-max(rise + frame.upAtEye.w, 0.0) * frame.fog.y), x = rise * frame.fog.y * 0.69314718;
  float mean = abs(x) < 0.01 ? 0.5 * (frame.fog.z + there) : (frame.fog.z - there) / x;
  return exp2(-distanceMetres * (frame.haze.a + frame.fog.x * mean));
}

vec3 hazed(vec3 display, vec3 world) {
  float distanceMetres = length(world);
  return mix(horizonColour(world / distanceMetres), display, clearAir(world, distanceMetres));
}

#endif
