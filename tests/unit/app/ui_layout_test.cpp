#include <gtest/gtest.h>

#include <algorithm>

#include "app/ui/layout.h"

namespace cm::app::ui {
namespace {

TEST(Layout, NothingOverlapsInAnyWindow) {
  const glm::vec2 sizes[] = {{1280, 720}, {1920, 1080}, {1080, 1920}, {3840, 2160}, {2160, 3840}, {800, 600},
                             {1024, 768}, {1366, 768},  {1440, 900},  {720, 1280},  {2560, 1080}, {1100, 720}, {640, 480}, {480, 360}, {480, 900}};
  for (glm::vec2 size : sizes)
    for (int open = 0; open < 256; ++open) {
      const unsigned credits = open & 128 ? std::max(1u, unsigned(size.y * kMostCredits / (kCreditHeight * scaleFor(size, 1)))) : 1;
      Layout layout = layoutFor(size, 1, {(open & 1) != 0, (open & 2) != 0, (open & 4) != 0, (open & 8) != 0, (open & 16) != 0, (open & 32) != 0, (open & 64) != 0, credits});
      auto all = layout.all();
      for (size_t i = 0; i < all.size(); ++i) {
        const auto& [name, rect] = all[i];
        if (rect.empty()) continue;
        EXPECT_GE(rect.x, 0) << name;
        EXPECT_GE(rect.y, 0) << name;
        EXPECT_LE(rect.right(), size.x + 0.5f) << name << " in " << size.x << "x" << size.y;
        EXPECT_LE(rect.bottom(), size.y + 0.5f) << name << " in " << size.x << "x" << size.y;
        for (size_t k = i + 1; k < all.size(); ++k)
          EXPECT_FALSE(rect.overlaps(all[k].second))
              << name << " and " << all[k].first << " in " << size.x << "x" << size.y << ", open " << open;
      }
    }
}

TEST(Layout, WhatIsWishedIsThere) {
  Layout layout = layoutFor({1280, 720}, 1, {true, true, true, true});
  for (const auto& [name, rect] : layout.all())
    EXPECT_EQ(rect.empty(), std::string_view(name) == "panelButton" || std::string_view(name) == "legend") << name;
  // The legend of a style stands where the card would.
  EXPECT_FALSE(layoutFor({1280, 720}, 1, {true, false, true, false, true, true, true}).legend.empty());
  EXPECT_TRUE(layoutFor({1280, 720}, 1, {true, true, true, false, true, true, true}).legend.empty());
  EXPECT_GT(layout.card.height, 400);
  EXPECT_GE(layout.navigation.height, 52);
  // In a window too narrow for both, the card has the place and the panel waits behind its button.
  Layout narrow = layoutFor({520, 1000}, 1, {true, true, true, false});
  EXPECT_TRUE(narrow.panel.empty());
  EXPECT_FALSE(narrow.panelButton.empty());
}

TEST(Layout, WithoutABeforeAndAnAfterNothingAsksForThem) {
  Layout layout = layoutFor({1280, 720}, 1, {true, false, true, false, false, false});
  EXPECT_TRUE(layout.compare.empty());
  EXPECT_TRUE(layout.timeBar.empty());
  EXPECT_FALSE(layout.views.empty());
  EXPECT_GT(layout.views.y, 600) << "the views take the place of the years";
}

TEST(Layout, LargerWindowsGetLargerParts) {
  EXPECT_FLOAT_EQ(scaleFor({1280, 720}, 1), 1);
  EXPECT_FLOAT_EQ(scaleFor({1280, 720}, 2), 2);
  EXPECT_GT(scaleFor({1920, 1080}, 1), 1.2f);
  EXPECT_FLOAT_EQ(scaleFor({1080, 1920}, 1), scaleFor({1920, 1080}, 1));
}

}  // namespace
}  // namespace cm::app::ui
