#version 460
// Depth from the sun; the push constants' clip matrix is in `frame`-free form, so that one pass draws maps of any sample.
#extension GL_GOOGLE_include_directive : require
#include "shared/feature.h"
#include "shared/draw.h"
#include "shared/frame.h"

layout(constant_id = 0) const bool kRecords = true;

layout(location = 0) in vec3 inPosition;
layout(location = 1) in uint inFeatureAndSurface;
layout(location = 5) in vec4 inRow0;
layout(location = 6) in vec4 inRow1;
layout(location = 7) in vec4 inRow2;
layout(location = 9) in uvec4 inDraw;

layout(set = 1, binding = 0, std430) readonly buffer Records { FeatureRecord records[]; };

layout(push_constant) uniform Push {
  SidePush side;
  mat4 clipFromWorld;
};

void main() {
  vec3 position = inPosition;
  bool shown = true;
  if (kRecords) {
    uint feature = inFeatureAndSurface & kFeatureMask;
    if (feature != kFeatureMask) {
      FeatureRecord record = records[inDraw.x + feature];
      bool now = ((record.bits >> side.slot) & 1u) != 0u;
      bool before = ((record.bits >> (8u + side.slot)) & 1u) != 0u;
      float share = now ? (before ? 1.0 : side.grow) : (before ? 1.0 - side.grow : 0.0);
      shown = share > 0.0;
      position.z = mix(record.base, position.z, share);
    }
  }
  vec4 p = vec4(position, 1.0);
  vec3 world = vec3(dot(inRow0, p), dot(inRow1, p), dot(inRow2, p));
  gl_Position = shown ? clipFromWorld * vec4(world, 1.0) : vec4(0.0, 0.0, -1.0, 1.0);
}
