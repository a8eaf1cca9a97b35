// Crisp edges from depth alone. Reversed depth is near/z, which is linear in screen space over any plane (it is what the
// rasteriser interpolates): its second difference is zero on every facade, roof and street whatever their slant, and not zero
// at creases and silhouettes. Divided by depth and by the angle of a pixel it is the change of slope, the same near and far.
#ifndef CITYMIRROR_SHARED_EDGES_GLSL
#define CITYMIRROR_SHARED_EDGES_GLSL

layout(constant_id = 1) const uint kEdges = 0u;   // PostPass::Edges: 0 drawn into the colours, 1 luminous (tech), 2 thin ink (plan)

// Edges fade nine times as fast as colours in the haze, and are gone where they would only be noise.
float edgesAt(float metres, float hazePerMetre) { return exp2(-9.0 * hazePerMetre * metres) * clamp(2.0 - metres / 6000.0, 0.0, 1.0); }

// x: how dark the pixel gets (silhouettes, inner corners), y: how light (outer corners).
vec2 edgeAt(float centre, float left, float right, float above, float below, float pixelAngle) {
  if (centre <= 0.0) return vec2(0.0);   // sky
  float scale = 1.0 / (centre * pixelAngle);
  float across = (left + right - 2.0 * centre) * scale;
  float down = (above + below - 2.0 * centre) * scale;
  float nearerAround = max(across, 0.0) + max(down, 0.0);     // the neighbours stand before this pixel
  float nearerHere = max(-across, 0.0) + max(-down, 0.0);
  float dark = nearerAround / (nearerAround + 2.4);
  float light = nearerHere / (nearerHere + 1.6) * (2.5 / (2.5 + max(nearerHere - 2.0, 0.0)));
  return vec2(dark, light);
}

const vec3 kLuminous = vec3(0.300, 0.800, 0.960), kInk = vec3(0.200, 0.210, 0.220);

vec3 edged(vec3 colour, vec2 edge, float strength) {
  // Both sides of an edge shine, each as much as is missing to the line's colour.
  if (kEdges == 1u) return colour + max(kLuminous - colour, 0.0) * (strength * clamp(0.30 * edge.x + edge.y, 0.0, 1.0));
  if (kEdges == 2u) return mix(colour, kInk, 0.85 * strength * strength * strength * edge.x);
  return colour * (1.0 - 0.42 * strength * edge.x) + (vec3(1.0) - colour) * (0.16 * strength * edge.y);
}

#endif
