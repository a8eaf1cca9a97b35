//! What cards draw besides words (ui/card_data.h), worked out of what is loaded: once a selection, again where tiles that it counts
//! come or go. Reads the stage, which it must not outlive; the loop's thread.
#pragma once

#include <optional>
#include <vector>

#include "app/stage.h"
#include "app/ui/card_data.h"
#include "frame/rail_paths.h"

namespace cm::app {

class CardFacts {
 public:
  //! Pictures are not among it: those who have textures add them.
  const ui::CardData& of(const Stage& stage, const city::Selection& selection);

 private:
  std::optional<std::vector<frame::RailPath>> paths_;   // of the document, on first use
  city::Selection selection_;
  uint64_t generation_ = 0;
  ui::CardData data_;
};

//! The lines that call at a station (the id of a feature of a metro or rail overlay), or the one that has this id itself.
std::vector<ui::StationLine> stationLines(const city::Document& document, const frame::VectorLayers& layers,
                                          const geo::EnuFrame& axes, const std::vector<frame::RailPath>& paths,
                                          const std::string& id);

}  // namespace cm::app
