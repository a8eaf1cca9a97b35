// From linear light to what the screen gets. Targets are UNORM: the curve is part of the shader, which costs a third of what an
// sRGB target does on a software rasteriser.
#ifndef CITYMIRROR_SHARED_COLOUR_GLSL
#define CITYMIRROR_SHARED_COLOUR_GLSL

// Tone curve and sRGB encoding in one rational function (Hejl and Burgess-Dawson, "Filmic Tonemapping for Real-time Rendering",
// SIGGRAPH 2010 course notes).
vec3 toneMapped(vec3 linear) {
  vec3 x = max(linear - 0.004, 0.0);
  return (x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06);
}

// IEC 61966-2-1 within 0.002: enough for eight bits of clay.
vec3 srgbEncoded(vec3 linear) {
  vec3 s = sqrt(max(linear, 0.0));
  return clamp(0.662002687 * s + 0.684122060 * sqrt(s) - 0.323583601 * sqrt(sqrt(s)) - 0.0225411470 * linear, 0.0, 1.0);
}

#endif
