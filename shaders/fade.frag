#version 460
// A picture of before, enlarged to the target; how much of it is left is the blend's constant.
#extension GL_GOOGLE_include_directive : require
#include "shared/fade_push.h"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(push_constant) uniform Push { FadePush push; };

layout(location = 0) out vec4 outColour;

void main() { outColour = vec4(texture(picture, gl_FragCoord.xy * push.scale.xy).rgb, 1.0); }
