#include "tiles/selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "tiles/ahead.h"
#include "tiles/casters.h"
#include "tiles/ranks.h"

namespace cm::tiles {
namespace {

using Mask = uint32_t;  // one bit a view

constexpr size_t kMaxViews = 32;
// A tileset whose root is empty has as its ground floor the first tiles with content below; pinned while they are this few.
constexpr size_t kMaxPinnedTiles = 16;

struct Seen {
  Mask mask = 0;              // views whose frustum the tile meets, among those that load its tileset
  double distance = 0;        // least over these
  double metresToPixels = 0;  // largest over these: error in metres * this = screen-space error
  double fogPixels = 0;       // least over these
  double centring = 1;        // 1 in the middle of a view .. 0.25 far off
};

//! What the nearest tile above that can be drawn does for what lies below it.
enum class Above {
  Nothing,   // there is none: whatever is here is better than a hole
  Adds,      // it is drawn in any case, and shows nothing of what belongs here
  StandsIn,  // it is drawn instead unless everything here is covered: nothing partial may remain
};

//! What a tile is seen from on the way down to it.
struct Way {
  double error = std::numeric_limits<double>::infinity();      // metres: of the level above
  double priority = -std::numeric_limits<double>::infinity();  // of the level above: nothing below is more urgent
  Above above = Above::Nothing;
  unsigned passed = 0;  // levels passed over since the last one that is loaded
};

struct Drawn {
  TileId tile;
  Mask mask;
  double distance;
};

bool maskBit(const std::vector<bool>& bits, size_t index, bool missing) {
  return index < bits.size() ? bits[index] : missing;
}

class Traversal {
 public:
  Traversal(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
            const Selection& previous, const SelectionOptions& options)
      : tree_(tree), ready_(ready), views_(views), previous_(previous), options_(options) {
    for (const SelectionView& view : views) {
      pixelsPerRadian_.push_back(view.viewportHeightPixels / (2 * std::tan(view.fovYRadians / 2)));
      axes_.push_back(view.frustum.planes[4].normal);
    }
    result_.refined.assign(tree.tiles.size(), 0);
    seen_.assign(tree.tiles.size(), 0);
    result_.complete = true;
  }

  Selection run() {
    for (size_t i = 0; i < tree_.tilesets.size(); ++i) visitTileset(i);
    for (const SelectionView& view : views_)
      if (view.ahead) wantAhead(tree_, ready_, view, options_, result_.want, result_.useful);
    finish();
    return std::move(result_);
  }

 private:
  bool hasContent(const Tile& tile) const { return !tile.contentUris.empty() && !tile.external; }
  TileState state(TileId id) const { return id < ready_.size() ? ready_[id] : TileState::Absent; }
  bool drawable(TileId id) const { return state(id) == TileState::Resident && hasContent(tree_.tiles[id]); }
  //! Nothing will ever come here and nothing lies below.
  bool lost(TileId id) const { return state(id) == TileState::Failed && tree_.tiles[id].children.empty(); }
  bool refinedBefore(TileId id) const { return id < previous_.refined.size() && previous_.refined[id]; }

  bool roomy() const { return options_.fullAt == std::numeric_limits<double>::infinity(); }
  double limit(const Seen& seen) const { return options_.maxSsePixels + seen.fogPixels; }

  Seen look(const Tile& tile, Mask among) const;
  void visitTileset(size_t index);
  void pinTop(TileId root);
  bool visit(TileId id, Mask among, const Way& way);
  bool visitAsIs(TileId id, const Seen& seen, Way way);
  bool visitReplaced(TileId id, const Seen& seen, Way way);
  bool visitAdded(TileId id, const Seen& seen, Way way);
  bool visitResident(TileId id, Mask among, Above above);
  void wantOutside(TileId id, double priority);
  void want(TileId id, double priority, bool seen);
  void emit(TileId id, const Seen& seen) { drawn_.push_back({id, seen.mask & drawMask_, seen.distance}); }
  void finish();

  struct Mark {
    size_t drawn, refined, yields;
  };
  Mark mark() const { return {drawn_.size(), refined_.size(), result_.yields.size()}; }
  void undoTo(Mark mark, double priority) {
    for (size_t i = mark.drawn; i < drawn_.size(); ++i) result_.useful.push_back({drawn_[i].tile, priority});
    for (size_t i = mark.refined; i < refined_.size(); ++i)
      if (drawable(refined_[i])) result_.useful.push_back({refined_[i], priority});
    drawn_.resize(mark.drawn);
    refined_.resize(mark.refined);
    result_.yields.resize(mark.yields);
  }
  bool visitChildren(const Tile& tile, const Seen& seen, const Way& below, double& urgency);
  bool mayYield(TileId id, const Seen& seen, double urgency, Mark before);

  const TileTree& tree_;
  std::span<const TileState> ready_;
  std::span<const SelectionView> views_;
  const Selection& previous_;
  const SelectionOptions& options_;
  std::vector<double> pixelsPerRadian_;
  std::vector<glm::dvec3> axes_;
  Mask drawMask_ = 0, loadMask_ = 0;  // of the tileset under way
  std::vector<Drawn> drawn_;
  std::vector<TileId> refined_;  // their children stand in drawn_
  std::vector<uint8_t> seen_;    // by TileId: some view that loads its tileset sees it
  std::vector<TileId> pinned_, level_, nextLevel_;
  size_t missing_ = 0;     // seen and wanted
  double mostUrgent_ = 0;  // of the siblings visited so far
  Selection result_;
};

Seen Traversal::look(const Tile& tile, Mask among) const {
  Seen seen;
  seen.distance = std::numeric_limits<double>::infinity();
  double best = 0;
  double fog = std::numeric_limits<double>::infinity();
  for (size_t v = 0; v < views_.size(); ++v) {
    if (!(among >> v & 1) || !geo::intersects(views_[v].frustum, tile.bounds)) continue;
    if (tile.requestVolume && geo::distanceTo(*tile.requestVolume, views_[v].eyeEcef) > 0) continue;
    seen.mask |= Mask{1} << v;
    double distance = std::max(geo::distanceTo(tile.bounds, views_[v].eyeEcef), 1e-6);
    seen.distance = std::min(seen.distance, distance);
    seen.metresToPixels = std::max(seen.metresToPixels, pixelsPerRadian_[v] / distance);
    if (options_.fogDensity > 0) fog = std::min(fog, fogPixelsAt(distance, views_[v].fogShare, options_));
    glm::dvec3 toTile = geo::centreOf(tile.bounds) - views_[v].eyeEcef;
    double along = glm::dot(toTile, axes_[v]), square = glm::dot(toTile, toTile);
    // Cosine of the angle between the view's axis and the tile, softened.
    best = std::max(best, along > 0 && square > 0 ? along / std::sqrt(square) : 0.0);
  }
  if (options_.fogDensity > 0) seen.fogPixels = fog;
  seen.centring = 0.25 + 0.75 * best * best;
  return seen;
}

void Traversal::want(TileId id, double priority, bool seen) {
  TileState now = state(id);
  if (now == TileState::Failed) return;
  if (now == TileState::Resident) {
    if (hasContent(tree_.tiles[id])) result_.useful.push_back({id, priority});
    return;
  }
  result_.want.push_back({id, priority});
  if (!seen) return;
  result_.complete = false;
  ++missing_;
}

void Traversal::visitTileset(size_t index) {
  const TilesetEntry& entry = tree_.tilesets[index];
  drawMask_ = loadMask_ = 0;
  for (size_t v = 0; v < views_.size(); ++v) {
    if (views_[v].ahead) continue;
    bool drawn = maskBit(views_[v].tilesets, index, true);
    if (drawn) drawMask_ |= Mask{1} << v;
    if (drawn || maskBit(views_[v].prefetch, index, false)) loadMask_ |= Mask{1} << v;
  }
  if (!loadMask_ || entry.failed) return;
  if (entry.root == kNoTile) {
    if (drawMask_) result_.complete = false;
    return;
  }
  pinTop(entry.root);
  visit(entry.root, loadMask_, {});
}

//! The first tiles with content below the root are wanted whatever the camera does, and never let go.
void Traversal::pinTop(TileId root) {
  level_.assign(1, root);
  size_t begin = pinned_.size();
  while (!level_.empty() && level_.size() <= kMaxPinnedTiles) {
    nextLevel_.clear();
    for (TileId id : level_) {
      const Tile& tile = tree_.tiles[id];
      if (tile.requestVolume) continue;  // wanted from near only
      if (hasContent(tile) && state(id) != TileState::Failed)
        pinned_.push_back(id);
      else
        nextLevel_.insert(nextLevel_.end(), tile.children.begin(), tile.children.end());
    }
    std::swap(level_, nextLevel_);
  }
  if (pinned_.size() - begin > kMaxPinnedTiles) pinned_.resize(begin + kMaxPinnedTiles);
  double priority = drawMask_ ? kPinnedClass : kPrefetchClass - kClass / 2;
  for (size_t i = begin; i < pinned_.size(); ++i)
    if (state(pinned_[i]) != TileState::Resident)
      result_.want.push_back({pinned_[i], priority + static_cast<double>(i)});
}

//! Draws what the views see of the tile and everything below. True where all of it is covered by what was emitted, or where
//! no better can come.
bool Traversal::visit(TileId id, Mask among, const Way& way) {
  const Tile& tile = tree_.tiles[id];
  Seen seen = look(tile, among);
  if (!seen.mask) return true;
  seen_[id] = 1;
  // What the picture lacks while this tile is missing is the parent's error at this distance.
  double missingPixels = std::min(way.error * seen.metresToPixels, kClass / 4) * seen.centring;
  double base = seen.mask & drawMask_ ? kVisibleClass : kPrefetchClass;
  double priority = std::max(base - missingPixels, std::nextafter(way.priority, kClass * kClass));

  bool asked = tile.geometricError * seen.metresToPixels > limit(seen);
  bool forced = tile.external || (hasContent(tile) && state(id) == TileState::Failed);
  const Way here{tile.geometricError, priority, way.above, way.passed};
  bool covered = tile.children.empty() || !(asked || forced) ? visitAsIs(id, seen, here)
                 : tile.refine == source::Refine::Add        ? visitAdded(id, seen, here)
                                                             : visitReplaced(id, seen, here);
  mostUrgent_ = std::min(mostUrgent_, priority);
  return covered || !(seen.mask & drawMask_);
}

//! True where all of them are covered. `urgency`: of the most urgent, whether it is there or missing.
bool Traversal::visitChildren(const Tile& tile, const Seen& seen, const Way& below, double& urgency) {
  const double before = std::exchange(mostUrgent_, std::numeric_limits<double>::infinity());
  bool all = true;
  for (TileId child : tile.children) all = visit(child, seen.mask, below) && all;
  urgency = std::exchange(mostUrgent_, before);
  return all;
}

bool Traversal::visitAsIs(TileId id, const Seen& seen, Way way) {
  const Tile& tile = tree_.tiles[id];
  if (!hasContent(tile)) return true;  // the data says that nothing is here at this distance
  if (drawable(id)) {
    emit(id, seen);
    return true;
  }
  if (lost(id)) return way.above != Above::StandsIn;
  want(id, way.priority, seen.mask & drawMask_);
  if (!refinedBefore(id)) return false;
  // Zoomed out, and this tile has to be loaded first: what was drawn below it stays until then.
  Mark before = mark();
  bool all = true;
  for (TileId child : tile.children) all = visitResident(child, seen.mask, way.above) && all;
  if (way.above == Above::StandsIn && way.priority >= options_.fullAt) {
    undoTo(before, std::nextafter(way.priority, kClass * kClass));  // it makes room for the tile
    return false;
  }
  if (all) {
    refined_.push_back(id);
    return true;
  }
  if (way.above == Above::StandsIn)
    undoTo(before, way.priority);
  else
    refined_.push_back(id);
  return false;
}

bool Traversal::visitReplaced(TileId id, const Seen& seen, Way way) {
  const Tile& tile = tree_.tiles[id];
  bool stands = drawable(id);
  bool awaited = hasContent(tile) && !stands && state(id) != TileState::Failed;
  bool passed = awaited && state(id) == TileState::Absent && way.above == Above::StandsIn &&
                (roomy() || refinedBefore(id)) &&
                passesOver(tile.geometricError * seen.metresToPixels, limit(seen), way.passed, options_.skipLevels);
  if (passed) awaited = false;
  if (awaited) want(id, way.priority, seen.mask & drawMask_);
  Mark before = mark();
  const size_t missingBefore = missing_;
  Way below = way;
  if (stands) below.above = Above::StandsIn;
  if (hasContent(tile)) below.passed = passed ? way.passed + 1 : 0;
  double urgency = 0;
  const bool all = visitChildren(tile, seen, below, urgency);
  // Children may not be shown before their parent is in: without it, the next pan or zoom would tear a hole, and where only
  // some are in, it would take them away again when it comes.
  const bool early = awaited && !refinedBefore(id);
  if (all && !early) {
    if (stands && mayYield(id, seen, urgency, before)) return true;
    refined_.push_back(id);
    for (TileId child : tile.children) wantOutside(child, kSiblingClass + way.priority);
    return true;
  }
  if (stands) {
    undoTo(before, way.priority);
    emit(id, seen);
    return true;
  }
  // Something below is missing for good: this level will have to do after all.
  if (passed && missing_ == missingBefore) want(id, way.priority, seen.mask & drawMask_);
  if (early)
    undoTo(before, std::nextafter(way.priority, kClass * kClass));
  else if (way.above == Above::StandsIn)
    undoTo(before, way.priority);
  else
    refined_.push_back(id);
  return false;
}

bool Traversal::visitAdded(TileId id, const Seen& seen, Way way) {
  const Tile& tile = tree_.tiles[id];
  // What failed is missing from the sum for good: the parts that would be left are no picture of the whole.
  if (way.above == Above::StandsIn && hasContent(tile) && state(id) == TileState::Failed) return false;
  bool stands = drawable(id);
  bool awaited = hasContent(tile) && !stands && state(id) != TileState::Failed;
  if (awaited) want(id, way.priority, seen.mask & drawMask_);
  Mark before = mark();
  Way below = way;
  below.passed = 0;
  if (stands) below.above = Above::Adds;
  double urgency = 0;
  const bool all = visitChildren(tile, seen, below, urgency);
  if (stands && drawn_.size() > before.drawn && mayYield(id, seen, urgency, before)) return true;
  if (stands) emit(id, seen);
  refined_.push_back(id);
  if (stands || (all && !awaited)) return true;  // children only add: a missing one is no hole
  if (way.above == Above::StandsIn) undoTo(before, way.priority);
  return false;
}

//! The tile stands, and what lies below it was emitted since `before`. True where it has to stand in for that: it is drawn then.
//! `urgency` is what the detail would be wanted with again: measured in any other way, two tiles could drive each other out for ever.
bool Traversal::mayYield(TileId id, const Seen& seen, double urgency, Mark before) {
  if (!(seen.mask & drawMask_)) return false;
  if (std::find(options_.yielding.begin(), options_.yielding.end(), id) == options_.yielding.end()) {
    result_.yields.push_back({id, urgency});
    return false;
  }
  undoTo(before, urgency);
  emit(id, seen);
  result_.complete = false;
  return true;
}

//! Covers with what is resident already, asking for nothing.
bool Traversal::visitResident(TileId id, Mask among, Above above) {
  const Tile& tile = tree_.tiles[id];
  Seen seen = look(tile, among);
  if (!seen.mask) return true;
  if (drawable(id)) {
    emit(id, seen);
    return true;
  }
  if (tile.children.empty()) return hasContent(tile) ? lost(id) && above != Above::StandsIn : !tile.external;
  bool all = true;
  for (TileId child : tile.children) all = visitResident(child, seen.mask, above) && all;
  refined_.push_back(id);
  return all || !(seen.mask & drawMask_);
}

//! Children of a refined tile that no view sees now: were one missing when the camera turns to it, the parent would have
//! to stand in for all of them, which is seen as a flash.
void Traversal::wantOutside(TileId id, double priority) {
  const Tile& tile = tree_.tiles[id];
  if (seen_[id] || tile.requestVolume) return;
  if (hasContent(tile) && state(id) != TileState::Failed) {
    want(id, priority, false);
    return;
  }
  for (TileId child : tile.children) wantOutside(child, priority);
}

void Traversal::finish() {
  result_.pinned = pinned_;
  enum : uint8_t { Kept = 1, Listed = 2 };
  std::vector<uint8_t> marks(tree_.tiles.size(), 0);
  auto keep = [&](TileId id) {
    if (marks[id] & Kept) return;
    marks[id] |= Kept;
    result_.keep.push_back(id);
  };
  for (TileId id : pinned_)
    if (drawable(id)) keep(id);
  for (TileId id : refined_) {
    result_.refined[id] = 1;
    if (drawable(id)) keep(id);
  }
  result_.draw.resize(views_.size());
  std::vector<std::pair<double, TileId>> order;
  for (const Drawn& drawn : drawn_)
    if (drawn.mask)
      keep(drawn.tile);
    else
      result_.useful.push_back({drawn.tile, kPrefetchClass});
  for (size_t v = 0; v < views_.size(); ++v) {
    order.clear();
    for (const Drawn& drawn : drawn_)
      if (drawn.mask >> v & 1)
        order.emplace_back(
            views_.size() == 1 ? drawn.distance : geo::distanceTo(tree_.tiles[drawn.tile].bounds, views_[v].eyeEcef),
            drawn.tile);
    std::sort(order.begin(), order.end());
    for (const auto& [distance, tile] : order) result_.draw[v].push_back(tile);
  }
  selectCasters(tree_, ready_, views_, options_, result_);
  auto byPriority = [](const WantedTile& a, const WantedTile& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.tile < b.tile;
  };
  auto firstOfEach = [&](std::vector<WantedTile>& list, uint8_t mark) {
    std::sort(list.begin(), list.end(), byPriority);
    std::erase_if(list, [&](const WantedTile& wanted) {
      return std::exchange(marks[wanted.tile], marks[wanted.tile] | mark) & mark;
    });
  };
  firstOfEach(result_.want, Listed);
  std::erase_if(result_.useful, [&](const WantedTile& useful) { return marks[useful.tile] & Kept; });
  firstOfEach(result_.useful, Listed);
}

}  // namespace

double fogPixelsAt(double distance, double share, const SelectionOptions& options) {
  const double thickness = distance * options.fogDensity * share;
  return options.fogPixels * -std::expm1(-thickness * thickness);
}

Selection select(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
                 const Selection& previous, const SelectionOptions& options) {
  CM_CHECK(views.size() <= kMaxViews, "{} views, at most {} can be selected for at once", views.size(), kMaxViews);
  return Traversal(tree, ready, views, previous, options).run();
}

}  // namespace cm::tiles
