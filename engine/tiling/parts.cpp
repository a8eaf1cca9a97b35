#include "tiling/parts.h"

#include <cmath>
#include <limits>

#include "tiling/plane.h"
#include "tiling/spool.h"

namespace cm::tiling {
namespace {

constexpr double kCellDegrees = 0.001;   // about 100 m: larger than most outlines
constexpr double kCoveredShare = 0.6;    // of the outline, for its parts to stand for it

}  // namespace

PartFinder::Cell PartFinder::cellOf(const glm::dvec2& point) {
  return {static_cast<int>(std::floor(point.x / kCellDegrees)), static_cast<int>(std::floor(point.y / kCellDegrees))};
}

void PartFinder::addIfPart(std::string_view record, uint64_t offset) {
  if (!isPartRecord(record)) return;
  Building building = decodeBuilding(record);
  Part part;
  part.offset = offset;
  part.point = pointInside(building.rings);
  part.area = std::abs(signedArea(building.rings.front()));
  part.onGround = building.minHeight < 0.5f;
  grid_[cellOf(part.point)].push_back(static_cast<uint32_t>(parts_.size()));
  parts_.push_back(part);
}

void PartFinder::claimFor(std::string_view record, uint64_t offset) {
  if (isPartRecord(record)) return;
  Building building = decodeBuilding(record);
  glm::dvec2 lo(std::numeric_limits<double>::max()), hi(-std::numeric_limits<double>::max());
  for (const auto& corner : building.rings.front()) {
    lo = glm::min(lo, corner);
    hi = glm::max(hi, corner);
  }
  double area = std::abs(signedArea(building.rings.front()));
  Cell first = cellOf(lo), last = cellOf(hi);
  int index = -1;
  for (int x = first.first; x <= last.first; ++x)
    for (auto cell = grid_.lower_bound({x, first.second}); cell != grid_.end() && cell->first <= Cell{x, last.second}; ++cell)
      for (uint32_t p : cell->second) {
        Part& part = parts_[p];
        bool smaller = part.outline < 0 || outlines_[static_cast<size_t>(part.outline)].area > area;
        if (!smaller || part.area > 1.05 * area || !holds(building.rings, part.point)) continue;
        if (index < 0) {
          index = static_cast<int>(outlines_.size());
          outlines_.push_back({building.id, building.name, building.kind, building.rings, area, 0, offset});
        }
        part.outline = index;
      }
}

void PartFinder::finish() {
  for (const Part& part : parts_) {
    if (part.outline < 0) continue;
    outlineOfPart_.emplace(part.offset, static_cast<uint32_t>(part.outline));
    if (part.onGround) outlines_[static_cast<size_t>(part.outline)].covered += part.area;
  }
  for (const Outline& outline : outlines_)
    if (outline.covered >= kCoveredShare * outline.area) replaced_.insert(outline.offset);
}

const PartFinder::Outline* PartFinder::outlineOf(uint64_t offset) const {
  auto found = outlineOfPart_.find(offset);
  return found == outlineOfPart_.end() ? nullptr : &outlines_[found->second];
}

}  // namespace cm::tiling
