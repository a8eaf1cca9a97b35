//! The looks that are drawings of the city, tech and plan: one on a dark screen, one on a sheet of paper. They know neither hour nor
//! weather and read the same whenever they are shown (shaders/shared/themes.glsl has their colours). Pure; any thread.
#pragma once

#include "city/session.h"
#include "frame/view.h"
#include "geo/ellipsoid.h"

namespace cm::frame {

inline bool themed(city::Look look) { return look == city::Look::Tech || look == city::Look::Plan; }

//! Towards the light of maps, north-west and high, as if it were the sun; unit, ECEF.
glm::dvec3 mapLightEcef(const geo::Geodetic& origin);

//! Sky, haze and light of a themed look.
void setThemedLight(shared::FrameUniforms& uniforms, const View& view, city::Look look);

//! FrameUniforms::time.z.
float lookNumber(city::Look look);

}  // namespace cm::frame
