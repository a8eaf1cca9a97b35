#include "city/timetable.h"

#include <algorithm>
#include <cmath>

namespace cm::city {
namespace {

constexpr double kAcceleration = 0.9;  // metres a second squared: what standing passengers bear
constexpr double kClockSeconds = 1e-6;

//! From standing to standing, never faster than `speed`.
struct Leg {
  double metres = 0, top = 0, rampSeconds = 0, seconds = 0;
};

Leg legOf(double metres, double speed) {
  Leg leg{.metres = metres};
  leg.top = std::min(speed, std::sqrt(kAcceleration * metres));
  if (leg.top <= 0) return leg;
  leg.rampSeconds = leg.top / kAcceleration;
  leg.seconds = metres / leg.top + leg.rampSeconds;
  return leg;
}

double metresInto(const Leg& leg, double seconds) {
  if (seconds <= 0) return 0;
  if (seconds >= leg.seconds) return leg.metres;
  if (seconds < leg.rampSeconds) return 0.5 * kAcceleration * seconds * seconds;
  const double left = leg.seconds - seconds;
  if (left < leg.rampSeconds) return leg.metres - 0.5 * kAcceleration * left * left;
  return 0.5 * leg.top * leg.rampSeconds + leg.top * (seconds - leg.rampSeconds);
}

//! What runs back is the mirror of the run forwards through the same stops.
Timetable mirrored(const Timetable& table) {
  Timetable mirror = table;
  const double first = table.stopMetres.front(), last = table.stopMetres.back();
  std::reverse(mirror.stopMetres.begin(), mirror.stopMetres.end());
  for (double& metres : mirror.stopMetres) metres = first + last - metres;
  for (size_t i = 1; i < mirror.arriveSeconds.size(); ++i)
    mirror.arriveSeconds[i] = mirror.arriveSeconds[i - 1] + table.dwellSeconds +
                              legOf(mirror.stopMetres[i] - mirror.stopMetres[i - 1], table.speed).seconds;
  return mirror;
}

}  // namespace

Timetable timetableOf(const RailService& service, std::vector<double> stopMetres) {
  Timetable table;
  if (stopMetres.size() < 2 || service.headwaySeconds <= 0) return table;
  table.stopMetres = std::move(stopMetres);
  table.headwaySeconds = service.headwaySeconds;
  table.dwellSeconds = service.dwellSeconds;
  table.speed = service.speedKilometresPerHour / 3.6;
  table.arriveSeconds.push_back(0);
  for (size_t i = 1; i < table.stopMetres.size(); ++i)
    table.arriveSeconds.push_back(table.arriveSeconds.back() + table.dwellSeconds +
                                  legOf(table.stopMetres[i] - table.stopMetres[i - 1], table.speed).seconds);
  return table;
}

double metresAfter(const Timetable& table, double seconds) {
  // The last stop reached by then.
  const auto after = std::upper_bound(table.arriveSeconds.begin(), table.arriveSeconds.end(), seconds);
  const size_t stop = after == table.arriveSeconds.begin() ? 0 : size_t(after - table.arriveSeconds.begin()) - 1;
  if (stop + 1 >= table.stopMetres.size()) return table.stopMetres.back();
  const Leg leg = legOf(table.stopMetres[stop + 1] - table.stopMetres[stop], table.speed);
  return table.stopMetres[stop] + metresInto(leg, seconds - table.arriveSeconds[stop] - table.dwellSeconds);
}

std::array<int, 24> callsByHour(const Timetable& table, size_t stop) {
  std::array<int, 24> calls{};
  if (table.runSeconds() <= 0 || stop >= table.stopMetres.size()) return calls;
  const double there = table.arriveSeconds[stop],
               back = mirrored(table).arriveSeconds[table.stopMetres.size() - 1 - stop] + 0.5 * table.headwaySeconds;
  // Trains have been running since ever: the one numbered n is here at n headways and `offset`.
  const auto until = [&](double seconds, double offset) {
    return std::ceil((seconds - offset) / table.headwaySeconds - kClockSeconds);
  };
  for (size_t hour = 0; hour < calls.size(); ++hour)
    for (const double offset : {there, back})
      calls[hour] += int(until(double(hour + 1) * 3600, offset) - until(double(hour) * 3600, offset));
  return calls;
}

std::vector<TrainAt> trainsAt(const Timetable& table, double seconds) {
  std::vector<TrainAt> trains;
  const double run = table.runSeconds();
  if (run <= 0) return trains;
  const double first = table.stopMetres.front(), last = table.stopMetres.back();
  const Timetable mirror = mirrored(table);
  for (const bool back : {false, true}) {
    const Timetable& way = back ? mirror : table;
    // Half a headway later from the other end, so that trains do not all meet at stations.
    const double clock = seconds - (back ? 0.5 * table.headwaySeconds : 0.0);
    const auto newest = static_cast<int64_t>(std::floor(clock / table.headwaySeconds));
    for (int64_t number = newest; clock - double(number) * table.headwaySeconds <= run; --number) {
      const double since = clock - double(number) * table.headwaySeconds;
      TrainAt train{.number = number, .back = back};
      const double metres = metresAfter(way, since);
      train.metres = back ? first + last - metres : metres;
      // A clock of days in doubles is good to some 1e-11 s: who has arrived by that much has arrived.
      const auto at = std::upper_bound(way.arriveSeconds.begin(), way.arriveSeconds.end(), since + kClockSeconds);
      train.standing = since - *(at - 1) <= table.dwellSeconds;
      trains.push_back(train);
    }
  }
  return trains;
}

}  // namespace cm::city
