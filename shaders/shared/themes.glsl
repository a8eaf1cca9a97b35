// The looks "tech" and "plan" in display colours. Neither knows the hour: both are drawings of the city, one on a dark screen, one
// on a sheet of paper, and must read the same whenever they are shown. What shapes them is the baked sky, which is dark where walls
// meet the ground and bright on roofs, and one light from the north-west, as maps have it (frame/themes.h).
#ifndef CITYMIRROR_SHARED_THEMES_GLSL
#define CITYMIRROR_SHARED_THEMES_GLSL
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/feature.h"
#include "shared/ground_matter.glsl"
#include "shared/look.glsl"

// --- tech: a dark blue ground, luminous edges ---
const vec3 kTechGround = vec3(0.027, 0.067, 0.130), kTechGreen = vec3(0.027, 0.137, 0.145), kTechRoad = vec3(0.085, 0.270, 0.430);
const vec3 kTechPath = vec3(0.055, 0.165, 0.270), kTechMajor = vec3(0.125, 0.400, 0.610);
const vec3 kTechRail = vec3(0.125, 0.275, 0.420), kTechWater = vec3(0.010, 0.036, 0.080), kTechQuay = vec3(0.150, 0.620, 0.780);
const vec3 kTechWallFoot = vec3(0.030, 0.090, 0.175), kTechWallTop = vec3(0.090, 0.275, 0.450);
const vec3 kTechRoofLow = vec3(0.085, 0.225, 0.370), kTechRoofHigh = vec3(0.240, 0.610, 0.770);
const vec3 kTechLine = vec3(0.360, 0.870, 1.000);
const float kTallMetres = 130.0;   // from here on roofs are as bright as they get
const float kStoreyMetres = 3.1;

// --- plan: paper; the colours of land-use classes come with the features (city/land_use.h) ---
const vec3 kPlanPaper = vec3(0.930, 0.920, 0.890), kPlanRoad = vec3(1.000, 0.998, 0.990), kPlanRail = vec3(0.718, 0.718, 0.718);
// Park and water of the table that city/land_use.cpp names, printed on the paper as the classes are.
const vec3 kPlanGreen = vec3(0.690, 0.870, 0.630), kPlanWater = vec3(0.620, 0.800, 0.880), kPlanShore = vec3(0.360, 0.600, 0.760);
const vec3 kPlanResidential = vec3(0.970, 0.966, 0.476), kPlanBusiness = vec3(0.971, 0.386, 0.374);
const vec3 kPlanIndustry = vec3(0.816, 0.728, 0.638);
const vec3 kPlanShade = vec3(0.890, 0.840, 0.800);
const vec3 kPlanUnknown = vec3(0.905, 0.897, 0.872);

const vec3 kThemedPicked[2] = vec3[](vec3(1.000, 0.760, 0.280), vec3(0.055, 0.420, 0.430));   // tech, plan
// A record whose tint has as much of it as what differs in a comparison is painted all over.
const float kWholeStyle = 255.0 / float(kDifferenceShare);
const uint kGreenSurface = 3u, kWaterSurface = 4u, kRailSurface = 6u;                          // source::Surface

vec3 themedSky(vec3 direction) {
  float height = max(dot(direction, frame.upAtEye.xyz), 0.0);
  if (kPlan) return mix(frame.skyHorizon.rgb, frame.skyZenith.rgb, smoothstep(0.0, 0.5, height));
  return mix(frame.skyZenith.rgb, frame.skyHorizon.rgb, 0.62 * exp2(-height * 9.0) + 0.38 * exp2(-height * 40.0));
}

vec3 planSolid(vec3 base, bool roof, float lit, float sky) {
  if (roof) return base * (0.94 + 0.06 * lit);
  // Walls are their roof's colour, paler and in a warm shade (a grey one turns yellow into olive): what one reads is the roofs.
  vec3 shade = mix(kPlanShade, vec3(1.0), lit);
  return mix(base, kPlanPaper, 0.22) * shade * (0.88 + 0.24 * sky);
}

// `styled`: how much of it is of the style. `foot`: metres above the building's base, of `height`.
vec3 techSolid(vec3 style, float styled, bool picked, bool roof, vec3 normal, float sky, float foot, float height, vec3 world) {
  float lit = 0.5 + 0.5 * dot(normal, frame.sunDirection.xyz);
  float tall = smoothstep(10.0, kTallMetres, foot), rise = clamp(foot / max(height, 1.0), 0.0, 1.0);
  // Like glass: walls one looks along are brighter than those one looks at.
  float along = 1.0 - abs(dot(normal, world)) / max(length(world), 0.01);
  vec3 glass = mix(kTechWallFoot, kTechWallTop, clamp(sky * 1.3 * (0.35 + 0.65 * rise), 0.0, 1.0));
  vec3 wall = glass * (0.74 + 0.40 * lit) * (1.0 + 0.7 * tall);
  vec3 top = mix(kTechRoofLow, kTechRoofHigh, tall) * (0.82 + 0.18 * sky);
  vec3 colour = roof ? top : wall + kTechLine * (0.16 * along * along * sky);
  colour = mix(colour, style * (roof ? 0.95 : 0.26 + 0.46 * sky), styled);
  if (picked) colour = kThemedPicked[0] * (roof ? 1.0 : 0.45 + 0.5 * sky);
  return colour;
}

// Display colour of a solid's surface. `tint`: of the record, linear, 0 for none; `foot` and `height` as above.
vec3 themedSolid(uint tint, bool picked, uint surface, vec3 own, vec3 normal, float sky, float foot, float height, vec3 world) {
  bool roof = normal.z > 0.4;
  vec4 mark = unpackUnorm4x8(tint);
  float styled = min(mark.a * kWholeStyle, 1.0);
  vec3 style = srgbEncoded(mark.rgb);
  if (kTech) return techSolid(style, styled, picked, roof, normal, sky, foot, height, world);
  vec3 other = surface == kSurfaceBuilding ? kPlanUnknown : mix(kPlanPaper, srgbEncoded(own), 0.35);
  return planSolid(picked ? kThemedPicked[1] : mix(other, style, styled), roof, 0.5 + 0.5 * dot(normal, frame.sunDirection.xyz), sky);
}

float lineEvery(float at, float every, float width, float perPixel) {
  float away = abs(fract(at / every) - 0.5) * every;
  return clamp((width * 0.5 + perPixel * 0.5 - away) / perPixel, 0.0, 1.0);
}

// Lines where the storeys are; where those would only flicker every second, fourth ... of them, as bright altogether.
float storeyLines(float up, float perPixel) {
  float level = max(log2(perPixel * (4.0 / kStoreyMetres)), 0.0);
  float every = kStoreyMetres * exp2(floor(level)), width = 0.10 * every;
  float lines = mix(lineEvery(up, every, width, perPixel), lineEvery(up, every * 2.0, width * 2.0, perPixel), fract(level));
  return lines * clamp(2.0 - perPixel / 4.0, 0.0, 1.0);
}

// Land of a use that the map says has a breath of its colour; what stands on it has more.
vec3 planLand(uint kind) {
  vec3 use = kind == kOnResidential ? kPlanResidential : kind == kOnCommercial ? kPlanBusiness : kPlanIndustry;
  return kind >= kOnResidential && kind <= kOnIndustrial ? mix(kPlanPaper, use, 0.30) : kPlanPaper;
}

// `kind`: kindOf (shared/ground_matter.glsl).
vec3 planGround(uint kind, uint surface, vec3 own, vec3 normal, float sky) {
  vec3 town = surface == kSurfaceRoad ? kPlanRoad : surface == kRailSurface ? kPlanRail : planLand(kind);
  vec3 colour = surface == kGreenSurface ? kPlanGreen : surface == kWaterSurface ? kPlanWater : town;
  // What a town's land is shows a little through the paper: sand, fields, rock.
  if (surface == 2u && (kind < kOnResidential || kind > kOnIndustrial)) {
    vec3 clay = srgbEncoded(own);
    colour *= mix(vec3(1.0), clay / max(dot(clay, vec3(0.3333)), 0.05), 0.35);
  }
  float slope = dot(normal, frame.sunDirection.xyz) / frame.sunDirection.z;   // 1 on level ground
  return colour * (normal.z < 0.35 ? 0.72 : clamp(0.72 + 0.28 * slope, 0.55, 1.04)) * (0.80 + 0.20 * sky);
}

// Roads shine the more the more they carry.
vec3 techGround(uint kind, uint surface, vec3 normal, float sky) {
  if (normal.z < 0.35) return kTechQuay;
  vec3 road = kind < kOnMinor ? kTechPath : kind < kOnMajor ? kTechRoad : kind < kOnRunway ? kTechMajor : kTechRoad;
  vec3 town = surface == kSurfaceRoad ? road : surface == kRailSurface ? kTechRail : kTechGround;
  vec3 colour = surface == kGreenSurface ? kTechGreen : surface == kWaterSurface ? kTechWater : town;
  float slope = dot(normal, frame.sunDirection.xyz) / frame.sunDirection.z;
  return colour * clamp(0.35 + 0.65 * slope, 0.3, 1.8) * (0.55 + 0.45 * sky);
}

// A fine net on the dark ground, 250 m and a kilometre: distances can be read off it. `place`: metres, fixed to the city.
float techNet(vec2 place, float perPixel) {
  vec2 fine = abs(fract(place / 250.0 + 0.5) - 0.5) * 250.0, coarse = abs(fract(place / 1000.0 + 0.5) - 0.5) * 1000.0;
  float width = max(perPixel, 0.8);
  float a = clamp(1.2 - min(fine.x, fine.y) / width, 0.0, 1.0) * clamp(1.4 - perPixel / 14.0, 0.0, 1.0);
  float b = clamp(1.2 - min(coarse.x, coarse.y) / width, 0.0, 1.0) * clamp(1.4 - perPixel / 60.0, 0.0, 1.0);
  return max(a * 0.5, b);
}

// Water mirrors the horizon where one looks along it; the net goes on over it. Its outline shines, on paper it is inked in blue.
// `shore`: metres to the nearest one.
vec3 themedWater(vec3 world, float perPixel, float shore) {
  // Coarse tiles far away know too few places to have an outline.
  float seen = clamp(2.0 - length(world) * frame.time.w * frame.viewport.w * 0.5, 0.0, 1.0);
  if (kPlan) return mix(kPlanWater, kPlanShore, 0.75 * seen * exp2(-shore / max(5.0, 1.5 * perPixel)));
  float net = techNet(world.xy - frame.edgeCentre.xy, perPixel);
  float grazing = 1.0 - max(-dot(world / length(world), frame.upAtEye.xyz), 0.0);
  float g2 = grazing * grazing;
  vec3 calm = mix(kTechWater, frame.skyHorizon.rgb * 0.8, 0.75 * g2 * g2 * grazing) + kTechLine * (0.030 * net);
  float line = exp2(-shore / max(1.6, 0.9 * perPixel)), gleam = exp2(-shore / max(9.0, 2.0 * perPixel));
  return mix(calm, kTechLine, seen * (0.62 * line + 0.16 * gleam));
}

#endif
