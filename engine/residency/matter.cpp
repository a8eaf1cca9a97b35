#include "residency/matter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace cm::residency {
namespace {

using namespace shared;

constexpr std::array<std::pair<std::string_view, uint32_t>, 34> kFacades{
    {{"house", kFacadeHouse},         {"detached", kFacadeHouse},      {"terrace", kFacadeHouse},
     {"bungalow", kFacadeHouse},      {"residential", kFacadeHousing}, {"apartments", kFacadeHousing},
     {"dormitory", kFacadeHousing},   {"commercial", kFacadeShop},     {"office", kFacadeOffice},
     {"retail", kFacadeShop},         {"supermarket", kFacadeShop},    {"hotel", kFacadeCivic},
     {"industrial", kFacadeShed},     {"warehouse", kFacadeShed},      {"hangar", kFacadeShed},
     {"public", kFacadeCivic},        {"civic", kFacadeCivic},         {"government", kFacadeCivic},
     {"school", kFacadeCivic},        {"university", kFacadeCivic},    {"kindergarten", kFacadeCivic},
     {"hospital", kFacadeCivic},      {"religious", kFacadeOld},       {"church", kFacadeOld},
     {"temple", kFacadeOld},          {"historic", kFacadeOld},        {"transport", kFacadeCivic},
     {"train_station", kFacadeCivic}, {"garage", kFacadeBlind},        {"garages", kFacadeBlind},
     {"shed", kFacadeBlind},          {"roof", kFacadeBlind},          {"parking", kFacadeBlind},
     {"service", kFacadeBlind}}};

}  // namespace

uint32_t facadeOf(std::string_view kind, float heightMetres, float footprintMetres2, uint32_t own) {
  const auto* known =
      std::find_if(kFacades.begin(), kFacades.end(), [&](const auto& entry) { return entry.first == kind; });
  if (known != kFacades.end()) {
    if (known->second == kFacadeShop && heightMetres > 28) return kFacadeOffice;
    if (known->second == kFacadeHousing && heightMetres < 9 && footprintMetres2 < 220) return kFacadeHouse;
    return known->second;
  }
  if (heightMetres < 3.5f) return kFacadeBlind;
  if (footprintMetres2 < 260 && heightMetres < 11) return kFacadeHouse;
  if (footprintMetres2 > 2500 && heightMetres < 14) return own % 3 ? kFacadeShed : kFacadeShop;
  if (heightMetres > 70) return own % 3 ? kFacadeOffice : kFacadeHousing;
  if (heightMetres < 14) return own % 4 ? kFacadeHousing : kFacadeShop;
  return own % 5 < 3 ? kFacadeHousing : own % 5 == 3 ? kFacadeOffice : kFacadeCivic;
}

void writeMatter(const source::FeatureTable& features, std::span<FeatureRecord> records) {
  const source::Column* column = features.column("class");
  if (!column) column = features.column("building");
  const auto* kinds = column ? std::get_if<Texts>(&column->values) : nullptr;
  for (size_t i = 0; i < records.size() && i < features.size() && i < features.lo.size(); ++i) {
    const glm::vec3 size = features.hi[i] - features.lo[i];
    // Ids differ in their last characters only, which the hash leaves in its low bits: one multiplication spreads them.
    const auto own = uint32_t(hash64(features.ids[i]) * 0x9e3779b97f4a7c15ull >> 48);
    const std::string_view kind = kinds && i < kinds->size() ? (*kinds)[i] : std::string_view();
    const auto quarters = uint32_t(std::lround(std::clamp(size.z, 0.0f, 1023.0f) * 4));
    records[i].matter = facadeOf(kind, size.z, size.x * size.y, own) | quarters << 4 | own << 16;
  }
}

}  // namespace cm::residency
