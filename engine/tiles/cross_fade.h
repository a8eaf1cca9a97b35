//! Levels of detail that give way to others are mixed for a moment instead of changing at once. Keeps what one view drew and since
//! when it changes; the loop's thread.
#pragma once

#include <span>
#include <vector>

#include "tiles/tree.h"

namespace cm::tiles {

//! Tiles that changed places in one turn: `in` is drawn now, `out` was drawn before, both Resident.
struct LevelFade {
  std::vector<TileId> in, out;
  double startSeconds = 0;
  float share = 0;   // 0: only `out` is to be seen .. 1: only `in`
};

class CrossFade {
 public:
  //! What a view draws from now on. Tiles that only come into the view or leave it do not fade: only those with an ancestor or
  //! a descendant on the other side of the change. `seconds` a change takes; 0: it is done at once.
  void update(const TileTree& tree, std::span<const TileState> states, std::span<const TileId> draw, double nowSeconds,
              double seconds);
  //! Those under way, oldest first; a tile is in one of them at most.
  std::span<const LevelFade> fades() const { return fades_; }
  bool empty() const { return fades_.empty(); }

 private:
  static constexpr size_t kMost = 4;   // the oldest ends when more change at once: each is drawn by itself
  std::vector<TileId> drawn_;          // sorted
  std::vector<LevelFade> fades_;
};

}  // namespace cm::tiles
