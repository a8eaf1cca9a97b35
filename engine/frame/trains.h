//! Where the cars of all trains are at a moment, to be drawn: from the timetables of the paths (city/timetable.h) to one placed body
//! a car. Pure functions on plain values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

#include "city/timetable.h"
#include "frame/rail_mesh.h"
#include "frame/rail_paths.h"

namespace cm::frame {

//! By path; a path without two stops or without a headway has no trains.
std::vector<city::Timetable> timetablesOf(const std::vector<RailPath>& paths);

struct PlacedCar {
  Car car = Car::MetroMiddle;
  glm::dvec3 at{0};                        // on the rails, in the middle of the car
  glm::dvec3 forward{1, 0, 0};             // unit; the nose of an end car points there
  double stretch = 1;                      // of the mesh, along
  double aboveGroundMetres = 0;
};

//! How many cars a train has and of what kind, by its length.
struct Consist {
  unsigned cars = 6;
  double carMetres = 20;
  bool fast = false;
};
Consist consistOf(const RailPath& path);

//! Appends the cars of one train: each stands with both of its bogies on its track. Trains keep to the right, those of railways to
//! the left, as in China. Cars beyond an end of the path are left out.
void placeTrain(const RailPath& path, const city::TrainAt& train, std::vector<PlacedCar>& cars);

}  // namespace cm::frame
