// Widens a line in pixels: half its width follows perspective between a least and a most number of pixels.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/line.h"

layout(push_constant) uniform Push {
  SidePush side;
  LinePush push;
};

layout(location = 0) in vec3 position;
layout(location = 1) in vec3 previous;
layout(location = 2) in vec3 next;
layout(location = 3) in vec2 sideAndAlong;
layout(location = 4) in float sinks;   // metres below kSinksBelow

layout(location = 0) out vec3 acrossHalfPerPixel;   // pixels from the middle, half the width in pixels, metres along per pixel
layout(location = 1) out float alongMetres;
layout(location = 3) out float seen;
layout(location = 2) out vec4 air;   // what the haze adds (premultiplied), and how much it lets through

const float kNear = 1.0;       // metres: nothing nearer is drawn
const float kMitre = 1.6;
const float kTubeNear = 4.5, kTubeGone = 7.0;   // pixels of half a tube: its own walls are looked at (rail.vert)
const float kTracksSeen = 420.0;   // metres: nearer, the tracks themselves are looked at

vec4 clipOf(vec3 p) { return frame.clipFromWorld * vec4(p + push.origin.xyz - vec3(0.0, 0.0, sinks * push.below.x), 1.0); }
vec2 pixelOf(vec4 clip) { return clip.xy / clip.w * 0.5 * push.viewport.xy; }
vec4 pulled(vec4 behind, vec4 inFront) { return mix(behind, inFront, (kNear - behind.w) / (inFront.w - behind.w)); }

void main() {
  vec4 here = clipOf(position), before = clipOf(previous), after = clipOf(next);
  if (here.w < kNear) {
    // A point behind the eye is moved along the line to where it comes into sight.
    if (after.w > kNear) here = pulled(here, after);
    else if (before.w > kNear) here = pulled(here, before);
  }
  if (before.w < kNear && here.w > before.w) before = here.w > kNear ? pulled(before, here) : here;
  if (after.w < kNear && here.w > after.w) after = here.w > kNear ? pulled(after, here) : here;
  if (here.w < 0.5 * kNear) {
    gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    acrossHalfPerPixel = vec3(0.0);
    alongMetres = 0.0;
    air = vec4(0.0);
    seen = 0.0;
    return;
  }
  vec2 p = pixelOf(here), toHere = p - pixelOf(before), toNext = pixelOf(after) - p;
  float a = length(toHere), b = length(toNext);
  vec2 first = a > 1e-3 ? toHere / a : (b > 1e-3 ? toNext / b : vec2(1.0, 0.0));
  vec2 second = b > 1e-3 ? toNext / b : first;
  vec2 sum = first + second;
  vec2 along = dot(sum, sum) > 1e-4 ? normalize(sum) : first;
  float mitre = min(1.0 / max(abs(dot(along, second)), 0.2), kMitre);
  vec2 normal = vec2(-along.y, along.x);

  float perMetre = push.viewport.z / here.w;
  float halfWidth = clamp(push.width.x * perMetre, push.width.y, push.width.z);
  float reach = halfWidth + push.colour.a + 1.0;
  float across = sideAndAlong.x * reach;
  here.xy += normal * across * mitre / (0.5 * push.viewport.xy) * here.w;
  here.z *= push.viewport.w;
  gl_Position = here;
  // Interpolated with perspective, which is right for metres along and, divided back, for pixels across.
  acrossHalfPerPixel = vec3(across, halfWidth, 1.0 / perMetre);
  alongMetres = sideAndAlong.y;
  vec3 world = position + push.origin.xyz;
  float metres = length(world);
  seen = 1.0 - smoothstep(push.manner.z, push.manner.w, metres);
  if (push.manner.y < 0.0) seen *= smoothstep(kTracksSeen, 2.0 * kTracksSeen, metres);
  if (push.below.y == 1.0) seen *= 1.0 - smoothstep(kTubeNear, kTubeGone, push.width.x * perMetre);
  float clear = clearAir(metres);
  air = vec4(horizonColour(world / metres) * (1.0 - clear), clear);
}
