#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace cm {
namespace {

Result<int> half(int n) {
  if (n % 2) return makeError("{} is odd", n);
  return n / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  auto good = half(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 4);
  auto bad = half(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text(), "7 is odd");
  EXPECT_EQ(bad.error().within("line {}", 3).within("a.json").text(), "a.json: line 3: 7 is odd");
}

TEST(Result, CarriesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, OfNothingIsGoodUntilItFails) {
  EXPECT_TRUE(Result<void>{});
  EXPECT_FALSE(Result<void>{makeError("no")});
}

TEST(ResultDeathTest, AValueThatIsNotThereStopsTheProgramWithTheError) {
  EXPECT_DEATH((void)half(7).value(), "7 is odd");
}

}  // namespace
}  // namespace cm
