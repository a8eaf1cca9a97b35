#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/fade.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec3 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in vec2 inFacade;
layout(location = 4) flat in int inWall;
layout(location = 0) out vec4 outColour;

void main() {
  vec3 colour = mix(inShaded, inSunny, sunAt(inShadowPlace, side.sideIndex));
  if (kNight) {
    vec3 light = windowLight(inFacade, max(fwidth(inFacade), vec2(1e-3)), inWall);
    if (inWall != 0) colour = lightened(colour, light * clearAir(1.0 / gl_FragCoord.w));
  }
  outColour = vec4(colour, 1.0);
  fadeLevel(side.extra);
}
