#version 460
// Rain and snow: one quad each, long and thin along its fall, or a soft disc.
#extension GL_GOOGLE_include_directive : require
#include "shared/weather.glsl"
#include "shared/falling.h"

layout(push_constant) uniform Push { FallingPush falling; };

layout(location = 0) out vec2 outAt;         // -1..1 across and along
layout(location = 1) flat out vec4 outInk;   // display colour; a: how much it covers

const float kTurn = 6.28318531;

void main() {
  const vec2 corners[6] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, -1), vec2(1, 1), vec2(-1, 1));
  int drop = gl_VertexIndex / 6;
  vec2 corner = corners[gl_VertexIndex % 6];
  vec3 chance = random(ivec3(drop, int(falling.side.extra.x), 3)), own = random(ivec3(drop, int(falling.side.extra.x), 4));
  float size = falling.box.x;
  // Most of the box lies before the eye.
  vec3 middle = frame.forward.xyz * (0.42 * size);
  vec3 at = chance * size + falling.fallen.xyz - frame.place.xyz;
  if (kSnowy) {
    float t = falling.side.extra.y * (kTurn / 64.0);   // whole turns in 64 seconds
    at.xy += 0.45 * vec2(sin(t * floor(8.0 + 14.0 * own.x) + kTurn * own.y), cos(t * floor(8.0 + 14.0 * own.z) + kTurn * own.x));
    at.z += 0.9 * sin(t * floor(3.0 + 5.0 * own.y) + kTurn * own.z);
  }
  vec3 world = mod(at - middle + 0.5 * size, size) - 0.5 * size + middle;
  float away = length(world - middle) / (0.5 * size), distanceMetres = length(world);
  // What is thinner than a pixel is drawn a pixel wide and fainter.
  float perMetre = falling.side.extra.w / (2.0 * frame.time.w * max(dot(world, frame.forward.xyz), 0.1));
  float width = falling.box.y * (0.6 + 0.8 * own.x), pixels = width * perMetre, least = kSnowy ? 1.6 : 1.1;
  float wide = width * max(1.0, least / max(pixels, 1e-4));
  float faint = min(pixels / least, 1.0);
  float cover = falling.box.w * (kSnowy ? faint * sqrt(faint) : faint) * (1.0 - smoothstep(0.75, 1.0, away)) *
                smoothstep(0.07 * size, 0.18 * size, distanceMetres) * (0.5 + 0.5 * own.y) * step(own.z, falling.side.extra.z);
  vec3 view = world / max(distanceMetres, 1e-3);
  vec3 along = kSnowy ? frame.up.xyz : falling.velocity.xyz;
  vec3 across = normalize(cross(along, view));
  if (kSnowy) along = normalize(cross(view, across));
  float tall = kSnowy ? wide : falling.box.z * (0.7 + 0.6 * own.x);
  world += (across * (wide * corner.x) + along * (tall * corner.y)) * 0.5;
  gl_Position = cover > 0.004 ? frame.clipFromWorld * vec4(world, 1.0) : vec4(0.0, 0.0, -1.0, 1.0);
  outAt = corner;
  // As bright as the sky around it, a little more; by night what the lamps make of it.
  vec3 day = kSnowy ? min(frame.skyHorizon.rgb * 1.12 + 0.10, vec3(0.97)) : frame.skyHorizon.rgb * 0.92 + 0.14;
  outInk = vec4(mix(day, day + vec3(0.16, 0.15, 0.14), frame.night.x), cover);
}
