//! What stands along a railway, as triangles: viaducts on piers, embankments, the mouths of tunnels, platforms; and the bodies of cars.
//! Built once per document. Pure functions on plain values; any thread. Coordinates as in rail_paths.h.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

#include "frame/rail_paths.h"

namespace cm::frame {

struct RailVertex {
  glm::vec3 position{0};                   // from the chunk's middle; of a car: metres forward, to the left, above the rails
  std::array<int8_t, 4> normal{};          // of 127; last: of kRailSinksMost, how far below kSinksBelow
  std::array<uint8_t, 4> colour{};         // linear, of 255; last: what it is, kRail* of shared/rail.h
};
static_assert(sizeof(RailVertex) == 20);

struct RailMesh {
  std::vector<RailVertex> vertices;
  std::vector<uint32_t> indices;           // counter-clockwise seen from outside
};

//! A kilometre or less of one path.
struct RailChunk {
  size_t path = 0;
  glm::dvec3 middle{0};
  double radiusMetres = 0;
  uint32_t firstIndex = 0, indexCount = 0;
};

struct RailWorks {
  RailMesh mesh;
  std::vector<RailChunk> chunks;
};

//! What stands in the open, or what lies under the ground: tunnels and stations of the underground view.
RailWorks railWorks(const std::vector<RailPath>& paths, bool underground);

//! The bodies of cars; the front car's nose points forward.
enum class Car : uint8_t { MetroMiddle, MetroEnd, FastMiddle, FastEnd };
inline constexpr size_t kCars = 4;
//! Metres from coupling to coupling of the mesh; it may be stretched a little.
double carMetres(Car car);
RailMesh carMesh(Car car);

}  // namespace cm::frame
