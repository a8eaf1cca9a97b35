//! Puts flat faces together to a mesh. Plain values; any thread.
#pragma once

#include <glm/glm.hpp>
#include <span>

#include "frame/rail_mesh.h"

namespace cm::frame {

//! Linear, of 255; last: what it is, kRail* of shared/rail.h.
using Colour = std::array<uint8_t, 4>;

class MeshMaker {
 public:
  MeshMaker(RailMesh& mesh, const glm::dvec3& middle) : mesh_(mesh), middle_(middle) {}

  //! Corners counter-clockwise seen from outside.
  void face(std::span<const glm::dvec3> corners, const Colour& colour);
  //! Between two equal sections that stand at `a` and `b`; `colours`: of the sides, by the section's first corner.
  void skin(std::span<const glm::dvec3> a, std::span<const glm::dvec3> b, std::span<const Colour> colours);
  //! From one section to another, closed at both; each counter-clockwise seen from the second to the first.
  void solid(std::span<const glm::dvec3> a, std::span<const glm::dvec3> b, const Colour& colour);

 private:
  RailMesh& mesh_;
  const glm::dvec3 middle_;
};

}  // namespace cm::frame
