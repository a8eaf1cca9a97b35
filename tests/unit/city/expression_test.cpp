#include "city/expression.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cm::city {
namespace {

StyleValue valueOf(std::string_view text, std::vector<StyleValue> values = {}) {
  auto parsed = Expression::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().text());
  if (!parsed) return {};
  // Strings of an expression live as long as it: results of these tests are numbers and flags, or are compared here.
  StyleValue value = parsed->evaluate(values);
  if (std::holds_alternative<std::string_view>(value)) return truthy(value);
  return value;
}

std::string errorOf(std::string_view text) {
  auto parsed = Expression::parse(text);
  return parsed ? "" : parsed.error().text();
}

TEST(Expression, OperatorsBindAsInJavaScript) {
  EXPECT_EQ(valueOf("1 + 2 * 3"), StyleValue(7.0));
  EXPECT_EQ(valueOf("(1 + 2) * 3"), StyleValue(9.0));
  EXPECT_EQ(valueOf("10 - 4 - 3"), StyleValue(3.0));
  EXPECT_EQ(valueOf("7 % 4 / 2"), StyleValue(1.5));
  EXPECT_EQ(valueOf("-2 * -3"), StyleValue(6.0));
  EXPECT_EQ(valueOf("true || false && false"), StyleValue(true));
  EXPECT_EQ(valueOf("1 < 2 === true"), StyleValue(true));
  EXPECT_EQ(valueOf("!false ? 1 : 2"), StyleValue(1.0));
  EXPECT_EQ(valueOf("false ? 1 : false ? 2 : 3"), StyleValue(3.0));
  EXPECT_EQ(valueOf("clamp(12, 0, 10) + max(1, 2) - min(1, 2) + abs(-1) + floor(1.9) + ceil(0.1) + sqrt(16)"),
            StyleValue(10.0 + 2 - 1 + 1 + 1 + 1 + 4));
}

TEST(Expression, PropertiesAreNumbersTextsOrNothing) {
  auto parsed = Expression::parse("${height} > 50 && ${class} === 'office' && ${height} < 100");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->properties(), (std::vector<std::string>{"height", "class"}));
  using Values = std::vector<StyleValue>;
  EXPECT_TRUE(truthy(parsed->evaluate(Values{60.0, std::string_view("office")})));
  EXPECT_FALSE(truthy(parsed->evaluate(Values{60.0, std::string_view("school")})));
  EXPECT_FALSE(truthy(parsed->evaluate(Values{std::monostate{}, std::string_view("office")}))) << "nothing is not above 50";
  EXPECT_EQ(valueOf("${x} === undefined", {std::monostate{}}), StyleValue(true));
  EXPECT_EQ(valueOf("${x} === null", {1.0}), StyleValue(false));
  EXPECT_EQ(valueOf("Number(${x}) * 2", {std::string_view("12.5")}), StyleValue(25.0));
  EXPECT_EQ(valueOf("isNaN(Number(${x}))", {std::string_view("12 m")}), StyleValue(true));
  EXPECT_EQ(valueOf("${x} < 'b'", {std::string_view("a")}), StyleValue(true)) << "texts by their letters";
  EXPECT_EQ(valueOf("${x}", {std::string_view("")}), StyleValue(false)) << "an empty text is false";
}

TEST(Expression, ErrorsSayTheColumn) {
  EXPECT_EQ(errorOf("${height} >"), "column 12: found the end, expected a value");
  EXPECT_EQ(errorOf("${height > 3"), "column 3: found \"height > 3\", expected the name of a property and \"}\"");
  EXPECT_EQ(errorOf("(1 + 2"), "column 7: found the end, expected \")\"");
  EXPECT_EQ(errorOf("1 2"), "column 3: found \"2\", expected the end or an operator");
  EXPECT_EQ(errorOf("height > 3").substr(0, 28), "column 1: found \"height > 3\"");
  EXPECT_EQ(errorOf("'open"), "column 1: found \"'open\", expected a string with its closing quote");
  EXPECT_EQ(errorOf("max(1)"), "column 6: found \")\", expected 2 arguments");
  EXPECT_NE(errorOf(std::string(5000, '(')), "") << "hostile depth is refused, not followed";
  EXPECT_NE(errorOf(std::string(5000, '!')), "");
  EXPECT_NE(errorOf(""), "");
}

}  // namespace
}  // namespace cm::city
