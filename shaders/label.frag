// Signed-distance glyphs (Green 2007) and rounded rectangles (distance to a rounded box, Quilez).
#version 450

layout(set = 0, binding = 0) uniform sampler2D atlas;

layout(location = 0) in vec2 uv;
layout(location = 1) in vec2 fromMiddle;
layout(location = 2) flat in vec2 halfSize;
layout(location = 3) flat in vec4 ink;
layout(location = 4) flat in vec4 form;
layout(location = 0) out vec4 colour;

const float kSpread = 9.0;          // Glyphs::kSpread
const float kOutline = 128.0 / 255.0;
const float kUnit = 255.0 / 128.0;  // atlas pixels of distance, times kSpread, per unit of the sample

float insideBy(vec2 at) { return (textureLod(atlas, at, 0.0).r - kOutline) * kUnit * kSpread * form.y; }

void main() {
  float cover;
  if (form.x > 0.5) {
    float softness = form.z;
    vec2 q = abs(fromMiddle) - (halfSize - softness) + form.y;
    float outside = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - form.y;
    cover = clamp(0.5 - 0.5 * outside / softness, 0.0, 1.0);
    cover = softness > 1.5 ? cover * cover * (3.0 - 2.0 * cover) : clamp(0.5 - outside, 0.0, 1.0);
  } else if (form.w > 1.25) {
    cover = smoothstep(0.0, 1.0, (insideBy(uv) + form.z) / form.w + 0.5);   // a halo
  } else {
    // Four samples a pixel (rotated grid): small text of many strokes stays even.
    vec2 dx = dFdx(uv), dy = dFdy(uv);
    vec4 d = vec4(insideBy(uv + 0.125 * dx + 0.375 * dy), insideBy(uv - 0.125 * dx - 0.375 * dy),
                  insideBy(uv + 0.375 * dx - 0.125 * dy), insideBy(uv - 0.375 * dx + 0.125 * dy));
    cover = dot(clamp((d + form.z) * 1.6 + 0.5, 0.0, 1.0), vec4(0.25));
  }
  float alpha = ink.a * cover;
  colour = vec4(ink.rgb * alpha, alpha);
}
