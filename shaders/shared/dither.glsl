// A threshold 0..1 for each pixel, spread evenly among its neighbours: interleaved gradient noise (Jimenez, "Next Generation Post
// Processing in Call of Duty: Advanced Warfare", SIGGRAPH 2014).
#ifndef CITYMIRROR_SHARED_DITHER_GLSL
#define CITYMIRROR_SHARED_DITHER_GLSL

float ditherAt(vec2 pixel) { return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715)))); }

#endif
