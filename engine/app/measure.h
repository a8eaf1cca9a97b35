//! What the measuring programs share: process start, memory, quantiles. Any thread; owns nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace cm::app {

//! When this process began, in the steady clock, to 10 ms.
std::chrono::steady_clock::time_point processStart();

//! Proportional set size of this process, MiB (proc(5), smaps_rollup); 0 where the system does not tell.
double pssMiB();

//! Resident set size of this process, MiB (proc(5), statm): unlike the proportional one it does not change with what other processes
//! map of the same libraries. 0 where the system does not tell.
double residentMiB();

//! What a process holds of the system's: what must not grow in weeks.
struct Held {
  double residentMiB = 0;
  double heapMiB = 0;                    // what its code has allocated and not freed (mallinfo2(3)); 0 where the library does not tell
  size_t descriptors = 0, threads = 0;   // open files and sockets (proc(5), fd), tasks
};
Held heldNow();

//! Processor time of this process, all threads, user and system.
double processorSeconds();

//! The q-quantile (0..1) of the values, between neighbours linearly; 0 of none.
double quantile(std::vector<double> values, double q);

}  // namespace cm::app
