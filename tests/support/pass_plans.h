//! Which passes a frame of a kind is made of, in their order: written down once more, apart from the code that begins them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "frame/passes.h"

namespace cm::test {

struct Kind {
  bool plain = false;
  bool still = false;
  int samples = 1;        // more than one: a picture, refined or not
  bool finished = false;  // still, and nothing is left to refine
  bool shadows = true;    // the sun is up and the look throws some
  bool mapsStale = true;  // while moving
  bool smaller = false;   // then: than the target
  bool together = false;  // then: four samples at once
  bool lens = false;
  bool fadePicture = false, fadeMean = false;   // a look is chosen while another fades: what the last frame showed
  bool air = false;       // fog, wet ground, or water by night
  bool glow = false;      // and lights by night shine through it
  bool trains = false;    // drawn over a still picture
  bool labels = false;    // new glyphs
  bool drape = false;     // levels to be redrawn
  bool records = false;   // some have changed
  int picks = 0;
  bool sight = false;     // near the ground: which labels are hidden behind the city
  bool ui = false, window = false;

  std::string name() const {
    return fmt::format(
        "plain {} still {} samples {} finished {} shadows {} stale {} smaller {} together {} lens {} air {} glow {} trains {} labels {} "
        "drape {} records {} picks {} ui {}",
        plain, still, samples, finished, shadows, mapsStale, smaller, together, lens, air, glow, trains, labels, drape, records, picks, ui);
  }
};

inline std::vector<frame::Pass> passesOf(const Kind& kind, bool first) {
  using frame::Pass;
  std::vector<Pass> list;
  if (kind.fadePicture) list.push_back(Pass::FadePicture);
  if (kind.fadeMean) list.push_back(Pass::FadeMean);
  if (kind.records || first) list.push_back(Pass::Records);
  if (first) list.push_back(Pass::NoDrape);
  if (kind.drape) list.push_back(Pass::Drape);
  if (kind.labels && !kind.plain) list.push_back(Pass::Glyphs);
  const auto weather = [&] {
    if (kind.glow) list.insert(list.end(), {Pass::NearGlow, Pass::FarGlow});
    if (kind.air) list.push_back(Pass::Weather);
  };
  const bool refined = !kind.plain && (kind.still || kind.samples > 1);
  const auto lens = [&] {
    if (kind.lens) list.insert(list.end(), {Pass::Lens, Pass::LensLaid});
  };
  if (kind.plain) {
    list.push_back(Pass::PlainScene);
    lens();
  } else if (refined) {
    for (int i = 0; i < (kind.finished ? 0 : kind.samples); ++i) {
      if (kind.shadows) list.push_back(Pass::SampleShadows);
      list.push_back(Pass::SampleScene);
      lens();
      weather();
      list.push_back(Pass::Accumulate);
    }
    list.push_back(Pass::ShowMean);
    if (kind.trains) list.insert(list.end(), {Pass::Live, Pass::Over});
  } else {
    if (kind.shadows && kind.mapsStale) list.push_back(Pass::KeptShadows);
    list.push_back(Pass::MovingScene);
    lens();
    weather();
    if (kind.smaller || kind.together)
      list.insert(list.end(), {Pass::Accumulate, Pass::ShowMean});
    else
      list.push_back(Pass::ShowMoving);
  }
  if (kind.sight && !kind.plain) list.insert(list.end(), {Pass::Sight, Pass::SightRead});
  for (int i = 0; i < kind.picks; ++i) list.insert(list.end(), {Pass::Pick, Pass::PickCopy, Pass::PickRead});
  if (kind.ui) list.push_back(Pass::Over);
  list.push_back(kind.window ? Pass::Present : Pass::Copyable);
  return list;
}

//! Every combination that can occur.
inline std::vector<Kind> allKinds() {
  std::vector<Kind> kinds;
  for (int bits = 0; bits < 1 << 9; ++bits) {
    const auto bit = [&](int i) { return (bits >> i & 1) != 0; };
    Kind kind{.still = bit(0), .shadows = bit(1), .trains = bit(2), .labels = bit(3), .drape = bit(4), .records = bit(5),
              .picks = bit(6) ? 2 : 0, .ui = bit(7), .window = bit(8)};
    kind.samples = kind.still && bit(5) ? 3 : 1;
    kind.finished = kind.still && bit(7) && bit(8);
    kind.mapsStale = bit(4) || bit(5);
    kind.smaller = bit(7) != bit(4);
    kind.plain = !kind.still && !kind.shadows && kind.trains;
    kind.air = bit(6);
    kind.glow = bit(6) && bit(7);
    kind.lens = bit(3) != bit(5);
    kind.sight = bit(0) != bit(3);
    kind.fadePicture = !kind.plain && bit(2) && bit(4);
    kind.fadeMean = !kind.plain && bit(2) && !bit(4);
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace cm::test
