//! The frame a content's vertices stand in. Pure; any thread.
#pragma once

#include <glm/glm.hpp>

namespace cm::source {

inline constexpr double kFarthestMetres = 1e9;  // beyond the moon's orbit: damage, not data

struct ContentFrame {
  glm::dmat4 ecefFromContent{1.0}, contentFromEcef{1.0};  // rigid
};

bool isOnEarth(const glm::dvec3& ecef);

//! At the middle of the box `lo`..`hi` (ECEF): east-north-up where that is on Earth, else along the axes of `ecefFromTile`.
ContentFrame contentFrameOf(const glm::dvec3& lo, const glm::dvec3& hi, const glm::dmat4& ecefFromTile);

}  // namespace cm::source
