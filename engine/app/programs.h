//! The programs behind `citymirror`: each takes plain options and returns the process's exit code.
//! 0: done. 1: could not be done. 2: the call was wrong. 3: done, but parts could not be loaded (they are named).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/pace.h"
#include "city/session.h"
#include "source/fetch.h"

namespace cm::app {

inline constexpr int kExitDone = 0, kExitFailed = 1, kExitUsage = 2, kExitPartial = 3;

//! Samples averaged a pixel. A still cannot shimmer; of what moves there are twice as many: turned by a tenth of a pixel, the camera
//! changes the picture by less than a FLIP of 0.01 (tests/golden/steady_test.cpp).
inline constexpr int kStillSamples = 8, kFilmSamples = 16;

struct RenderOptions {
  std::string city;
  std::string out;
  unsigned width = 1280, height = 720;
  std::string view;                              // SavedView id or name
  std::optional<city::CameraPose> camera;
  std::string date;                              // ISO 8601, with or without a time
  std::optional<double> hour;                    // local mean solar time; over that of `date`
  std::string scenario, against;
  city::Compare compare = city::Compare::Off;
  double divider = 0.5;
  city::LensPlace lens;
  city::Look look = city::Look::Clay;
  city::Weather weather = city::Weather::Clear;
  std::string style;                             // Style id; empty: none
  Language language = Language::Chinese;
  bool ui = true;
  bool underground = false;
  bool differences = true;       // Layers::differences
  int samples = kStillSamples;
  double timeoutSeconds = 300;
  std::string select;                            // feature, project or item id to highlight
  source::Fetcher::Options fetch;
};
int renderProgram(const RenderOptions& options);

struct FilmOptions {
  RenderOptions picture;                         // of every frame; `out` is the film: what its ending says, through ffmpeg
  std::vector<std::string> views;                // SavedView or Project ids, in order; none: all saved views
  bool turntable = false;                        // once round the first of them, or the home view
  double seconds = 20, framesPerSecond = 30;
};
int filmProgram(const FilmOptions& options);

struct BenchOptions {
  std::string tileset, poses, json, shots;
  city::Look look = city::Look::Plain;
  city::Weather weather = city::Weather::Clear;
  bool swipe = false;
  int repeats = 3, step = 1;
  double maxSsePixels = 0;                       // 0: what poses.json says
  source::Fetcher::Options fetch;
};
int benchProgram(const BenchOptions& options);

struct FlightOptions {
  std::string city, json;                        // json may be empty: the figures are printed anyway
  unsigned width = 1280, height = 720;
  double seconds = 60;
  unsigned frames = 0;                           // not 0: a soak of so many frames, a thirtieth of a second apart
  double budgetMiB = 0;                          // of tiles on the GPU; 0: the usual one
  city::Look look = city::Look::Clay;
  city::Weather weather = city::Weather::Clear;
  std::optional<double> hour;                    // RenderOptions
  bool swipe = false, ui = true;
  double levelFadeSeconds = 0;                   // StageOptions
  std::optional<Quality> quality;                // fixed; else it gives up detail to keep the rate, as the window does
  source::Fetcher::Options fetch;
};
int flightProgram(const FlightOptions& options);

int checkProgram(const std::string& city, const source::Fetcher::Options& fetch);

struct WindowOptions {
  std::string city;                              // empty: the built-in one
  unsigned width = 1600, height = 900;
  bool fullscreen = false;
  bool forget = false;                           // start as new: no state of the last run
  bool reducedMotion = false;                    // looks, hours and levels of detail change at once, and no flight opens the city
  std::optional<double> levelFadeSeconds;        // StageOptions; by itself: only where a GPU has the time for it
  source::Fetcher::Options fetch;
};
int windowProgram(const WindowOptions& options);

}  // namespace cm::app
