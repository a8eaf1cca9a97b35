// The looks "tech" and "plan" in display colours. Neither knows day and night: both are drawings of the city, one on a dark screen, one
// on a sheet of paper, and must read the same whenever they are shown. What shapes them is the baked sky, which is dark where walls
// meet the ground and bright on roofs, and one light from the north-west, as maps have it.
#ifndef CITYMIRROR_SHARED_THEMES_GLSL
#define CITYMIRROR_SHARED_THEMES_GLSL
#include "shared/colour.glsl"
#include "shared/feature.h"
#include "shared/frame.glsl"
#include "shared/look.glsl"

const vec3 kMapLight = vec3(-0.46, 0.46, 0.76);   // towards it: east, north, up

// --- tech: a dark blue ground, luminous edges ---
const vec3 kTechGround = vec3(0.031, 0.078, 0.149), kTechGreen = vec3(0.031, 0.137, 0.145), kTechRoad = vec3(0.082, 0.208, 0.345);
const vec3 kTechRail = vec3(0.125, 0.275, 0.420), kTechWater = vec3(0.014, 0.039, 0.090), kTechQuay = vec3(0.110, 0.480, 0.620);
const vec3 kTechWallFoot = vec3(0.035, 0.098, 0.190), kTechWallTop = vec3(0.094, 0.262, 0.430);
const vec3 kTechRoofLow = vec3(0.086, 0.216, 0.365), kTechRoofHigh = vec3(0.260, 0.640, 0.800);
const vec3 kTechLine = vec3(0.360, 0.870, 1.000);
const vec3 kTechZenith = vec3(0.010, 0.024, 0.058), kTechHorizon = vec3(0.060, 0.170, 0.290);
const float kTallMetres = 180.0;   // from here on roofs are as bright as they get
const float kStoreyMetres = 3.1;

// --- plan: paper; the colours of land-use classes come with the features (city/land_use.h) ---
const vec3 kPlanPaper = vec3(0.930, 0.920, 0.890), kPlanRoad = vec3(1.000, 0.998, 0.990), kPlanRail = vec3(0.718, 0.718, 0.718);
// Park and water of the table that city/land_use.cpp names, printed on the paper as the classes are.
const vec3 kPlanGreen = vec3(0.600, 0.855, 0.560), kPlanWater = vec3(0.560, 0.765, 0.862);
const vec3 kPlanUnknown = vec3(0.850, 0.842, 0.820), kPlanSky = vec3(0.972, 0.970, 0.960);

const vec3 kThemedPicked[2] = vec3[](vec3(1.000, 0.760, 0.280), vec3(0.055, 0.420, 0.430));   // by kPlan

vec3 themedSky(vec3 direction) {
  float height = max(dot(direction, frame.upAtEye.xyz), 0.0);
  if (kPlan) return mix(kPlanSky, vec3(0.900, 0.925, 0.940), smoothstep(0.0, 0.5, height));
  float glow = exp2(-height * 26.0);
  return mix(kTechZenith, kTechHorizon, exp2(-height * 7.0)) + vec3(0.020, 0.090, 0.120) * glow;
}

// Towards the horizon's colour: half at 9 km from street level, more from above, so that the whole city stays readable.
vec3 themedHazed(vec3 display, vec3 world) {
  float metres = length(world);
  float clear = exp2(-metres / (kPlan ? 30000.0 + frame.upAtEye.w * 30.0 : 9000.0 + frame.upAtEye.w * 12.0));
  return mix(themedSky(vec3(0.0)), display, clear);
}

// Display colour of a solid's surface. `tint`: of the record, linear, 0 for none; `up`: metres above the city's datum.
vec3 themedSolid(uint tint, bool picked, uint surface, vec3 own, vec3 normal, float sky, float up) {
  float lit = 0.5 + 0.5 * dot(normal, kMapLight);
  bool roof = normal.z > 0.4;
  bool styled = tint > 0xffffffu;
  vec3 style = srgbEncoded(unpackUnorm4x8(tint).rgb);
  if (kPlan) {
    vec3 other = surface == kSurfaceBuilding ? kPlanUnknown : mix(kPlanPaper, srgbEncoded(own), 0.35);
    vec3 base = picked ? kThemedPicked[1] : styled ? style : other;
    // Walls are their roof's colour in shade: what one reads from above is flat and pure.
    float shade = roof ? 0.94 + 0.06 * lit : 0.70 + 0.22 * lit;
    return base * shade * (roof ? 1.0 : 0.86 + 0.28 * sky);
  }
  float tall = smoothstep(12.0, kTallMetres, up);
  vec3 wall = mix(kTechWallFoot, kTechWallTop, clamp(sky * 1.7, 0.0, 1.0));
  vec3 top = mix(kTechRoofLow, kTechRoofHigh, tall) * (0.82 + 0.18 * sky);
  vec3 colour = roof ? top * (0.86 + 0.14 * lit) : wall * (0.72 + 0.42 * lit) * (1.0 + 0.5 * tall);
  if (styled) colour = style * (roof ? 0.92 : 0.30 + 0.50 * sky);
  if (picked) colour = kThemedPicked[0] * (roof ? 1.0 : 0.45 + 0.5 * sky);
  return colour;
}

// Thin lines where the storeys are, as bright as a wall shows few of them; gone where they would only flicker.
float storeyLines(float up, float perPixel) {
  float at = abs(fract(up / kStoreyMetres) - 0.5) * kStoreyMetres;
  float line = clamp((0.16 + perPixel * 0.5 - at) / perPixel, 0.0, 1.0);
  return line * clamp(1.6 - perPixel * (2.6 / kStoreyMetres), 0.0, 1.0);
}

vec3 themedGround(uint surface, vec3 own, vec3 normal, float sky) {
  bool steep = normal.z < 0.35;
  if (kPlan) {
    vec3 town = surface == kSurfaceRoad ? kPlanRoad : surface == 6u ? kPlanRail : kPlanPaper;
    vec3 colour = surface == 3u ? kPlanGreen : surface == 4u ? kPlanWater : town;
    // What a town's land is shows a little through the paper: sand, fields, rock.
    if (surface == 2u) colour *= mix(vec3(1.0), srgbEncoded(own) / max(dot(srgbEncoded(own), vec3(0.3333)), 0.05), 0.35);
    float slope = dot(normal, kMapLight) / kMapLight.z;   // 1 on level ground
    return colour * (steep ? 0.72 : clamp(0.72 + 0.28 * slope, 0.55, 1.04)) * (0.80 + 0.20 * sky);
  }
  vec3 town = surface == kSurfaceRoad ? kTechRoad : surface == 6u ? kTechRail : kTechGround;
  vec3 colour = surface == 3u ? kTechGreen : surface == 4u ? kTechWater : town;
  if (steep) return kTechQuay;
  float slope = dot(normal, kMapLight) / kMapLight.z;
  return colour * clamp(0.35 + 0.65 * slope, 0.3, 1.8) * (0.45 + 0.55 * sky);
}

// A fine net on the dark ground, 250 m and a kilometre: distances can be read off it. `place`: metres, fixed to the city.
float techNet(vec2 place, float perPixel) {
  vec2 fine = abs(fract(place / 250.0 + 0.5) - 0.5) * 250.0, coarse = abs(fract(place / 1000.0 + 0.5) - 0.5) * 1000.0;
  float width = max(perPixel, 0.8);
  float a = clamp(1.2 - min(fine.x, fine.y) / width, 0.0, 1.0) * clamp(1.4 - perPixel / 14.0, 0.0, 1.0);
  float b = clamp(1.2 - min(coarse.x, coarse.y) / width, 0.0, 1.0) * clamp(1.4 - perPixel / 60.0, 0.0, 1.0);
  return max(a * 0.5, b);
}

// Water mirrors the horizon where one looks along it.
vec3 themedWater(vec3 world) {
  if (kPlan) return kPlanWater;
  float metres = length(world);
  float grazing = 1.0 - max(-dot(world / metres, frame.upAtEye.xyz), 0.0);
  float g2 = grazing * grazing;
  return mix(kTechWater, kTechHorizon * 0.8, 0.75 * g2 * g2 * grazing);
}

// A photograph in a look: by its brightness only, in tech as light on the dark.
vec3 themedPicture(vec3 display) {
  float light = dot(display, vec3(0.299, 0.587, 0.114));
  return kPlan ? mix(vec3(light), display, 0.55) * 0.5 + 0.48 : mix(kTechWallFoot, kTechRoofHigh, light * light) + display * 0.06;
}

#endif
