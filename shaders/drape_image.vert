// Lays a cell of imagery into one level of the drape, seen from above.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/drape.h"

layout(push_constant) uniform Push { DrapeImagePush push; };

layout(location = 0) in vec2 place;   // metres from the level's centre
layout(location = 1) in vec2 cell;    // 0..1 of the cell, from its north-west corner

layout(location = 0) out vec2 uv;

void main() {
  uv = push.part.xy + cell * push.part.z;
  gl_Position = vec4(place * push.place.x * 2.0, 0.0, 1.0);
}
