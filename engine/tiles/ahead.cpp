#include "tiles/ahead.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tiles/ranks.h"

namespace cm::tiles {
namespace {

class Lookout {
 public:
  Lookout(const TileTree& tree, std::span<const TileState> ready, const SelectionView& view,
          const SelectionOptions& options, std::vector<WantedTile>& want, std::vector<WantedTile>& useful)
      : tree_(tree), ready_(ready), view_(view), options_(options), want_(want), useful_(useful) {
    pixelsPerRadian_ = view.viewportHeightPixels / (2 * std::tan(view.fovYRadians / 2));
  }

  void visit(TileId id, double parentError, double parentPriority, unsigned passed) {
    const Tile& tile = tree_.tiles[id];
    if (!geo::intersects(view_.frustum, tile.bounds)) return;
    if (tile.requestVolume && geo::distanceTo(*tile.requestVolume, view_.eyeEcef) > 0) return;
    const double distance = std::max(geo::distanceTo(tile.bounds, view_.eyeEcef), 1e-6);
    const double metresToPixels = pixelsPerRadian_ / distance;
    const double limit = options_.maxSsePixels + fogPixelsAt(distance, view_.fogShare, options_);
    const double missingPixels = std::min(parentError * metresToPixels, kClass / 4);
    const double priority = std::max(kAheadClass - missingPixels, std::nextafter(parentPriority, kClass * kClass));
    const TileState state = id < ready_.size() ? ready_[id] : TileState::Absent;
    const bool content = !tile.contentUris.empty() && !tile.external;
    const double error = tile.geometricError * metresToPixels;
    const bool passes = content && state == TileState::Absent && !tile.children.empty() && parentPriority > -kClass &&
                        tile.refine == source::Refine::Replace &&
                        options_.fullAt == std::numeric_limits<double>::infinity() &&
                        passesOver(error, limit, passed, options_.skipLevels);
    if (content && state == TileState::Resident)
      useful_.push_back({id, priority});
    else if (content && state != TileState::Failed && !passes)
      want_.push_back({id, priority});
    const bool forced = tile.external || (content && state == TileState::Failed);
    if (error <= limit && !forced) return;
    if (content) passed = passes ? passed + 1 : 0;
    for (const TileId child : tile.children) visit(child, tile.geometricError, priority, passed);
  }

 private:
  const TileTree& tree_;
  std::span<const TileState> ready_;
  const SelectionView& view_;
  const SelectionOptions& options_;
  std::vector<WantedTile>& want_;
  std::vector<WantedTile>& useful_;
  double pixelsPerRadian_ = 1;
};

}  // namespace

void wantAhead(const TileTree& tree, std::span<const TileState> ready, const SelectionView& view,
               const SelectionOptions& options, std::vector<WantedTile>& want, std::vector<WantedTile>& useful) {
  Lookout lookout(tree, ready, view, options, want, useful);
  for (size_t i = 0; i < tree.tilesets.size(); ++i) {
    const bool shown = i >= view.tilesets.size() || view.tilesets[i];
    const TilesetEntry& entry = tree.tilesets[i];
    if (shown && !entry.failed && entry.root != kNoTile)
      lookout.visit(entry.root, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), 0);
  }
}

}  // namespace cm::tiles
