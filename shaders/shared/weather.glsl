// What rain and snow do to surfaces, and the clouds they come from. Pipelines of clear weather and of fog have nothing of it.
#ifndef CITYMIRROR_SHARED_WEATHER_GLSL
#define CITYMIRROR_SHARED_WEATHER_GLSL
#include "shared/noise.glsl"

layout(constant_id = 6) const uint kWeather = 0u;   // in the order of city::Weather

const bool kCloudy = kWeather == 1u || kWeather == 3u || kWeather == 4u;
const bool kWet = kWeather == 3u, kSnowy = kWeather == 4u;

const vec3 kSnow = vec3(0.86, 0.885, 0.93);        // linear
const vec3 kSnowOnPaper = vec3(0.950, 0.965, 0.985);   // display colour against that of white paper in the same light
const float kSnowOnPlans = 0.5;                // share that it takes of what is laid on the ground: still to be read
const float kWetRoof = 0.35;                   // of what level ground shines

// Share of a surface that is white: what looks up, a little uneven. `most`: where it is cleared or melts, below 1.
float snowCover(float up, vec2 place, float perPixel, float most) {
  float uneven = 0.55 * noiseAt(place, 64.0) + 0.45 * mix(0.5, noiseAt(place, 4.0), seen(perPixel, 4.0)) - 0.5;
  float lies = smoothstep(0.50, 0.78, up + 0.20 * uneven);
  return frame.weather.x * lies * clamp(most + (most < 0.99 ? 1.1 : 0.25) * uneven, 0.0, 1.0);
}

// Puddles on what is paved: 0 damp .. 1 standing water.
float puddleAt(vec2 place, float perPixel) {
  float low = 0.6 * noiseAt(place, 16.0) + 0.4 * mix(0.5, noiseAt(place, 4.0), seen(perPixel, 4.0));
  return smoothstep(0.50, 0.64, low);
}

// How much a wet surface mirrors: Schlick's Fresnel, flattened, for films of water are rough. `smoothness`: 0..1.
float wetShine(vec3 world, float smoothness) {
  float grazing = 1.0 - clamp(-dot(normalize(world), frame.upAtEye.xyz), 0.0, 1.0);
  return frame.weather.x * smoothness * (0.07 + 0.80 * grazing * grazing * sqrt(grazing));
}

// Street lamps mirrored in a wet street at night: where the ray that goes up again passes a lamp, drawn long by the water's roughness.
vec3 lampsMirrored(vec3 world, float road, float shine) {
  vec2 place = world.xy - frame.edgeCentre.xy, way = world.xy / max(-dot(world, frame.upAtEye.xyz), 1.0);
  vec2 at = (fract((place + way * 7.0) * (1.0 / 32.0)) - 0.5) * 32.0;
  float far = dot(at, normalize(way + vec2(1e-4, 0.0))), beside = dot(at, at) - far * far;
  float seen = exp(-far * far * (1.0 / 90.0) - beside * (1.0 / 2.2));
  float near = 1.0 - smoothstep(250.0, 900.0, length(world));
  return kLampLight * (road * near * seen * min(shine * 3.2, 1.0) * frame.night.x);
}

// Slope of the rings that drops draw on water: one cell of a metre each, at its own moment.
vec2 rainRings(vec2 place, float seconds) {
  vec2 at = place;
  vec3 chance = random(ivec3(ivec2(floor(at)) & 8191, 21));
  float age = fract(seconds * 0.9 + chance.z);
  vec2 away = fract(at) - 0.3 - 0.4 * chance.xy;
  float apart = length(away), ring = (apart - 0.30 * age) * 26.0;
  return away / max(apart, 1e-3) * (exp(-ring * ring) * (1.0 - age) * ring);
}

// Clouds as grey on grey: what the dome's colour is multiplied by.
float clouds(vec3 direction) {
  float height = max(dot(direction, frame.upAtEye.xyz), 0.0);
  vec2 at = direction.xy / (height + 0.10) * 900.0 + frame.place.xy;
  float low = 0.50 * noiseAt(at, 1024.0) + 0.30 * noiseAt(at, 512.0) + 0.15 * noiseAt(at, 256.0) + 0.08 * noiseAt(at, 128.0);
  return 1.0 + frame.weather.w * (low - 0.5) * 0.42 * smoothstep(0.0, 0.20, height);
}

#endif
