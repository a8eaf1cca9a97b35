#include "frame/weather.h"

#include <algorithm>
#include <cmath>

#include "frame/pass_context.h"

namespace cm::frame {

float WeatherShares::cloud() const { return std::min(1.0f, overcast + rain + snow); }

WeatherShares sharesOf(city::Weather weather) {
  using city::Weather;
  return {.overcast = weather == Weather::Overcast ? 1.0f : 0.0f,
          .fog = weather == Weather::Fog ? 1.0f : 0.0f,
          .rain = weather == Weather::Rain ? 1.0f : 0.0f,
          .snow = weather == Weather::Snow ? 1.0f : 0.0f};
}

WeatherShares mixed(const WeatherShares& from, const WeatherShares& to, float share) {
  if (share <= 0) return from;
  if (share >= 1) return to;
  return {.overcast = std::lerp(from.overcast, to.overcast, share),
          .fog = std::lerp(from.fog, to.fog, share),
          .rain = std::lerp(from.rain, to.rain, share),
          .snow = std::lerp(from.snow, to.snow, share)};
}

city::Weather pipelinesOf(const WeatherShares& shares) {
  if (coverOf(shares) > 0) return shares.rain > shares.snow ? city::Weather::Rain : city::Weather::Snow;
  return shares.cloud() > 0 ? city::Weather::Overcast : city::Weather::Clear;
}

void setWeather(shared::FrameUniforms& uniforms, const WeatherShares& shares, const View& view) {
  // In the street a third shows at 170 m; from above the layer is thinned, so that the city is not lost under it.
  const double above = std::max(0.0, view.aboveOriginMetres);
  const double seen = 160 + above * 0.11;
  uniforms.weather = {coverOf(shares), float(shares.fog / seen), 1.0f / 55, shares.cloud()};
}

shared::FrameUniforms hazedByFog(shared::FrameUniforms uniforms) {
  const float layers = std::max(uniforms.up.w, 0.0f) * uniforms.weather.z;  // of the fog's height, below the eye
  const float mean = layers < 0.01f ? 1.0f : (1 - std::exp(-layers)) / layers;
  uniforms.haze.a += uniforms.weather.y * mean * 1.4427f;  // haze is by powers of two
  return uniforms;
}

float coverOf(const WeatherShares& shares) { return std::abs(shares.rain - shares.snow); }

}  // namespace cm::frame
