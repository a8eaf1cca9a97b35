//! The light of a scene as the shaders want it: sun or moon, sky, haze, exposure, weather. Keeps what the air gave for the last height of
//! the sun (frame/air.h), so that a still sun costs nothing. Loop's thread.
#pragma once

#include <glm/glm.hpp>
#include <optional>
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
  //! Works out the light of the scene; `exposure` is a factor on all of it, 1 where nothing was measured.
  void set(const Scene& scene, double exposure = 1);
  //! Into the uniforms, for an eye.
  void fill(shared::FrameUniforms& uniforms, const View& view) const;

  //! Towards the sun, or by night towards the moon: what lights the city and throws shadows. Unit, ECEF.
  const glm::dvec3& keyEcef() const { return keyEcef_; }
  const std::vector<SkyVertex>& dome() const { return dome_; }
  static std::vector<uint32_t> domeIndices();
  //! 0 by day .. 1 when it is dark.
  float night() const { return night_; }
  //! How far the sun's shadows are blurred by cloud: a factor on its radius.
  double softness() const { return softness_; }

 private:
  struct Made {
    double sunSine = 2, exposure = 0;
    WeatherShares weather;
    city::Look look = city::Look::Plain;
    geo::Moon moon;
    bool operator==(const Made& other) const;
  };
  void makeSky(const Made& made);
  void makeDome(const AirLight& air, const Made& made, double perRadiance);

  Made made_;
  AirLight air_;
  double airSine_ = 2, airDust_ = 0;
  glm::dvec3 keyEcef_{0, 0, 1}, sunEcef_{0, 0, 1}, moonEcef_{0, 0, 1};
  glm::dvec3 keyColour_{0}, skyAmbient_{0}, groundAmbient_{0};
  glm::dvec3 zenith_{0}, horizon_{0}, horizonAlong_{0}, horizonAcross_{0};   // display colours
  double lift_ = 0.18, softness_ = 1, hour_ = 12, moonLit_ = 0, moonRadius_ = 0.0045;
  double fogAtSea_ = 0, fogHeight_ = 80, baseHaze_ = 0;
  float night_ = 0;
  std::vector<SkyVertex> dome_;
};

//! Share of night for the sine of the sun's elevation.
double nightOf(double sunSine);

}  // namespace cm::frame
