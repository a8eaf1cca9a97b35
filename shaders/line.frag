// A band of the line's colour between two casings (dark on the look tech and over the underground), all with soft edges; each network in its own manner, and
// paler and dashed where the line runs underground.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/glass.glsl"
#include "shared/line.h"

layout(push_constant) uniform Push {
  SidePush side;
  LinePush push;
};

layout(location = 0) in vec3 acrossHalfPerPixel;
layout(location = 1) in float alongMetres;
layout(location = 2) in vec4 air;
layout(location = 3) in float seen;
layout(location = 0) out vec4 colour;

const vec3 kPaper = vec3(0.99, 0.985, 0.975), kTechCasing = vec3(0.012, 0.035, 0.075);
const float kSuburban = 1.0, kIntercity = 2.0, kHighSpeed = 3.0;

// 1 within a dash, 0 between two. Dashes are in metres, by powers of two of what a pixel covers, so that they stay put and of about
// one length; `share` of each period is dash.
float dashes(float pixels, float share) {
  float perPixel = max(length(vec2(dFdx(alongMetres), dFdy(alongMetres))), 1e-4);
  float dash = exp2(round(log2(pixels * perPixel)));
  float t = abs(mod(alongMetres, 2.0 * dash) - dash) - share * dash;
  return clamp(0.5 - t / perPixel, 0.0, 1.0);
}

void main() {
  float across = abs(acrossHalfPerPixel.x), halfWidth = acrossHalfPerPixel.y, network = push.manner.x;
  float inner = clamp(halfWidth + 0.5 - across, 0.0, 1.0);
  float outer = clamp(halfWidth + push.colour.a + 0.5 - across, 0.0, 1.0);
  if (push.below.y > 0.5) {
    // A round body lit from above: a tunnel's tube, or a shaft.
    float aside = clamp(acrossHalfPerPixel.x / halfWidth, -1.0, 1.0), front = sqrt(1.0 - aside * aside);
    float shine = pow(max(dot(vec2(aside, front), vec2(-0.47, 0.88)), 0.0), 18.0);
    vec3 body = push.colour.rgb * (0.40 + 0.66 * front) + 0.26 * shine;
    float alpha = outer * push.origin.w * seen;
    colour = vec4(mix(kDeepHaze, mix(kDeep * 0.5, body, inner), air.a) * alpha, alpha);
    return;
  }
  bool tech = frame.time.z == 2.0 || push.below.z > 0.5;
  vec3 paper = tech ? kTechCasing : kPaper, band = push.colour.rgb, casing = paper;
  if (network == kSuburban) casing = band * 0.45;
  if (network == kIntercity) {
    // The railway of maps: white lengths within the colour.
    float white = clamp(halfWidth * 0.52 + 0.5 - across, 0.0, 1.0) * dashes(halfWidth * 4.5, 0.5);
    band = mix(band, paper, white);
  }
  // Two lines and the light between them.
  if (network == kHighSpeed) band = mix(band, paper, clamp(halfWidth * 0.40 + 0.5 - across, 0.0, 1.0));
  if (push.width.w > 0.0) inner *= dashes(push.width.w, 0.5);
  if (push.manner.y > 0.0) {
    // Seen through the ground: long pale dashes, paler ones between.
    band = mix(band, paper, mix(0.60, 0.14, dashes(push.manner.y, 0.62)));
    casing = mix(casing, paper, 0.5);
    outer = max(inner, outer * 0.6);
  }
  float alpha = outer * push.origin.w * seen;
  colour = vec4((mix(casing, band, inner) * air.a + air.rgb) * alpha, alpha);
}
