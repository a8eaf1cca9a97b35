#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/glass.glsl"

layout(location = 0) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() { outColour = vec4(dimmed(kDeep, inWorld), 1.0); }
