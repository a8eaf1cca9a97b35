// One feature of a resident tile on the GPU. Bits: 0..7 visible now in view slot s, 8..15 visible in slot s when the running
// transition began, 16 highlighted.
#ifndef CITYMIRROR_SHARED_FEATURE_H
#define CITYMIRROR_SHARED_FEATURE_H

#ifdef __cplusplus
#include <cstdint>
namespace cm::shared {
using uint = uint32_t;
#endif

struct FeatureRecord {
  uint bits;
  float base;   // height of the feature's base in the content frame: it grows and sinks about this
  uint tint;    // linear rgb, 8 bits each from the lowest; highest byte: how much of it, 255 all, 0 its own colours
  uint matter;  // what a building is: see kFacade... below
};

// FeatureRecord::tint: how much what differs in a comparison has of it, what stands in an area, and what in a selected one.
const uint kDifferenceShare = 215u, kAreaShare = 110u, kSelectedAreaShare = 165u;

// FeatureRecord::matter: bits 0..3 how its walls look, 4..15 its height in quarters of a metre, 16..31 a number of its own.
const uint kFacadeHouse = 0u, kFacadeHousing = 1u, kFacadeOffice = 2u, kFacadeShop = 3u, kFacadeShed = 4u, kFacadeCivic = 5u,
           kFacadeOld = 6u, kFacadeBlind = 7u;

const uint kFeatureMask = 0xffffffu;   // of Vertex::featureAndSurface; all ones: no feature

const uint kSurfaceBuilding = 1u, kSurfaceRoad = 5u;   // bits 24..31: source::Surface

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
