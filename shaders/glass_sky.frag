#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/glass.glsl"

layout(location = 0) out vec4 outColour;

void main() {
  vec2 at = (gl_FragCoord.xy + frame.part.xy) * frame.viewport.zw * 2.0 - 1.0;
  vec3 direction = normalize(frame.forward.xyz + frame.right.xyz * (at.x * frame.right.w) - frame.up.xyz * (at.y * frame.time.w));
  float height = dot(direction, frame.upAtEye.xyz);
  if (height < 0.0) {   // the plane beyond the city
    outColour = vec4(dimmed(kDeep, direction * (max(frame.upAtEye.w, 2.0) / -height)), 1.0);
    return;
  }
  outColour = vec4(mix(kDeepHaze, kDeepZenith, smoothstep(0.0, 0.35, height)), 1.0);
}
