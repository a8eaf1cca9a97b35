#include "tiling/coast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace cm::tiling {
namespace {

struct Order {
  bool operator()(const glm::dvec2& a, const glm::dvec2& b) const { return a.x != b.x ? a.x < b.x : a.y < b.y; }
};

//! Ways joined end to start into chains; a closed chain repeats its first point.
std::vector<Ring> joined(const std::vector<Ring>& ways) {
  std::multimap<glm::dvec2, size_t, Order> byStart;
  std::vector<bool> used(ways.size(), false), hasBefore(ways.size(), false);
  std::map<glm::dvec2, size_t, Order> ends;
  for (size_t i = 0; i < ways.size(); ++i) {
    if (ways[i].size() < 2) {
      used[i] = true;
      continue;
    }
    byStart.emplace(ways[i].front(), i);
    ends.emplace(ways[i].back(), i);
  }
  for (size_t i = 0; i < ways.size(); ++i) hasBefore[i] = !used[i] && ends.contains(ways[i].front());
  std::vector<Ring> chains;
  auto follow = [&](size_t first) {
    Ring chain = ways[first];
    used[first] = true;
    while (chain.front() != chain.back()) {
      auto [at, last] = byStart.equal_range(chain.back());
      while (at != last && used[at->second]) ++at;
      if (at == last) break;
      used[at->second] = true;
      chain.insert(chain.end(), ways[at->second].begin() + 1, ways[at->second].end());
    }
    chains.push_back(std::move(chain));
  };
  for (size_t i = 0; i < ways.size(); ++i)
    if (!used[i] && !hasBefore[i]) follow(i);
  for (size_t i = 0; i < ways.size(); ++i)
    if (!used[i]) follow(i);
  return chains;
}

struct Box {
  glm::dvec2 lo, hi;
  bool holds(const glm::dvec2& p) const { return p.x >= lo.x && p.x <= hi.x && p.y >= lo.y && p.y <= hi.y; }

  //! Where along the border, clockwise from the south-west corner: 0..1 west side going north, 1..2 north, 2..3 east, 3..4 south.
  double around(const glm::dvec2& p) const {
    glm::dvec2 unit = (p - lo) / (hi - lo);
    double west = std::abs(unit.x), east = std::abs(1 - unit.x), south = std::abs(unit.y), north = std::abs(1 - unit.y);
    double least = std::min({west, east, south, north});
    if (least == west) return std::clamp(unit.y, 0.0, 1.0);
    if (least == north) return 1 + std::clamp(unit.x, 0.0, 1.0);
    if (least == east) return 2 + std::clamp(1 - unit.y, 0.0, 1.0);
    return 3 + std::clamp(1 - unit.x, 0.0, 1.0);
  }
  glm::dvec2 corner(int i) const {
    switch (i & 3) {
      case 0: return lo;
      case 1: return {lo.x, hi.y};
      case 2: return hi;
      default: return {hi.x, lo.y};
    }
  }
  //! Where a segment from inside to outside crosses the border (Liang-Barsky); the parameters of entry and exit.
  std::optional<std::pair<double, double>> cut(const glm::dvec2& a, const glm::dvec2& b) const {
    double enter = 0, leave = 1;
    for (int axis = 0; axis < 2; ++axis) {
      double d = b[axis] - a[axis];
      for (auto [p, q] : {std::pair{-d, a[axis] - lo[axis]}, std::pair{d, hi[axis] - a[axis]}}) {
        if (p == 0) {
          if (q < 0) return {};
        } else if (p < 0) {
          enter = std::max(enter, q / p);
        } else {
          leave = std::min(leave, q / p);
        }
      }
    }
    if (enter >= leave) return {};
    return std::pair{enter, leave};
  }
};

//! The pieces of an open chain inside the box.
std::vector<Ring> clipped(const Ring& chain, const Box& box) {
  std::vector<Ring> pieces;
  bool open = false;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    auto inside = box.cut(chain[i], chain[i + 1]);
    if (!inside) {
      open = false;
      continue;
    }
    glm::dvec2 from = glm::mix(chain[i], chain[i + 1], inside->first),
               to = glm::mix(chain[i], chain[i + 1], inside->second);
    if (!open || inside->first > 0) pieces.push_back({from});
    pieces.back().push_back(to);
    open = inside->second >= 1;
  }
  return pieces;
}

//! Straight from `p`, away from the middle of the box, to its border.
glm::dvec2 outward(const Box& box, const glm::dvec2& p) {
  glm::dvec2 away = p - (box.lo + box.hi) / 2.0;
  if (glm::length(away) == 0) away = {1, 0};
  auto reach = box.cut(p, p + glm::normalize(away) * glm::length(box.hi - box.lo) * 2.0);
  return reach ? glm::mix(p, p + glm::normalize(away) * glm::length(box.hi - box.lo) * 2.0, reach->second) : p;
}

//! Walks each piece and then the border clockwise, sea on the right, to the next piece's start.
std::vector<Ring> closedAlongBorder(const std::vector<Ring>& pieces, const Box& box) {
  std::vector<Ring> rings;
  std::vector<bool> used(pieces.size(), false);
  std::vector<double> starts;
  starts.reserve(pieces.size());
  for (const auto& piece : pieces) starts.push_back(box.around(piece.front()));
  for (size_t first = 0; first < pieces.size(); ++first) {
    if (used[first]) continue;
    Ring ring;
    for (size_t i = first; !used[i];) {
      used[i] = true;
      ring.insert(ring.end(), pieces[i].begin(), pieces[i].end());
      double from = box.around(pieces[i].back());
      size_t next = i;
      double least = 9;
      for (size_t k = 0; k < pieces.size(); ++k) {
        double ahead = std::fmod(starts[k] - from + 8, 4.0);
        if (ahead < least) least = ahead, next = k;
      }
      for (int corner = static_cast<int>(std::floor(from)) + 1; corner < from + least; ++corner)
        ring.push_back(box.corner(corner));
      i = next;
    }
    rings.push_back(std::move(ring));
  }
  return rings;
}

}  // namespace

Coast seaFromCoastlines(const std::vector<Ring>& ways, const glm::dvec2& lo, const glm::dvec2& hi) {
  Coast coast;
  Box box{lo, hi};
  std::vector<Ring> pieces, islands;
  for (auto& chain : joined(ways)) {
    bool closed = chain.front() == chain.back() && chain.size() > 3;
    bool inside = std::all_of(chain.begin(), chain.end(), [&](const glm::dvec2& p) { return box.holds(p); });
    if (closed && inside) {
      chain.pop_back();
      // Counter-clockwise: land inside, an island. Clockwise: sea inside, all on its own.
      if (signedArea(chain) > 0)
        islands.push_back(std::move(chain));
      else
        coast.sea.push_back({std::move(chain)});
      continue;
    }
    if (closed) {
      // Begin outside, so that no piece is split at the chain's start.
      auto out = std::find_if(chain.begin(), chain.end(), [&](const glm::dvec2& p) { return !box.holds(p); });
      chain.pop_back();
      std::rotate(chain.begin(), chain.begin() + (out - chain.begin()), chain.end());
      chain.push_back(chain.front());
    } else {
      for (bool front : {true, false}) {
        glm::dvec2 end = front ? chain.front() : chain.back();
        if (!box.holds(end)) continue;
        coast.problems.push_back(fmt::format(
            "coastline ends at {:.6f}, {:.6f} inside the area; drawn straight on to its border", end.x, end.y));
        chain.insert(front ? chain.begin() : chain.end(), outward(box, end));
      }
    }
    for (auto& piece : clipped(chain, box)) pieces.push_back(std::move(piece));
  }
  for (auto& ring : closedAlongBorder(pieces, box)) coast.sea.push_back({std::move(ring)});
  // Islands alone: everything around them is sea.
  if (coast.sea.empty() && !islands.empty()) coast.sea.push_back({{lo, {lo.x, hi.y}, hi, {hi.x, lo.y}}});
  for (auto& island : islands) {
    auto holder = std::find_if(coast.sea.begin(), coast.sea.end(),
                               [&](const Rings& sea) { return holds({sea.front()}, island.front()); });
    if (holder == coast.sea.end())
      coast.problems.push_back(fmt::format("island at {:.6f}, {:.6f} lies in no sea", island[0].x, island[0].y));
    else
      holder->push_back(std::move(island));
  }
  return coast;
}

}  // namespace cm::tiling
