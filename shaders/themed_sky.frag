#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/themes.glsl"

layout(location = 0) out vec4 outColour;

void main() {
  vec2 at = gl_FragCoord.xy * frame.viewport.zw * 2.0 - 1.0;
  vec3 direction = normalize(frame.forward.xyz + frame.right.xyz * (at.x * frame.right.w) - frame.up.xyz * (at.y * frame.time.w));
  outColour = vec4(themedSky(direction), 1.0);
}
