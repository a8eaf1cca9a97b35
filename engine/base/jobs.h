//! A pool of threads that runs jobs, most urgent first. Jobs can be re-ranked and cancelled until they start.
//! Any thread may submit; destruction drops what has not started and joins the rest.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

namespace cm {

class JobPool {
 public:
  using Id = uint64_t;
  using Job = std::function<void(std::stop_token)>;

  explicit JobPool(unsigned threads);
  ~JobPool();
  JobPool(const JobPool&) = delete;
  JobPool& operator=(const JobPool&) = delete;

  //! Smaller `rank` runs first; equal ranks in the order of submission.
  Id submit(double rank, Job job);
  //! No effect on a job that has started.
  void rerank(Id id, double rank);
  //! True where the job had not started and never will.
  bool cancel(Id id);
  size_t waiting() const;
  //! Returns when nothing waits and nothing runs.
  void waitIdle();

 private:
  using Key = std::pair<double, Id>;
  void run(std::stop_token stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Key, Job> queue_;
  std::unordered_map<Id, double> ranks_;
  Id next_ = 1;
  size_t running_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace cm
