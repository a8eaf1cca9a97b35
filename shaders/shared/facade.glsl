// Walls and roofs of the look "day": what a building's class, height and own number (FeatureRecord::matter) make of a place on
// it. Windows stand in bays along the wall and in storeys from the building's own foot; by night the same windows are lit. What
// is smaller than a pixel becomes its mean, so that nothing flickers far away.
#ifndef CITYMIRROR_SHARED_FACADE_GLSL
#define CITYMIRROR_SHARED_FACADE_GLSL
#include "shared/feature.h"
#include "shared/night.glsl"

const vec3 kRedTiles = vec3(0.36, 0.105, 0.055);
const float kWallTone = 0.82;   // the palettes are as they look in the sun

// What a whole wall has in common; worked out at its corners.
struct Facade {
  vec3 wall;         // linear
  vec3 glass;        // linear, what is behind and in it
  vec4 rows;         // storey height, height of the ground floor (metres); half of a window: of its bay, of its storey
  vec4 ways;         // windows a bay; share of bays with balconies; shop front (0/1); how much the glass mirrors
};

float own(uint matter, uint salt) { return float(hashed(uvec3(matter >> 16, salt, 77u)).x >> 8u) * (1.0 / 16777216.0); }

vec3 chosen(vec3 a, vec3 b, vec3 c, vec3 d, float chance) {
  return chance < 0.25 ? a : chance < 0.5 ? b : chance < 0.75 ? c : d;
}

Facade facadeOf(uint matter, vec3 clay) {
  uint kind = matter & 15u;
  float height = float((matter >> 4u) & 4095u) * 0.25;
  float one = own(matter, 1u), two = own(matter, 2u), three = own(matter, 3u);
  Facade f;
  f.glass = vec3(0.050, 0.066, 0.080);
  f.rows = vec4(3.0, 3.2, 0.27, 0.27);
  f.ways = vec4(1.0, 0.0, 0.0, 0.30);
  float floors = 3.0;
  if (kind == kFacadeHouse) {
    f.wall = chosen(vec3(0.60, 0.55, 0.46), vec3(0.66, 0.64, 0.60), vec3(0.55, 0.44, 0.33), vec3(0.62, 0.55, 0.38), one);
    f.rows.zw = vec2(0.19, 0.22);
    f.rows.y = 2.9;
    floors = 2.9;
  } else if (kind == kFacadeHousing) {
    f.wall = chosen(vec3(0.70, 0.63, 0.52), vec3(0.74, 0.72, 0.68), vec3(0.70, 0.60, 0.44), vec3(0.62, 0.48, 0.38), one);
    f.rows.zw = vec2(two < 0.3 ? 0.36 : 0.25, 0.24);
    f.ways.y = 0.30 + 0.35 * three;
    f.ways.w = 0.42;
    f.ways.z = step(0.62, two) * step(12.0, height);
  } else if (kind == kFacadeOffice) {
    f.wall = chosen(vec3(0.44, 0.50, 0.56), vec3(0.66, 0.68, 0.70), vec3(0.30, 0.36, 0.42), vec3(0.64, 0.61, 0.55), one);
    f.glass = chosen(vec3(0.050, 0.105, 0.150), vec3(0.060, 0.110, 0.120), vec3(0.075, 0.100, 0.125), vec3(0.085, 0.095, 0.100), two);
    f.rows = vec4(3.8, 4.6, 0.44, three < 0.55 ? 0.41 : 0.30);
    f.ways = vec4(2.0, 0.0, 1.0, 0.62);
    floors = 3.8;
  } else if (kind == kFacadeShop) {
    f.wall = chosen(vec3(0.60, 0.55, 0.47), vec3(0.52, 0.50, 0.47), vec3(0.66, 0.62, 0.55), vec3(0.48, 0.40, 0.33), one);
    f.rows = vec4(3.6, 4.2, 0.38, 0.26);
    f.ways = vec4(1.0, 0.0, 1.0, 0.40);
    floors = 3.6;
  } else if (kind == kFacadeShed) {
    f.wall = chosen(vec3(0.52, 0.57, 0.61), vec3(0.64, 0.65, 0.64), vec3(0.45, 0.52, 0.50), vec3(0.60, 0.56, 0.50), one);
    f.rows = vec4(max(height, 3.0), 0.0, 0.46, 0.07);
    f.ways = vec4(1.0, 0.0, 0.0, 0.25);
    floors = max(height, 3.0);
  } else if (kind == kFacadeCivic) {
    f.wall = chosen(vec3(0.68, 0.63, 0.54), vec3(0.72, 0.70, 0.66), vec3(0.66, 0.57, 0.45), vec3(0.58, 0.40, 0.31), one);
    f.rows = vec4(3.4, 3.8, 0.32, 0.27);
    f.ways = vec4(1.0, 0.0, step(0.5, two), 0.35);
    floors = 3.4;
  } else if (kind == kFacadeOld) {
    f.wall = chosen(vec3(0.60, 0.48, 0.29), vec3(0.62, 0.56, 0.44), vec3(0.42, 0.22, 0.15), vec3(0.56, 0.50, 0.40), one);
    f.rows = vec4(3.5, 3.6, 0.17, 0.27);
    floors = 3.5;
  } else {
    f.wall = clay * 0.8;
    f.rows = vec4(3.0, 0.0, 0.0, 0.0);
  }
  // A colour that somebody gave the building is kept.
  float most = max(clay.r, max(clay.g, clay.b)), least = min(clay.r, min(clay.g, clay.b));
  if (most - least > 0.2) f.wall = clay;
  f.wall *= kWallTone * (0.90 + 0.20 * three);
  // A whole number of storeys between the ground floor and the top.
  if (kind != kFacadeShed) {
    if (height < f.rows.y + 2.2) f.rows.y = 0.0;
    float rest = max(height - f.rows.y - 0.4, 2.4);
    f.rows.x = rest / max(floor(rest / floors + 0.5), 1.0);
  }
  return f;
}

// Share of a band of half width `half` about the middle of each period that a pixel `soft` periods wide sees.
float band(float in01, float halfWidth, float soft) {
  float sharp = clamp((halfWidth - abs(in01 - 0.5)) / max(soft, 0.01) + 0.5, 0.0, 1.0);
  return mix(sharp, 2.0 * halfWidth, smoothstep(0.5, 1.1, soft));
}

struct Wall {
  vec3 albedo;     // linear, without the glass
  float glass;     // share of glass
  vec3 inside;     // linear colour of it
  float shade;     // of what lies deep: balconies, sills
  ivec3 cell;      // of the window: its number
  float level;     // so many times two windows are a pixel or two; 0: single ones are seen
  float fine;      // 1 where single windows are seen .. 0 where only their mean is
  vec4 pane;       // -1..1 across the window and up; half a pixel there
};

// `at`: bays along the wall, metres above the foot; `perPixel` of them.
Wall wallAt(Facade f, vec2 at, vec2 perPixel, int wallNumber) {
  Wall w;
  bool ground = at.y < f.rows.y;
  float bays = at.x * f.ways.x;
  float storeys = (at.y - f.rows.y) / f.rows.x;
  vec2 soft = perPixel * vec2(f.ways.x, 1.0 / f.rows.x);
  float bay = floor(bays), storey = ground ? -1.0 : floor(storeys);
  w.cell = ivec3(int(bay), int(storey), wallNumber);
  w.fine = 1.0 - smoothstep(0.35, 1.0, max(soft.x, soft.y));
  w.level = max(log2(max(soft.x, soft.y) * 1.8), 0.0);
  vec3 chance = mix(vec3(0.5), random(w.cell), w.fine);
  vec2 in01 = vec2(fract(bays), ground ? at.y / max(f.rows.y, 0.1) : fract(storeys));

  // Some columns of housing have balconies from the second storey up.
  float column = random(ivec3(int(bay), 5, wallNumber)).x;
  float balcony = column < f.ways.y && !ground && storey > 0.5 ? 1.0 : 0.0;
  vec2 window = f.rows.zw;
  if (balcony > 0.5) window = mix(mix(window, vec2(0.42, 0.34), f.ways.y), vec2(0.42, 0.34), w.fine);   // far away no column stands out
  if (ground && f.ways.z > 0.5) window = vec2(0.44, 0.34);
  float lift = ground && f.ways.z > 0.5 ? 0.10 : -0.04;
  w.pane = vec4((in01 + vec2(0.0, lift) - 0.5) / window, 0.5 * soft / window);
  float glass = band(in01.x, window.x, soft.x) * band(in01.y + lift, window.y, ground ? soft.y * f.rows.x / max(f.rows.y, 0.1) : soft.y);
  w.glass = glass;
  // Every second or third column in another tone: what makes a tower of flats more than a grid.
  w.albedo = f.wall * (f.ways.y > 0.0 ? 1.0 + (0.24 * step(0.5, column) - 0.12) * w.fine : 1.0);
  w.shade = 1.0;
  // The foot of the wall, the lines of the floors, the signs over shops.
  float sharp = w.fine;
  if (ground && f.ways.z > 0.5) {
    float board = smoothstep(0.76, 0.78, in01.y) * (1.0 - smoothstep(0.95, 0.97, in01.y)) * sharp;
    vec3 tone = mix(vec3(0.42, 0.40, 0.37), vec3(0.15, 0.20, 0.26) + 0.45 * chance.zxy * chance.zxy, 0.55);
    w.albedo = mix(f.wall * 0.9, tone, board);
  } else {
    float foot = 1.0 - smoothstep(0.5, 0.7, at.y);
    w.albedo *= 1.0 - 0.28 * foot;
    float line = (1.0 - smoothstep(0.02, 0.05 + soft.y, in01.y)) * sharp;
    w.albedo *= 1.0 - 0.16 * line;
  }
  if (balcony > 0.5) {
    float rail = (1.0 - smoothstep(0.31, 0.34 + soft.y, in01.y)) * (1.0 - smoothstep(0.43, 0.46 + soft.x, abs(in01.x - 0.5))) * sharp;
    w.glass *= 1.0 - rail;
    w.albedo = mix(w.albedo * mix(1.0, 0.74, sharp * smoothstep(0.40, 0.36, abs(in01.x - 0.5)) * step(0.34, in01.y)), min(f.wall * 1.35, vec3(0.62)), rail);
    w.shade = 1.0 - 0.35 * sharp * smoothstep(0.80, 0.92, in01.y);
  }
  // Rooms differ: curtains, blinds, depth. The lintel shades the top of each window.
  vec3 curtain = vec3(0.30, 0.28, 0.25) * (0.4 + 0.6 * chance.z);
  w.inside = mix(f.glass * (0.6 + 0.8 * chance.x), curtain, (f.ways.w < 0.6 ? 0.34 : 0.10) * smoothstep(0.55, 0.95, chance.y) + 0.06 * (1.0 - w.fine));
  float lintel = smoothstep(0.52 + window.y * 0.5, 0.54 + window.y, in01.y) * sharp;
  w.inside *= 1.0 - 0.6 * lintel;
  return w;
}

// The light of a group of 2^level by 2^level windows: of a single one, or what so many come to with a chance of their own.
vec3 windowsOfGroup(Facade f, Wall w, int level, float share) {
  vec3 chance = random(ivec3(w.cell.xy >> level, w.cell.z * 16 + level + 4096));
  vec3 colour = mix(kWarmLight, kCoolLight, step(f.ways.w > 0.6 ? 0.35 : 0.82, chance.y));
  // Groups are brighter than the mean of their windows: what is lit outshines its own area, the more the smaller it is.
  float light = level > 0 ? share * (0.20 + 2.40 * chance.x * chance.x * chance.x) : 0.95 * step(chance.x, share) * (0.60 + 0.40 * chance.z);
  return colour * light;
}

// Display colour of the same windows lit at night.
vec3 windowsLit(Facade f, Wall w, uint matter) {
  float share = frame.night.y * (0.25 + 1.1 * own(matter, 9u)) * (f.ways.w > 0.6 ? 0.8 : 1.0);
  if (w.cell.y < 0 && f.ways.z > 0.5) share = max(share, 0.75 * frame.night.y + 0.2);   // shops
  // Far away, groups of windows instead of single ones: a tower stays a pattern of lights, and keeps it while the camera moves.
  int finer = int(w.level);
  vec3 light = mix(windowsOfGroup(f, w, finer, share), windowsOfGroup(f, w, finer + 1, share), smoothstep(0.0, 1.0, w.level - float(finer)));
  float near = 1.0 - smoothstep(0.10, 0.30, max(w.pane.z, w.pane.w));
  if (near > 0.0) light *= mix(vec3(1.0), roomBehind(w.pane.xy, w.pane.zw, random(w.cell)), near);
  return light * (w.glass * kLampFlare * frame.night.x);
}

// A roof: gravel and tiles, and on flat ones small things that stand there. `at`: metres.
vec3 roofAlbedo(uint matter, vec3 clay, vec3 normal, vec2 at, float perPixel) {
  uint kind = matter & 15u;
  float one = own(matter, 4u), two = own(matter, 5u);
  bool red = clay.r > 1.5 * clay.g;
  if (normal.z < 0.97) {
    vec3 tiles = red ? kRedTiles * (0.8 + 0.4 * one) : chosen(vec3(0.20, 0.20, 0.22), vec3(0.26, 0.21, 0.18), vec3(0.17, 0.20, 0.25), vec3(0.31, 0.27, 0.24), one);
    if (kind == kFacadeShed) tiles = chosen(vec3(0.35, 0.42, 0.50), vec3(0.52, 0.53, 0.53), vec3(0.33, 0.40, 0.38), vec3(0.46, 0.30, 0.26), one);
    float down = dot(at, normalize(normal.xy + vec2(1e-4, 0.0))) * (kind == kFacadeShed ? 0.0 : 1.0) + dot(at, vec2(-normal.y, normal.x)) * (kind == kFacadeShed ? 1.0 : 0.0);
    float row = abs(fract(down * (1.0 / 0.42)) - 0.5) * 2.0;
    return tiles * (1.0 + (0.30 * row - 0.15) * (1.0 - smoothstep(0.10, 0.30, perPixel)));
  }
  vec3 flatRoof = chosen(vec3(0.36, 0.36, 0.35), vec3(0.44, 0.43, 0.40), vec3(0.30, 0.31, 0.32), vec3(0.40, 0.36, 0.32), one);
  if (kind == kFacadeShed) flatRoof = chosen(vec3(0.40, 0.46, 0.52), vec3(0.55, 0.56, 0.56), vec3(0.37, 0.43, 0.42), vec3(0.50, 0.50, 0.48), two);
  if (red) flatRoof = kRedTiles / kWallTone;
  float tall = float((matter >> 4u) & 4095u) * 0.25;
  float far = smoothstep(0.5, 2.5, perPixel);
  vec3 chance = random(ivec3(ivec2(floor(at * (1.0 / 5.0))), int(matter >> 16)));
  vec2 in5 = fract(at * (1.0 / 5.0)) * 5.0;
  vec2 centre = vec2(1.6) + 1.8 * chance.yz, size = vec2(0.6) + 0.8 * chance.zy;
  vec2 away = abs(in5 - centre) - size, shaded = abs(in5 - centre + vec2(0.5, 0.4)) - size;
  float there = step(chance.x, tall > 9.0 && kind != kFacadeShed ? 0.26 : 0.05) * (1.0 - far);
  float box = there * (1.0 - smoothstep(-0.05, 0.05 + perPixel, max(away.x, away.y)));
  float shadow = there * (1.0 - smoothstep(-0.1, 0.2 + perPixel, max(shaded.x, shaded.y))) * (1.0 - box);
  float stain = random(ivec3(ivec2(floor(at * 0.125)), 3)).x;
  flatRoof *= 0.97 + 0.06 * stain * (1.0 - far);
  return kWallTone * mix(flatRoof, vec3(0.60, 0.61, 0.62), box * 0.8) * (1.0 - 0.35 * shadow);
}

#endif
