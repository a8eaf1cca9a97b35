#include "frame/styling.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "base/log.h"

namespace cm::frame {
namespace {

// IEC 61966-2-1, the exact curve: as the colours of vertices are kept.
uint32_t packedLinear(const glm::vec3& srgb, uint32_t share = 255) {
  uint32_t packed = share << 24;
  for (int channel = 0; channel < 3; ++channel) {
    const float c = srgb[channel];
    const float linear = c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
    packed |= static_cast<uint32_t>(std::lround(std::clamp(linear, 0.0f, 1.0f) * 255)) << (8 * channel);
  }
  return packed;
}

city::StyleValue valueAt(const source::Column* column, size_t row) {
  if (!column) return {};
  if (const auto* numbers = std::get_if<std::vector<double>>(&column->values)) {
    if (row >= numbers->size() || std::isnan((*numbers)[row])) return {};
    return (*numbers)[row];
  }
  const auto& texts = std::get<Texts>(column->values);
  if (row >= texts.size() || texts[row].empty()) return {};
  return texts[row];
}

std::optional<double> numberOf(const city::StyleValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* text = std::get_if<std::string_view>(&value);
  if (!text) return {};
  double number = 0;
  auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc() || end != text->data() + text->size()) return {};
  return number;
}

std::string textOf(const city::StyleValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return {};
}

}  // namespace

uint32_t packedTint(const glm::vec3& srgb, uint32_t share) { return packedLinear(srgb, share); }

glm::vec3 rampColour(const city::Style& style, double value) {
  const auto& stops = style.stops;
  const auto above = std::upper_bound(stops.begin(), stops.end(), value,
                                      [](double v, const city::StyleStop& stop) { return v < stop.value; });
  if (above == stops.begin()) return stops.front().colour;
  const city::StyleStop& below = *(above - 1);
  if (above == stops.end() || style.stepped) return below.colour;
  const auto t = static_cast<float>((value - below.value) / (above->value - below.value));
  return glm::mix(below.colour, above->colour, t);
}

Styling::Styling(const city::Style& style) : style_(style) {
  if (style.show.empty()) return;
  if (auto parsed = city::Expression::parse(style.show))
    show_ = std::move(*parsed);
  else
    log::warning("style {}: show: {}", style.id, parsed.error().text());
}

Styling::Result Styling::of(const source::FeatureTable& features) const {
  Result result;
  if (!style_) return result;
  const size_t count = features.size();
  if (show_) {
    std::vector<const source::Column*> columns;
    for (const std::string& name : show_->properties()) columns.push_back(features.column(name));
    std::vector<city::StyleValue> values(columns.size());
    result.hidden.resize(count);
    for (size_t row = 0; row < count; ++row) {
      for (size_t i = 0; i < columns.size(); ++i) values[i] = valueAt(columns[i], row);
      result.hidden[row] = !city::truthy(show_->evaluate(values));
    }
  }
  if (style_->stops.empty() && style_->categories.empty() && !style_->other) return result;
  const source::Column* column = features.column(style_->property);
  const uint32_t other = style_->other ? packedLinear(*style_->other) : 0;
  std::unordered_map<std::string, uint32_t> byValue;
  for (const city::StyleCategory& category : style_->categories)
    byValue.emplace(category.value, packedLinear(category.colour));
  result.colours.assign(count, other);
  for (size_t row = 0; row < count; ++row) {
    const city::StyleValue value = valueAt(column, row);
    if (!style_->stops.empty()) {
      if (auto number = numberOf(value)) result.colours[row] = packedLinear(rampColour(*style_, *number));
    } else if (auto found = byValue.find(textOf(value)); found != byValue.end()) {
      result.colours[row] = found->second;
    }
  }
  return result;
}

}  // namespace cm::frame
