// Trains run by headway: where they are follows from the clock alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "city/timetable.h"

namespace cm::city {
namespace {

const RailService kService{.headwaySeconds = 240, .speedKilometresPerHour = 72, .dwellSeconds = 30, .trainMetres = 120};
const std::vector<double> kStops{100, 1300, 1450, 4450};

const TrainAt* train(const std::vector<TrainAt>& trains, int64_t number, bool back) {
  const auto found = std::find_if(trains.begin(), trains.end(),
                                  [&](const TrainAt& t) { return t.number == number && t.back == back; });
  return found == trains.end() ? nullptr : &*found;
}

TEST(Timetable, RunsFromStopToStopNeverFasterThanAllowed) {
  const Timetable table = timetableOf(kService, kStops);
  // 1,200 m at 20 m/s with 0.9 m/s² at both ends: 60 s and one ramp of 22.2 s more, after the doors have closed.
  EXPECT_NEAR(table.arriveSeconds[1], 30 + 60 + 20 / 0.9, 1e-9);
  // 150 m are too short for that speed: half of it gaining, half of it losing.
  EXPECT_NEAR(table.arriveSeconds[2] - table.arriveSeconds[1], 30 + 2 * std::sqrt(150 / 0.9), 1e-9);
  double before = metresAfter(table, 0);
  EXPECT_EQ(before, 100);
  for (double t = 0.5; t <= table.runSeconds(); t += 0.5) {
    const double now = metresAfter(table, t);
    EXPECT_GE(now, before);
    EXPECT_LE(now - before, 10 + 1e-9) << "at " << t << " s";
    before = now;
  }
  EXPECT_EQ(before, 4450);
}

TEST(Timetable, StandsAtEveryStopForTheDwell) {
  const Timetable table = timetableOf(kService, kStops);
  for (size_t stop = 0; stop < kStops.size(); ++stop) {
    for (double t : {0.0, 15.0, 29.9}) {
      const auto trains = trainsAt(table, 2400 + table.arriveSeconds[stop] + t);
      const TrainAt* it = train(trains, 10, false);
      ASSERT_TRUE(it);
      EXPECT_NEAR(it->metres, kStops[stop], 1e-6);
      EXPECT_TRUE(it->standing);
    }
    if (stop + 1 == kStops.size()) break;
    const auto moving = trainsAt(table, 2400 + table.arriveSeconds[stop] + 31);
    ASSERT_TRUE(train(moving, 10, false));
    EXPECT_GT(train(moving, 10, false)->metres, kStops[stop]);
    EXPECT_FALSE(train(moving, 10, false)->standing);
  }
}

TEST(Timetable, KeepsTheHeadwayEverywhere) {
  const Timetable table = timetableOf(kService, kStops);
  for (double now : {0.0, 1000.0, 43211.5}) {
    const auto a = trainsAt(table, now), b = trainsAt(table, now + kService.headwaySeconds);
    ASSERT_FALSE(a.empty());
    for (const TrainAt& t : a) {
      const TrainAt* follower = train(b, t.number + 1, t.back);
      ASSERT_TRUE(follower);
      EXPECT_NEAR(follower->metres, t.metres, 1e-6) << "a headway later the next train is there";
    }
    // Run time over headway, in each direction.
    for (bool back : {false, true})
      EXPECT_NEAR(double(std::count_if(a.begin(), a.end(), [&](const TrainAt& t) { return t.back == back; })),
                  table.runSeconds() / kService.headwaySeconds, 1.0);
  }
}

TEST(Timetable, RunsBothWaysThroughTheSameStops) {
  const Timetable table = timetableOf(kService, kStops);
  bool stood[4] = {};
  for (double t = 0; t < table.runSeconds(); t += 1) {
    const auto trains = trainsAt(table, 120 + t);
    const TrainAt* it = train(trains, 0, true);
    ASSERT_TRUE(it);
    EXPECT_GE(it->metres, 100);
    EXPECT_LE(it->metres, 4450);
    for (size_t stop = 0; stop < 4; ++stop) stood[stop] |= it->standing && std::abs(it->metres - kStops[stop]) < 1e-6;
  }
  EXPECT_TRUE(stood[0] && stood[1] && stood[2] && stood[3]);
  EXPECT_NEAR(train(trainsAt(table, 120), 0, true)->metres, 4450, 1e-6);
}

TEST(Timetable, CallsOfAnHourAreTheTrainsThatStopInIt) {
  const Timetable table = timetableOf(kService, kStops);
  for (size_t stop = 0; stop < kStops.size(); ++stop) {
    const auto calls = callsByHour(table, stop);
    for (const int hour : {0, 8, 23}) {
      // Whoever stands here now and did not a moment ago has just come, or begins its run.
      std::set<std::pair<int64_t, bool>> here;
      int seen = 0;
      for (double t = hour * 3600.0 - 60; t < (hour + 1) * 3600.0; t += 0.5) {
        std::set<std::pair<int64_t, bool>> now;
        for (const TrainAt& train : trainsAt(table, t))
          if (train.standing && std::abs(train.metres - kStops[stop]) < 1e-6) now.emplace(train.number, train.back);
        if (t >= hour * 3600.0)
          for (const auto& train : now) seen += !here.contains(train);
        here = std::move(now);
      }
      EXPECT_NEAR(calls[size_t(hour)], seen, 1) << "stop " << stop << ", hour " << hour;
    }
    // A train a headway and direction, whatever the stop.
    EXPECT_NEAR(std::accumulate(calls.begin(), calls.end(), 0), 2 * 86400 / kService.headwaySeconds, 2);
  }
  EXPECT_EQ(callsByHour(table, kStops.size())[0], 0);
  EXPECT_EQ(callsByHour(timetableOf({}, kStops), 0)[12], 0);
}

TEST(Timetable, NoTrainsWithoutHeadwayOrStops) {
  EXPECT_TRUE(trainsAt(timetableOf({}, kStops), 1000).empty());
  EXPECT_TRUE(trainsAt(timetableOf(kService, {100}), 1000).empty());
}

}  // namespace
}  // namespace cm::city
