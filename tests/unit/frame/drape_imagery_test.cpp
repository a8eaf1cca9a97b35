#include "frame/drape_imagery.h"

#include <gtest/gtest.h>

namespace cm::frame {
namespace {

const tiles::ImageryGround kGround{geo::enuFrameAt({120.3, 36.06, 0}), 12};

TEST(DrapeImagery, ACellShowsItsPartOfTheTileAbove) {
  EXPECT_EQ(partOf({5, 7, 9}, {5, 7, 9}), glm::vec3(0, 0, 1));
  EXPECT_EQ(partOf({5, 7, 9}, {6, 15, 18}), glm::vec3(0.5, 0, 0.5));
  EXPECT_EQ(partOf({5, 7, 9}, {7, 29, 39}), glm::vec3(0.25, 0.75, 0.25));
}

TEST(DrapeImagery, NeighboursAgreeToTheBit) {
  constexpr size_t kSide = kImageryGrid + 1;
  for (const auto matrix : {source::TileMatrix::WebMercator, source::TileMatrix::Geographic}) {
    const glm::dvec2 at = source::matrixPlace(matrix, {120.31, 36.07}) * glm::dvec2(source::tileCounts(matrix, 16));
    const source::ImageryTile cell{16, uint32_t(at.x), uint32_t(at.y)};
    const auto here = cellPlaces(matrix, cell, kGround, {100, 200});
    const auto east = cellPlaces(matrix, {16, cell.x + 1, cell.y}, kGround, {100, 200});
    const auto south = cellPlaces(matrix, {16, cell.x, cell.y + 1}, kGround, {100, 200});
    for (size_t i = 0; i < kSide; ++i) {
      EXPECT_EQ(here[i * kSide + kImageryGrid], east[i * kSide]);
      EXPECT_EQ(here[kImageryGrid * kSide + i], south[i]);
    }
    const source::DegreeRectangle r = source::rectangleOf(matrix, cell);
    const glm::dvec2 corner(kGround.axes.toEnu(geo::ecefFromGeodetic({r.east, r.south, 12})));
    EXPECT_LT(glm::distance(glm::dvec2(here.back()), corner - glm::dvec2(100, 200)), 1e-3);
  }
}

}  // namespace
}  // namespace cm::frame
