#version 460
// The mean of the samples as it is.
layout(set = 0, binding = 0) uniform sampler2D picture;

layout(location = 0) out vec4 outColour;

void main() { outColour = vec4(texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb, 1.0); }
