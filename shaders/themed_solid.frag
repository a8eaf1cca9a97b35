#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/fade.glsl"
#include "shared/shadow.glsl"
#include "shared/themes.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inColour;
layout(location = 1) in vec3 inWorld;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in float inFoot;
layout(location = 4) flat in float inStoreys;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = inColour;
  if (kTech) colour += kTechLine * (0.22 * inStoreys * storeyLines(inFoot, max(fwidth(inFoot), 1e-3)));
  if (kPlan) colour *= mix(0.90, 1.0, sunAt(inShadowPlace, side.sideIndex));
  outColour = vec4(hazed(colour, inWorld), 1.0);
  fadeLevel(side.extra);
}
