#include "base/jobs.h"

#include <algorithm>

namespace cm {

JobPool::JobPool(unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1u); ++i) threads_.emplace_back([this](std::stop_token stop) { run(stop); });
}

JobPool::~JobPool() {
  {
    std::lock_guard lock(mutex_);
    queue_.clear();
    ranks_.clear();
  }
  for (auto& thread : threads_) thread.request_stop();
  changed_.notify_all();
}

JobPool::Id JobPool::submit(double rank, Job job) {
  Id id;
  {
    std::lock_guard lock(mutex_);
    id = next_++;
    queue_.emplace(Key{rank, id}, std::move(job));
    ranks_.emplace(id, rank);
  }
  changed_.notify_all();
  return id;
}

void JobPool::rerank(Id id, double rank) {
  std::lock_guard lock(mutex_);
  auto known = ranks_.find(id);
  if (known == ranks_.end() || known->second == rank) return;
  auto node = queue_.extract(Key{known->second, id});
  node.key().first = rank;
  queue_.insert(std::move(node));
  known->second = rank;
}

bool JobPool::cancel(Id id) {
  std::lock_guard lock(mutex_);
  auto known = ranks_.find(id);
  if (known == ranks_.end()) return false;
  queue_.erase(Key{known->second, id});
  ranks_.erase(known);
  changed_.notify_all();
  return true;
}

size_t JobPool::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void JobPool::waitIdle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return queue_.empty() && running_ == 0; });
}

void JobPool::run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!changed_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
    auto node = queue_.extract(queue_.begin());
    ranks_.erase(node.key().second);
    ++running_;
    lock.unlock();
    node.mapped()(stop);
    node.mapped() = nullptr;
    lock.lock();
    --running_;
    changed_.notify_all();
  }
}

}  // namespace cm
