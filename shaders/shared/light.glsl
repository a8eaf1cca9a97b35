// The light of the clay look at a vertex: a hemisphere of sky and bounce, dimmed by the baked sky visibility, and the sun.
#ifndef CITYMIRROR_SHARED_LIGHT_GLSL
#define CITYMIRROR_SHARED_LIGHT_GLSL
#include "shared/frame.glsl"

vec3 ambientLight(vec3 normal, float sky) {
  float up = dot(normal, frame.upAtEye.xyz) * 0.5 + 0.5;
  // Squared: interreflection fades faster than the visible part of the sky, and massing reads better.
  float open = sky * (0.4 + 0.6 * sky);
  return mix(frame.groundAmbient.rgb, frame.skyAmbient.rgb, up) * open;
}

float sunLight(vec3 normal) { return max(dot(normal, frame.sunDirection.xyz), 0.0); }

#endif
