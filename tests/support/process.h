//! Runs the project's programs as a user would. Any thread.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cm::test {

using Environment = std::map<std::string, std::string>;

//! A program that runs beside the test; ended by the destructor at the latest, and with the test's thread if that dies.
class Process {
 public:
  Process(const std::vector<std::string>& command, const Environment& environment, const std::filesystem::path& output) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  bool running() {
    if (pid_ <= 0) return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
    take(status);
    return false;
  }
  //! The exit code, 128 + n for signal n.
  int wait() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_) take(status);
    return code_;
  }

 private:
  void take(int status) {
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pid_ = 0;
  }
  pid_t pid_ = 0;
  int code_ = -1;
};

struct Outcome {
  int code = -1;
  std::string output;            // standard output and error
  bool says(const std::string& text) const { return output.find(text) != std::string::npos; }
};

inline std::string textOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {(std::istreambuf_iterator<char>(in)), {}};
}

//! A folder of this test's own, empty at first, below the build folder.
inline std::filesystem::path freshFolder(const std::string& name) {
  std::filesystem::path folder = std::filesystem::path(CITYMIRROR_TEST_OUTPUT) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

inline Outcome run(const std::vector<std::string>& command, const Environment& environment = {}) {
  std::filesystem::path output =
      std::filesystem::path(CITYMIRROR_TEST_OUTPUT) / ("output-" + std::to_string(::getpid()) + ".txt");
  std::filesystem::create_directories(output.parent_path());
  Outcome outcome;
  {
    Process process(command, environment, output);
    outcome.code = process.wait();
  }
  outcome.output = textOf(output);
  std::filesystem::remove(output);
  return outcome;
}

//! Asks `done` again and again until it is true or `seconds` have passed; what is waited for is another process.
template <class Done>
bool eventually(double seconds, Done done) {
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

//! The built-in city, made once per build of the tiler; tests only read it.
inline std::filesystem::path builtInCity() {
  namespace fs = std::filesystem;
  fs::path folder = fs::path(CITYMIRROR_TEST_OUTPUT) / "qingdao", city = folder / "city.json";
  if (fs::exists(city) && fs::last_write_time(city) > fs::last_write_time(CITYMIRROR_TILER_PROGRAM)) return city;
  fs::remove_all(folder);
  Outcome made = run({CITYMIRROR_TILER_PROGRAM, "demo", "--out", folder.string()});
  if (made.code != 0) throw std::runtime_error("citymirror-tiler demo failed: " + made.output);
  return city;
}

}  // namespace cm::test
