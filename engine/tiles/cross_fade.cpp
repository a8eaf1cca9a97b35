#include "tiles/cross_fade.h"

#include <algorithm>
#include <iterator>

namespace cm::tiles {
namespace {

bool contains(const std::vector<TileId>& sorted, TileId tile) {
  return std::binary_search(sorted.begin(), sorted.end(), tile);
}

std::vector<TileId> without(const std::vector<TileId>& sorted, const std::vector<TileId>& others) {
  std::vector<TileId> left;
  std::set_difference(sorted.begin(), sorted.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

//! Moves to `related` what of `tiles` has an ancestor in `others`, and those ancestors to `ancestors`.
void relate(const TileTree& tree, const std::vector<TileId>& tiles, const std::vector<TileId>& others,
            std::vector<TileId>& related, std::vector<TileId>& ancestors) {
  for (const TileId tile : tiles)
    for (TileId above = tree.tiles[tile].parent; above != kNoTile; above = tree.tiles[above].parent)
      if (contains(others, above)) {
        related.push_back(tile);
        ancestors.push_back(above);
        break;
      }
}

void makeSet(std::vector<TileId>& tiles) {
  std::sort(tiles.begin(), tiles.end());
  tiles.erase(std::unique(tiles.begin(), tiles.end()), tiles.end());
}

}  // namespace

void CrossFade::update(const TileTree& tree, std::span<const TileState> states, std::span<const TileId> draw,
                       double nowSeconds, double seconds) {
  std::vector<TileId> now(draw.begin(), draw.end());
  makeSet(now);
  const auto resident = [&](TileId tile) { return tile < states.size() && states[tile] == TileState::Resident; };
  if (seconds <= 0) {
    fades_.clear();
  } else if (now != drawn_) {
    const std::vector<TileId> came = without(now, drawn_), went = without(drawn_, now);
    LevelFade fade;
    fade.startSeconds = nowSeconds;
    relate(tree, came, went, fade.in, fade.out);
    relate(tree, went, came, fade.out, fade.in);
    makeSet(fade.in);
    makeSet(fade.out);
    // What changes back on the way starts anew; what has left the view is forgotten.
    for (LevelFade& older : fades_) {
      std::erase_if(older.in, [&](TileId tile) { return !contains(now, tile) || contains(fade.in, tile); });
      std::erase_if(older.out, [&](TileId tile) { return contains(now, tile) || contains(fade.out, tile); });
    }
    if (!fade.in.empty() && !fade.out.empty()) fades_.push_back(std::move(fade));
    if (fades_.size() > kMost) fades_.erase(fades_.begin());
  }
  for (LevelFade& fade : fades_) {
    std::erase_if(fade.out, [&](TileId tile) { return !resident(tile); });
    const double t = std::clamp((nowSeconds - fade.startSeconds) / seconds, 0.0, 1.0);
    fade.share = float(t * t * (3 - 2 * t));
  }
  std::erase_if(fades_, [](const LevelFade& fade) { return fade.in.empty() || fade.out.empty() || fade.share >= 1; });
  drawn_ = std::move(now);
}

}  // namespace cm::tiles
