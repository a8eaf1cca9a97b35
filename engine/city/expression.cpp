#include "city/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace cm::city {
namespace {

constexpr int kDeepest = 64;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double numberOf(const StyleValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  return kNaN;
}

//! Number('12.5'): the whole text must be one.
double parsedNumber(const StyleValue& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (!text) return numberOf(value);
  double number = kNaN;
  auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  return failure == std::errc() && end == text->data() + text->size() ? number : kNaN;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

bool truthy(const StyleValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<double>(&value)) return *number != 0 && !std::isnan(*number);
  if (const auto* text = std::get_if<std::string_view>(&value)) return !text->empty();
  return false;
}

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : text_(text) {}

  Result<Expression> run() {
    auto root = choice();
    skip();
    if (root && at_ < text_.size()) fail("the end or an operator");
    if (error_) return makeError("{}", *error_);
    out_.root_ = *root;
    return std::move(out_);
  }

 private:
  using Op = Expression::Op;
  using Place = std::optional<uint32_t>;

  Place fail(std::string_view expected) {
    if (error_) return {};
    std::string found = at_ < text_.size() ? fmt::format("\"{}\"", text_.substr(at_, 12)) : "the end";
    error_ = fmt::format("column {}: found {}, expected {}", at_ + 1, found, expected);
    return {};
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  uint32_t add(Expression::Node node) {
    out_.nodes_.push_back(node);
    return static_cast<uint32_t>(out_.nodes_.size() - 1);
  }

  Place choice() {
    if (++depth_ > kDeepest) return fail("fewer levels of parentheses");
    Place condition = binary(0);
    if (condition && take("?")) {
      Place yes = choice();
      if (yes && !take(":")) return fail("\":\"");
      Place no = yes ? choice() : Place{};
      if (!no) return {};
      condition = add({Op::Choose, *condition, *yes, *no, {}});
    }
    --depth_;
    return condition;
  }

  struct Operator {
    std::string_view token;
    Op op;
    int level;
  };
  // Longer tokens before those that they begin with.
  static constexpr std::array<Operator, 15> kOperators{{{"||", Op::Or, 0},
                                                        {"&&", Op::And, 1},
                                                        {"===", Op::Equal, 2},
                                                        {"!==", Op::NotEqual, 2},
                                                        {"==", Op::Equal, 2},
                                                        {"!=", Op::NotEqual, 2},
                                                        {"<=", Op::LessEqual, 3},
                                                        {">=", Op::GreaterEqual, 3},
                                                        {"<", Op::Less, 3},
                                                        {">", Op::Greater, 3},
                                                        {"+", Op::Add, 4},
                                                        {"-", Op::Subtract, 4},
                                                        {"*", Op::Multiply, 5},
                                                        {"/", Op::Divide, 5},
                                                        {"%", Op::Remainder, 5}}};

  Place binary(int level) {
    if (level > 5) return unary();
    Place left = binary(level + 1);
    while (left) {
      const auto* found = std::find_if(kOperators.begin(), kOperators.end(),
                                       [&](const Operator& one) { return one.level == level && take(one.token); });
      if (found == kOperators.end()) break;
      Place right = binary(level + 1);
      if (!right) return {};
      left = add({found->op, *left, *right, 0, {}});
    }
    return left;
  }

  Place unary() {
    if (++depth_ > kDeepest) return fail("fewer signs in a row");
    Place value;
    if (take("!")) {
      if (Place of = unary()) value = add({Op::Not, *of, 0, 0, {}});
    } else if (take("-")) {
      if (Place of = unary()) value = add({Op::Negate, *of, 0, 0, {}});
    } else {
      value = primary();
    }
    --depth_;
    return value;
  }

  Place primary() {
    skip();
    if (take("(")) {
      Place inside = choice();
      if (inside && !take(")")) return fail("\")\"");
      return inside;
    }
    if (take("${")) return property();
    if (at_ >= text_.size()) return fail("a value");
    const char c = text_[at_];
    if (c == '\'' || c == '"') return string(c);
    if (isDigit(c) || c == '.') {
      double number = 0;
      auto [end, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
      if (failure != std::errc()) return fail("a number");
      at_ = static_cast<size_t>(end - text_.data());
      return add({Op::Constant, 0, 0, 0, number});
    }
    if (isLetter(c)) return word();
    return fail("a value");
  }

  Place property() {
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos || end == at_) return fail("the name of a property and \"}\"");
    std::string name(text_.substr(at_, end - at_));
    at_ = end + 1;
    auto& names = out_.properties_;
    auto found = std::find(names.begin(), names.end(), name);
    const auto index = static_cast<uint32_t>(found - names.begin());
    if (found == names.end()) names.push_back(std::move(name));
    return add({Op::Property, index, 0, 0, {}});
  }

  Place string(char quote) {
    const size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return fail("a string with its closing quote");
    out_.strings_.emplace_back(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return add({Op::String, static_cast<uint32_t>(out_.strings_.size() - 1), 0, 0, {}});
  }

  Place word() {
    struct Function {
      std::string_view name;
      Op op;
      int arguments;
    };
    constexpr std::array<Function, 9> kFunctions{{{"abs", Op::Abs, 1},
                                                  {"ceil", Op::Ceil, 1},
                                                  {"clamp", Op::Clamp, 3},
                                                  {"floor", Op::Floor, 1},
                                                  {"isNaN", Op::IsNaN, 1},
                                                  {"max", Op::Max, 2},
                                                  {"min", Op::Min, 2},
                                                  {"Number", Op::Number, 1},
                                                  {"sqrt", Op::Sqrt, 1}}};
    const size_t begin = at_;
    size_t end = at_;
    while (end < text_.size() && (isLetter(text_[end]) || isDigit(text_[end]))) ++end;
    const std::string_view name = text_.substr(begin, end - begin);
    const auto constant = [&](StyleValue value) {
      at_ = end;
      return add({Op::Constant, 0, 0, 0, value});
    };
    if (name == "true") return constant(true);
    if (name == "false") return constant(false);
    if (name == "null" || name == "undefined") return constant({});
    const auto* function =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& one) { return one.name == name; });
    if (function == kFunctions.end()) return fail("${property}, a number, a 'string', true, false, null or a function");
    at_ = end;
    if (!take("(")) return fail("\"(\"");
    std::array<uint32_t, 3> arguments{};
    for (int i = 0; i < function->arguments; ++i) {
      if (i > 0 && !take(",")) return fail(fmt::format("{} arguments", function->arguments));
      Place argument = choice();
      if (!argument) return {};
      arguments[static_cast<size_t>(i)] = *argument;
    }
    if (!take(")")) return fail("\")\"");
    return add({function->op, arguments[0], arguments[1], arguments[2], {}});
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::optional<std::string> error_;
  Expression out_;
};

Result<Expression> Expression::parse(std::string_view text) { return ExpressionParser(text).run(); }

StyleValue Expression::evaluate(std::span<const StyleValue> values) const { return at(root_, values); }

StyleValue Expression::at(uint32_t index, std::span<const StyleValue> values) const {
  const Node& node = nodes_[index];
  const auto a = [&] { return at(node.a, values); };
  const auto b = [&] { return at(node.b, values); };
  const auto compare = [&](auto holds) -> StyleValue {
    const StyleValue left = a(), right = b();
    const auto *l = std::get_if<std::string_view>(&left), *r = std::get_if<std::string_view>(&right);
    if (l && r) return holds(l->compare(*r), 0);
    return holds(numberOf(left), numberOf(right));  // false where either is no number
  };
  switch (node.op) {
    case Op::Constant: return node.constant;
    case Op::String: return std::string_view(strings_[node.a]);
    case Op::Property: return node.a < values.size() ? values[node.a] : StyleValue{};
    case Op::Not: return !truthy(a());
    case Op::Negate: return -numberOf(a());
    case Op::Multiply: return numberOf(a()) * numberOf(b());
    case Op::Divide: return numberOf(a()) / numberOf(b());
    case Op::Remainder: return std::fmod(numberOf(a()), numberOf(b()));
    case Op::Add: return numberOf(a()) + numberOf(b());
    case Op::Subtract: return numberOf(a()) - numberOf(b());
    case Op::Less: return compare([](auto l, auto r) { return l < r; });
    case Op::LessEqual: return compare([](auto l, auto r) { return l <= r; });
    case Op::Greater: return compare([](auto l, auto r) { return l > r; });
    case Op::GreaterEqual: return compare([](auto l, auto r) { return l >= r; });
    case Op::Equal: return a() == b();
    case Op::NotEqual: return a() != b();
    case Op::And: return truthy(a()) && truthy(b());
    case Op::Or: return truthy(a()) || truthy(b());
    case Op::Choose: return truthy(a()) ? b() : at(node.c, values);
    case Op::Abs: return std::abs(numberOf(a()));
    case Op::Ceil: return std::ceil(numberOf(a()));
    case Op::Clamp: return std::max(numberOf(b()), std::min(numberOf(at(node.c, values)), numberOf(a())));
    case Op::Floor: return std::floor(numberOf(a()));
    case Op::IsNaN: return std::isnan(numberOf(a()));
    case Op::Max: return std::max(numberOf(a()), numberOf(b()));
    case Op::Min: return std::min(numberOf(a()), numberOf(b()));
    case Op::Number: return parsedNumber(a());
    case Op::Sqrt: return std::sqrt(numberOf(a()));
  }
  return {};
}

}  // namespace cm::city
