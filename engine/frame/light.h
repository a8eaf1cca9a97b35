//! The light of a scene as the shaders want it: sun or moon, sky, haze, exposure. Keeps what the air gave for the last height of
//! the sun (frame/air.h), so that a still sun costs nothing. Loop's thread.
#pragma once

#include <future>
#include <glm/glm.hpp>
#include <vector>

#include "frame/air.h"
#include "frame/pass_context.h"
#include "shared/frame.h"

namespace cm::frame {

//! A vertex of the sky's dome: x towards the sun's azimuth, z up; display colour.
struct SkyVertex {
  glm::vec3 direction, colour;
};

class Light {
 public:
  Light();
  //! Works out the light of the scene, where its eye is.
  void set(const Scene& scene);
  //! Into the uniforms, for an eye.
  void fill(shared::FrameUniforms& uniforms, const View& view) const;

  //! Unit, ECEF: towards what lights the city and throws shadows (keyLight of the scene).
  const glm::dvec3& keyEcef() const { return keyEcef_; }
  //! Empty in looks that have no sky of the hour.
  const std::vector<SkyVertex>& dome() const { return dome_; }
  static const std::vector<uint32_t>& domeIndices();

 private:
  void makeSky(city::Look look, double sunSine);
  void cover(double sunSine, double gain);
  void makeDome(city::Look look, double sunSine, double gain);

  double sunSine_ = 2, airSine_ = 2, hour_ = 12, moonShown_ = 0, moonRadius_ = 0.0045;
  city::Look look_ = city::Look::Plain;
  WeatherShares weather_;
  AirLight air_;
  glm::dvec3 keyEcef_{0, 0, 1}, sunEcef_{0, 0, 1}, moonEcef_{0, 0, 1};
  glm::dvec3 sunColour_{0}, keyColour_{0}, skyAmbient_{0}, groundAmbient_{0};          // linear
  glm::dvec3 zenith_{0}, horizon_{0}, horizonAlong_{0}, horizonAcross_{0}, disc_{0};   // display colours
  double lift_ = 0.18, hazeMetres_ = 9000, hazeOfHeight_ = 4;   // half of what is so far away shows; more from above
  float night_ = 0;
  std::vector<SkyVertex> dome_;
  std::future<void> warming_;  // what all skies share is worked out while the city loads
};

//! Unit, ECEF: the sun, or the moon when the sun is gone and it stands in the sky.
glm::dvec3 keyLight(const Scene& scene);
//! Share of night for the sine of the sun's elevation: 1 from five degrees below the horizon on, under clouds a little earlier.
double nightOf(double sunSine, const WeatherShares& weather = {});
double nightOf(const Scene& scene);
//! From so much of night on what is written on the picture is light on dark.
inline constexpr float kDarkNight = 0.35f;

}  // namespace cm::frame
