#include "frame/declutter.h"

#include <gtest/gtest.h>

#include <random>

namespace cm::frame {
namespace {

Box at(float x, float y) { return {{x, y}, {x + 80, y + 20}}; }

TEST(Declutter, NothingOverlapsAndNothingIsLeftOutForNothing) {
  std::mt19937 random(7);
  std::vector<Candidate> candidates;
  for (uint64_t i = 0; i < 400; ++i) {
    const auto x = float(random() % 1200), y = float(random() % 700);
    candidates.push_back({.key = i, .priority = float(random() % 50), .placements = {at(x, y), at(x - 90, y), at(x, y - 30)}});
  }
  const std::vector<int> chosen = declutter(candidates, 3, 6);
  const auto boxOf = [&](size_t i) { return candidates[i].placements[size_t(chosen[i])]; };
  size_t shown = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] >= 0) ++shown;
    for (size_t j = 0; j < i; ++j)
      if (chosen[i] >= 0 && chosen[j] >= 0) EXPECT_FALSE(overlap(boxOf(i), boxOf(j)));
    if (chosen[i] >= 0) continue;
    for (const Box& box : candidates[i].placements) {   // each of its placements is taken
      bool taken = false;
      for (size_t j = 0; j < chosen.size(); ++j)
        taken = taken || (chosen[j] >= 0 && overlap({box.lo - 3.0f, box.hi + 3.0f}, boxOf(j)));
      EXPECT_TRUE(taken);
    }
  }
  EXPECT_GT(shown, 100u);
}

TEST(Declutter, TheMoreImportantOneWins) {
  const std::vector<Candidate> two{{.key = 1, .priority = 20, .placements = {at(0, 0)}}, {.key = 2, .priority = 10, .placements = {at(40, 5)}}};
  EXPECT_EQ(declutter(two, 3, 6), (std::vector<int>{-1, 0}));
}

TEST(Declutter, AShownLabelStaysThoughAnotherIsALittleMoreImportant) {
  std::vector<Candidate> two{{.key = 1, .priority = 12, .previous = 0, .placements = {at(0, 0)}},
                             {.key = 2, .priority = 10, .placements = {at(40, 5)}}};
  EXPECT_EQ(declutter(two, 3, 6), (std::vector<int>{0, -1}));
  two[0].priority = 30;
  EXPECT_EQ(declutter(two, 3, 6), (std::vector<int>{-1, 0}));
}

TEST(Declutter, KeepsThePlacementItHad) {
  const std::vector<Candidate> one{{.key = 1, .previous = 2, .placements = {at(0, 0), at(100, 0), at(200, 0)}}};
  EXPECT_EQ(declutter(one, 3, 6)[0], 2);
  const std::vector<Candidate> preferring{{.key = 1, .preferred = 1, .placements = {at(0, 0), at(100, 0)}}};
  EXPECT_EQ(declutter(preferring, 3, 6)[0], 1);
}

TEST(Declutter, AnImpossiblePlacementIsNeverTaken) {
  const std::vector<Candidate> one{{.key = 1, .previous = 0, .placements = {kNoBox, at(0, 0)}}, {.key = 2, .placements = {kNoBox}}};
  EXPECT_EQ(declutter(one, 3, 6), (std::vector<int>{1, -1}));
}

}  // namespace
}  // namespace cm::frame
