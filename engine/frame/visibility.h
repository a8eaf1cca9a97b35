//! Which features each resident tile shows in each view slot, and what is marked by a colour: the project states of the sides
//! turned into feature records. Incremental: a tile's features that projects concern are found once, when it arrives; a change of
//! state touches only tiles that have any.
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

struct View;

enum class Shown : uint8_t { All, Some, None };

class Visibility {
 public:
  void setDocument(const city::Document& document, const geo::EnuFrame& axes);
  void update(residency::Residency& residency, const tiles::TileTree& tree, std::span<const Side> sides,
              const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition, const Marks& marks);
  //! Style::id of the document, or empty.
  void setStyle(const std::string& id);
  //! Marks the selected building wherever it is drawn.
  void highlight(residency::Residency& residency, const city::Selection& selection);

  //! `changing`: a transition is under way, so the state it began from counts too.
  Shown shown(tiles::TileId tile, unsigned slot, bool changing) const;
  //! What stands in a project's area has its colour, and that area is large enough in the picture to tell, as far as even ground tells.
  bool tintsSeen(const View& view, double eyeMetres) const;
  //! Changes whenever any record does.
  uint64_t generation() const { return generation_; }

 private:
  struct Region {
    explicit Region(const std::vector<city::Polygon>& of);
    std::vector<city::Polygon> polygons;
    glm::dvec2 lo{1e9}, hi{-1e9};                     // degrees
  };
  struct Area {
    Region region;
    glm::dvec3 centreEnu{0};
    double metres = 0;                                // across
  };
  struct Removal {
    size_t project = 0, index = 0;
    std::unordered_set<uint64_t> ids;                 // hashes (base/text.h)
    Region inside;
  };
  struct Removed {
    uint32_t feature = 0, removal = 0;
  };
  struct Within {
    uint32_t feature = 0, project = 0;
  };
  struct Info {
    std::vector<Removed> removed;
    std::vector<Within> within;                       // the boundaries of projects
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
  //! The removable features whose middle is inside.
  std::vector<uint32_t> inside(const residency::ResidentTile& tile, const Region& region) const;
  //! Colours what only one of the sides compared shows, or what stands in projects' areas; true where there is any.
  bool tint(const residency::ResidentTile& tile, const Info& info, std::vector<uint32_t>& colours) const;
  void write(residency::Residency& residency, const residency::ResidentTile& tile, Info& info);

  std::vector<Removal> removals_;
  std::vector<Area> areas_;                              // by project
  std::vector<std::string> projects_;                    // their ids
  std::vector<glm::vec3> colours_;                       // and colours, sRGB
  std::vector<uint32_t> areaTints_;                      // and what stands in their areas has (FeatureRecord::tint)
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
