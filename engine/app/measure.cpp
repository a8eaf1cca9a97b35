#include "app/measure.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace cm::app {

using Clock = std::chrono::steady_clock;

// /proc/self/stat's start time against /proc/uptime (proc(5)).
Clock::time_point processStart() {
  std::ifstream statFile("/proc/self/stat"), uptimeFile("/proc/uptime");
  std::string stat((std::istreambuf_iterator<char>(statFile)), {});
  double uptime = 0;
  uptimeFile >> uptime;
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string field;
  for (int i = 3; i <= 22 && fields >> field; ++i) {}
  double started = field.empty() ? uptime : std::stod(field) / double(sysconf(_SC_CLK_TCK));
  return Clock::now() -
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::max(0.0, uptime - started)));
}

double pssMiB() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  while (file >> word)
    if (word == "Pss:") {
      double kib = 0;
      file >> kib;
      return kib / 1024;
    }
  return 0;
}

double residentMiB() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  return file >> pages >> resident ? resident * double(sysconf(_SC_PAGESIZE)) / 1048576 : 0;
}

namespace {
double heapMiB() {
#ifdef __GLIBC__
  const struct mallinfo2 heap = mallinfo2();
  return double(heap.uordblks + heap.hblkhd) / 1048576;
#else
  return 0;
#endif
}
}  // namespace

Held heldNow() {
  const auto entries = [](const char* folder) {
    std::error_code none;
    std::filesystem::directory_iterator inside(folder, none);
    return none ? size_t{0} : static_cast<size_t>(std::distance(begin(inside), end(inside)));
  };
  return {residentMiB(), heapMiB(), entries("/proc/self/fd"), entries("/proc/self/task")};
}

double processorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  double place = double(values.size() - 1) * q;
  size_t i = static_cast<size_t>(place);
  return i + 1 < values.size() ? values[i] + (values[i + 1] - values[i]) * (place - double(i)) : values[i];
}

}  // namespace cm::app
