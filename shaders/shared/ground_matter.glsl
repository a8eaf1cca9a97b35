// The ground of the look "day": land cover, pavements, roads with their markings, painted by what the tiler says of each place
// (tiling/ground_matter.h). What is smaller than a pixel becomes its mean.
#ifndef CITYMIRROR_SHARED_GROUND_MATTER_GLSL
#define CITYMIRROR_SHARED_GROUND_MATTER_GLSL
#include "shared/feature.h"
#include "shared/noise.glsl"

// 1 + GroundClass, as the tiler writes it.
const uint kOnLand = 1u, kOnResidential = 2u, kOnCommercial = 3u, kOnIndustrial = 4u, kOnFarmland = 5u, kOnSand = 6u, kOnRock = 7u,
           kOnGrass = 8u, kOnPark = 9u, kOnForest = 10u, kOnPitch = 11u, kOnPlaza = 12u, kOnWater = 13u, kOnSea = 14u, kOnRail = 19u,
           kOnPier = 21u, kOnPath = 32u, kOnMinor = 72u, kOnMajor = 112u, kOnMotorway = 152u, kOnRunway = 192u;

// In tiles that do not say it: from the surface and its clay.
uint kindOf(uint matter, uint surface, vec3 clay) {
  if (matter != 0u) return matter;
  if (surface == 3u) return clay.g < 0.27 ? kOnForest : clay.r < 0.24 ? kOnPark : clay.r > 0.35 ? kOnFarmland : kOnGrass;
  if (surface == kSurfaceRoad) return clay.r > 0.48 ? kOnPath : clay.r > 0.39 ? kOnMotorway + 13u : clay.r > 0.34 ? kOnMajor + 10u : kOnMinor + 5u;
  if (surface == 6u) return kOnRail;
  return clay.r > 0.55 ? kOnSand : clay.r > 0.46 ? kOnPlaza : kOnLand;
}

// Coverage of a stripe: distance to its middle and half its width, in metres.
float stripe(float away, float halfWidth, float perPixel) {
  float soft = max(perPixel, 0.02);
  return clamp((halfWidth - abs(away)) / soft + 0.5, 0.0, 1.0) * min(1.0, 2.0 * halfWidth / soft + 0.25);
}

struct Ground {
  vec3 albedo;   // linear
  float lamps;   // by night: share of road
};

Ground groundAt(uint kind, vec2 place, vec3 normal, vec2 road, vec3 clay, float perPixel) {
  Ground g;
  g.lamps = 0.0;
  float wide = noiseAt(place, 128.0), middling = noiseAt(place, 16.0), small = mix(0.5, noiseAt(place, 2.0), seen(perPixel, 2.0));
  float blend = 0.5 * wide + 0.3 * middling + 0.2 * small;   // about 0.25 .. 0.75
  float vary = (blend - 0.5) * 2.0;
  float steep = clamp((1.0 - normal.z) * 5.0, 0.0, 1.0);
  if (kind >= kOnPath) {
    g.lamps = kind < kOnMinor ? 0.5 : 1.0;
    uint which = kind >= kOnRunway ? kOnRunway : kind >= kOnMotorway ? kOnMotorway : kind >= kOnMajor ? kOnMajor : kind >= kOnMinor ? kOnMinor : kOnPath;
    float halfWidth = float(kind - which) * 0.6;
    if (which == kOnPath) {
      g.albedo = vec3(0.28, 0.245, 0.195) * (1.0 + 0.14 * vary);
      return g;
    }
    vec3 asphalt = (which == kOnMotorway ? vec3(0.085, 0.086, 0.091) : which == kOnMajor ? vec3(0.072, 0.074, 0.079) : vec3(0.092, 0.092, 0.094)) * (1.0 + 0.16 * vary);
    g.albedo = asphalt;
    if (road.x <= 0.0) return g;
    float across = (road.x - 128.0) * 0.01 * halfWidth;        // metres from the centre line
    float mouth = road.y * 0.5 - 16.0;                          // metres to the next junction
    float edge = halfWidth - abs(across);
    // Pavements at the sides of streets, with a lighter kerb.
    float walk = which == kOnMajor ? min(2.2, halfWidth * 0.28) : which == kOnMinor ? min(1.4, halfWidth * 0.30) : 0.0;
    float inTown = walk > 0.0 ? smoothstep(walk - 0.06, walk + 0.06 + perPixel * 0.5, edge) : 1.0;
    float slabs = seen(perPixel, 0.8) * 0.10 * (step(0.93, fract(place.x * 0.8)) + step(0.93, fract(place.y * 0.8)));
    vec3 pavement = vec3(0.265, 0.252, 0.230) * (1.0 + 0.10 * vary - slabs);
    float kerb = walk > 0.0 ? stripe(edge - walk, 0.12, perPixel) : 0.0;
    pavement = mix(pavement, vec3(0.35, 0.34, 0.325), kerb);
    // Worn wheel tracks and darker seams.
    float lane = which == kOnMinor ? max(halfWidth - walk, 1.0) : 3.5;
    float inLane = fract(abs(across) / lane) - 0.5;
    asphalt *= 1.0 + 0.06 * seen(perPixel, 1.5) * cos(inLane * 12.566);
    float paint = 0.0;
    vec3 colour = vec3(0.62, 0.62, 0.60);
    float away = mouth - 1.2;                                   // from the zebra's inner end
    float open = smoothstep(6.5, 7.0, mouth);                   // lines end before the crossing
    float dash = 15.0;
    float dashes = mix(clamp((0.20 - abs(fract(mouth / dash) - 0.5)) * dash / max(perPixel, 0.05) + 0.5, 0.0, 1.0), 0.40, 1.0 - seen(perPixel, dash * 0.5));
    if (which == kOnMinor) {
      if (halfWidth > 2.7) paint = stripe(across, 0.07, perPixel) * dashes * open;
    } else if (which == kOnMajor) {
      float centre = stripe(abs(across) - 0.18, 0.07, perPixel) * open;
      for (float l = 3.5; l < 12.0; l += 3.5)
        if (halfWidth - walk > l + 1.6) paint = max(paint, stripe(abs(across) - l, 0.07, perPixel) * dashes * open);
      colour = mix(colour, vec3(0.62, 0.44, 0.10), step(paint, centre) * step(0.01, centre));
      paint = max(paint, centre);
    } else {
      for (float l = 3.75; l < 15.0; l += 3.75)
        if (halfWidth > l + 1.8) paint = max(paint, stripe(abs(across) - l, 0.08, perPixel) * dashes);
      paint = max(paint, stripe(edge - 0.9, 0.10, perPixel));
      if (which == kOnRunway) paint = max(stripe(across, 0.45, perPixel) * step(0.4, fract(mouth / 50.0)), stripe(edge - 1.5, 0.45, perPixel));
    }
    // Zebra and stop line where streets of some width meet.
    if (which == kOnMajor || (which == kOnMinor && halfWidth > 2.7)) {
      float zebra = clamp((1.6 - abs(away - 1.6)) / max(perPixel, 0.05) + 0.5, 0.0, 1.0) * mix(clamp((0.25 - abs(fract(across) - 0.5)) / max(perPixel, 0.03) + 0.5, 0.0, 1.0), 0.5, 1.0 - seen(perPixel, 1.0));
      float stop = stripe(mouth - 5.4, 0.18, perPixel) * (which == kOnMajor ? 1.0 : 0.0);
      float both = max(zebra, stop);
      colour = mix(colour, vec3(0.62, 0.62, 0.60), step(paint, both));
      paint = max(paint, both);
    }
    paint *= inTown * (0.72 + 0.28 * small);
    g.albedo = mix(mix(pavement, asphalt, inTown), colour, paint);
    return g;
  }
  if (kind == kOnForest) {
    // Crowns from above: what is left of the trees where none is drawn.
    float crowns = mix(0.5, noiseAt(place, 8.0), seen(perPixel, 8.0));
    vec3 leaves = mix(vec3(0.022, 0.050, 0.015), vec3(0.058, 0.092, 0.028), clamp(0.5 + 1.2 * (blend - 0.5) + 0.9 * (crowns - 0.5), 0.0, 1.0));
    vec3 stone = vec3(0.215, 0.192, 0.160) * (0.9 + 0.25 * vary);
    g.albedo = mix(leaves, stone, smoothstep(0.55, 0.95, steep + 0.35 * vary));
  } else if (kind == kOnPark || kind == kOnGrass || kind == kOnPitch) {
    vec3 lawn = kind == kOnPark ? mix(vec3(0.050, 0.095, 0.026), vec3(0.090, 0.135, 0.040), blend) : mix(vec3(0.075, 0.120, 0.034), vec3(0.125, 0.155, 0.055), blend);
    if (kind == kOnPitch) lawn = vec3(0.070, 0.150, 0.048) * (0.95 + 0.10 * step(0.5, fract(place.x * 0.125)) * seen(perPixel, 8.0));
    g.albedo = mix(lawn, vec3(0.165, 0.140, 0.098), 0.55 * smoothstep(0.66, 0.80, middling) * (kind == kOnPitch ? 0.0 : 1.0) * smoothstep(0.4, 0.6, wide));
    g.albedo = mix(g.albedo, vec3(0.215, 0.192, 0.160), smoothstep(0.7, 1.0, steep));
  } else if (kind == kOnFarmland) {
    // Strips of crops, side by side in blocks that lie one way or the other, with tracks between the blocks.
    vec2 block = floor(place * (1.0 / 256.0)), inBlock = place - block * 256.0;
    bool turned = random(ivec3(ivec2(block) & 31, 13)).x < 0.5;
    vec2 strip = floor(inBlock * (turned ? vec2(1.0 / 32.0, 1.0 / 128.0) : vec2(1.0 / 128.0, 1.0 / 32.0)));
    vec3 crop = random(ivec3((ivec2(block) & 31) * 8 + ivec2(strip), 12));
    g.albedo = mix(mix(vec3(0.095, 0.135, 0.038), vec3(0.150, 0.160, 0.058), crop.x), vec3(0.225, 0.178, 0.092), smoothstep(0.55, 0.95, crop.y)) * (1.0 + 0.15 * vary);
    vec2 border = 128.0 - abs(inBlock - 128.0);
    g.albedo = mix(g.albedo, vec3(0.28, 0.245, 0.180), 0.7 * stripe(min(border.x, border.y), 1.8, perPixel));
  } else if (kind == kOnSand) {
    g.albedo = vec3(0.47, 0.375, 0.235) * (1.0 + 0.12 * vary);
  } else if (kind == kOnRock) {
    g.albedo = mix(vec3(0.24, 0.215, 0.18), vec3(0.14, 0.13, 0.115), blend) * (1.0 + 0.2 * vary);
  } else if (kind == kOnPlaza || kind == kOnPier) {
    vec2 slab = fract(place * 0.5);
    float joint = max(step(0.96, slab.x), step(0.96, slab.y)) * seen(perPixel, 1.2);
    float check = mod(floor(place.x * 0.125) + floor(place.y * 0.125), 2.0) * seen(perPixel, 6.0);
    g.albedo = mix(vec3(0.33, 0.305, 0.265), vec3(0.302, 0.281, 0.247), check) * (1.0 + 0.08 * vary - 0.18 * joint);
  } else if (kind == kOnRail) {
    g.albedo = vec3(0.18, 0.16, 0.145) * (1.0 + 0.2 * vary);
  } else if (kind == kOnIndustrial) {
    g.albedo = mix(vec3(0.170, 0.170, 0.165), vec3(0.225, 0.220, 0.208), blend);
  } else if (kind == kOnCommercial) {
    g.albedo = mix(vec3(0.215, 0.205, 0.188), vec3(0.260, 0.248, 0.228), blend);
  } else if (kind == kOnLand || kind == kOnResidential) {
    // Between houses: paving, and grass where nobody walks.
    vec3 paved = mix(vec3(0.185, 0.178, 0.160), vec3(0.235, 0.222, 0.198), blend);
    vec3 green = mix(vec3(0.085, 0.115, 0.040), vec3(0.130, 0.150, 0.060), blend);
    float grass = smoothstep(0.34, 0.68, 0.55 * noiseAt(place, 32.0) + 0.35 * middling + 0.10 * small + (kind == kOnResidential ? 0.06 : 0.0));
    g.albedo = mix(mix(paved, green, grass * (kind == kOnResidential ? 0.85 : 0.6)), vec3(0.16, 0.17, 0.08), smoothstep(0.25, 0.8, steep));
  } else {
    g.albedo = clay * 0.6 * (1.0 + 0.1 * vary);
  }
  return g;
}

#endif
