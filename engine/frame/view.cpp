#include "frame/view.h"

#include <algorithm>
#include <cmath>

#include "frame/themes.h"

namespace cm::frame {
namespace {

double halton(unsigned index, unsigned base) {
  double result = 0, share = 1;
  for (; index > 0; index /= base) {
    share /= base;
    result += share * (index % base);
  }
  return result;
}

double smooth(double from, double to, double value) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

}  // namespace

glm::vec2 sampleOffset(unsigned sample) {
  if (sample == 0) return glm::vec2(0);
  return {float(halton(sample, 2) - 0.5), float(halton(sample, 3) - 0.5)};
}

glm::vec2 sampleDisc(unsigned sample, unsigned count) {
  const double radius = std::sqrt((sample + 0.5) / count), angle = 2.39996322972865332 * sample;
  return {float(radius * std::cos(angle)), float(radius * std::sin(angle))};
}

View makeView(const Scene& scene, const geo::EnuFrame& axes, VkExtent2D extent, double seaHeightMetres) {
  View view;
  view.axes = axes;
  view.extent = extent;
  view.part = {{0, 0}, extent};
  view.fovYRadians = scene.eye.fovYRadians;
  view.eyeEnu = axes.toEnu(scene.eye.position);
  const glm::dmat3 rotation(axes.enuFromEcef);
  view.forward = glm::normalize(rotation * scene.eye.direction);
  view.right = glm::normalize(glm::cross(view.forward, rotation * scene.eye.up));
  view.up = glm::cross(view.right, view.forward);
  const geo::Geodetic place = geo::geodeticFromEcef(scene.eye.position);
  view.upAtEye = glm::vec3(rotation * geo::upAt(place));
  if (scene.look != city::Look::Plain && !themed(scene.look))
    view.night = float(1 - smooth(-0.09, 0.10, glm::dot(scene.sunDirectionEcef, geo::upAt(place))));
  view.seaBelowMetres = place.heightMetres - seaHeightMetres;
  view.clipFromWorldCentred = clipWithOffset(view, glm::vec2(0));
  view.clipFromWorld = view.clipFromWorldCentred;
  return view;
}

glm::mat4 clipWithOffset(const View& view, glm::vec2 offsetPixels) {
  const double aspect = double(view.extent.width) / std::max(1u, view.extent.height);
  const double focal = 1.0 / std::tan(view.fovYRadians / 2);
  const glm::dvec2 offset = glm::dvec2(offsetPixels) * 2.0 / glm::dvec2(view.extent.width, view.extent.height);
  // Rows: x right, y down, z constant (near / w after the division, 0 at infinity), w along the view direction.
  const glm::dvec3 x = view.right * (focal / aspect) + view.forward * offset.x;
  const glm::dvec3 y = view.up * -focal + view.forward * offset.y;
  const glm::dvec3 w = view.forward;
  return glm::mat4(glm::vec4(x.x, y.x, 0, w.x), glm::vec4(x.y, y.y, 0, w.y), glm::vec4(x.z, y.z, 0, w.z),
                   glm::vec4(0, 0, kNearMetres, 0));
}

namespace {

// Share of windows lit by hour of the day: people come home, then go to sleep. Between the hours linearly.
double litWindows(double hour) {
  constexpr double kShare[25] = {0.24, 0.15, 0.10, 0.08, 0.08, 0.12, 0.26, 0.32, 0.24, 0.20, 0.20, 0.20, 0.20,
                                 0.20, 0.20, 0.22, 0.26, 0.36, 0.50, 0.56, 0.56, 0.52, 0.44, 0.34, 0.24};
  const double at = std::clamp(hour, 0.0, 24.0);
  const auto before = static_cast<size_t>(std::min(at, 23.0));
  return std::lerp(kShare[before], kShare[before + 1], at - double(before));
}

}  // namespace

void setLight(shared::FrameUniforms& u, const View& view, const glm::dvec3& sunWorld, double hour) {
  const double height = glm::dot(sunWorld, glm::dvec3(view.upAtEye));  // sine of the sun's elevation
  const double day = smooth(-0.08, 0.18, height);
  const double high = smooth(0.05, 0.55, height);
  const double dusk = std::exp(-(height + 0.01) * (height + 0.01) / (2 * 0.055 * 0.055));  // the sun at the horizon
  const auto mixed = [](glm::dvec3 a, glm::dvec3 b, double t) { return glm::mix(a, b, t); };
  const glm::dvec3 sun = mixed({1.00, 0.60, 0.34}, {1.00, 0.93, 0.82}, high) * 2.75 * smooth(-0.03, 0.14, height);
  const glm::dvec3 sky = mixed({0.10, 0.13, 0.22}, mixed({0.40, 0.44, 0.58}, {0.50, 0.60, 0.76}, high), day) * 0.62;
  const glm::dvec3 bounce = mixed({0.04, 0.05, 0.08}, {0.46, 0.42, 0.37}, day) * 0.52;
  const glm::dvec3 zenith = mixed({0.045, 0.065, 0.15}, mixed({0.40, 0.52, 0.72}, {0.36, 0.575, 0.80}, high), day) +
                            glm::dvec3(-0.02, -0.03, 0.07) * dusk;
  // At night the city's own lights stand in the haze.
  const glm::dvec3 horizon = mixed({0.17, 0.175, 0.25}, mixed({0.80, 0.75, 0.72}, {0.80, 0.875, 0.92}, high), day) +
                             glm::dvec3(0.26, 0.12, 0.05) * dusk;
  const glm::dvec3 glow = glm::dvec3(0.34, 0.10, -0.02) * dusk +
                          mixed({0.20, 0.18, 0.25}, mixed({1.00, 0.76, 0.52}, {0.985, 0.955, 0.885}, high), day);
  u.sunColour = glm::vec4(glm::vec3(sun), 1);
  u.skyAmbient = glm::vec4(glm::vec3(sky), 1);
  u.groundAmbient = glm::vec4(glm::vec3(bounce), 1);
  u.skyZenith = glm::vec4(glm::vec3(zenith), 1);
  u.skyHorizon = glm::vec4(glm::vec3(horizon), 1);
  u.skySunGlow = glm::vec4(glm::vec3(glow), 0.85f);
  u.night = {view.night, float(litWindows(hour)), 0, 0};
  // Haze thins out with the eye's height, so that the city stays readable from above: half at 16 km from street level.
  const double above = std::max(0.0, view.seaBelowMetres);
  u.haze = glm::vec4(glm::vec3(horizon), float(1.0 / (11000.0 + above * 9.0)));
}

shared::FrameUniforms uniformsOf(const View& view, const Scene& scene, const glm::dvec3& sunWorld) {
  shared::FrameUniforms u{};
  u.clipFromWorld = view.clipFromWorld;
  u.sunDirection = glm::vec4(glm::vec3(sunWorld), 0);
  setLight(u, view, sunWorld, scene.hourOfDay);
  if (themed(scene.look)) setThemedLight(u, view, scene.look);
  u.upAtEye = glm::vec4(view.upAtEye, float(view.seaBelowMetres));
  const auto width = float(view.extent.width), height = float(view.extent.height);
  u.viewport = {width, height, 1 / width, 1 / height};
  const auto tangent = float(std::tan(view.fovYRadians / 2));
  u.time = {float(std::fmod(scene.nowSeconds, 3600.0)), scene.still ? 1 : 0, lookNumber(scene.look), tangent};
  u.plain = {scene.plainAmbient, scene.plainDiffuse, 0, 0};
  u.part = {float(view.part.offset.x), float(view.part.offset.y), 0, 0};
  u.right = glm::vec4(glm::vec3(view.right), tangent * width / height);
  u.up = glm::vec4(glm::vec3(view.up), 0);
  u.forward = glm::vec4(glm::vec3(view.forward), 0);
  u.accent = {0.010f, 0.330f, 0.350f, 1};
  return u;
}

}  // namespace cm::frame
