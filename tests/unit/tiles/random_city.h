//! A random city for flights over it: tilesets that replace and add, empty and failing tiles, and tilesets within tilesets that
//! show only once they have been read. What there is stands in `Plan`; `GrowingWorld` is how much of it the tree knows. One thread.
#pragma once

#include <utility>

#include "flat_world.h"

namespace cm::tiles::test {

struct Plan {
  struct Node {
    Rectangle ground;
    double error = 0;
    source::Refine refine = source::Refine::Replace;
    bool content = true;
    bool gate = false;   // its content is a tileset, or a subtree: `children` show when that has been read
    bool fails = false;
    size_t bytes = 1;
    std::vector<size_t> children;
  };
  static constexpr double kSide = 2048;
  std::vector<Node> nodes;
  std::vector<size_t> roots;  // one a tileset

  size_t add(const Rectangle& ground, double error) {
    nodes.push_back({.ground = ground, .error = error});
    return nodes.size() - 1;
  }
};

//! Makes one city of a seed; which kinds of tiles it has is drawn first, so that simple cities are among them.
class Planner {
 public:
  explicit Planner(std::mt19937_64& random) : random_(random) {
    adds_ = oneIn(2) ? 0.3 : 0;
    empties_ = oneIn(2) ? 0.1 : 0;
    gates_ = oneIn(2) ? 0.15 : 0;
    fails_ = oneIn(3) ? 0.06 : 0;
  }
  Plan make() {
    const size_t tilesets = 1 + random_() % 2;
    for (size_t i = 0; i < tilesets; ++i) {
      const size_t root = plan_.add({0, 0, Plan::kSide, Plan::kSide}, 128);
      plan_.roots.push_back(root);
      grow(root, 3 + static_cast<int>(random_() % 3), true);
    }
    return std::move(plan_);
  }

 private:
  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool oneIn(size_t n) { return random_() % n == 0; }

  std::vector<Rectangle> parts(const Rectangle& r) {
    const double x = r.west + (r.east - r.west) * (0.3 + 0.4 * unit());
    const double y = r.south + (r.north - r.south) * (0.3 + 0.4 * unit());
    switch (random_() % 4) {
      case 0: return {{r.west, r.south, x, r.north}, {x, r.south, r.east, r.north}};
      case 1: return {{r.west, r.south, r.east, y}, {r.west, y, x, r.north}, {x, y, r.east, r.north}};
      case 2: return {r};
      default:
        return {{r.west, r.south, x, y}, {x, r.south, r.east, y}, {r.west, y, x, r.north}, {x, y, r.east, r.north}};
    }
  }

  void grow(size_t node, int levels, bool root) {
    plan_.nodes[node].bytes = 1 + random_() % 6;
    plan_.nodes[node].fails = !root && unit() < fails_;
    if (levels == 0 || (!root && oneIn(12))) {
      plan_.nodes[node].error = 0;
      return;
    }
    const bool gate = unit() < gates_, empty = !gate && unit() < empties_;
    if (gate) {
      plan_.nodes[node].gate = true;
    } else if (empty) {
      plan_.nodes[node].content = plan_.nodes[node].fails = false;
    }
    const double below = plan_.nodes[node].error;  // no child's error is larger than that of any tile above it
    if (empty) plan_.nodes[node].error = 1e9;      // nothing is no picture of anything
    const bool adds = !gate && unit() < adds_;
    plan_.nodes[node].refine = adds ? source::Refine::Add : source::Refine::Replace;
    const double error = below / (1.5 + 2 * unit());
    for (const Rectangle& part : parts(plan_.nodes[node].ground)) {
      if (adds && !empty && oneIn(4)) continue;  // what only adds need not be everywhere
      const size_t child = plan_.add(part, error);
      plan_.nodes[node].children.push_back(child);
      grow(child, levels - 1, false);
    }
    if (plan_.nodes[node].children.empty()) plan_.nodes[node].error = 0;
  }

  std::mt19937_64& random_;
  double adds_ = 0, empties_ = 0, gates_ = 0, fails_ = 0;
  Plan plan_;
};

struct GrowingWorld : World {
  const Plan& plan;
  std::vector<size_t> nodeOf;  // by TileId

  explicit GrowingWorld(const Plan& of) : plan(of) {
    for (const size_t root : plan.roots) reveal(kNoTile, root);
  }
  const Plan::Node& node(TileId id) const { return plan.nodes[nodeOf[id]]; }
  size_t bytes(TileId id) const { return node(id).bytes; }
  bool hasContent(TileId id) const { return !tree.tiles[id].contentUris.empty() && !tree.tiles[id].external; }
  bool drawable(TileId id) const { return states[id] == TileState::Resident && hasContent(id); }

  //! What was asked for is here: a mesh, a tileset that goes on below, or nothing ever.
  void arrive(TileId id) {
    if (node(id).fails) {
      states[id] = TileState::Failed;
      return;
    }
    states[id] = TileState::Resident;
    if (!node(id).gate) return;
    tree.tiles[id].external = true;
    const std::vector<size_t>& children = node(id).children;
    for (const size_t child : children) reveal(id, child);
  }
  size_t residentBytes() const {
    size_t sum = 0;
    for (TileId id = 0; id < states.size(); ++id)
      if (drawable(id)) sum += bytes(id);
    return sum;
  }

 private:
  void reveal(TileId parent, size_t of) {
    const Plan::Node& from = plan.nodes[of];
    const TileId id = add(parent, from.ground, from.error, from.refine);
    nodeOf.push_back(of);
    if (!from.content) tree.tiles[id].contentUris.clear();
    if (from.gate) return;
    for (const size_t child : from.children) reveal(id, child);
  }
};

}  // namespace cm::tiles::test
