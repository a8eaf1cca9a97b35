#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/night.glsl"

layout(location = 0) out vec4 outColour;

void main() {
  vec2 at = (gl_FragCoord.xy + frame.part.xy) * frame.viewport.zw * 2.0 - 1.0;
  vec3 direction = normalize(frame.forward.xyz + frame.right.xyz * (at.x * frame.right.w) - frame.up.xyz * (at.y * frame.time.w));
  vec3 colour = skyColour(direction);
  if (kNight) colour = lightened(colour, vec3(stars(direction)));
  outColour = vec4(colour, 1.0);
}
