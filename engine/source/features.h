//! Numbers the features of one content across its property tables, and gathers their bounds. One thread per content.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "source/content.h"
#include "source/metadata.h"

namespace cm::source {

//! The feature ids of one primitive (EXT_mesh_features, _BATCHID, or nothing).
struct FeatureIds {
  enum class From { Nothing, Attribute, VertexNumber } from = From::Nothing;
  Accessor ids;
  std::optional<uint64_t> nullId;
  std::optional<size_t> table;   // index of a property table
};

class FeatureNumbering {
 public:
  FeatureNumbering(std::vector<PropertyTable> tables, std::vector<std::string>& warnings);

  size_t tableCount() const { return tables_.size(); }
  //! The content's number of the feature `id` of a table, kNoFeature where there is none.
  uint32_t number(const FeatureIds& ids, uint64_t id);
  void grow(uint32_t feature, const glm::vec3& lo, const glm::vec3& hi);
  //! Ids, bounds and columns; ends the use of this.
  FeatureTable finish(const std::string& uri);

 private:
  void mergeColumns(FeatureTable& out);

  std::vector<PropertyTable> tables_;
  std::vector<uint32_t> bases_;                       // by table
  uint32_t tableRows_ = 0;
  std::unordered_map<uint64_t, uint32_t> loose_;      // ids without a table -> number
  std::vector<uint64_t> looseIds_;
  std::vector<glm::vec3> lo_, hi_;
  std::vector<std::string>& warnings_;
};

}  // namespace cm::source
