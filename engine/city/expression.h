//! Expressions of styles: which features are shown, from their properties. A subset of the 3D Tiles Styling language (OGC
//! 3D Tiles 1.0, "Styling", expressions): ${property}, numbers, 'strings', true false null undefined, ! - * / % + < <= > >=
//! == === != !== && || ?:, parentheses, abs ceil clamp floor isNaN max min Number sqrt. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace cm::city {

//! Nothing, or what a feature says. Strings belong to the expression or to who evaluates it.
using StyleValue = std::variant<std::monostate, bool, double, std::string_view>;

class Expression {
 public:
  //! The error says the column, what was found there and what was expected. At most 64 levels deep.
  static Result<Expression> parse(std::string_view text);

  //! The names in ${}, each once: `evaluate` takes their values in this order.
  const std::vector<std::string>& properties() const { return properties_; }
  StyleValue evaluate(std::span<const StyleValue> values) const;

 private:
  friend class ExpressionParser;
  enum class Op : uint8_t {
    Constant, String, Property, Not, Negate, Multiply, Divide, Remainder, Add, Subtract, Less, LessEqual, Greater, GreaterEqual,
    Equal, NotEqual, And, Or, Choose, Abs, Ceil, Clamp, Floor, IsNaN, Max, Min, Number, Sqrt
  };
  struct Node {
    Op op = Op::Constant;
    uint32_t a = 0, b = 0, c = 0;   // operands as places in nodes_; of String and Property: in strings_ or properties_
    StyleValue constant;
  };
  StyleValue at(uint32_t node, std::span<const StyleValue> values) const;

  std::vector<Node> nodes_;
  std::vector<std::string> strings_, properties_;
  uint32_t root_ = 0;
};

//! As JavaScript has it: nothing, false, 0, NaN and "" are not.
bool truthy(const StyleValue& value);

}  // namespace cm::city
