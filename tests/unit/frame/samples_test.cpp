// The samples of a still picture: however many there are, together they fill the pixel evenly, and no few of them lie to one side.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "frame/view.h"

namespace cm::frame {
namespace {

TEST(Samples, FillThePixelEvenly) {
  for (const unsigned count : {2u, 4u, 6u, 8u, 16u, 24u, 96u}) {
    // Every column of the pixel that is 1/count wide holds one; so do all rows of the coarser grids, within one.
    std::vector<int> columns(count), rows(4);
    glm::dvec2 sum(0);
    for (unsigned i = 0; i < count; ++i) {
      const glm::vec2 at = sampleOffset(i, count);
      ASSERT_LE(std::max(std::abs(at.x), std::abs(at.y)), 0.5f) << i << " of " << count;
      ++columns[std::min(count - 1, unsigned((at.x + 0.5f) * float(count)))];
      ++rows[std::min(3u, unsigned((at.y + 0.5f) * 4))];
      sum += glm::dvec2(at);
      if (count == 24 && i + 1 >= 6) EXPECT_LT(glm::length(sum) / (i + 1), 0.15) << "after " << i + 1;
    }
    EXPECT_EQ(std::count(columns.begin(), columns.end(), 1), int(count));
    const auto [least, most] = std::minmax_element(rows.begin(), rows.end());
    if (count >= 8) EXPECT_LE(*most - *least, 1 + int(count) / 8) << count;
    EXPECT_LT(glm::length(sum) / count, 1e-6) << "the picture must not shift: " << count;
  }
  EXPECT_EQ(sampleOffset(0, 1), glm::vec2(0)) << "a single one is the middle";
}

}  // namespace
}  // namespace cm::frame
