//! The built-in city: 青岛 · Qingdao Bay, made from the fact files in assets/qingdao and from rules. The same in every run;
//! everything made by rule is labelled 示意数据 / illustrative in the data.
#pragma once

#include <functional>

#include "base/files.h"
#include "tiling/builder.h"

namespace cm::tiling {

struct DemoOptions {
  Path out;                      // gets city.json, tiles/, projects/, overlays/
  Path facts;                    // default: assetsFolder() / "qingdao"
  size_t memoryBytes = size_t{2} << 30;
  unsigned jobs = 0;             // 0: all cores
  std::function<void(const Progress&)> progress;
};

//! Errors name the fact file and the place in it.
Result<BuildReport> buildDemo(const DemoOptions& options);

}  // namespace cm::tiling
