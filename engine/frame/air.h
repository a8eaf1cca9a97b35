//! The light of the air: what the sky shows and what reaches the ground for a height of the sun. Single scattering marched through
//! Rayleigh, Mie and ozone layers, later orders as one isotropic source (Hillaire, "A Scalable and Production Ready Sky and
//! Atmosphere Rendering Technique", Computer Graphics Forum 39(4), 2020, with its Earth). Pure but for two tables made at the first
//! call (3 ms); 1 ms a sun. The sun's irradiance outside the air is 1.
#pragma once

#include <array>
#include <glm/glm.hpp>

namespace cm::frame {

inline constexpr int kSkyRows = 24;      // elevations, from the horizon up
inline constexpr int kSkyColumns = 25;   // azimuths from the sun's side (0) to the opposite (last)
inline constexpr int kSkyBeside = 15;    // the column a quarter turn from the sun

//! Sine of a row's elevation: rows are close together near the horizon.
double skyRowSine(int row);
//! A column's azimuth from the sun, 0..pi: columns are close together around it.
double skyColumnTurn(int column);

struct AirLight {
  std::array<std::array<glm::dvec3, kSkyColumns>, kSkyRows> radiance;   // per steradian
  glm::dvec3 sun{0};         // irradiance across the sun's rays at the ground; 0 when it is below the horizon
  glm::dvec3 sky{0};         // irradiance of level ground by the sky alone
};

//! `sunSine`: sine of the sun's elevation. `dust`: Mie scattering against a clear country's 1; 2 is a city's haze.
AirLight airLight(double sunSine, double dust);

}  // namespace cm::frame
