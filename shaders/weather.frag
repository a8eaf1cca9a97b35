#version 460
// What is in the air between the eye and the city, and what wet ground mirrors, laid over one sample of the picture.
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/dither.glsl"
#include "shared/weather.glsl"

layout(constant_id = 7) const bool kFoggy = false;
layout(constant_id = 8) const bool kGlows = false;     // lights shine through it
layout(constant_id = 9) const bool kMirrors = false;   // something mirrors the city: wet ground, and by night open water

layout(push_constant) uniform Push { SidePush side; };   // extra: the side's first and last column, 1 where the city is mirrored, sample

layout(set = 1, binding = 0) uniform sampler2D picture;   // a: what it does not mirror
layout(set = 1, binding = 1) uniform sampler2D depth;
layout(set = 1, binding = 2) uniform sampler2D nearGlow;
layout(set = 1, binding = 3) uniform sampler2D farGlow;

layout(location = 0) out vec4 outColour;

const float kNear = 0.5;             // kNearMetres (frame/view.h)
const float kSkyMetres = 60000.0;
const int kSteps = 14;
const float kMirrorsWithin = kWet ? 1500.0 : 5000.0;   // metres; beyond, houses are lost in what the roofs before them hide

vec3 rayAt(vec2 pixel) {
  vec2 ndc = (pixel + frame.part.xy) * frame.viewport.zw * 2.0 - 1.0;
  return frame.forward.xyz + frame.right.xyz * (ndc.x * frame.right.w) - frame.up.xyz * (ndc.y * frame.time.w);
}

// Share of light that fog takes on the way to `world`: density falls off exponentially with height, lies in banks.
float foggy(vec3 world, float distanceMetres) {
  float low = max(frame.up.w, 0.0), high = max(low + dot(world, frame.upAtEye.xyz), 0.0);
  float b = frame.weather.z, rise = high - low;
  float mean = abs(rise) < 1.0 ? exp(-b * low) : (exp(-b * low) - exp(-b * high)) / (b * rise);
  vec2 place = world.xy + frame.place.xy;
  float banks = distanceMetres < kSkyMetres * 0.9 ? 0.25 + 1.5 * (0.7 * noiseAt(place, 1024.0) + 0.3 * noiseAt(place, 256.0)) : 1.0;
  return 1.0 - exp(-frame.weather.y * mean * distanceMetres * banks);
}

// The city as water on level ground mirrors it: a march through the picture in growing steps, then halving (as in McGuire and Mara,
// "Efficient GPU Screen-Space Ray Tracing", Journal of Computer Graphics Techniques 3(4), 2014, in world space). a: how surely it
// is met; where not, the sky is.
vec4 mirrored(vec3 world, vec3 direction) {
  if (side.extra.z < 0.5 || dot(world, world) > kMirrorsWithin * kMirrorsWithin) return vec4(0.0);
  float before = 0.0, after = 0.0, met = -1.0;
  float stride = 0.012 * length(world) + 0.4;
  for (int i = 0; i < kSteps; ++i) {
    after = before + stride;
    vec4 clip = frame.clipFromWorld * vec4(world + direction * after, 1.0);
    vec2 pixel = (clip.xy / clip.w * 0.5 + 0.5) * frame.viewport.xy - frame.part.xy;
    if (clip.w < kNear || pixel.x < side.extra.x || pixel.x >= side.extra.y || pixel.y < 0.0) break;
    if (pixel.y < frame.viewport.y) {
      float there = kNear / max(texelFetch(depth, ivec2(pixel), 0).r, 1e-7);
      if (there < clip.w && clip.w - there < stride * 1.6 + 2.0) {
        met = after;
        break;
      }
    }
    before = after;
    stride *= 1.42;
  }
  if (met < 0.0) return vec4(0.0);
  vec2 last = vec2(-1.0);
  for (int i = 0; i < 4; ++i) {
    float middle = 0.5 * (before + after);
    vec4 clip = frame.clipFromWorld * vec4(world + direction * middle, 1.0);
    vec2 pixel = (clip.xy / clip.w * 0.5 + 0.5) * frame.viewport.xy - frame.part.xy;
    float there = kNear / max(texelFetch(depth, ivec2(pixel), 0).r, 1e-7);
    if (there < clip.w) after = middle, last = pixel;
    else before = middle;
  }
  if (last.x < 0.0) {
    vec4 clip = frame.clipFromWorld * vec4(world + direction * met, 1.0);
    last = (clip.xy / clip.w * 0.5 + 0.5) * frame.viewport.xy - frame.part.xy;
  }
  vec2 from = min(last, vec2(side.extra.y - last.x, last.y)) / (0.06 * frame.viewport.y);
  return vec4(texelFetch(picture, ivec2(last), 0).rgb, clamp(min(from.x, from.y), 0.0, 1.0));
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 texel = texelFetch(picture, at, 0);
  float nearness = texelFetch(depth, at, 0).r;
  vec3 ray = rayAt(gl_FragCoord.xy);
  vec3 direction = normalize(ray);
  float along = nearness > 0.0 ? kNear / nearness : kSkyMetres;
  vec3 world = ray * along;
  float distanceMetres = length(world);
  vec3 colour = texel.rgb;
  float shine = 1.0 - texel.a;
  if (kMirrors && shine > 0.015) {
    // Rough water: every sample leans its own way, most of it towards the eye and away, which draws reflections long.
    vec2 place = world.xy + frame.place.xy;
    vec3 chance = random(ivec3(at, int(side.extra.w)));
    vec3 level = normalize(direction - frame.upAtEye.xyz * dot(direction, frame.upAtEye.xyz));
    vec2 lean = (chance.xy + chance.zx - 1.0) * vec2(0.050, 0.010);
    vec3 rings = vec3(0.0);
    if (kWet) rings.xy = rainRings(place, frame.time.x) * (0.03 * (1.0 - smoothstep(20.0, 80.0, distanceMetres)));
    vec3 normal = normalize(frame.upAtEye.xyz + level * lean.x + cross(level, frame.upAtEye.xyz) * lean.y + rings);
    vec3 away = reflect(direction, normal);
    away = normalize(away + frame.upAtEye.xyz * (0.02 + max(-dot(away, frame.upAtEye.xyz), 0.0) * 1.05));
    vec4 met = mirrored(world, away);
    if (kWet) {
      colour = mix(colour, mix(skyColour(away), met.rgb, met.a), shine);
    } else {
      // The water has the sky in it already. A lamp outshines what a display can show, and so does its mirror image.
      float lamp = smoothstep(0.30, 0.75, max(met.r, met.g));
      colour = mix(colour, met.rgb, shine * met.a * (0.5 + 0.5 * lamp));
      colour = lightened(colour, met.rgb * (0.8 * lamp * met.a * sqrt(shine)));
    }
  }
  if (kFoggy) {
    float lost = foggy(world, distanceMetres);
    // The layer's far edge is no line: what shines over it fades upwards.
    if (nearness <= 0.0)
      lost = max(lost, 0.92 * exp(-22.0 * max(dot(direction, frame.upAtEye.xyz), 0.0)) * clamp(frame.weather.y * 400.0, 0.0, 1.0));
    float sun = max(dot(direction, frame.sunDisc.xyz), 0.0);
    sun *= sun;
    sun *= sun;
    // The layer's top is in the open: brighter than what one sees along the ground.
    float open = clamp((frame.up.w * frame.weather.z - 1.5) * 0.25, 0.0, 1.0) * (1.0 - frame.night.x);
    open *= exp(distanceMetres * (-1.0 / 7000.0));
    vec3 lit = mix(horizonColour(direction), sqrt(frame.skyHorizon.rgb), 0.40 * open);
    lit += frame.sunDiscColour.rgb * (frame.sunDiscColour.a * (0.10 * sun + 0.22 * sun * sun * sun * sun));
    if (kNight) lit += kLampLight * (0.10 * frame.night.x * exp(-frame.weather.z * max(frame.up.w + world.z, 0.0)));
    colour = mix(colour, lit, lost);
  }
  if (kGlows) {
    vec2 pixel = 1.0 / vec2(textureSize(nearGlow, 0)), uv = gl_FragCoord.xy / vec2(textureSize(picture, 0));
    vec2 wide = 1.0 / vec2(textureSize(farGlow, 0));
    vec3 light = vec3(0.0);
    for (int i = 0; i < 4; ++i) {
      vec2 corner = vec2(i & 1, i >> 1) - 0.5;
      light += 0.10 * textureLod(nearGlow, uv + corner * pixel, 0.0).rgb + 0.22 * textureLod(farGlow, uv + corner * wide * 1.4, 0.0).rgb;
    }
    colour = lightened(colour, light * side.grow);
  }
  float noise = ditherAt(gl_FragCoord.xy + frame.part.xy);
  outColour = vec4(colour + (noise - 0.5) * (1.0 / 255.0), 1.0);   // as sky.frag: no steps in the fog
}
