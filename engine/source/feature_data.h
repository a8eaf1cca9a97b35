//! The containers of 3D Tiles 1.0 and their feature tables: values in JSON, or their places in a binary part. Nothing read through
//! these lies outside the file. Looks into the bytes it was opened with, which must outlive it; one thread.
//! Formats: 3D Tiles 1.0 (OGC 18-053r2), "Tile formats" and "Feature table".
#pragma once

#include <glm/glm.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "source/gltf.h"

namespace cm::source {

struct TileParts {
  std::span<const std::byte> featureJson, featureBinary, batchJson, batchBinary, body;
  uint32_t gltfFormat = 1;           // i3dm: 0 where the body is a uri
  size_t legacyBatchLength = 0;      // b3dm before 1.0
};
//! Cuts a b3dm, i3dm or pnts into its parts.
Result<TileParts> openTile(std::span<const std::byte> bytes);

//! Four bytes, lowest first; 0 past the end.
uint32_t uint32At(std::span<const std::byte> bytes, size_t offset);

class FeatureData {
 public:
  static Result<FeatureData> open(std::span<const std::byte> json, std::span<const std::byte> binary);

  Json root() const { return document_ ? document_->root() : Json(); }
  bool has(std::string_view name) const { return root()[name].present(); }
  std::span<const std::byte> binary() const { return binary_; }
  //! One whole number (BATCH_LENGTH ...).
  Result<std::optional<uint64_t>> whole(std::string_view name) const;
  //! `components` numbers of the whole tile (RTC_CENTER, QUANTIZED_VOLUME_SCALE ...).
  Result<std::optional<std::vector<double>>> global(std::string_view name, size_t components, Component stored) const;
  //! One element a feature.
  Result<std::optional<Accessor>> array(std::string_view name, size_t components, Component stored, size_t count);

 private:
  std::shared_ptr<JsonDocument> document_;
  std::span<const std::byte> binary_;
  std::vector<std::shared_ptr<std::vector<float>>> fromJson_;
};

//! All positions of POSITION or POSITION_QUANTIZED, without RTC_CENTER.
Result<std::vector<glm::dvec3>> readPositions(FeatureData& data, size_t count);
//! RTC_CENTER, zero where there is none.
Result<glm::dvec3> readCentre(const FeatureData& data);
//! BATCH_ID, of whichever whole type it says.
Result<std::optional<Accessor>> readBatchIds(FeatureData& data, size_t count);
//! A unit vector from two whole numbers 0..`largest` (Cigolle et al. 2014, oct encoding).
glm::dvec3 octDecoded(double x, double y, double largest);

}  // namespace cm::source
