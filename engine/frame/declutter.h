//! Which labels are shown and where, so that none overlaps another. Pure; any thread.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <span>
#include <vector>

namespace cm::frame {

//! Pixels, y down.
struct Box {
  glm::vec2 lo{0}, hi{0};
};
//! Stands for a placement that is impossible.
inline constexpr Box kNoBox{glm::vec2(0), glm::vec2(-1)};
inline bool overlap(const Box& a, const Box& b) {
  return a.lo.x < b.hi.x && b.lo.x < a.hi.x && a.lo.y < b.hi.y && b.lo.y < a.hi.y;
}

//! A label that wants to be shown at one of its placements.
struct Candidate {
  uint64_t key = 0;                 // equal in every frame; breaks ties
  float priority = 0;               // smaller first
  int previous = -1;                // placement of the last frame, -1: was hidden
  int preferred = 0;                // the placement tried first after the previous one, then those after it, then the rest
  std::vector<Box> placements;
};

//! Greedy by priority; a label that is shown is worth `loyalty` more and keeps its placement while it can, so that labels
//! of nearly equal priority do not take turns. Returns the chosen placement of each candidate, -1 where none is free.
std::vector<int> declutter(std::span<const Candidate> candidates, float marginPixels, float loyalty);

}  // namespace cm::frame
