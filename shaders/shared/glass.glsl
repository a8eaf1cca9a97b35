// The underground view: what lies under the ground is seen through it, in an even dark that knows neither look nor hour nor shadow.
#ifndef CITYMIRROR_SHARED_GLASS_GLSL
#define CITYMIRROR_SHARED_GLASS_GLSL
#include "shared/atmosphere.glsl"

// Display colours.
const vec3 kDeep = vec3(0.050, 0.085, 0.130);       // the dark below, and water: over it no edge of the land's tiles shows
const vec3 kDeepHaze = vec3(0.120, 0.170, 0.220);
const vec3 kDeepZenith = vec3(0.035, 0.058, 0.092);

// Haze of that dark.
vec3 dimmed(vec3 display, vec3 world) { return mix(kDeepHaze, display, clearAir(length(world))); }

#endif
