#include "source/features.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "source/materials.h"

namespace cm::source {
namespace {
constexpr glm::vec3 kNothingLo(std::numeric_limits<float>::max());
constexpr glm::vec3 kNothingHi(std::numeric_limits<float>::lowest());
}  // namespace

FeatureNumbering::FeatureNumbering(std::vector<PropertyTable> tables, std::vector<std::string>& warnings)
    : tables_(std::move(tables)), warnings_(warnings) {
  for (PropertyTable& table : tables_) {
    if (table.count >= kNoFeature - tableRows_) {
      warnOnce(warnings_, fmt::format("more than {} features; the rest has none", grouped(kNoFeature)));
      table.count = 0;
      table.columns.clear();
    }
    bases_.push_back(tableRows_);
    tableRows_ += static_cast<uint32_t>(table.count);
  }
  lo_.assign(tableRows_, kNothingLo);
  hi_.assign(tableRows_, kNothingHi);
}

uint32_t FeatureNumbering::number(const FeatureIds& ids, uint64_t id) {
  if (ids.nullId && id == *ids.nullId) return kNoFeature;
  if (ids.table) {
    if (id < tables_[*ids.table].count) return bases_[*ids.table] + static_cast<uint32_t>(id);
    warnOnce(warnings_,
             fmt::format("a feature id is past the {} rows of table {}", tables_[*ids.table].count, *ids.table));
    return kNoFeature;
  }
  const auto next = static_cast<uint32_t>(lo_.size());
  if (next >= kNoFeature) return kNoFeature;
  const auto [at, added] = loose_.emplace(id, next);
  if (added) {
    looseIds_.push_back(id);
    lo_.push_back(kNothingLo);
    hi_.push_back(kNothingHi);
  }
  return at->second;
}

void FeatureNumbering::grow(uint32_t feature, const glm::vec3& lo, const glm::vec3& hi) {
  lo_[feature] = glm::min(lo_[feature], lo);
  hi_[feature] = glm::max(hi_[feature], hi);
}

FeatureTable FeatureNumbering::finish(const std::string& uri) {
  FeatureTable out;
  out.lo = std::move(lo_);
  out.hi = std::move(hi_);
  for (size_t i = 0; i < out.lo.size(); ++i)
    if (out.lo[i].x > out.hi[i].x) out.lo[i] = out.hi[i] = glm::vec3(0);  // a row no vertex refers to
  out.ids.reserve(out.lo.size());
  for (const PropertyTable& table : tables_) {
    const Column* ids = idColumnOf(table);
    for (size_t row = 0; row < table.count; ++row) {
      const std::string id = ids ? textAt(*ids, row) : std::string();
      out.ids.push_back(id.empty() ? fmt::format("{}#{}", uri, row) : id);
    }
  }
  for (uint64_t id : looseIds_) out.ids.push_back(fmt::format("{}#{}", uri, id));
  out.ids.shrink_to_fit();
  mergeColumns(out);
  return out;
}

//! Columns of one name become one; where their types differ, text.
void FeatureNumbering::mergeColumns(FeatureTable& out) {
  if (tables_.size() == 1 && looseIds_.empty()) {
    out.columns = std::move(tables_[0].columns);
    return;
  }
  for (size_t t = 0; t < tables_.size(); ++t)
    for (Column& from : tables_[t].columns) {
      Column* to = nullptr;
      for (Column& known : out.columns)
        if (known.name == from.name) to = &known;
      const auto* numbers = std::get_if<std::vector<double>>(&from.values);
      if (!to) {
        out.columns.push_back(
            {from.name, numbers ? decltype(from.values)(std::vector<double>(out.size(), NAN)) : Texts()});
        to = &out.columns.back();
      }
      if (auto* all = std::get_if<std::vector<double>>(&to->values); all && numbers) {
        std::copy(numbers->begin(), numbers->end(), all->begin() + bases_[t]);
        continue;
      }
      Texts texts;
      texts.reserve(out.size());
      for (size_t row = 0; row < out.size(); ++row) {
        const bool here = row >= bases_[t] && row - bases_[t] < tables_[t].count;
        texts.push_back(here ? textAt(from, row - bases_[t]) : textAt(*to, row));
      }
      to->values = std::move(texts);
    }
}

}  // namespace cm::source
