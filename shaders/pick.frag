#version 460
// What lies under a pixel: tile of this frame (from 1), feature, depth.
layout(location = 0) flat in uvec2 inId;
layout(location = 0) out uvec4 outId;

void main() { outId = uvec4(inId.x, inId.y, floatBitsToUint(gl_FragCoord.z), 1u); }
