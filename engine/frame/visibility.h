//! Which features each resident tile shows in each view slot: the project states of the sides turned into feature records.
//! Incremental: a tile's removable features are found once, when it arrives; a change of state touches only tiles that have any.
//! Loop's thread.
#pragma once

#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "frame/frame.h"
#include "frame/styling.h"
#include "geo/ellipsoid.h"

namespace cm::frame {

enum class Shown : uint8_t { All, Some, None };

class Visibility {
 public:
  void setDocument(const city::Document& document, const geo::EnuFrame& axes);
  void update(residency::Residency& residency, const tiles::TileTree& tree, std::span<const Side> sides,
              const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition, bool differences = false);
  //! Style::id of the document, or empty.
  void setStyle(const std::string& id);
  //! Marks the selected building wherever it is drawn.
  void highlight(residency::Residency& residency, const city::Selection& selection);

  //! `changing`: a transition is under way, so the state it began from counts too.
  Shown shown(tiles::TileId tile, unsigned slot, bool changing) const;
  //! Changes whenever any record does.
  uint64_t generation() const { return generation_; }

 private:
  struct Removal {
    size_t project = 0, index = 0;
    std::unordered_set<uint64_t> ids;                 // hashes (base/text.h)
    std::vector<city::Polygon> inside;
    glm::dvec2 lo{0}, hi{0};                          // of `inside`, degrees
  };
  struct Removed {
    uint32_t feature = 0, removal = 0;
  };
  struct Info {
    std::vector<Removed> removed;
    std::optional<std::pair<size_t, size_t>> addition;   // project, addition
    std::vector<uint32_t> bits;
    Styling::Result styled;
    std::array<Shown, residency::kMaxViewSlots> now{}, before{};
    bool highlighted = false, tinted = false;
    uint64_t seen = 0;
  };
  struct SlotState {
    std::vector<city::ProjectState> from, to;
    bool used = false;
  };

  void applyStyle(const residency::ResidentTile& tile, Info& info) const;
  Info infoOf(const residency::ResidentTile& tile, const tiles::TileTree& tree) const;
  void findInside(const residency::ResidentTile& tile, uint32_t removal, std::vector<Removed>& out) const;
  //! Colours what only one of the sides compared shows; true where there is any.
  bool tint(const residency::ResidentTile& tile, const Info& info, std::vector<uint32_t>& colours) const;
  void write(residency::Residency& residency, const residency::ResidentTile& tile, Info& info);

  std::vector<Removal> removals_;
  std::vector<uint32_t> tints_;                          // by project
  uint32_t compared_ = 0;                                // bits of two slots, or none
  std::vector<city::Style> styles_;
  std::string styleId_;
  Styling styling_;
  bool restyle_ = false;
  std::unordered_map<tiles::TilesetId, std::pair<size_t, size_t>> additions_;
  std::unordered_map<tiles::TileId, Info> tiles_;
  std::array<SlotState, residency::kMaxViewSlots> slots_;
  std::string highlightedId_;
  uint64_t residencyGeneration_ = 0;
  uint64_t highlightGeneration_ = 0;
  uint64_t generation_ = 1;
  uint64_t pass_ = 0;
};

}  // namespace cm::frame
