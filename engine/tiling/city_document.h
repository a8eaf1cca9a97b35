//! The city.json and the place labels of a city built from files. Any thread.
#pragma once

#include <vector>

#include "tiling/builder.h"

namespace cm::tiling {

struct CityFacts {
  Text name;
  std::vector<city::Source> sources;
  const BuildReport& build;
  TerrainFunction terrain;             // may be empty: sea level
};

//! overlays/places.geojson and overlays/stations.geojson in `folder`: points with z = ground above the ellipsoid and the
//! properties item, kind, zh, en, rank. A file is written only where it has points.
Result<void> writePlaces(const Path& folder, const std::vector<PlaceLabel>& places, const TerrainFunction& terrain);

//! city.json in `folder`, around tiles/ and the overlays that stand there.
Result<void> writeCityDocument(const Path& folder, const CityFacts& facts);

//! Styles over the columns that the tiler writes: height, class, where heights come from.
std::vector<city::Style> cityStyles();

}  // namespace cm::tiling
