#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/dither.glsl"
#include "shared/night.glsl"
#include "shared/weather.glsl"

layout(location = 0) in vec3 inColour;
layout(location = 1) in vec3 inDirection;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = inColour;
  if (kCloudy) colour *= clouds(normalize(inDirection));
  if (kNight) colour = lightened(colour, vec3(stars(normalize(inDirection))));
  // Half a step of eight bits either way, or the evening would show its steps.
  float noise = ditherAt(gl_FragCoord.xy + frame.part.xy);
  outColour = vec4(colour + (noise - 0.5) * (1.0 / 255.0), 1.0);
}
