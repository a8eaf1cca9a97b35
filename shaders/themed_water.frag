#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/themes.glsl"

layout(location = 0) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() { outColour = vec4(themedHazed(themedWater(inWorld), inWorld), 1.0); }
