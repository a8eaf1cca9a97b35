//! What lies beyond the city: the height of the plane that ends the world and its colours by direction, read from the border of
//! the root tiles. Loop's thread.
#pragma once

#include <array>

#include "frame/pass_context.h"
#include "shared/frame.h"
#include "tiles/tree.h"

namespace cm::frame {

struct Surroundings {
  double heightMetres = 0;                                   // ellipsoidal
  glm::dvec3 centreEnu{0};
  double radiusMetres = 0;
  std::array<glm::vec4, shared::kSectors> colours{};         // linear; a: share of water
};

//! `tree` may be null (nothing is known of levels): then the largest resident tile stands for the root.
Surroundings surroundingsOf(const residency::Residency& residency, const tiles::TileTree* tree, const geo::EnuFrame& axes,
                            double defaultHeightMetres);

}  // namespace cm::frame
