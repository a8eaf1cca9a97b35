//! What the look "day" knows of each building: how its walls look, how high it is, a number of its own. Worked out once, when a
//! tile comes, from the features' class (ours, or the values of OSM's tag `building`), their bounds and ids. Pure.
#pragma once

#include <span>
#include <string_view>

#include "shared/feature.h"
#include "source/content.h"

namespace cm::residency {

//! Writes FeatureRecord::matter of every feature.
void writeMatter(const source::FeatureTable& features, std::span<shared::FeatureRecord> records);

//! One of shared::kFacade...; where the class says nothing, by how high and how large the building is, and by its own number.
uint32_t facadeOf(std::string_view kind, float heightMetres, float footprintMetres2, uint32_t own);

}  // namespace cm::residency
