#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/night.glsl"
#include "shared/rail.h"
#include "shared/shadow.glsl"

layout(push_constant) uniform Push {
  SidePush side;
  RailPush rail;
};

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec3 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in float inAlong;
layout(location = 4) flat in uint inMatter;
layout(location = 5) in vec3 inLivery;
layout(location = 0) out vec4 outColour;

const float kPaneMetres = 2.5;
const vec3 kInside = vec3(1.0, 0.90, 0.72);

void main() {
  vec3 colour = mix(inShaded, inSunny, sunAt(inShadowPlace, side.sideIndex));
  float glass = 1.0;
  if (inMatter == kRailWindows) {
    // Panes with posts between them; from afar one band.
    float perPixel = max(fwidth(inAlong), 1e-3);
    float fromMiddle = abs(fract(inAlong * (1.0 / kPaneMetres)) - 0.5) * kPaneMetres;
    glass = mix(clamp((1.02 - fromMiddle) / perPixel + 0.5, 0.0, 1.0), 0.82, smoothstep(0.6, 2.0, perPixel));
    colour = mix(inLivery, colour, glass);
  }
  if (kNight) {
    float lit = inMatter == kRailWindows ? 0.9 * glass : inMatter == kRailLamps ? 0.75 : 0.0;
    colour = lightened(colour, kInside * (lit * frame.night.x * clearAir(1.0 / gl_FragCoord.w)));
  }
  outColour = vec4(colour, 1.0);
}
