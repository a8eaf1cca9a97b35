#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/fade.glsl"
#include "shared/night.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec3 inShaded;
layout(location = 1) in vec3 inSunny;
layout(location = 2) in vec3 inShadowPlace;
layout(location = 3) in vec2 inFacade;
layout(location = 4) flat in int inWall;
layout(location = 5) in vec4 inWeather;
layout(location = 6) in vec3 inWorld;
layout(location = 0) out vec4 outColour;

void main() {
  float sun = sunAt(inShadowPlace, side.sideIndex), shine = 0.0;
  vec3 colour = mix(inShaded, inSunny, sun);
  if (kWet || kSnowy) {
    vec2 place = inWorld.xy + frame.place.xy;
    vec2 across = fwidth(inWorld.xy);
    float perPixel = max(across.x, across.y);
    if (kSnowy) {
      float cover = snowCover(inWeather.w, place, perPixel, 1.0);
      colour *= 1.0 - 0.10 * frame.weather.x * inWeather.z;   // walls are darker than snow
      colour = mix(colour, mix(frame.haze.rgb, kSnowOnPaper * mix(inWeather.x, inWeather.y, sun), inWeather.z), cover);
    } else {
      float level = smoothstep(0.95, 0.99, inWeather.w);
      colour *= 1.0 - frame.weather.x * inWeather.z * (0.08 + 0.14 * level);
      shine = wetShine(inWorld, kWetRoof * level * (0.4 + 0.6 * puddleAt(place, perPixel)));
    }
  }
  if (kNight) {
    vec3 light = windowLight(inFacade, max(fwidth(inFacade), vec2(1e-3)), inWall);
    if (inWall != 0) colour = lightened(colour, light * clearAir(1.0 / gl_FragCoord.w));
  }
  outColour = vec4(colour, 1.0 - shine);
  fadeLevel(side.extra);
}
