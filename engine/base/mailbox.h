//! The one way from worker threads to the loop: many post, one drains, once a frame. Never blocks for longer than a push.
#pragma once

#include <condition_variable>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace cm {

template <class T>
class Mailbox {
 public:
  void post(T item) {
    {
      std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
    }
    posted_.notify_one();
  }
  //! Everything posted so far, oldest first.
  std::vector<T> drain() {
    std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }
  //! Waits until something is there or `longest` has passed; for programs without a frame clock (render, tests).
  void waitFor(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    posted_.wait_for(lock, longest, [&] { return !items_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<T> items_;
};

}  // namespace cm
