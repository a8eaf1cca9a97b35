#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/disc.glsl"

layout(location = 0) in vec2 inAt;
layout(location = 0) out vec4 outColour;   // premultiplied

void main() {
  float away = length(inAt), soft = max(fwidth(away), 1e-3);
  float disc = clamp((1.0 - away) / soft + 0.5, 0.0, 1.0);
  float left = max(1.0 - away / glowRadii(), 0.0);
  vec4 colour = isMoon() ? frame.moonDiscColour : frame.sunDiscColour;
  float share = disc;
  if (isMoon()) {
    // A ball in the sun's light; what the sun does not reach is the sky.
    vec3 right = normalize(cross(frame.moonDisc.xyz, abs(frame.moonDisc.z) < 0.9 ? vec3(0.0, 0.0, 1.0) : vec3(0.0, 1.0, 0.0)));
    vec3 up = cross(right, frame.moonDisc.xyz);
    vec3 normal = right * inAt.x + up * inAt.y - frame.moonDisc.xyz * sqrt(max(1.0 - away * away, 0.0));
    float lit = smoothstep(-0.08, 0.25, dot(normal, frame.sunDisc.xyz));
    share = disc * lit * (1.0 - 0.16 * smoothstep(0.25, -0.35, inAt.x * 0.6 + inAt.y * 0.8 + 0.5 * sin(inAt.x * 5.0) * sin(inAt.y * 4.0)));
    share = max(share, 0.16 * left * left * left);
  } else {
    share = max(disc, 0.34 * left * left * left * left);
  }
  outColour = vec4(colour.rgb, 1.0) * (share * colour.a);
}
