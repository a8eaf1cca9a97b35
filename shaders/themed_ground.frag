#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/drape.glsl"
#include "shared/fade.glsl"
#include "shared/shadow.glsl"
#include "shared/themes.glsl"

layout(constant_id = 2) const bool kDraped = true;   // something is laid on this side's ground

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inColour;
layout(location = 1) in vec3 inWorld;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in float inAcross;   // -1 .. 1 from one side of a road to the other; 2: no road
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = inColour;
  if (kTech) {
    if (abs(inAcross) < 1.5) colour *= 1.18 - 0.4 * abs(inAcross);   // brightest along the middle
    vec2 place = inWorld.xy - frame.edgeCentre.xy;
    colour += kTechLine * (0.055 * techNet(place, max(fwidth(place.x), fwidth(place.y))));
  }
  if (kPlan) colour *= mix(0.86, 1.0, sunAt(inShadowPlace, side.sideIndex));
  if (kDraped) {
    vec4 laid = drapeAt(inWorld, side.slot);
    colour = colour * (1.0 - laid.a) + laid.rgb * (kTech ? 0.82 : 1.0);
  }
  outColour = vec4(hazed(colour, inWorld), 1.0);
  fadeLevel(side.extra);
}
