#include "base/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace cm {
namespace {

using testing::ElementsAre;

//! A pool of one thread that is held until `open`, so that the order in which jobs wait is known.
struct HeldPool {
  std::latch gate{1}, held{1};
  std::vector<int> order;  // written by the one thread, read after waitIdle
  JobPool pool{1};

  HeldPool() {
    pool.submit(0, [this](std::stop_token) {
      held.count_down();
      gate.wait();
    });
    held.wait();
  }
  JobPool::Id add(double rank, int name) {
    return pool.submit(rank, [this, name](std::stop_token) { order.push_back(name); });
  }
  const std::vector<int>& run() {
    gate.count_down();
    pool.waitIdle();
    return order;
  }
};

TEST(JobPool, RunsTheMostUrgentFirstAndEqualsInOrder) {
  HeldPool held;
  held.add(5, 1);
  held.add(1, 2);
  held.add(5, 3);
  held.add(-2, 4);
  EXPECT_EQ(held.pool.waiting(), 4u);
  EXPECT_THAT(held.run(), ElementsAre(4, 2, 1, 3));
}

TEST(JobPool, RerankMovesWhatWaits) {
  HeldPool held;
  JobPool::Id last = held.add(9, 1);
  held.add(5, 2);
  held.pool.rerank(last, 1);
  held.pool.rerank(12345, 0);  // unknown: no effect
  EXPECT_THAT(held.run(), ElementsAre(1, 2));
  held.pool.rerank(last, 3);  // over: no effect
}

TEST(JobPool, CancelledJobsNeverRun) {
  HeldPool held;
  JobPool::Id gone = held.add(1, 1);
  held.add(2, 2);
  EXPECT_TRUE(held.pool.cancel(gone));
  EXPECT_FALSE(held.pool.cancel(gone));
  EXPECT_THAT(held.run(), ElementsAre(2));
}

TEST(JobPool, ARunningJobCannotBeCancelled) {
  std::latch gate{1}, started{1};
  JobPool pool{1};
  JobPool::Id id = pool.submit(0, [&](std::stop_token) {
    started.count_down();
    gate.wait();
  });
  started.wait();
  EXPECT_FALSE(pool.cancel(id));
  gate.count_down();
  pool.waitIdle();
}

TEST(JobPool, DestructionDropsWhatWaitsAndStopsWhatRuns) {
  std::atomic<int> ran{0};
  bool stopped = false;
  {
    std::latch started{1};
    JobPool pool{1};
    pool.submit(0, [&](std::stop_token stop) {
      started.count_down();
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
    });
    started.wait();
    for (int i = 0; i < 100; ++i) pool.submit(1, [&](std::stop_token) { ++ran; });
  }
  EXPECT_TRUE(stopped);
  EXPECT_EQ(ran, 0);
}

TEST(JobPool, ManyThreadsRunEverythingOnce) {
  std::atomic<int> sum{0};
  {
    JobPool pool{4};
    std::vector<std::jthread> submitters;
    for (int t = 0; t < 4; ++t)
      submitters.emplace_back([&] {
        for (int i = 1; i <= 250; ++i) pool.submit(i % 7, [&sum, i](std::stop_token) { sum += i; });
      });
    submitters.clear();
    pool.waitIdle();
  }
  EXPECT_EQ(sum, 4 * 250 * 251 / 2);
}

TEST(JobPool, AJobMaySubmitAnother) {
  std::atomic<bool> second{false};
  JobPool pool{1};
  pool.submit(0, [&](std::stop_token) { pool.submit(0, [&](std::stop_token) { second = true; }); });
  pool.waitIdle();
  EXPECT_TRUE(second);
}

}  // namespace
}  // namespace cm
