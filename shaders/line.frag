// A band of the line's colour between two bands of white (dark on the look tech), all with soft edges.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/frame.glsl"
#include "shared/line.h"

layout(push_constant) uniform Push {
  SidePush side;
  LinePush push;
};

layout(location = 0) in vec3 acrossHalfPerPixel;
layout(location = 1) in float alongMetres;
layout(location = 2) in vec4 air;
layout(location = 0) out vec4 colour;

const vec3 kCasing = vec3(0.99, 0.985, 0.975), kTechCasing = vec3(0.012, 0.035, 0.075);

void main() {
  float across = abs(acrossHalfPerPixel.x), halfWidth = acrossHalfPerPixel.y;
  float inner = clamp(halfWidth + 0.5 - across, 0.0, 1.0);
  float outer = clamp(halfWidth + push.colour.a + 0.5 - across, 0.0, 1.0);
  if (push.width.w > 0.0) {
    // Dashes in metres, by powers of two of what a pixel covers, so that they stay put and of about one length.
    float perPixel = max(length(vec2(dFdx(alongMetres), dFdy(alongMetres))), 1e-4);
    float dash = exp2(round(log2(push.width.w * perPixel)));
    float t = abs(mod(alongMetres, 2.0 * dash) - dash) - 0.5 * dash;
    inner *= clamp(0.5 - t / perPixel, 0.0, 1.0);
  }
  float alpha = outer * push.origin.w;
  vec3 casing = frame.time.z == 2.0 ? kTechCasing : kCasing;
  colour = vec4((mix(casing, push.colour.rgb, inner) * air.a + air.rgb) * alpha, alpha);
}
