#version 460
layout(location = 0) in vec3 inColour;
layout(location = 0) out vec4 outColour;

void main() {
  vec2 fromMiddle = gl_PointCoord - 0.5;
  if (dot(fromMiddle, fromMiddle) > 0.25) discard;   // a disc
  outColour = vec4(inColour, 1.0);
}
