//! Finds the outline each building:part belongs to, so that an outline with parts is not drawn twice (OSM, Simple 3D
//! Buildings: parts replace the outline). Add all parts, then show it every outline, then `finish`. One thread; reading
//! afterwards from any.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "tiling/model.h"

namespace cm::tiling {

class PartFinder {
 public:
  struct Outline {
    std::string id, name;
    BuildingClass kind = BuildingClass::Other;
    city::Polygon rings;
    double area = 0;            // of the outer ring, in square degrees
    double covered = 0;         // by parts that stand on the ground
    uint64_t offset = 0;
  };

  void addIfPart(std::string_view record, uint64_t offset);
  void claimFor(std::string_view record, uint64_t offset);
  void finish();

  bool empty() const { return parts_.empty(); }
  //! The outline of the part at `offset`; null for everything else.
  const Outline* outlineOf(uint64_t offset) const;
  //! True for an outline whose parts cover it: only the parts are drawn.
  bool isReplaced(uint64_t offset) const { return replaced_.contains(offset); }
  size_t placed() const { return outlineOfPart_.size(); }
  size_t replaced() const { return replaced_.size(); }

 private:
  struct Part {
    uint64_t offset = 0;
    glm::dvec2 point{0};
    double area = 0;
    bool onGround = true;
    int outline = -1;
  };
  using Cell = std::pair<int, int>;
  static Cell cellOf(const glm::dvec2& point);

  std::vector<Part> parts_;
  std::map<Cell, std::vector<uint32_t>> grid_;
  std::vector<Outline> outlines_;
  std::unordered_map<uint64_t, uint32_t> outlineOfPart_;
  std::unordered_set<uint64_t> replaced_;
};

}  // namespace cm::tiling
