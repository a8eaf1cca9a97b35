#include "tiles/casters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tiles/ranks.h"

namespace cm::tiles {
namespace {

using Mask = uint32_t;  // one bit a view

constexpr double kLowestSun = 0.02;  // sine of its elevation: below, shadows have no end

struct Cast {
  TileId tile;
  Mask mask;
  double priority;
};

class Shadows {
 public:
  Shadows(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
          const SelectionOptions& options, Selection& result)
      : tree_(tree), ready_(ready), views_(views), options_(options), result_(result), drawnIn_(tree.tiles.size()) {
    for (const SelectionView& view : views)
      pixelsPerRadian_.push_back(view.viewportHeightPixels / (2 * std::tan(view.fovYRadians / 2)));
    for (size_t v = 0; v < views.size(); ++v)
      for (const TileId id : result.draw[v]) drawnIn_[id] |= Mask{1} << v;
  }

  void run() {
    for (size_t i = 0; i < tree_.tilesets.size(); ++i) {
      const TilesetEntry& entry = tree_.tilesets[i];
      if (entry.failed || entry.root == kNoTile) continue;
      shows_ = lit_ = 0;
      for (size_t v = 0; v < views_.size(); ++v) {
        if (views_[v].ahead || (i < views_[v].tilesets.size() && !views_[v].tilesets[i])) continue;
        shows_ |= Mask{1} << v;
        const std::optional<SunLight>& sun = views_[v].sun;
        if (sun && glm::dot(sun->direction, sun->up) > kLowestSun) lit_ |= Mask{1} << v;
      }
      if (lit_) visit(entry.root, lit_);
    }
    for (const Cast& cast : cast_) {
      result_.useful.push_back({cast.tile, cast.priority});
      for (size_t v = 0; v < views_.size(); ++v)
        if (cast.mask >> v & 1) result_.cast[v].push_back(cast.tile);
    }
  }

 private:
  TileState state(TileId id) const { return id < ready_.size() ? ready_[id] : TileState::Absent; }
  bool hasContent(const Tile& tile) const { return !tile.contentUris.empty() && !tile.external; }

  //! Views whose frustum the tile's shadow may meet, and the largest factor from metres to pixels over these.
  Mask shades(const Tile& tile, Mask among, double* metresToPixels = nullptr) const {
    Mask mask = 0;
    for (size_t v = 0; v < views_.size(); ++v) {
      if (!(among >> v & 1)) continue;
      const SunLight& sun = *views_[v].sun;
      const double distance = geo::distanceTo(tile.bounds, views_[v].eyeEcef);
      if (distance > sun.reachMetres) continue;
      const double height = 2 * geo::reachAlong(tile.bounds, sun.up);
      const double length = std::min(height / glm::dot(sun.direction, sun.up), sun.reachMetres);
      if (!geo::intersectsSwept(views_[v].frustum, tile.bounds, sun.direction * -length)) continue;
      mask |= Mask{1} << v;
      if (metresToPixels) *metresToPixels = std::max(*metresToPixels, pixelsPerRadian_[v] / std::max(distance, 1e-6));
    }
    return mask;
  }

  //! A coarser tile stands in for these; they are not to be thrown out while the rest of them comes.
  void giveUp(size_t before) {
    for (size_t i = before; i < cast_.size(); ++i) result_.useful.push_back({cast_[i].tile, cast_[i].priority});
    cast_.resize(before);
  }

  //! Down what the views see, to where they do not.
  void visit(TileId id, Mask among) {
    const Tile& tile = tree_.tiles[id];
    const Mask mask = shades(tile, among);
    if (!mask) return;
    if (drawnIn_[id]) cast_.push_back({id, mask & ~drawnIn_[id], kVisibleClass});  // another view draws it
    if (result_.refined[id]) {
      for (const TileId child : tile.children) visit(child, mask);
      return;
    }
    if (drawnIn_[id]) return;
    for (size_t v = 0; v < views_.size(); ++v)
      if (shows_ >> v & 1 && geo::intersects(views_[v].frustum, tile.bounds)) return;  // what is drawn stands in for it
    (void)choose(id, mask, kCasterClass - kClass / 2);
  }

  //! The tile or what lies below it, none of which any view sees. False where what is resident leaves gaps.
  bool choose(TileId id, Mask among, double parentPriority) {
    const Tile& tile = tree_.tiles[id];
    double metresToPixels = 0;
    const Mask mask = shades(tile, among, &metresToPixels);
    if (!mask) return true;
    const double error = tile.geometricError * metresToPixels;
    const double priority =
        std::max(kCasterClass - std::min(error, kClass / 4), std::nextafter(parentPriority, kClass * kClass));
    const bool resident = state(id) == TileState::Resident && hasContent(tile);
    const bool forced = tile.external || (hasContent(tile) && state(id) == TileState::Failed);
    const bool asked = error > kCasterCoarseness * options_.maxSsePixels;
    if (tile.children.empty() || (!asked && !forced)) {
      if (!hasContent(tile)) return true;
      if (resident)
        cast_.push_back({id, mask, priority});
      else if (state(id) != TileState::Failed)
        result_.want.push_back({id, priority});
      return resident;
    }
    const bool adds = tile.refine == source::Refine::Add && hasContent(tile);
    const size_t before = cast_.size();
    bool all = true;
    for (const TileId child : tile.children) all = choose(child, mask, priority) && all;
    if (adds && !resident && state(id) != TileState::Failed) result_.want.push_back({id, priority});
    if (resident && (adds || !all)) {
      if (!adds) giveUp(before);
      cast_.push_back({id, mask, priority});
      return true;
    }
    return all && !(adds && !resident);
  }

  const TileTree& tree_;
  std::span<const TileState> ready_;
  std::span<const SelectionView> views_;
  const SelectionOptions& options_;
  Selection& result_;
  std::vector<Mask> drawnIn_;  // by TileId
  std::vector<double> pixelsPerRadian_;
  std::vector<Cast> cast_;
  Mask shows_ = 0, lit_ = 0;  // views of the tileset under way
};

}  // namespace

void selectCasters(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
                   const SelectionOptions& options, Selection& result) {
  result.cast.resize(views.size());
  if (std::none_of(views.begin(), views.end(), [](const SelectionView& view) { return view.sun.has_value(); })) return;
  Shadows(tree, ready, views, options, result).run();
}

}  // namespace cm::tiles
