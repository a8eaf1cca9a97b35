//! Weather as shares of what is in the air. Pure values; any thread.
#pragma once

#include "city/session.h"
#include "shared/frame.h"

namespace cm::frame {

struct View;

//! 0..1 each; all 0: clear. While one weather gives way to another both have their share.
struct WeatherShares {
  float overcast = 0, fog = 0, rain = 0, snow = 0;
  bool operator==(const WeatherShares&) const = default;

  //! How much of the sky is covered.
  float cloud() const;
  bool clear() const { return *this == WeatherShares{}; }
};

WeatherShares sharesOf(city::Weather weather);
//! Rain that turns into snow stops before it snows: the city is wet or white, never both.
WeatherShares mixed(const WeatherShares& from, const WeatherShares& to, float share);

//! Which pipelines draw the city: those of Rain where it is wet, of Snow where it is white, of Overcast where only the sky differs
//! from a clear one's, else of Clear.
city::Weather pipelinesOf(const WeatherShares& shares);
//! How wet, or how white, 0..1.
float coverOf(const WeatherShares& shares);

//! FrameUniforms::weather.
void setWeather(shared::FrameUniforms& uniforms, const WeatherShares& shares, const View& view);

//! With haze as thick as the fog is on the way from this eye to the ground: for what is drawn over the picture, and for its edges.
shared::FrameUniforms hazedByFog(shared::FrameUniforms uniforms);

}  // namespace cm::frame
