#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/night.glsl"
#include "shared/weather.glsl"

layout(location = 0) in vec3 inColour;
layout(location = 1) in vec3 inDirection;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = inColour;
  if (kCloudy) colour *= clouds(normalize(inDirection));
  if (kNight) colour = lightened(colour, vec3(stars(normalize(inDirection))));
  // Half a step of eight bits either way, or the evening would show its steps: interleaved gradient noise (Jimenez, "Next Generation
  // Post Processing in Call of Duty: Advanced Warfare", SIGGRAPH 2014 course).
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy + frame.part.xy, vec2(0.06711056, 0.00583715))));
  outColour = vec4(colour + (noise - 0.5) * (1.0 / 255.0), 1.0);
}
