//! Where the trains of a line are at a moment: every train runs alike, one leaves each end every headway. Simulated, from the
//! clock alone: the same second gives the same trains. Pure functions on plain values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "city/document.h"

namespace cm::city {

//! One run from end to end as a train makes it; the way back is its mirror.
struct Timetable {
  std::vector<double> stopMetres;            // along the line, ascending
  std::vector<double> arriveSeconds;         // at each stop, after the run began with the doors open at the first
  double dwellSeconds = 0, headwaySeconds = 0;
  double speed = 0;                          // metres a second, between stops
  //! From the doors opening at the first stop to their closing at the last; 0 where no trains run.
  double runSeconds() const { return arriveSeconds.empty() ? 0 : arriveSeconds.back() + dwellSeconds; }
};

//! `stopMetres` ascending; fewer than two stops or no headway: a timetable without trains.
Timetable timetableOf(const RailService& service, std::vector<double> stopMetres);

struct TrainAt {
  int64_t number = 0;                        // which departure since the clock's zero
  bool back = false;                         // runs from the last stop to the first
  double metres = 0;                         // of its middle, along the line
  bool standing = false;                     // at a stop
};

//! All trains under way at `seconds` of the clock. Trains of one direction are a headway apart in time, everywhere.
std::vector<TrainAt> trainsAt(const Timetable& timetable, double seconds);

//! How many trains of both directions open their doors at the stop in each hour of a day, from midnight on.
std::array<int, 24> callsByHour(const Timetable& timetable, size_t stop);

//! Metres along the line of a run `seconds` after it began, in 0 .. runSeconds().
double metresAfter(const Timetable& timetable, double seconds);

}  // namespace cm::city
