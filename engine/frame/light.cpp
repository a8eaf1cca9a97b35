#include "frame/light.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "frame/themes.h"

namespace cm::frame {
namespace {

using glm::dvec3;

double smooth(double from, double to, double value) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

double luminance(const dvec3& c) { return glm::dot(c, dvec3(0.2126, 0.7152, 0.0722)); }
//! Light of more than a white's worth gives way: around the sun colours stay instead of burning out.
dvec3 shouldered(const dvec3& c) {
  const double over = luminance(c) - 1;
  return over <= 0 ? c : c * ((1 + over / (1 + 0.85 * over)) / (1 + over));
}
dvec3 saturated(const dvec3& c, double by) { return glm::max(glm::mix(dvec3(luminance(c)), c, by), dvec3(0)); }

// shaders/shared/colour.glsl, and back.
dvec3 toneMapped(const dvec3& linear) {
  const dvec3 x = glm::max(linear - 0.004, dvec3(0));
  return (x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06);
}
dvec3 linearOf(const dvec3& display) {
  const dvec3 a = 6.2 * (dvec3(1) - display), b = dvec3(0.5) - 1.7 * display;
  return (glm::sqrt(b * b + 0.24 * display * a) - b) / (2.0 * a) + 0.004;
}

// The light that the clay's paints were chosen under: a bright afternoon, the sun at 35 degrees. The air's light is balanced, as
// a camera's white is, to give just this for that sun; every other hour follows from the air.
constexpr double kBalancedSine = 0.575;
const dvec3 kSun(2.75, 2.5575, 2.255), kSky(0.310, 0.372, 0.471), kBounce(0.239, 0.218, 0.192);  // linear
const dvec3 kZenith(0.36, 0.575, 0.80), kHorizon(0.80, 0.875, 0.92);                             // display colours
constexpr double kAdaptation = 0.55;  // share of a change of light, in stops, that the eye takes back
constexpr double kDarkest =
    0.0015;  // what the eye opens for at most, against the balanced light: lamps are always in sight
// After sunset it opens further: what is left of the day is worth seeing. It takes the lamps' white for white, and the sky for bluer.
constexpr double kEveningGain = 0.6;
const dvec3 kEvening(0.72, 0.98, 1.22);
constexpr double kAfterglow = 1.8;    // of the horizon where the sun went down, on what faces it
constexpr double kHazeMetres = 9000;  // of clear air, at the sea
constexpr double kHazeOfHeight = 4;   // and so many more for a metre above it
constexpr double kDust = 2.0;         // a city's haze
// Light of a city's night in the sky and on the ground: lamps in the haze. Linear.
const dvec3 kNightZenith(0.0095, 0.0155, 0.041), kNightHorizon(0.034, 0.037, 0.060);
const dvec3 kNightSky(0.058, 0.078, 0.132), kNightBounce(0.026, 0.026, 0.034), kMoonlight(0.17, 0.20, 0.29);
constexpr double kSunRadius = 0.00465, kMoonSeems = 1.6;  // radians; the moon seems larger than it is

// Between the sun's light and the moon's neither throws shadows: sines of the sun's elevation and of the moon's.
constexpr double kSunGone = -0.07, kMoonUp = 0.02;

//! What a look makes of the light (a colour grade): how much of an hour's own tint it keeps, in the sky and in the shade; strength of
//! the lamps' light by night, for its paints are darker than the clay's.
struct Grade {
  double sky = 1, shade = 1, night = 1;
};
Grade gradeOf(city::Look look) {
  switch (look) {
    case city::Look::Day: return {0.97, 0.60, 1.5};
    case city::Look::Plan: return {0.50, 0.25, 1.0};  // the colours are the plan's: the light keeps out of them
    default: return {0.92, 0.45, 1.0};
  }
}

//! What a weather makes of the balanced light: how much of the clear sky it takes; for that linear light from above and below, the
//! sun's share that still comes straight, display colours of the sky; and how far one sees: half of what is so many metres away
//! shows, and so many more a metre above.
struct Covered {
  double share;
  dvec3 sky, bounce;
  double sun;
  dvec3 zenith, horizon;
  double hazeMetres, hazeOfHeight;
};
const Covered kOvercast{
    0.88, {1.00, 1.07, 1.17}, {0.34, 0.33, 0.32}, 0.12, {0.56, 0.625, 0.69}, {0.81, 0.84, 0.865}, 8000, 4};
const Covered kFog{0.50, {1.00, 1.02, 1.04}, {0.52, 0.50, 0.48}, 0.50, {0.70, 0.755, 0.81}, {0.85, 0.86, 0.865}, 7500,
                   4};
const Covered kRain{0.92, {0.84, 0.91, 1.00}, {0.28, 0.28, 0.28}, 0.03, {0.42, 0.48, 0.54}, {0.62, 0.665, 0.70}, 5500,
                    4};
const Covered kSnow{0.90, {0.97, 1.02, 1.09}, {0.44, 0.45, 0.47}, 0.05, {0.62, 0.67, 0.72}, {0.78, 0.805, 0.83}, 5000,
                    4};

template <class Visit>
void forEachWeather(const WeatherShares& shares, const Visit& visit) {
  if (shares.overcast > 0) visit(kOvercast, double(shares.overcast));
  if (shares.fog > 0) visit(kFog, double(shares.fog));
  if (shares.rain > 0) visit(kRain, double(shares.rain));
  if (shares.snow > 0) visit(kSnow, double(shares.snow));
}
//! Where all is grey the eye opens further as the light goes, and the light's tint is what is left of the clear sky's.
dvec3 underClouds(const dvec3& light, double tint) {
  const double level = luminance(light);
  return saturated(light, tint) * std::pow(std::max(level, 1e-6), -0.34);
}
//! How much of the clear sky is gone.
double coveredOf(const WeatherShares& shares) {
  double covered = 0;
  forEachWeather(shares, [&](const Covered& c, double share) { covered += c.share * share; });
  return covered;
}
//! How much of sun, moon and stars is seen through it; the fog itself dims them further.
double seenOf(const WeatherShares& shares) { return (1 - shares.cloud()) * (1 - 0.2 * shares.fog); }

// Share of windows lit by hour of the day: people come home, then go to sleep. Between the hours linearly.
double litWindows(double hour) {
  constexpr double kShare[25] = {0.24, 0.15, 0.10, 0.08, 0.08, 0.12, 0.26, 0.32, 0.24, 0.20, 0.20, 0.20, 0.20,
                                 0.20, 0.20, 0.22, 0.26, 0.36, 0.50, 0.56, 0.56, 0.52, 0.44, 0.34, 0.24};
  const double at = std::clamp(hour, 0.0, 24.0);
  const auto before = static_cast<size_t>(std::min(at, 23.0));
  return std::lerp(kShare[before], kShare[before + 1], at - double(before));
}

double brightness(const AirLight& air) { return luminance(air.sun) + 4 * luminance(air.sky); }

double eveningOf(double sunSine) { return 1 - smooth(-0.05, 0.16, sunSine); }
//! How much of the light comes from where the sun has gone down: 1 for a while after sunset, 0 by day and by night.
double afterglowOf(double sunSine) { return smooth(-0.24, -0.04, sunSine) * (1 - smooth(-0.02, 0.08, sunSine)); }

//! The air's light under the balanced sun, inverted, by channel; that of the sky's radiance by row.
struct Balance {
  double brightness = 1;
  dvec3 sun{1}, sky{1}, bounce{1};
  std::array<std::array<dvec3, kSkyColumns>, kSkyRows> radiance;  // even from beside the sun to opposite it
  std::array<dvec3, kSkyRows> display;  // linear light that is shown there for the balanced sun
};
dvec3 groundLight(const AirLight& air, double sunSine) { return air.sun * std::max(sunSine, 0.0) + air.sky; }
const Balance& balance() {
  static const Balance made = [] {
    const AirLight air = airLight(kBalancedSine, kDust);
    Balance b;
    b.brightness = brightness(air);
    b.sun = dvec3(1) / air.sun;
    b.sky = dvec3(1) / air.sky;
    b.bounce = dvec3(1) / groundLight(air, kBalancedSine);
    for (int row = 0; row < kSkyRows; ++row) {
      const double up = skyRowSine(row);
      b.display[size_t(row)] = linearOf(glm::mix(kHorizon, kZenith, up / (up + 0.18)));
      for (int column = 0; column < kSkyColumns; ++column)
        b.radiance[size_t(row)][size_t(column)] =
            dvec3(1) / air.radiance[size_t(row)][size_t(std::max(column, kSkyBeside))];
    }
    return b;
  }();
  return made;
}

}  // namespace

double nightOf(double sunSine, const WeatherShares& weather) {
  return 1 - smooth(-0.09, 0.07, sunSine - 0.045 * weather.cloud() - 0.03 * weather.rain);
}
double nightOf(const Scene& scene) {
  return nightOf(glm::dot(scene.sunDirectionEcef, geo::upAt(geo::geodeticFromEcef(scene.eye.position))), scene.weather);
}

glm::dvec3 keyLight(const Scene& scene) {
  if (scene.look == city::Look::Plain) return scene.sunDirectionEcef;
  const dvec3 up = geo::upAt(geo::geodeticFromEcef(scene.eye.position));
  const bool moon = glm::dot(scene.sunDirectionEcef, up) < kSunGone && glm::dot(scene.moon.directionEcef, up) > kMoonUp;
  return moon ? scene.moon.directionEcef : scene.sunDirectionEcef;
}

Light::Light() : warming_(std::async(std::launch::async, [] { balance(); })) {}

void Light::set(const Scene& scene) {
  keyEcef_ = keyLight(scene);
  sunEcef_ = scene.sunDirectionEcef;
  if (scene.look == city::Look::Plain || themed(scene.look)) {  // they have no sky of the hour
    dome_.clear();
    look_ = scene.look;
    return;
  }
  const dvec3 up = geo::upAt(geo::geodeticFromEcef(scene.eye.position));
  moonEcef_ = scene.moon.directionEcef;
  moonRadius_ = scene.moon.radiusRadians;
  hour_ = scene.hourOfDay;
  // To a ten-thousandth, a fiftieth of the sun's width: a pan over the city does not count as another time of day.
  const double sunSine = std::round(glm::dot(sunEcef_, up) * 1e4) / 1e4, moonSine = glm::dot(moonEcef_, up);
  if (sunSine_ != sunSine || look_ != scene.look || weather_ != scene.weather) {
    weather_ = scene.weather;
    makeSky(look_ = scene.look, sunSine_ = sunSine);
  }
  // Four degrees below the horizon nothing of the sun itself is left; then the moon takes over, from nothing.
  const double phase = std::pow(scene.moon.illuminated, 1.3);
  const double moonlight = smooth(kSunGone, 2 * kSunGone, sunSine) * smooth(kMoonUp, 0.2, moonSine) * phase;
  keyColour_ = sunSine < kSunGone ? kMoonlight * (moonlight * seenOf(weather_)) : sunColour_;
  moonShown_ = smooth(-0.01, 0.03, moonSine) * std::lerp(0.45, 1.0, double(night_)) * seenOf(weather_);
}

void Light::makeSky(city::Look look, double sunSine) {
  const Balance& b = balance();
  const Grade grade = gradeOf(look);
  if (airSine_ != sunSine) air_ = airLight(airSine_ = sunSine, kDust);
  night_ = float(nightOf(sunSine, weather_));
  // The eye opens as the light goes, and takes back most of it.
  const double gain =
      std::pow(brightness(air_) / b.brightness + kDarkest, -kAdaptation) * (1 + kEveningGain * eveningOf(sunSine));
  // Low, the sun is as red as the air makes it, and walls of brick would be embers: the eye takes some of that back, too.
  sunColour_ = kSun * saturated(air_.sun * b.sun * gain, std::lerp(0.8, 0.58, eveningOf(sunSine)));
  const dvec3 evening = glm::mix(dvec3(1), kEvening, eveningOf(sunSine));
  skyAmbient_ = kSky * evening * saturated(air_.sky * b.sky * gain, grade.shade) + kNightSky * (night_ * grade.night);
  groundAmbient_ = kBounce * saturated(groundLight(air_, sunSine) * b.bounce * gain, grade.shade) +
                   kNightBounce * (night_ * grade.night);
  disc_ = toneMapped(sunColour_ * 4.0 + 0.35 * luminance(sunColour_));
  hazeMetres_ = kHazeMetres;
  hazeOfHeight_ = kHazeOfHeight;
  forEachWeather(weather_, [&](const Covered& c, double share) {
    hazeMetres_ += (c.hazeMetres - kHazeMetres) * share;
    hazeOfHeight_ += (c.hazeOfHeight - kHazeOfHeight) * share;
  });
  if (!weather_.clear()) cover(sunSine, gain);
  makeDome(look, sunSine, gain);
}

//! The light under clouds or in fog: nearly all of it from everywhere, with little colour of its own.
void Light::cover(double sunSine, double gain) {
  const dvec3 lit = underClouds(groundLight(air_, sunSine) * balance().bounce * gain, 0.4 + 0.3 * weather_.fog);
  const double covered = coveredOf(weather_);
  dvec3 sky(0), ground(0);
  double sun = 1;
  forEachWeather(weather_, [&](const Covered& c, double share) {
    sky += c.sky * lit * (c.share * share);
    ground += c.bounce * lit * (c.share * share);
    sun += (c.sun - 1) * share;
  });
  // Clouds over a city throw back its lamps.
  const dvec3 lamps = (kNightSky * dvec3(1.5, 1.25, 1.0) + kNightBounce) * (double(night_) * 1.3);
  skyAmbient_ = skyAmbient_ * (1 - covered) + sky + (kNightSky * double(night_) + lamps) * covered;
  groundAmbient_ = groundAmbient_ * (1 - covered) + ground + kNightBounce * (double(night_) * 1.4 * covered);
  sunColour_ *= sun;
}

void Light::makeDome(city::Look look, double sunSine, double gain) {
  const Balance& b = balance();
  const Grade grade = gradeOf(look);
  const double lamps = double(night_), evening = eveningOf(sunSine);
  const double covered = coveredOf(weather_);
  const dvec3 under = underClouds(groundLight(air_, sunSine) * b.bounce * gain, 0.38 + 0.5 * weather_.fog);
  const auto clearColour = [&](int row, int column) {
    const double up = skyRowSine(row);
    const dvec3 radiance = air_.radiance[size_t(row)][size_t(column)] * b.radiance[size_t(row)][size_t(column)];
    const double away = double(column) / (kSkyColumns - 1);  // from the sun: there the evening is not so pink
    const dvec3 lit = saturated(shouldered(radiance * gain), std::lerp(grade.sky, 0.68, evening * away));
    const dvec3 tint = glm::mix(dvec3(1), kEvening, evening * up / (up + 0.1));
    return b.display[size_t(row)] * tint * lit + glm::mix(kNightHorizon, kNightZenith, up / (up + 0.12)) * lamps;
  };
  const auto colour = [&](int row, int column) {
    dvec3 linear = clearColour(row, column);
    if (covered > 0) {
      const double up = skyRowSine(row);
      // A little of the clear sky comes through: one still knows where the sun is.
      linear *= 1 - covered;
      forEachWeather(weather_, [&](const Covered& c, double share) {
        linear += linearOf(glm::mix(c.horizon, c.zenith, up / (up + 0.22))) * under * (c.share * share);
      });
      linear += kNightHorizon * dvec3(1.25, 1.1, 0.95) * (lamps * 0.8 * covered);
    }
    return toneMapped(linear);
  };
  // The horizon as a parabola over the cosine of the azimuth from the sun: exact towards it, beside it and away from it.
  const auto low = [&](int column) { return colour(0, column); };
  const dvec3 to = low(0), beside = low(kSkyBeside), from = low(kSkyColumns - 1);
  horizon_ = beside;
  horizonAlong_ = (to - from) * 0.5;
  horizonAcross_ = (to + from) * 0.5 - beside;
  zenith_ = colour(kSkyRows - 1, 0);
  // skyColour in the shaders goes from horizon to zenith as h / (h + lift): as the sky itself does at 15 degrees.
  int middle = 0;
  while (skyRowSine(middle) < 0.26) ++middle;
  const dvec3 way = zenith_ - horizon_, there = colour(middle, kSkyBeside) - horizon_;
  const double t = std::clamp(glm::dot(there, way) / std::max(glm::dot(way, way), 1e-6), 0.2, 0.9);
  lift_ = skyRowSine(middle) * (1 - t) / t;

  constexpr int kAround = 2 * (kSkyColumns - 1);
  dome_.clear();
  for (int row = -1; row < kSkyRows; ++row)
    for (int column = 0; column <= kAround; ++column) {
      const int mirrored = column <= kAround / 2 ? column : kAround - column;
      const double up = row < 0 ? -1.0 : skyRowSine(row), flat = std::sqrt(std::max(0.0, 1 - up * up));
      const double turn = column == mirrored ? skyColumnTurn(mirrored) : 2 * std::numbers::pi - skyColumnTurn(mirrored);
      const dvec3 haze = horizon_ + std::cos(turn) * (horizonAlong_ + std::cos(turn) * horizonAcross_);
      // What the haze hides the city in is what the sky begins with.
      const dvec3 shown = row < 0 ? haze : glm::mix(haze, colour(row, mirrored), smooth(0.0, 0.02, up));
      dome_.push_back({glm::vec3(flat * std::cos(turn), flat * std::sin(turn), up), glm::vec3(shown)});
    }
}

const std::vector<uint32_t>& Light::domeIndices() {
  static const std::vector<uint32_t> made = [] {
    constexpr uint32_t kAcross = 2 * (kSkyColumns - 1) + 1;
    std::vector<uint32_t> indices;
    for (uint32_t row = 0; row < kSkyRows; ++row)
      for (uint32_t column = 0; column + 1 < kAcross; ++column) {
        const uint32_t a = row * kAcross + column, b = a + kAcross;
        indices.insert(indices.end(), {a, a + 1, b, b, a + 1, b + 1});
      }
    return indices;
  }();
  return made;
}

void Light::fill(shared::FrameUniforms& u, const View& view) const {
  const glm::dmat3 axes(view.axes.enuFromEcef);
  const dvec3 up(view.upAtEye), sun = glm::normalize(axes * sunEcef_);
  u.sunDirection = glm::vec4(glm::vec3(glm::normalize(axes * keyEcef_)), 0);
  if (dome_.empty()) return;
  dvec3 level = sun - up * glm::dot(sun, up);
  level = glm::length(level) > 1e-6 ? glm::normalize(level) : glm::normalize(glm::cross(up, dvec3(1, 0, 0)));
  u.sunColour = glm::vec4(glm::vec3(keyColour_), 1);
  u.skyAmbient = glm::vec4(glm::vec3(skyAmbient_), 1);
  u.groundAmbient = glm::vec4(glm::vec3(groundAmbient_), 1);
  u.skyZenith = glm::vec4(glm::vec3(zenith_), float(lift_));
  u.skyHorizon = glm::vec4(glm::vec3(horizon_), 1);
  u.skySunGlow = glm::vec4(glm::vec3(horizon_ + horizonAlong_ + horizonAcross_), 1);
  u.horizonAlong = glm::vec4(glm::vec3(horizonAlong_), 0);
  u.horizonAcross = glm::vec4(glm::vec3(horizonAcross_), 0);
  u.sunFlat = glm::vec4(glm::vec3(level), 0);
  u.sunDisc = glm::vec4(glm::vec3(sun), float(kSunRadius));
  u.sunDiscColour = glm::vec4(glm::vec3(disc_), float(smooth(-0.015, 0.02, sunSine_) * seenOf(weather_)));
  u.moonDisc = glm::vec4(glm::vec3(glm::normalize(axes * moonEcef_)), float(moonRadius_ * kMoonSeems));
  u.moonDiscColour = glm::vec4(0.97f, 0.96f, 0.90f, float(moonShown_));
  u.night = {night_, float(litWindows(hour_)), float(smooth(-0.06, -0.19, sunSine_) * seenOf(weather_)),
             float(kAfterglow * afterglowOf(sunSine_) * seenOf(weather_))};
  // Haze thins out with the eye's height, so that the city stays readable from above.
  const double above = std::max(0.0, view.seaBelowMetres);
  u.haze = glm::vec4(glm::vec3(horizon_), float(1.0 / (hazeMetres_ + above * hazeOfHeight_)));
  setWeather(u, weather_, view);
}

}  // namespace cm::frame
