#version 460
// Buildings and other solids of the clay look.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"
#include "shared/weather.glsl"

layout(location = 0) out vec3 outShaded;
layout(location = 1) out vec3 outSunny;
layout(location = 2) out vec3 outShadowPlace;
layout(location = 3) out vec2 outFacade;      // by night: metres along the wall and up
layout(location = 4) flat out int outWall;    // a number of the wall's own; 0 where no windows are
layout(location = 5) out vec4 outWeather;     // in rain and snow: white paper in shadow and in the sun, clear air, how much it looks up
layout(location = 6) out vec3 outWorld;       // in rain and snow

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  Lit lit = litColours(albedoOf(at), normal, inSky, at.world);
  outShaded = lit.shaded;
  outSunny = lit.sunny;
  outShadowPlace = shadowPlace(at.world, side.sideIndex);
  outWeather = vec4(0.0);
  outWorld = vec3(0.0);
  if (kWet || kSnowy) {
    vec3 ambient = ambientLight(normal, inSky), sunny = ambient + frame.sunColour.rgb * sunLight(normal);
    outWeather = vec4(toneMapped(vec3(ambient.g)).g, toneMapped(vec3(sunny.g)).g, clearAir(length(at.world)), normal.z);
    outWorld = at.world;
  }
  if (kNight) {
    vec3 place = at.world - frame.edgeCentre.xyz;
    bool building = (inFeatureAndSurface >> 24) == kSurfaceBuilding && abs(normal.z) < 0.4;
    vec2 facing = normalize(normal.xy + vec2(1e-6, 0.0));
    outFacade = vec2(dot(place.xy, vec2(-facing.y, facing.x)), place.z);
    // Walls in one plane are one building's, or a row's.
    outWall = building ? 1 + int(floor(dot(place.xy, facing) * 0.25)) * 16 + int(atan(facing.y, facing.x) * 5.09 + 16.0) : 0;
  } else {
    outFacade = vec2(0.0);
    outWall = 0;
  }
}
