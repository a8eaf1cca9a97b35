#include "frame/themes.h"

#include <algorithm>

namespace cm::frame {

glm::dvec3 mapLightEcef(const geo::Geodetic& origin) {
  const geo::EnuFrame axes = geo::enuFrameAt(origin);
  return glm::normalize(glm::dmat3(axes.ecefFromEnu) * glm::dvec3(-0.46, 0.46, 0.76));
}

void setThemedLight(shared::FrameUniforms& u, const View& view, city::Look look) {
  const bool plan = look == city::Look::Plan;
  const double above = std::max(0.0, view.seaBelowMetres);
  u.skyZenith = plan ? glm::vec4(0.890f, 0.918f, 0.935f, 1) : glm::vec4(0.008f, 0.020f, 0.050f, 1);
  u.skyHorizon = plan ? glm::vec4(0.968f, 0.966f, 0.956f, 1) : glm::vec4(0.062f, 0.215f, 0.340f, 1);
  u.skySunGlow = glm::vec4(glm::vec3(u.skyHorizon), 0);
  // Half at 9 km from street level on the screen, at 20 km on paper, more from above: the whole city stays readable.
  const double half = plan ? 30000.0 + above * 30.0 : 9000.0 + above * 12.0;
  u.haze = glm::vec4(glm::vec3(u.skyHorizon), float(1.0 / half));
  // What is authored is lit evenly, then taken into the look's colours.
  u.sunColour = glm::vec4(glm::vec3(1.25f), 1);
  u.skyAmbient = glm::vec4(glm::vec3(0.62f), 1);
  u.groundAmbient = glm::vec4(glm::vec3(0.40f), 1);
  u.night = glm::vec4(0);
}

float lookNumber(city::Look look) {
  switch (look) {
    case city::Look::Plain: return 0;
    case city::Look::Tech: return 2;
    case city::Look::Plan: return 3;
    case city::Look::Clay:
    case city::Look::Day: break;
  }
  return 1;
}

}  // namespace cm::frame
