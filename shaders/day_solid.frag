#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/facade.glsl"
#include "shared/fade.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inSkyLight;
layout(location = 1) in vec3 inSunLight;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in vec2 inFacade;
layout(location = 4) flat in int inWall;
layout(location = 5) in vec3 inWorld;
layout(location = 6) in vec3 inNormal;
layout(location = 7) flat in vec3 inClay;
layout(location = 8) flat in uint inMatter;
layout(location = 0) out vec4 outColour;

vec3 dayColour(float sun) {
  vec2 perPixel = max(fwidth(inFacade), vec2(1e-4));
  vec3 light = inSkyLight + inSunLight * sun;
  if (inWall <= 0) {
    vec3 albedo = inWall == 0 ? inClay : roofAlbedo(inMatter, inClay, inNormal, inFacade, max(perPixel.x, perPixel.y));
    if (kWet) albedo *= 1.0 - 0.38 * frame.weather.x;
    if (kSnowy) {
      vec2 across = fwidth(inWorld.xy);
      albedo = mix(albedo, kSnow, snowCover(inNormal.z, inWorld.xy + frame.place.xy, max(across.x, across.y), 1.0));
    }
    return hazed(toneMapped(albedo * light), inWorld);
  }
  Facade facade = facadeOf(inMatter, inClay);
  Wall wall = wallAt(facade, inFacade, perPixel, inWall);
  vec3 direction = normalize(inWorld);
  float facing = clamp(-dot(direction, inNormal), 0.0, 1.0), grazing = 1.0 - facing;
  float fresnel = facade.ways.w * (0.35 + 0.65 * grazing * grazing * grazing);
  vec3 mirrored = reflect(direction, inNormal);
  vec3 sky = mirrored.z > 0.0 ? skyColour(mirrored) : mix(skyColour(vec3(mirrored.xy, 0.0)), vec3(0.39, 0.40, 0.39) * frame.skyHorizon.g, clamp(mirrored.z * -6.0, 0.0, 1.0));
  vec3 colour = toneMapped(wall.albedo * light * wall.shade);
  vec3 glass = mix(toneMapped(wall.inside * light), sky * (0.62 + 0.38 * sun), fresnel);
  colour = hazed(mix(colour, glass, wall.glass), inWorld);
  if (kNight) colour = lightened(colour, windowsLit(facade, wall, inMatter) * clearAir(length(inWorld)));
  return colour;
}

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex);
  float shine = 0.0;
  if (kWet) shine = wetShine(inWorld, kWetRoof * smoothstep(0.95, 0.99, inNormal.z) * (0.4 + 0.6 * puddleAt(inWorld.xy + frame.place.xy, fwidth(inWorld.x))));
  outColour = vec4(dayColour(sun), 1.0 - shine);
  fadeLevel(side.extra);
}
