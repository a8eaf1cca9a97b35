// Inputs of every vertex shader that draws tiles, and where a vertex stands in the world.
#ifndef CITYMIRROR_SHARED_TILE_VERTEX_GLSL
#define CITYMIRROR_SHARED_TILE_VERTEX_GLSL
#include "shared/feature.h"
#include "shared/frame.glsl"
#include "shared/draw.h"

layout(constant_id = 0) const bool kRecords = true;   // some feature of the tile is hidden, changing or highlighted

layout(location = 0) in vec3 inPosition;
layout(location = 1) in uint inFeatureAndSurface;
layout(location = 2) in vec4 inNormal;                // snorm; w is unused
layout(location = 3) in float inSky;
layout(location = 4) in vec4 inColour;
layout(location = 5) in vec4 inRow0;
layout(location = 6) in vec4 inRow1;
layout(location = 7) in vec4 inRow2;
layout(location = 8) in vec4 inBaseColour;
layout(location = 9) in uvec4 inDraw;                 // firstRecord, flags, alphaCutoff (float bits), id

layout(set = 1, binding = 0, std430) readonly buffer Records { FeatureRecord records[]; };

layout(push_constant) uniform Push { SidePush side; };

// What stands in a project's area has its colour from afar and its own where one walks past it.
const float kOwnNear = 200.0, kTintedFrom = 600.0;   // metres

struct Standing {
  vec3 world;
  bool shown;
  bool highlighted;
  uint tint;
};

Standing standing() {
  vec3 position = inPosition;
  Standing result;
  result.shown = true;
  result.highlighted = false;
  result.tint = 0u;
  if (kRecords) {
    uint feature = inFeatureAndSurface & kFeatureMask;
    if (feature != kFeatureMask) {
      FeatureRecord record = records[inDraw.x + feature];
      bool now = ((record.bits >> side.slot) & 1u) != 0u;
      bool before = ((record.bits >> (8u + side.slot)) & 1u) != 0u;
      float share = now ? (before ? 1.0 : side.grow) : (before ? 1.0 - side.grow : 0.0);
      result.shown = share > 0.0;
      result.highlighted = (record.bits & 0x10000u) != 0u;
      result.tint = record.tint;
      position.z = mix(record.base, position.z, share);
    }
  }
  vec4 p = vec4(position, 1.0);
  result.world = vec3(dot(inRow0, p), dot(inRow1, p), dot(inRow2, p));
  if (result.tint > 0xffffffu && result.tint >> 24 <= kSelectedAreaShare) {
    vec4 tint = unpackUnorm4x8(result.tint);
    tint.a *= smoothstep(kOwnNear, kTintedFrom, length(result.world));
    result.tint = packUnorm4x8(tint);
  }
  return result;
}

// Linear colour of the surface: highlighted, of the city's style, or its own.
vec3 albedoOf(Standing at) {
  vec3 own = inColour.rgb * inBaseColour.rgb;
  if (!kRecords) return own;
  if (at.tint > 0xffffffu) {
    vec4 tint = unpackUnorm4x8(at.tint);
    own = mix(own, tint.rgb, tint.a);
  }
  return at.highlighted ? frame.accent.rgb : own;
}

// A style has a building's colour to itself; what differs in a comparison keeps its own paint, in another light.
bool styled(Standing at) { return at.tint >= 0xff000000u; }
vec3 lightTint(Standing at) {
  if (!kRecords || at.tint <= 0xffffffu || styled(at)) return vec3(1.0);
  vec4 tint = unpackUnorm4x8(at.tint);
  return mix(vec3(1.0), tint.rgb / max(max(tint.r, max(tint.g, tint.b)), 0.01), tint.a);
}

// Outside the clip volume: the whole feature vanishes.
const vec4 kNowhere = vec4(0.0, 0.0, -1.0, 1.0);

#endif
