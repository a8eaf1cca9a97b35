#include "frame/light.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cm::frame {
namespace {

using glm::dvec3;

double smooth(double from, double to, double value) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

double luminance(const dvec3& c) { return glm::dot(c, dvec3(0.2126, 0.7152, 0.0722)); }
dvec3 saturated(const dvec3& c, double by) { return glm::max(glm::mix(dvec3(luminance(c)), c, by), dvec3(0)); }

// shaders/shared/colour.glsl
dvec3 toneMapped(const dvec3& linear) {
  const dvec3 x = glm::max(linear - 0.004, dvec3(0));
  return (x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06);
}

// The eye's white under a high sun: what is left of the air's yellow.
const dvec3 kBalance(0.94, 1.0, 1.13);
// Irradiance to light in the shaders (which leave out pi): a high sun is 2.75 there, as the clay is made for.
constexpr double kGain = 3.45;
constexpr double kSkyGain = 1.75;     // skies are exposed longer than the ground, as in every good photograph of a city
constexpr double kAdaptation = 0.70;  // share of a change of light, in stops, that the eye takes back
constexpr double kDust = 2.0;
// Light of a city's night in the sky and on the ground: lamps in the haze.
const dvec3 kNightZenith(0.0085, 0.0125, 0.030), kNightHorizon(0.034, 0.033, 0.046);
const dvec3 kNightSky(0.058, 0.078, 0.132), kNightBounce(0.026, 0.026, 0.034);
const dvec3 kMoonlight(0.17, 0.20, 0.29);

//! What a look makes of the light (a colour grade): strength of the light, saturation of the sky and of the ambient light.
struct Grade {
  double light = 1, skySaturation = 1, ambientSaturation = 1, haze = 1;
};
Grade gradeOf(city::Look look) {
  switch (look) {
    case city::Look::Day: return {1.04, 1.10, 1.0, 1};
    case city::Look::Plan: return {1.0, 0.55, 0.35, 0.45};   // the colours are the plan's: the light keeps out of them
    case city::Look::Tech: return {1.0, 1.0, 1.0, 1};
    default: return {1.0, 0.96, 0.72, 1};
  }
}

// Share of windows lit by hour of the day: people come home, then go to sleep. Between the hours linearly.
double litWindows(double hour) {
  constexpr double kShare[25] = {0.24, 0.15, 0.10, 0.08, 0.08, 0.12, 0.26, 0.32, 0.24, 0.20, 0.20, 0.20, 0.20,
                                 0.20, 0.20, 0.22, 0.26, 0.36, 0.50, 0.56, 0.56, 0.52, 0.44, 0.34, 0.24};
  const double at = std::clamp(hour, 0.0, 24.0);
  const auto before = static_cast<size_t>(std::min(at, 23.0));
  return std::lerp(kShare[before], kShare[before + 1], at - double(before));
}

}  // namespace

double nightOf(double sunSine) { return 1 - smooth(-0.09, 0.07, sunSine); }

bool Light::Made::operator==(const Made& other) const {
  return sunSine == other.sunSine && exposure == other.exposure && weather == other.weather && look == other.look &&
         moon.directionEcef == other.moon.directionEcef && moon.illuminated == other.moon.illuminated;
}

void Light::set(const Scene& scene, double exposure) {
  const dvec3 up = geo::upAt(geo::geodeticFromEcef(scene.eye.position));
  sunEcef_ = scene.sunDirectionEcef;
  moonEcef_ = scene.moon.directionEcef;
  moonLit_ = scene.moon.illuminated;
  moonRadius_ = scene.moon.radiusRadians;
  hour_ = scene.hourOfDay;
  // To a ten-thousandth, a fiftieth of the sun's width: a pan over the city does not count as another time of day.
  Made wanted{std::round(glm::dot(sunEcef_, up) * 1e4) / 1e4, exposure, scene.weather, scene.look, scene.moon};
  const double moonSine = glm::dot(moonEcef_, up);
  // Four degrees below the horizon nothing of the sun itself is left; then the moon takes over, from nothing.
  const double moonShare = smooth(-0.07, -0.14, wanted.sunSine) * smooth(0.02, 0.2, moonSine) * std::pow(moonLit_, 1.3);
  keyEcef_ = wanted.sunSine < -0.07 && moonSine > 0.02 ? moonEcef_ : sunEcef_;
  if (!(made_ == wanted)) makeSky(made_ = wanted);
  if (wanted.sunSine < -0.07) keyColour_ = kMoonlight * (moonShare * (1 - 0.9 * double(scene.weather.overcast)));
}

void Light::makeSky(const Made& made) {
  const double sine = made.sunSine, overcast = made.weather.overcast, fog = made.weather.fog;
  const Grade grade = gradeOf(made.look);
  if (airSine_ != sine || airDust_ != kDust) air_ = airLight(airSine_ = sine, airDust_ = kDust);
  night_ = made.look == city::Look::Plain ? 0.0f : float(nightOf(sine));
  dvec3 sun = air_.sun * kBalance, sky = air_.sky * kBalance;
  // Cloud lets a third of the light through, evenly.
  const double level = luminance(sun) * std::max(sine, 0.0) + luminance(sky);
  sky = glm::mix(sky, dvec3(0.97, 1.0, 1.04) * (level * 0.36 + 1e-9), overcast);
  sun *= 1 - 0.97 * overcast;
  const double lit = luminance(sun) + 4 * luminance(sky) + 1e-7;
  const double gain = kGain * std::pow(lit, -kAdaptation) * made.exposure * grade.light * (1 - 0.12 * overcast);
  const double dark = nightOf(sine), lamps = dark * made.exposure * (1 + 0.4 * overcast);
  keyColour_ = sun * gain;
  skyAmbient_ = saturated(sky * (gain * kSkyGain), grade.ambientSaturation) + kNightSky * lamps;
  // Light from below: what the ground gives back of sun and sky.
  const dvec3 ground = (sun * std::max(sine, 0.0) + sky) * dvec3(0.92, 0.86, 0.78);
  groundAmbient_ = saturated(ground * (gain * 0.17) + skyAmbient_ * 0.22, grade.ambientSaturation) + kNightBounce * lamps;
  softness_ = 1 + 7 * overcast;
  fogHeight_ = std::lerp(75.0, 130.0, fog);
  // A low sun stands in the evening's and the morning's mist.
  const double mist = 1 + 1.2 * std::exp(-sine * sine / 0.02);
  fogAtSea_ = std::lerp(mist / 9000 * grade.haze, 1.0 / 420, fog * fog * (3 - 2 * fog));
  baseHaze_ = std::lerp(grade.haze, 7.0, fog) * std::lerp(1.0, 1.5, overcast);
  makeDome(air_, made, gain * std::numbers::pi * kSkyGain);
}

void Light::makeDome(const AirLight& air, const Made& made, double perRadiance) {
  const double overcast = made.weather.overcast, fog = made.weather.fog;
  const Grade grade = gradeOf(made.look);
  const double lamps = nightOf(made.sunSine) * made.exposure * (1 + 0.5 * overcast);
  const dvec3 grey = dvec3(0.97, 1.0, 1.04) * ((luminance(air.sun * kBalance) * std::max(made.sunSine, 0.0) + luminance(air.sky * kBalance)) *
                                               0.36 / std::numbers::pi);
  const auto linear = [&](int row, int column) {
    const double up = skyRowSine(row);
    dvec3 radiance = air.radiance[size_t(row)][size_t(column)] * kBalance;
    // CIE 110-1994, standard overcast sky: a zenith three times as bright as the horizon; less so here, for the city's own haze.
    radiance = glm::mix(radiance, grey * (0.8 + 0.45 * up), overcast);
    radiance = saturated(radiance * perRadiance, grade.skySaturation);
    return radiance + glm::mix(kNightHorizon, kNightZenith, up / (up + 0.12)) * lamps;
  };
  // The horizon as a parabola over the cosine of the azimuth from the sun: exact at 0, 90 and 180 degrees.
  const auto horizonAt = [&](int column) { return toneMapped((linear(1, column) + linear(3, column)) * 0.5); };
  const dvec3 to = horizonAt(0), beside = horizonAt(kSkyColumns / 2), from = horizonAt(kSkyColumns - 1);
  horizon_ = beside;
  horizonAlong_ = (to - from) * 0.5;
  horizonAcross_ = (to + from) * 0.5 - beside;
  zenith_ = toneMapped(linear(kSkyRows - 1, 0));
  // skyColour in the shaders goes from horizon to zenith as h / (h + lift): as the sky itself does at 15 degrees.
  int middle = 0;
  while (skyRowSine(middle) < 0.26) ++middle;
  const dvec3 way = zenith_ - horizon_, there = toneMapped(linear(middle, kSkyColumns / 2)) - horizon_;
  const double t = std::clamp(glm::dot(there, way) / std::max(glm::dot(way, way), 1e-6), 0.2, 0.9);
  lift_ = skyRowSine(middle) * (1 - t) / t;

  constexpr int kAround = 2 * (kSkyColumns - 1);
  dome_.clear();
  for (int row = -1; row < kSkyRows; ++row)
    for (int column = 0; column <= kAround; ++column) {
      const int mirrored = column <= kAround / 2 ? column : kAround - column;
      const double up = row < 0 ? -1.0 : skyRowSine(row), flat = std::sqrt(std::max(0.0, 1 - up * up));
      const double turn = 2 * std::numbers::pi * column / kAround, cosine = std::cos(turn);
      const dvec3 low = horizon_ + cosine * (horizonAlong_ + cosine * horizonAcross_);
      dvec3 colour = row < 0 ? low : toneMapped(linear(row, mirrored));
      // What the haze hides the city in is what the sky begins with.
      const double hazy = 1 - smooth(0.004, std::lerp(0.05, 0.6, fog), up);
      colour = glm::mix(colour, low, row < 0 ? 1.0 : std::max(hazy, 0.85 * fog * (1 - 0.5 * up)));
      dome_.push_back({glm::vec3(flat * cosine, flat * std::sin(turn), up), glm::vec3(colour)});
    }
}

std::vector<uint32_t> Light::domeIndices() {
  constexpr uint32_t kAcross = 2 * (kSkyColumns - 1) + 1;
  std::vector<uint32_t> indices;
  for (uint32_t row = 0; row < kSkyRows; ++row)
    for (uint32_t column = 0; column + 1 < kAcross; ++column) {
      const uint32_t a = row * kAcross + column, b = a + kAcross;
      indices.insert(indices.end(), {a, a + 1, b, b, a + 1, b + 1});
    }
  return indices;
}

void Light::fill(shared::FrameUniforms& u, const View& view) const {
  const glm::dmat3 axes(view.axes.enuFromEcef);
  const dvec3 up(view.upAtEye), key = glm::normalize(axes * keyEcef_), sun = glm::normalize(axes * sunEcef_),
                                moon = glm::normalize(axes * moonEcef_);
  dvec3 flat = sun - up * glm::dot(sun, up);
  flat = glm::length(flat) > 1e-6 ? glm::normalize(flat) : dvec3(0, 1, 0);
  u.sunDirection = glm::vec4(glm::vec3(key), u.sunDirection.w);
  u.sunColour = glm::vec4(glm::vec3(keyColour_), 1);
  u.skyAmbient = glm::vec4(glm::vec3(skyAmbient_), 1);
  u.groundAmbient = glm::vec4(glm::vec3(groundAmbient_), 1);
  u.skyZenith = glm::vec4(glm::vec3(zenith_), float(lift_));
  u.skyHorizon = glm::vec4(glm::vec3(horizon_), 1);
  u.skySunGlow = glm::vec4(glm::vec3(horizon_ + horizonAlong_ + horizonAcross_), 1);
  u.horizonAlong = glm::vec4(glm::vec3(horizonAlong_), 0);
  u.horizonAcross = glm::vec4(glm::vec3(horizonAcross_), 0);
  u.sunFlat = glm::vec4(glm::vec3(flat), 0);
  u.sunTrue = glm::vec4(glm::vec3(sun), 0.00465f);
  u.moon = glm::vec4(glm::vec3(moon), float(moonRadius_));
  u.night = {night_, float(litWindows(hour_)), float(moonLit_), 0};
  const WeatherShares& weather = made_.weather;
  u.weather = {weather.wet, weather.white, weather.rain, weather.snow};
  // By night one side of the sky is a little brighter, or nothing would tell a wall from its neighbour.
  u.nightSide = glm::vec4(glm::normalize(glm::vec3(-0.55f, -0.62f, 0.56f)), 0.38f * night_);
  // Haze thins out with the eye's height, so that the city stays readable from above: half at 16 km from street level.
  const double above = std::max(0.0, view.seaBelowMetres);
  u.haze = glm::vec4(glm::vec3(horizon_), float(baseHaze_ / (14000.0 + above * 9.0)));
  u.fog = {float(fogAtSea_), float(1 / fogHeight_), float(std::exp2(-above / fogHeight_)), 0};
}

}  // namespace cm::frame
